"""What is shown around the staff pages: signing in and out, and what stands in the place of a page that is closed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from app.access.standing import Standing, person, providers
from app.common import health
from app.common.components import sign_in_part

OPEN_HERE = "Open to everyone on this machine; set up a login before you serve it to others."


def open_here() -> None:
    """A quiet line above a staff page that needs no login."""
    st.html(f'<p class="open-here">{OPEN_HERE}</p>')


def closed(found: Standing, title: str, role: str) -> None:
    """In the place of a staff page: why it is closed, and the way on."""
    heading, text = _words(found, title, role)
    with st.container(key="closed"):
        st.html(f'<div class="blank" role="status"><h2>{escape(heading)}</h2><p>{escape(text)}</p></div>')
        with st.container(horizontal=True, horizontal_alignment="center"):
            if found in (Standing.SIGNED_OUT, Standing.RUN_OUT):
                _sign_in_buttons("closed")
            elif found is Standing.REFUSED:
                st.button("Sign out", key="sign_out_closed", on_click=st.logout)


def menu(pages: Sequence[Any], here: str) -> None:
    """In the masthead: the staff pages that this visitor sees, who is signed in, and signing in and out."""
    login = providers()
    who = person() if login else None
    if not pages and not login:
        return
    if login:
        sign_in_part(key="after_sign_in", data={"signed_in": who is not None and who.is_current(time.time())})
    # Of another key on every page: the menu closes when one of its links is followed.
    with (
        st.container(key="staff", width="content"),
        st.popover("Staff", key=f"staff_on_{here}"),
        st.container(key="staff_menu", gap="small"),
    ):
        for page in pages:
            st.page_link(page, label=page.title, help="")
        if pages:
            health.line()
            health.store_notice()
        if who is not None:
            st.html(f'<p class="who">Signed in as <b>{escape(who.email or who.name)}</b></p>')
            st.button("Sign out", key="sign_out", on_click=st.logout)
        elif login:
            _sign_in_buttons("menu")


def _sign_in_buttons(where: str) -> None:
    for provider in providers() or ():
        label = "Sign in" if provider == "default" else f"Sign in with {provider.title()}"
        st.button(label, type="primary", key=f"sign_in_{where}_{provider}", on_click=st.login, args=[provider])


def _words(found: Standing, title: str, role: str) -> tuple[str, str]:
    """A heading and a sentence."""
    match found:
        case Standing.SIGNED_OUT:
            return f"{title} is for staff", "Sign in with your work account to see it."
        case Standing.RUN_OUT:
            return "Your sign-in has run out", f"Sign in again to see {title}."
        case Standing.REFUSED:
            return f"{title} is not open to you", _whom_to_ask(role)
        case Standing.NO_LOGIN:
            return f"{title} is closed", (
                "Without a login it opens only on the machine that serves it: set up [auth] in .streamlit/secrets.toml "
                "and VSEARCH_STAFF, as the README describes."
            )
        case _:
            return f"{title} is closed", (
                "The login is not set up rightly: check [auth] in .streamlit/secrets.toml against the README."
            )


def _whom_to_ask(role: str) -> str:
    who = person()
    if who is None or not who.email:
        return "Your identity provider does not vouch for an e-mail address of yours; ask whoever looks after it."
    return f"You are signed in as {who.email}. Ask whoever runs this search engine to add you to the {role}."
