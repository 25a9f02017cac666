"""Model quality: which types a model takes for which, on what, why, and what it costs."""

import streamlit as st

from app import access
from app.common import states
from app.common.components import ASSETS
from app.quality import choice, page

access.enter("quality")
st.html(ASSETS / "quality.css")
st.html('<div class="shelf"><h1>Model quality</h1></div>')

choice = choice.choose()
if choice is None:
    states.error("No model here has evaluation data; make it with `python -m vsearch_core evaluate fashion`.")
else:
    page.headline(choice)
    page.views(choice)
