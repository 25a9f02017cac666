"""Master data: which labels of the catalogue look wrong, and one decision after the other about them."""

import streamlit as st

from app import access
from app.common.components import ASSETS
from app.master_data import page

access.enter("master_data")
st.html(ASSETS / "quality.css")
st.html(ASSETS / "master_data.css")
st.html('<div class="shelf"><h1>Master data</h1></div>')
page.show()
