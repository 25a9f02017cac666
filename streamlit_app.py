"""The app's frame: theme, masthead, navigation. Run it with `streamlit run streamlit_app.py`."""

import streamlit as st

from app import access, frame, setting_up, shop, states
from vsearch_core.errors import VsearchError

frame.begin()
frame.dress()
search = st.Page("pages/search.py", title="Search", default=True)
shelves = st.Page("pages/shop.py", title="Shop", url_path="shop")

try:
    staff = access.staff_menu()
    page = st.navigation([search, shelves, *staff.registered], position="hidden")
    store = shop.engine().store if shop.is_set_up() else None
except VsearchError as error:
    frame.masthead()
    states.error(access.sentence(error))
    if access.is_staff():
        setting_up.offer_anew(error)
else:
    frame.masthead([search, shelves] if store else [], store, staff.seen if store else [], page.title)
    try:
        page.run() if store else setting_up.show()
    except VsearchError as error:
        states.error(access.sentence(error))
