"""What is shown around the staff pages: signing in and out, and what stands in the place of a page that is closed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from app.standing import Standing, person, providers

OPEN_HERE = "Open to everyone on this machine; set up a login before you serve it to others."


def open_here() -> None:
    """A quiet line above a staff page that needs no login."""
    st.html(f'<p class="open-here">{OPEN_HERE}</p>')


def closed(found: Standing, title: str) -> None:
    """In the place of a staff page: why it is closed, and the way on."""
    heading, text = _words(found, title)
    with st.container(key="closed"):
        st.html(f'<div class="blank" role="status"><h2>{escape(heading)}</h2><p>{escape(text)}</p></div>')
        with st.container(horizontal=True, horizontal_alignment="center"):
            if found in (Standing.SIGNED_OUT, Standing.RUN_OUT):
                for provider in providers() or ():
                    label = "Sign in" if provider == "default" else f"Sign in with {provider.title()}"
                    st.button(label, type="primary", key=f"sign_in_{provider}", on_click=st.login, args=[provider])
            elif found is Standing.REFUSED:
                st.button("Sign out", key="sign_out_refused", on_click=st.logout)


def menu(pages: Sequence[Any]) -> None:
    """In the masthead: the staff pages that this visitor sees, who is signed in, and signing out."""
    who = person() if providers() else None
    if not pages and who is None:
        return
    with st.popover("Staff", key="staff"):
        for page in pages:
            st.page_link(page, label=page.title, help="")
        if who is not None:
            st.html(f'<p class="who">Signed in as {escape(who.name)}</p>')
            st.button("Sign out", key="sign_out", on_click=st.logout)


def _words(found: Standing, title: str) -> tuple[str, str]:
    who = person()
    name = who.name if who else "somebody"
    return {
        Standing.SIGNED_OUT: (f"{title} is for staff", "Sign in to see it."),
        Standing.RUN_OUT: ("Your sign-in has run out", f"Sign in again to see {title}."),
        Standing.REFUSED: (
            f"{title} is not open to you",
            f"You are signed in as {name}. Ask whoever runs this shop's search to give you a role.",
        ),
        Standing.NO_LOGIN: (
            f"{title} is closed",
            "It is open on the machine that serves it; to open it here, set up a login as the README describes.",
        ),
        Standing.BROKEN_LOGIN: (
            f"{title} is closed",
            "The login is not set up rightly: check the [auth] section of secrets.toml against the README.",
        ),
    }[found]
