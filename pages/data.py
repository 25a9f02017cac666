"""Data: what is in the catalogue, what people send, and how the two differ."""

import streamlit as st

from app import access, data
from app.parts import ASSETS

access.enter("data")
st.html(ASSETS / "data_page.css")
st.html('<div class="shelf"><h1>Data</h1></div>')
data.show()
