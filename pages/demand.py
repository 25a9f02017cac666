"""Demand: what people ask for, what they do not find, and what that says to buyers and executives."""

import streamlit as st

from app import access
from app.common import readers
from app.demand import asked, choice, data, empty, head, not_found, outcomes, parts, wall, what_if
from app.demand import range as shop_range

access.enter("demand")
parts.dress()
engine = readers.engine()
held = data.journal_extent()

if not held.real and not held.sample:
    head.title(held)
    empty.show(engine, held)
    st.stop()

head.title(held)
selection = choice.choose(engine, held)
section = head.section()
if section == head.ASKED:
    asked.show(engine, selection)
elif section == head.NOT_FOUND:
    not_found.show(engine, selection)
elif section == head.WALL:
    wall.show(engine, selection)
elif section == head.RANGE:
    shop_range.show(engine, selection)
elif section == head.WHAT_IF:
    what_if.show(engine, selection)
else:
    outcomes.show(selection)
