"""The near-copies of the shop's products: looked for once, in the background, and kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from app.common import jobs, readers
from vsearch_core.insight.similarity.near_copies import find_pairs, pairs_path, write_pairs
from vsearch_core.settings import settings
from vsearch_core.store import Store


def file(store: Store, *, page: str) -> Path | None:
    """Where the pairs are; None as long as they are looked for, which the page then shows.

    Args:
        page: the staff page that asks.
    """
    path = pairs_path(settings().cache, readers.fingerprint(store), store.manifest.embedder.fingerprint)
    if path.is_file():
        return path

    def work(progress: jobs.Progress) -> None:
        write_pairs(path, find_pairs(store, partial(progress, "comparing the products")))

    jobs.show(
        f"pairs_{path.stem}",
        work,
        page=page,
        title="Looking for near-copies",
        text="Every product is compared with every other one. This takes a minute or two, once.",
        button="Look for near-copies",
        at_once=True,
    )
    return None
