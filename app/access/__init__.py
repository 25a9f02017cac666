"""Who sees which page. Search and shop are public; a staff page is a line of `STAFF_PAGES` and one in its own body."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from app.access import sign_in
from app.access.standing import Standing, standing
from app.common import frame, health
from vsearch_core.access import ANALYSTS, BUYERS
from vsearch_core.errors import FilterError, ImageRejected, SettingsError, VsearchError
from vsearch_core.settings import ROOT

_log = logging.getLogger("vsearch.app")


@dataclass(frozen=True)
class StaffPage:
    """A page that is not for shoppers: `pages/<name>.py`, at the address `/<name>`, for those who have the role."""

    name: str
    title: str
    role: str

    @property
    def file(self) -> Path:
        """Where the page is."""
        return ROOT / "pages" / f"{self.name}.py"


STAFF_PAGES = (
    StaffPage("demand", "Demand", BUYERS),
    StaffPage("similarity", "Similarity", ANALYSTS),
    StaffPage("quality", "Model quality", ANALYSTS),
    StaffPage("data", "Data", ANALYSTS),
    StaffPage("master_data", "Master data", ANALYSTS),
)


@dataclass(frozen=True)
class StaffMenu:
    """The staff pages that are there: all of them for the navigation, and those that this visitor sees for the menu."""

    registered: list[Any]
    seen: list[Any]


def staff_menu() -> StaffMenu:
    """The staff pages as this visitor has them: in the place of one that they may not see stands what says so."""
    registered, seen = [], []
    for page in STAFF_PAGES:
        if page.file.is_file():
            allowed = standing(page.role).sees_it
            made = st.Page(page.file if allowed else _closed(page), title=page.title, url_path=page.name)
            registered.append(made)
            seen += [made] if allowed else []
    return StaffMenu(registered, seen)


def enter(name: str) -> None:
    """First line of a staff page's body: shows the page to nobody else, and says so where it is open to everyone."""
    frame.within(name)
    page = _named(name)
    found = standing(page.role)
    if not found.sees_it:
        sign_in.closed(found, page.title, page.role)
        st.stop()
    if found is Standing.OPEN_HERE:
        sign_in.open_here()
    health.store_notice()


def check(name: str) -> None:
    """First line of a fragment of a staff page, which runs without the page's body: leaves it if it has been closed."""
    if not standing(_named(name).role).sees_it:
        st.rerun()


def is_staff() -> bool:
    """Whether this visitor sees any staff page."""
    try:
        return any(standing(page.role).sees_it for page in STAFF_PAGES)
    except SettingsError:
        return False


def sentence(error: VsearchError) -> str:
    """What this visitor may read of an error.

    What is wrong with a photo or a filter is for whoever sent it. Anything else is for staff: it may name a folder of
    the server, and a shopper can do nothing about it.
    """
    if isinstance(error, ImageRejected | FilterError) or is_staff():
        return error.message
    _log.error("A visitor was told that the shop is not at its best. %s", error.message)
    return "The shop cannot answer this just now; please try again in a while."


def _named(name: str) -> StaffPage:
    return next(page for page in STAFF_PAGES if page.name == name)


def _closed(page: StaffPage) -> Callable[[], None]:
    def closed() -> None:
        sign_in.closed(standing(page.role), page.title, page.role)

    return closed
