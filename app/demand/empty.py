"""The page before anybody has searched: what will stand here, and a sample of it for who wants to see it now."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from app.common import jobs, readers
from app.demand import data
from vsearch_core.catalogue.identity import public_data
from vsearch_core.insight.demand.selection import Extent
from vsearch_core.search import Engine
from vsearch_core.settings import settings

COMMAND = "python -m vsearch_core journal sample"
_DAYS, _QUERIES, _PHOTOS = 120, 6_000, 120


def show(engine: Engine, held: Extent) -> None:
    """What is shown instead of the sections."""
    tried = (
        f" So far there are {held.own:,} searches with our own photos to try, which are no demand." if held.own else ""
    )
    job = jobs.job("sample_traffic")
    if not job.running and not job.problem and not job.fresh:
        data.forget()
        job.thread = None
        st.rerun()
    with st.container(key="demand_empty"):
        jobs.show(
            "sample_traffic",
            partial(_make, engine),
            page="demand",
            title="Nobody has searched yet",
            text="As soon as people search with photos, this page says what they ask for and what they do not find."
            f"{tried} To see it now, make a small sample of traffic: drawn visits, answered by the real engine, marked "
            "as sample wherever they show, and gone from view when real searches come.",
            button="Make a small sample",
        )
        st.html(
            '<p class="aside demand-command">Or months of it, with more photos: '
            f"<code>{COMMAND}</code>; <code>{COMMAND} --clear</code> takes it out again.</p>"
        )


def _make(engine: Engine, progress: jobs.Progress) -> None:
    progress("getting ready", 0, 1)  # what comes first takes a while, and may be stopped before it
    from vsearch_core.journal.sample_traffic import make_sample_traffic

    chosen = settings()
    make_sample_traffic(
        readers.database(),
        data.folder(),
        engine,
        data=public_data(chosen, engine.store.products),
        last=datetime.now(UTC).date(),
        days=_DAYS,
        queries=_QUERIES,
        photos=_PHOTOS,
        progress=partial(progress, "searching with sample photos"),
    )
