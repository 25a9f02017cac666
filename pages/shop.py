"""Shop: browse the departments, open a product, see what looks like it."""

import streamlit as st

from app.common import frame, readers
from app.shop import shelf
from app.shop.place import Place

frame.within("shop")
engine = readers.engine()
place = Place.here(engine.store)
shelf.gone(place)

if place.product:
    shelf.product(engine, place)
else:
    left, right = st.columns([3, 11], gap="medium")
    with left:
        shelf.menu(engine.store, place)
    with right:
        shelf.products(engine, place)
