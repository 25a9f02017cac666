"""The visitor's word on whether their photos may be kept: off until they say so, and theirs to take back."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.common import events, readers
from vsearch_core.contracts import Photo
from vsearch_core.journal import Consented
from vsearch_core.settings import settings

WORDING = "2026-11"
"""Names the sentences below; who changes what they promise gives them another name."""

ABOUT = "consent_about"
"""Where a visit's session has the photo that is asked about; whoever forgets the photo takes it away."""

_KEY = "keep_photos"


def is_given() -> bool:
    """Whether photos of this visit may be kept."""
    return bool(st.session_state.get(_KEY, False))


def kept(photo: Photo) -> Consented | None:
    """The photo for the journal to keep; None where the visitor did not agree to it."""
    return Consented(photo, WORDING) if is_given() else None


def ask(photo: Photo, embedding: np.ndarray) -> None:
    """Ask below the photo, plainly; the same place tells how it stands, and takes the consent back."""
    days = f"{settings().journal_days:g} days"
    # Not as arguments of the callback, which Streamlit keeps for the whole visit.
    st.session_state[ABOUT] = (photo, embedding)
    with st.container(key="consent", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.toggle(
            "The shop may keep my photos",
            key=_KEY,
            persist_state="session",
            on_change=_changed,
        )
        if is_given():
            told = f"Photos of this visit are kept for {days}. Switch it off and they are deleted at once."
        elif st.session_state.get("taken_back"):
            told = (
                "Your photos are deleted, and no more are kept."
                if not readers.journal().forgets(events.visit())
                else f"No more photos are kept. Deleting did not work yet; it is tried again, and after {days} they go."
            )
        else:
            st.html(
                '<details class="consent"><summary>What is kept?</summary>'
                f"<p>Off: nothing is kept. On: a small copy for {days}, without your name, so that the shop sees what "
                "people look for. Switching it off deletes it.</p></details>"
            )
            return
        st.html(f'<p class="consent">{told}</p>')


def _changed() -> None:
    if is_given():
        st.session_state.pop("taken_back", None)
        about: tuple[Photo, np.ndarray] | None = st.session_state.get(ABOUT)
        answer = events.last_answer()
        if about and answer and (consented := kept(about[0])):
            readers.journal().keep(answer.query, consented, about[1], session=events.visit())
    else:
        readers.journal().forget(session=events.visit())
        st.session_state["taken_back"] = True
