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
    """These of the last answer's products are wanted, and no others (any more)."""
    before = wanted()
    answer = last_answer()
    for product in answer.products if answer else ():
        if (product in products) != (product in before):
            _note("wanted" if product in products else "unwanted", product)


def none_of_these() -> None:
    """No hit is what the visitor looks for."""
    _note("none_of_these")


def wanted() -> frozenset[str]:
    """The products of the last answer that the visitor wants."""
    answer = last_answer()
    told = _told()
    return frozenset(one for one in answer.products if (answer.query, "wanted", one) in told) if answer else frozenset()


def said_none() -> bool:
    """Whether none of the last answer's products was the right one."""
    answer = last_answer()
    return answer is not None and (answer.query, "none_of_these", "") in _told()


def _told() -> dict[tuple[str, str, str], None]:
    """The events that are noted, the oldest first."""
    told: dict[tuple[str, str, str], None] = st.session_state.setdefault("told", {})
    return told


def _note(kind: Kind, product: str = "") -> None:
    """Each event once for an answer; products that the answer did not show are none of its events."""
    answer, told, session = last_answer(), _told(), visit()
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
