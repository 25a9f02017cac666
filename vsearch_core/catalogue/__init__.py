"""Products in: readers for what shops deliver, cleaning, data fetching."""

from __future__ import annotations

from pathlib import Path

from vsearch_core.catalogue.reading.kaggle import is_kaggle_layout, read_kaggle
from vsearch_core.catalogue.reading.plain_csv import read_csv
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.errors import CatalogueError

__all__ = ["Catalogue", "read_catalogue"]


def read_catalogue(path: Path, *, name: str | None = None) -> Catalogue:
    """Read a catalogue, whatever layout it has.

    Args:
        path: a folder in the Kaggle layout, a folder with a `catalogue.csv`, or a CSV file.
        name: of the shop; by default what the catalogue says or its folder is called.

    Raises:
        CatalogueError: it is none of these, or cannot be read.
    """
    path = path.expanduser()
    if path.is_dir():
        if is_kaggle_layout(path):
            return read_kaggle(path, name=name)
        if (path / "catalogue.csv").is_file():
            return read_csv(path / "catalogue.csv", name=name)
        raise CatalogueError(
            f"{path} has neither styles.csv (Kaggle layout) nor catalogue.csv; name a folder or a file with one.",
            code="no_catalogue",
        )
    return read_csv(path, name=name)
