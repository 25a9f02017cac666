"""How a visitor stands to the staff pages: decided anew in every run, from the settings, the login and the request."""

from __future__ import annotations

import time
from collections.abc import Mapping
from enum import Enum, auto
from pathlib import Path

import streamlit as st

from vsearch_core.access import Person, Roles, is_local
from vsearch_core.settings import settings

MIN_COOKIE_SECRET = 32
"""Letters; whoever guesses the secret writes their own sign-in."""


class Standing(Enum):
    """How a visitor stands to a staff page; only the first two see it."""

    OPEN_HERE = auto()
    ALLOWED = auto()
    SIGNED_OUT = auto()
    RUN_OUT = auto()
    REFUSED = auto()
    NO_LOGIN = auto()
    BROKEN_LOGIN = auto()

    @property
    def sees_it(self) -> bool:
        """Whether the page is shown."""
        return self in (Standing.OPEN_HERE, Standing.ALLOWED)


def standing(role: str) -> Standing:
    """How this visitor stands to the pages of a role.

    Raises:
        SettingsError: a setting that lists members has an entry that does not fit.
    """
    found = providers()
    if found is None:
        return Standing.OPEN_HERE if _from_here() else Standing.NO_LOGIN
    if not found:
        return Standing.BROKEN_LOGIN
    who = person()
    if who is None:
        return Standing.SIGNED_OUT
    if not who.is_current(time.time()):
        return Standing.RUN_OUT
    return Standing.ALLOWED if roles().allow(who, role) else Standing.REFUSED


def person() -> Person | None:
    """Who is signed in."""
    return Person.of(st.user.to_dict()) if st.user.get("is_logged_in") is True else None


def roles() -> Roles:
    """The roles of the settings.

    Raises:
        SettingsError: a setting that lists members has an entry that does not fit.
    """
    chosen = settings()
    return Roles.read(chosen.buyers, chosen.analysts, chosen.staff)


def providers() -> tuple[str, ...] | None:
    """The identity providers that are set up, as `st.login` names them.

    None where no login is wanted; empty where one is wanted and not set up rightly, which opens nothing.
    """
    if not st.secrets.load_if_toml_exists():
        unreadable = any(Path(file).exists() for file in st.get_option("secrets.files"))
        return () if unreadable else None
    given = st.secrets.get("auth")
    if given is None:
        return None
    if not isinstance(given, Mapping) or len(str(given.get("cookie_secret", ""))) < MIN_COOKIE_SECRET:
        return ()
    named = [name for name, value in given.items() if isinstance(value, Mapping) and "client_id" in value]
    return (*(["default"] if "client_id" in given else []), *named)


def _from_here() -> bool:
    return is_local(st.context.headers.items(), st.context.ip_address, st.get_option("server.address"))
