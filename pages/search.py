"""Search: give a photo, see what it is and the most similar products of the shop."""

import streamlit as st

from app.common import readers, results, states
from app.search import answers, garments, panel, query

engine = readers.engine()
results.come_back()
asked, liked = query.current(), query.liked(engine.store)

if problem := query.problem():
    states.error(problem)

if liked or asked:
    left, right = st.columns([3, 10], gap="medium")
    with left:
        panel.show(engine, asked, liked)
    with right:
        answers.show(engine, asked, liked)
    panel.again(engine)
    if asked and not liked:
        garments.look_for(engine, asked)
else:
    panel.start(engine)
