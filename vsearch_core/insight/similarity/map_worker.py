"""Makes a map in a process of its own: it keeps a processor busy for a while, and can be ended at any moment.

    python -m vsearch_core.insight.similarity.map_worker STORE TABLE SHEET

Prints a line a step: what is being done, how much is done and of how much, with tabs between.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from vsearch_core.errors import VsearchError
from vsearch_core.files import replace_bytes
from vsearch_core.insight.similarity.galleries import searchable
from vsearch_core.insight.similarity.map import ITERATIONS, CatalogueMap, MapFiles, chosen_rows, lay_out, write_map
from vsearch_core.insight.similarity.map_sheet import make_sheet
from vsearch_core.settings import ROOT
from vsearch_core.store import Store

StageProgress = Callable[[str, int, int], None]
"""Called with (what is being done, done, total); raise inside it to stop the work."""

_PICTURES, _PLACES = "collecting the pictures", "laying the products out"
_ITERATION = re.compile(r"\[t-SNE\] Iteration (\d+):")


def make_map(store: Path, files: MapFiles, progress: StageProgress | None = None) -> None:
    """Make a store's map in another process and wait for it; an exception from `progress` ends that process.

    Raises:
        VsearchError: the other process failed; its last words are in the message.
    """
    command = [sys.executable, "-u", "-m", __name__, str(store), str(files.table), str(files.sheet)]
    last = ""
    # Threads that wait for each other shall sleep meanwhile, because the shop needs the processors.
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as worker:
        try:
            for line in worker.stdout or ():
                last = line.strip() or last
                step = progress_of(line)
                if step is not None and progress is not None:
                    progress(*step)
        except BaseException:
            worker.kill()
            raise
    if worker.returncode:
        raise VsearchError(f"The map could not be drawn ({last}); try it again.", code="map_failed")


def progress_of(line: str) -> tuple[str, int, int] | None:
    """What a line of the other process says of how far it is; None for any other line."""
    if found := _ITERATION.match(line):
        return _PLACES, int(found[1]), ITERATIONS
    parts = line.rstrip("\n").split("\t")
    if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit():
        return parts[0], int(parts[1]), int(parts[2])
    return None


def _say(doing: str, done: int, total: int) -> None:
    print(f"{doing}\t{done}\t{total}")


def main(store_path: Path, files: MapFiles) -> None:
    """Lay the products out and collect their pictures; the table comes last, when all is whole."""
    store = Store.open(store_path)
    rows = chosen_rows(store.products["product_type"], searchable(store))
    ids = tuple(str(product) for product in store.products["id"].iloc[rows])
    files.sheet.parent.mkdir(parents=True, exist_ok=True)
    _say(_PICTURES, 0, len(ids))
    replace_bytes(files.sheet, make_sheet(ids, store.thumbnail, lambda done, total: _say(_PICTURES, done, total)))
    _say(_PLACES, 0, ITERATIONS)
    places = lay_out(store.embeddings[rows], verbose=2)
    write_map(files.table, CatalogueMap(ids, places))


if __name__ == "__main__":
    # The shop answers meanwhile, and goes first.
    os.nice(5)
    try:
        main(Path(sys.argv[1]), MapFiles(Path(sys.argv[2]), Path(sys.argv[3])))
    except VsearchError as error:
        sys.exit(error.message)
