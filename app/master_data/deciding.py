"""Deciding about a label: who decides, one click or key for each verdict, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app.access.standing import person
from app.common import readers, states, words
from app.master_data import choice
from app.master_data.sources import Source
from vsearch_core.errors import VsearchError
from vsearch_core.insight.master_data.review_queue import around
from vsearch_core.journal.times import now
from vsearch_core.reviews import AMBIGUOUS, KEEP, RELABEL, Reviews, Verdict
from vsearch_core.reviews.reviews import NAME_MOST

_SAID, _PROBLEM, _SHOWN = "master_said", "master_problem", "master_shown"


def reviews_of(source: Source) -> Reviews:
    """The verdicts about the labels of a catalogue.

    Raises:
        DatabaseError: the database cannot be opened.
    """
    return Reviews(readers.database(), source.catalogue)


def reviewer() -> str:
    """Who decides: whoever is signed in, else the name that was typed; empty where there is none yet."""
    who = person()
    if who is not None:
        return who.email or who.name
    return " ".join(str(st.session_state.get("reviewer") or "").split())


def ask_name() -> None:
    """The field for a name, where nobody is signed in; it is typed once."""
    if person() is not None:
        return
    st.text_input(
        "Your name",
        key="reviewer",
        placeholder="Your name: it stands with every verdict",
        max_chars=NAME_MOST,
        persist_state="session",
        label_visibility="collapsed",
        width=300,
    )


def bar(source: Source, reviews: Reviews, row: dict[str, Any], order: Sequence[str]) -> None:
    """The buttons under the product of `row`; each has a key of the keyboard.

    Args:
        order: the ids of the queue as it is shown.
    """
    product, label, suggested = str(row["id"]), str(row["label"]), str(row["suggested"])
    st.session_state[_SHOWN] = product
    before, after = around(order, product)
    nobody = not reviewer()

    def button(text: str, key: str, verdict: str, new_label: str = "", **looks: Any) -> None:
        # Of another key for each product: a click is for the one that was shown, however quickly the next comes.
        st.button(
            text,
            key=f"{verdict}_{new_label}_{product}",
            shortcut=key,
            disabled=nobody,
            on_click=_give,
            args=(reviews, row, verdict, new_label, after),
            **looks,
        )

    with st.container(key="master_verdicts", horizontal=True, gap="small", vertical_alignment="center"):
        button(f"Keep {words.plain(label)}", "K", KEEP)
        if suggested and suggested != label:
            button(f"Relabel to {words.plain(suggested)}", "L", RELABEL, suggested, type="primary")
        button("Ambiguous", "A", AMBIGUOUS)
        undo(reviews)
        _quiet("Back", "B", choice.look_at, before, off=not before)
        _quiet("Next", "N", choice.look_at, after, off=not after)
    others = [name for name, _ in source.guesses_of(product) if name not in (label, suggested)]
    with st.container(key="master_others", horizontal=True, gap="small", vertical_alignment="center"):
        for number, name in enumerate(others, 2):
            button(words.plain(name), str(number), RELABEL, name, help=f"Relabel to {words.plain(name)}")
        st.selectbox(
            "Relabel to another type",
            [name for name in source.types if name != label],
            index=None,
            placeholder="Relabel to another type …",
            key=f"master_other_{product}",
            on_change=_give_other,
            args=(reviews, row, after),
            disabled=nobody,
            label_visibility="collapsed",
            width=250,
        )


def undo(reviews: Reviews) -> None:
    """The button that takes back the last verdict."""
    _quiet("Undo", "U", _undo, reviews, off=not reviewer())


def _quiet(text: str, key: str, on_click: Callable[..., None], about: Any, *, off: bool) -> None:
    st.button(
        text,
        key=f"master_{text.lower()}",
        shortcut=key,
        type="tertiary",
        disabled=off,
        on_click=on_click,
        args=(about,),
    )


def said() -> None:
    """What the last click did, or why it did nothing."""
    problem = st.session_state.pop(_PROBLEM, "")
    if problem:
        states.error(problem)
    done = st.session_state.pop(_SAID, "")
    asked = "" if reviewer() else "Type your name to decide; it stands with every verdict."
    st.html(f'<p class="master-said" role="status">{escape(done or asked)}</p>', width="content")


def sentence(row: dict[str, Any]) -> str:
    """The verdict that a product has, in words; empty where it has none."""
    if not row.get("verdict"):
        return ""
    decided = {
        KEEP: f"{row['label']} was kept",
        RELABEL: f"Relabelled to {row['new_label']}",
        AMBIGUOUS: "Called ambiguous",
    }[str(row["verdict"])]
    moment = row["time"]
    when = f" on {moment:%d %b %Y at %H:%M} UTC" if pd.notna(moment) and moment <= now() else ""
    return f"{decided} by {row['reviewer']}{when}. Another verdict overrules it."


def _give(reviews: Reviews, row: dict[str, Any], verdict: str, new_label: str, after: str) -> None:
    if st.session_state.get(_SHOWN) != row["id"]:
        # The old buttons stand a moment longer than the old picture: a quick key would overrule what was just decided.
        st.session_state[_SAID] = (
            "That came before the next product was shown, and nothing was written; press it again."
        )
        return
    try:
        given = reviews.give(
            str(row["id"]),
            label=str(row["label"]),
            suggested=str(row["suggested"]),
            kind=str(row["kind"]),
            verdict=verdict,
            new_label=new_label,
            reviewer=reviewer(),
        )
    except VsearchError as error:
        st.session_state[_PROBLEM] = error.message
        return
    st.session_state[_SAID] = f"{_words(given)} U takes it back."
    st.session_state[_SHOWN] = ""
    choice.look_at(after)


def _give_other(reviews: Reviews, row: dict[str, Any], after: str) -> None:
    chosen = st.session_state.get(f"master_other_{row['id']}")
    if chosen:
        _give(reviews, row, RELABEL, str(chosen), after)


def _undo(reviews: Reviews) -> None:
    try:
        undone = reviews.take_back(reviewer())
    except VsearchError as error:
        st.session_state[_PROBLEM] = error.message
        return
    if undone is None:
        st.session_state[_SAID] = "Nothing of yours is left to take back."
        return
    st.session_state[_SAID] = f"Taken back: {_words(undone)}"
    choice.open_product(undone.product)


def _words(given: Verdict) -> str:
    decided = {KEEP: f"kept as {given.label}", RELABEL: f"relabelled to {given.new_label}"}
    return f"Product {given.product} {decided.get(given.verdict, 'called ambiguous')}."
