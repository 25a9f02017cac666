"""What the visitor does with the hits of the last answer, for the journal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import streamlit as st

from app.common import readers
from app.common.stored import trim
from vsearch_core.journal import Kind, new_session

_TAKES_BACK: dict[Kind, Kind] = {"wanted": "unwanted", "unwanted": "wanted"}
"""What can be said again after the other."""


_MOST_SAVED = 500
"""Products that a visit saves; a heart more and the one that was given first goes."""

_MOST_TOLD = 2_000
"""Events of a visit that are known to be noted; an older one is noted again if it happens again."""


@dataclass(frozen=True)
class Answer:
    """The last noted answer: its id in the journal, and the products that were shown, best first."""

    query: str
    products: tuple[str, ...]


def visit() -> str:
    """The token of this visit: random, and gone with it."""
    token: str = st.session_state.setdefault("visit", new_session())
    return token


def answered(query: str, products: Sequence[str]) -> Answer:
    """What follows is about this answer."""
    answer = Answer(query, tuple(products))
    again(answer)
    return answer


def again(answer: Answer) -> None:
    """What follows is about this answer, which was given before."""
    st.session_state["answer"] = answer


def also_shown(products: Sequence[str]) -> None:
    """These products stand below the last answer's."""
    if answer := last_answer():
        again(Answer(answer.query, tuple(dict.fromkeys((*answer.products, *products)))))


def last_answer() -> Answer | None:
    """The answer that was noted last in this visit."""
    answer: Answer | None = st.session_state.get("answer")
    return answer


def viewed(product: str) -> None:
    """The product's page is seen."""
    _note("viewed", product)


def similar(product: str) -> None:
    """More like this hit is asked for."""
    _note("similar", product)


def opened(product: str) -> None:
    """The product is followed to where it is sold."""
    _note("opened", product)


def want(products: Collection[str]) -> None:
    """These of the last answer's products are wanted and saved, and no others of them (any more)."""
    answer, before = last_answer(), saved()
    if answer is None:
        return
    for product in answer.products:
        if product in products and product not in before:
            _note("wanted", product)
            _saved()[product] = answer
            trim(_saved(), _MOST_SAVED)
        elif product in before and product not in products:
            take_back(product)


def take_back(product: str) -> None:
    """A saved product is not wanted any more; it is noted of the answer that it was wanted in."""
    if answer := _saved().pop(product, None):
        _note("unwanted", product, answer)


def none_of_these() -> None:
    """No hit is what the visitor looks for; never said where one of them is wanted."""
    if not wanted():
        _note("none_of_these")


def wanted() -> frozenset[str]:
    """The products of the last answer that the visitor wants."""
    answer = last_answer()
    return saved() & set(answer.products) if answer else frozenset()


def saved() -> frozenset[str]:
    """The products that the visitor wants, of all answers of the visit."""
    return frozenset(_saved())


def in_saved_order() -> list[str]:
    """The saved products, the newest first."""
    return list(_saved())[::-1]


def _saved() -> dict[str, Answer]:
    """The products that are wanted with the answers that they were wanted in, the oldest first."""
    kept: dict[str, Answer] = st.session_state.setdefault("saved_in", {})
    return kept


def said_none() -> bool:
    """Whether none of the last answer's products was the right one."""
    answer = last_answer()
    return answer is not None and (answer.query, "none_of_these", "") in _told()


def _told() -> dict[tuple[str, str, str], None]:
    """The events that are noted, the oldest first."""
    told: dict[tuple[str, str, str], None] = st.session_state.setdefault("told", {})
    return told


def _note(kind: Kind, product: str = "", about: Answer | None = None) -> None:
    """Each event once for an answer, the last one if no other is given; of what it did not show there are none."""
    answer, told, session = about or last_answer(), _told(), visit()
    if answer is None or (product and product not in answer.products) or (answer.query, kind, product) in told:
        return
    journal = readers.journal()
    # From here on nothing of Streamlit's is touched, so that no other run can come between.
    told[answer.query, kind, product] = None
    if kind in _TAKES_BACK:
        told.pop((answer.query, _TAKES_BACK[kind], product), None)
    trim(told, _MOST_TOLD)
    place = answer.products.index(product) + 1 if product else None
    journal.record_event(answer.query, kind, session=session, product=product or None, position=place)
