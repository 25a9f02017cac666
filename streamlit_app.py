"""The app's frame: theme, masthead, navigation. Run it with `streamlit run streamlit_app.py`."""

import streamlit as st

from app import frame, setting_up, shop, states
from vsearch_core.errors import VsearchError

frame.dress()
search = st.Page("pages/search.py", title="Search", default=True)
shelves = st.Page("pages/shop.py", title="Shop", url_path="shop")
page = st.navigation([search, shelves], position="hidden")

try:
    engine = shop.engine() if shop.is_set_up() else None
    frame.masthead([search, shelves] if engine else [], engine.store if engine else None)
    if engine:
        page.run()
    else:
        setting_up.show()
except VsearchError as error:
    states.error(error.message)
