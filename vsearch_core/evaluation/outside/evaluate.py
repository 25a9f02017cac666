"""`evaluate outside`: asks every question of a bundle or of any search, and keeps the figures with the bundle."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.catalogue import read_catalogue
from vsearch_core.errors import CatalogueError
from vsearch_core.evaluation.cards.outside import FILE
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.outside.protocol import (
    Gallery,
    another_shop_figures,
    judged_figures,
    not_ours_figures,
    snap_figures,
    user_photo_figures,
)
from vsearch_core.evaluation.outside.search import Search, TwoLooks, WholePicture
from vsearch_core.evaluation.outside.sets import (
    has_outside,
    read_another_shop,
    read_judged_photos,
    read_not_ours,
    read_user_part,
)
from vsearch_core.evaluation.outside.snaps import OutsideSnaps
from vsearch_core.files import replace_json
from vsearch_core.machine import machine
from vsearch_core.search.engine import open_finder
from vsearch_core.settings import Settings
from vsearch_core.vision import FashionModel
from vsearch_core.vision.bundle_files import read_json
from vsearch_core.vision.good_match import GoodMatch
from vsearch_core.vision.looks import Looks


def serving_search(settings: Settings, model: FashionModel) -> Search:
    """The search as it serves: two looks where there is a finder, else one."""
    finder = open_finder(settings.models, threads=settings.threads)
    return WholePicture(model) if finder is None else TwoLooks(Looks(model, finder))


def one_look(model: FashionModel) -> WholePicture:
    """The search that looks once, with the rule that was chosen on one look."""
    rule = read_json(model.bundle.path / "calibration.json").get("one_look")
    return WholePicture(model, None if rule is None else GoodMatch(rule["good_match"], **rule["agreement"]))


SNAPS = 1000
"""So many products of a part are asked for by a snap."""


def outside_figures(measured: Measured, search: Search | None = None, *, snaps: int = SNAPS) -> dict[str, Any]:
    """All figures on pictures from outside, of the part that is measured.

    Args:
        search: what is asked; the measured bundle's look at the whole picture where it is not given.
        snaps: how many products of the part are asked for.

    Returns:
        `search` (its name), `snaps`, `user_photos`, `judged`, `not_ours`, `garments` (our own street photos, where a
        detector was measured on them) and, of the part test, `another_shop`.

    Raises:
        CatalogueError: the pictures are not at hand.
    """
    settings, part, say = measured.settings, measured.part, measured.say
    if not has_outside(settings.data):
        raise CatalogueError(
            f"Figures from outside need `outside/` and `photo_labels.jsonl` in {settings.data}; set VSEARCH_DATA to a "
            "folder that has them."
        )
    chosen = search or WholePicture(measured.model)
    source = read_catalogue(settings.data / "fashion-products").images
    table = measured.shots.table
    gallery = Gallery(measured.stored if chosen.trims else measured.shots.embeddings, table)
    data, side = settings.data, chosen.max_side
    rows = _sample(table["id"].to_numpy(), np.flatnonzero((table["part"] == part).to_numpy()), snaps)
    products = table.iloc[rows]
    say(f"asking for {len(rows):,} {part} products by snaps of a second recipe")
    maker = OutsideSnaps.of(settings, part, list(products["id"]), list(products["image"]), source)
    found: dict[str, Any] = {
        "search": chosen.name,
        "snaps": snap_figures(chosen, gallery, maker, range(len(rows)), rows),
    }
    say(f"asking with the {part} user photos, those judged by eye, and pictures of what is not ours")
    found["user_photos"] = user_photo_figures(chosen, gallery, read_user_part(data, part, max_side=side))
    found["judged"] = judged_figures(chosen, gallery, read_judged_photos(data, part, max_side=side))
    found["not_ours"] = not_ours_figures(chosen, gallery, read_not_ours(data, part, max_side=side))
    if part == "test":
        found["another_shop"] = another_shop_figures(chosen, read_another_shop(data, max_side=side))
    if garments := own_garments(settings.models):
        found["garments"] = garments
    return found


def write_outside(bundle: Path, fingerprint: str, figures: dict[str, Any]) -> None:
    """Keep the figures of the part test in a bundle's `evaluation/outside.json`."""
    about = {
        "command": "python -m vsearch_core evaluate outside",
        "model": fingerprint,
        "machine": machine(),
    }
    (bundle / "evaluation").mkdir(exist_ok=True)
    replace_json(bundle / "evaluation" / FILE, {**about, **figures})


def own_garments(models: Path) -> dict[str, Any]:
    """The garments' average precision on our own street photos, as the detector's evaluation tells it; empty without.

    There is no set of garments from outside here: the figure stands beside for whoever has one.
    """
    path = models / "detector" / "evaluation" / "figures.json"
    if not path.is_file():
        return {}
    figures = json.loads(path.read_text(encoding="utf-8"))
    return {"own_street_test": figures["mean"], "by_label": figures["average_precision"]}


def _sample(ids: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """`count` of the rows, the same ones whatever else is in the catalogue."""
    order = sorted(rows.tolist(), key=lambda row: hashlib.sha256(str(ids[row]).encode()).digest())
    return np.array(order[:count], dtype=np.int64)
