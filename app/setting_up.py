"""The page before there is a shop: offers to set one up, shows how far it is, and lets it be stopped."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

import streamlit as st

from app import states
from vsearch_core import setup
from vsearch_core.errors import StoreError, VsearchError
from vsearch_core.settings import settings

_log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """Raised inside the work's progress call to end it."""


@dataclass
class _Job:
    """One set-up of this process; every visitor sees the same one."""

    doing: str = ""
    done: int = 0
    total: int = 0
    problem: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def running(self) -> bool:
        return self.thread is not None and self.thread.is_alive()

    def start(self) -> None:
        with self.lock:  # two visitors may click at once
            if self.running:
                return
            self.doing, self.done, self.total, self.problem, self.stop = "", 0, 0, "", threading.Event()
            self.thread = threading.Thread(target=self._work, name="set-up", daemon=True)
            self.thread.start()

    def _work(self) -> None:
        try:
            setup.prepare(settings(), progress=self._progress)
        except _StoppedError:
            self.problem = "The set-up was stopped; start it again at any time."
        except VsearchError as error:
            self.problem = error.message
        except Exception:
            # Nobody waits for this thread: without a word here the page would just stand still.
            _log.exception("the set-up failed")
            self.problem = "The set-up failed for a reason that was not foreseen; the server's log has the details."

    def _progress(self, doing: str, done: int, total: int) -> None:
        self.doing, self.done, self.total = doing, done, total
        if self.stop.is_set():
            raise _StoppedError


@st.cache_resource(show_spinner=False)
def _job() -> _Job:
    return _Job()


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
        )
        return
    job = _job()
    real = settings().has_data
    with st.container(key="setting_up"):
        st.html(
            '<div class="hero"><h1>Set up the shop</h1><p>'
            + (
                "The product catalogue is here. Its pictures are read once, so that a photo finds its like at once."
                if real
                else "There is no catalogue yet, so a sample shop of drawn products is made."
            )
            + "</p></div>"
        )
        if job.problem and not job.running:
            states.error(job.problem)
        if job.running:
            _progress()
        else:
            st.button("Set up the shop" if real else "Set up the sample shop", type="primary", on_click=job.start)
            st.html(
                '<p class="aside">To search your own catalogue, build a store from its CSV: '
                "<code>python -m vsearch_core store build --catalogue products.csv --out shop</code>, "
                "and name it in <code>VSEARCH_STORE</code>.</p>"
            )


@st.fragment(run_every=0.5)
def _progress() -> None:
    job = _job()
    if not job.running:
        st.rerun()
    share = min(job.done / job.total, 1.0) if job.total else 0.0
    doing = job.doing.capitalize() or "Getting ready"
    text = f"{doing}: {job.done:,} of {job.total:,}" if job.total else f"{doing} …"
    st.progress(share, text=text)
    st.button("Stop", on_click=job.stop.set, disabled=job.stop.is_set(), key="stop_setting_up")
