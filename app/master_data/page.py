"""The page's path: which catalogue, how much of it looks wrong and where, then one decision after the other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.common import controls, evaluated, readers, states
from app.master_data import choice, decided, deciding, head, queue, sources, wall, worth
from app.master_data.sources import CATALOGUE, Source
from vsearch_core.errors import DatabaseError
from vsearch_core.evaluation.out_of_sample import COMMAND
from vsearch_core.insight.master_data.review_queue import Wanted, chosen, with_verdicts
from vsearch_core.insight.quality.models import Model
from vsearch_core.reviews import Reviews, nothing_decided


def show() -> None:
    """Everything below the heading."""
    own = sources.own_shop()
    source = _source(own, choice.catalogue_asked(own))
    if source is None:
        worth.show(None)
        return
    reviews, standing = _verdicts(source)
    table = with_verdicts(source.issues, standing)
    head.show(source, table)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="master_view"
    ):
        view = choice.view()
        if view == choice.QUEUE and reviews is not None:
            deciding.ask_name()
    if view == choice.DECIDED and reviews is not None:
        decided.show(source, reviews, standing)
    elif view == choice.WORTH:
        worth.show(source if source.public else None)
    elif view == choice.WALL:
        wall.show(source, chosen(table, _wanted(table)))
    else:
        queue.show(source, reviews, table, _wanted(table))


def _wanted(table: pd.DataFrame) -> Wanted:
    return choice.wanted(list(table["label"].value_counts().index))


def _verdicts(source: Source) -> tuple[Reviews | None, pd.DataFrame]:
    """What was decided; where the database is away, nothing, and nothing can be."""
    try:
        reviews = deciding.reviews_of(source)
        return reviews, reviews.standing(source.labels)
    except DatabaseError as error:
        states.error(f"{error.message} Until then labels can be looked at, and nothing can be decided.")
        return None, nothing_decided()


def _source(own: Model | None, asked: str) -> Source | None:
    if own is None or asked == CATALOGUE:
        if sources.predicted():
            found = sources.catalogue()
            _unpictured(found)
            return found
        _not_predicted()
        return None
    if not own.sets:
        _not_measured(own)
        return None
    return sources.this_shop(own)


def _unpictured(found: Source) -> None:
    if not found.here:
        st.html(f'<p class="kicker">{evaluated.NO_PICTURES}</p>')


def _not_predicted() -> None:
    states.blank(
        "No network has judged these labels yet",
        "A label is suspect when a network that never saw the product says otherwise. This command trains such "
        "networks and asks each about the products that it never saw; it takes about twenty minutes:",
        COMMAND,
    )


def _not_measured(own: Model) -> None:
    number = len(readers.engine().store)
    states.blank(
        "The labels of this shop were not looked at yet",
        f"The network that ships looks at the {number:,} products and says where it would label otherwise. It learned "
        "from another catalogue, so what it finds is a suspicion; you decide.",
    )
    with st.container(horizontal=True, horizontal_alignment="center"):
        if not st.button(f"Look at the labels of {number:,} products", type="primary", key="master_measure"):
            return
    with controls.progress("Running the network") as progress:
        sources.measure(own, progress)
    st.rerun()
