"""Long work in the background: every visitor sees the same one, how far it is, and can stop it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from app import access
from app.common import states
from vsearch_core.errors import VsearchError
from vsearch_core.files import why_not_written
from vsearch_core.settings import settings

_log = logging.getLogger(__name__)

_UNFORESEEN = "This failed for a reason that was not foreseen; the server's log has the details."

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, done, total); it raises where the work was stopped."""

Work = Callable[[Progress], None]


class _StoppedError(Exception):
    """Raised inside the work's progress call to end it."""


@dataclass
class Job:
    """One piece of work of this process; it can be started again when it has ended."""

    doing: str = ""
    done: int = 0
    total: int = 0
    problem: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def running(self) -> bool:
        """Whether it is at work."""
        return self.thread is not None and self.thread.is_alive()

    @property
    def fresh(self) -> bool:
        """Whether it has never been started."""
        return self.thread is None

    def start(self, work: Work) -> None:
        """Begin, unless it is at work already."""
        with self.lock:  # two visitors may click at once
            if self.running:
                return
            self.doing, self.done, self.total, self.problem, self.stop = "", 0, 0, "", threading.Event()
            self.thread = threading.Thread(target=self._run, args=(work,), name="job", daemon=True)
            self.thread.start()

    def _run(self, work: Work) -> None:
        try:
            work(self._progress)
        except _StoppedError:
            self.problem = "This was stopped; start it again at any time."
        except VsearchError as error:
            _log.error("A job ended early. %s", error.message)
            self.problem = error.message
        except OSError as error:
            _log.exception("a job failed")
            self.problem = why_not_written(error, settings().cache) or _UNFORESEEN
        except Exception:
            # Nobody waits for this thread: without a word here the page would just stand still.
            _log.exception("a job failed")
            self.problem = _UNFORESEEN

    def _progress(self, doing: str, done: int, total: int) -> None:
        self.doing, self.done, self.total = doing, done, total
        if self.stop.is_set():
            raise _StoppedError


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, Job]:
    return {}


def job(name: str) -> Job:
    """The job of this name; the same for every visitor."""
    return _jobs().setdefault(name, Job())


def show(name: str, work: Work, *, page: str, title: str, text: str, button: str, at_once: bool = False) -> None:
    """On a staff page, what stands where the result will be: what it takes, and its `control`.

    Args:
        name: of the job, and of what it makes.
        page: the staff page, as `access.STAFF_PAGES` names it.
        at_once: begin without being asked, the first time.
    """
    one = job(name)
    if at_once and one.fresh:
        one.start(work)
    with st.container(key=f"job_{name}"):
        states.blank(title, text)
        if one.problem and not one.running:
            states.error(one.problem)
        with (
            st.container(horizontal=True, horizontal_alignment="center"),
            st.container(width=460, horizontal_alignment="center"),
        ):
            control(name, work, button=button, page=page)


def control(name: str, work: Work, *, button: str, page: str = "") -> None:
    """A button that starts the job, or how far it is with a button to stop it.

    Args:
        page: the staff page that it stands on; empty on a page that is open to everyone.
    """
    one = job(name)
    if one.running:
        _progress(name, page)
    else:
        st.button(button, type="primary", on_click=one.start, args=(work,), key=f"start_{name}")


@st.fragment(run_every=0.5)
def _progress(name: str, page: str) -> None:
    if page:
        access.check(page)
    one = job(name)
    if not one.running:
        st.rerun()
    share = min(one.done / one.total, 1.0) if one.total else 0.0
    doing = one.doing.capitalize() or "Getting ready"
    st.progress(share, text=f"{doing}: {one.done:,} of {one.total:,}" if one.total else f"{doing} …")
    st.button("Stop", on_click=one.stop.set, disabled=one.stop.is_set(), key=f"stop_{name}")
