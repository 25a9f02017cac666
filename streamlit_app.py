"""The app: `streamlit run streamlit_app.py` serves it. Each run draws the frame: theme, masthead, navigation."""

from streamlit.starlette import App

from app.server import SURROUNDED_BY, looked_after

if __name__ != "__main__":
    # `streamlit run` takes the server from here; it then runs the rest for every visit, as a script.
    server = App(__file__, middleware=SURROUNDED_BY, lifespan=looked_after)
else:
    import streamlit as st

    from app import access
    from app.common import frame, readers, setting_up, states
    from vsearch_core.errors import VsearchError

    frame.begin()
    frame.dress()
    search = st.Page("pages/search.py", title="Search", default=True)
    shelves = st.Page("pages/shop.py", title="Shop", url_path="shop")
    saved = st.Page("pages/saved.py", title="Saved", url_path="saved")

    try:
        staff = access.staff_menu()
        page = st.navigation([search, shelves, saved, *staff.registered], position="hidden")
        store = readers.engine().store if readers.is_set_up() else None
    except VsearchError as error:
        frame.masthead()
        states.error(access.sentence(error))
        if access.is_staff():
            setting_up.offer_anew(error)
    else:
        frame.masthead([search, shelves, saved] if store else [], store, staff.seen if store else [], page.title)
        try:
            page.run() if store else setting_up.show()
        except VsearchError as error:
            states.error(access.sentence(error))
