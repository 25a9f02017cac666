"""The page before there is a shop: offers to set one up, shows how far it is, and lets it be stopped."""

from __future__ import annotations

import streamlit as st

from app import access
from app.common import jobs, states
from vsearch_core import setup
from vsearch_core.errors import StoreError, VsearchError
from vsearch_core.settings import settings

_JOB = "set_up"


def offer_anew(error: VsearchError) -> None:
    """Offer to build a store again that does not open, but never one that somebody else has put there."""
    if isinstance(error, StoreError) and settings().store is None:
        show()


def show() -> None:
    """The set-up page."""
    if settings().store is not None:
        # a shop's own store is never made here: its name may be misspelt, and a sample in its place would mislead
        states.error(
            f"There is no store in {settings().store}; build it with `python -m vsearch_core store build`, "
            "or correct VSEARCH_STORE."
            if access.is_staff()
            else "The shop is not open yet; please come back in a while."
        )
        return
    job = jobs.job(_JOB)
    real = settings().has_data
    with st.container(key="setting_up"):
        st.html(
            '<div class="hero"><h1>Set up the shop</h1><p>'
            + (
                "The product catalogue is here. Its pictures are read once, so that a photo finds its like at once."
                if real
                else "There is no catalogue yet, so the sample shop of drawn products is made searchable."
            )
            + "</p></div>"
        )
        running = job.running
        if job.problem and not running:
            # It may name a folder of the server.
            states.error(job.problem if access.is_staff() else "This could not be finished; please try again later.")
        jobs.control(_JOB, _work, button="Set up the shop" if real else "Set up the sample shop")
        if not running:
            st.html(
                '<p class="aside">To search your own catalogue, build a store from its CSV: '
                "<code>python -m vsearch_core store build --catalogue products.csv --out shop</code>, "
                "and name it in <code>VSEARCH_STORE</code>.</p>"
            )


def _work(progress: jobs.Progress) -> None:
    setup.prepare(settings(), progress=progress)
