"""Data: what is in the catalogue, what people send, and how the two differ."""

import streamlit as st

from app import access
from app.common.components import ASSETS
from app.data import page

access.enter("data")
st.html(ASSETS / "data.css")
st.html('<div class="shelf"><h1>Data</h1></div>')
page.show()
