"""Which model serves a shop best: measured on simulated snaps of its own products before its store is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from vsearch_core import images
from vsearch_core.catalogue.snaps import cut_out, phone_snap, plain_ground
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError, ImageRejected
from vsearch_core.search.reading import LOOK_SIDE
from vsearch_core.vision import FashionModel
from vsearch_core.vision.finder import Finder
from vsearch_core.vision.looks import Looks

ASKED, AMONG = 150, 900
"""Products that are asked for by a snap, and those that they are looked for among."""

MARGIN = 0.03
"""A model without words has to find so much more (in R@1 and R@5 together, halved) to be taken."""

KNOWN = 0.5
"""A shop with less than this share of product types that a model knows is one of other things to it.

There the model's own snaps flatter it: it learned to know such snaps again, of whatever thing, but not real photos.
"""

KEPT = 0.87
"""Share of the rightly answered snaps that are called a good match, where the model's bundle has no rule."""

_SIDE = 224
_SEED = 20261128


@dataclass(frozen=True)
class ModelChoice:
    """The model that was taken, and why in a sentence; `good_match` is its least cosine of a good match."""

    name: str
    sentence: str
    good_match: float | None
    figures: Mapping[str, tuple[float, float]]


def choose_model(catalogue: Catalogue, models: Mapping[str, FashionModel], finder: Finder | None) -> ModelChoice:
    """Measure some models on simulated snaps of a shop's own products, and take the better.

    Args:
        models: by name; the first one is taken where there are too few pictures to measure on.
    """
    pictures = _pictures(catalogue)
    names = list(models)
    if len(pictures) < 2:
        return ModelChoice(names[0], f"{names[0]}: there are too few pictures to measure others on", None, {})
    snaps = [_snap(picture, number) for number, picture in enumerate(pictures[:ASKED])]
    found = {name: _measured(model, finder, pictures, snaps) for name, model in models.items()}
    figures = {name: (one.first, one.five) for name, one in found.items()}
    known = {name: _known(catalogue, model) for name, model in models.items()}
    best = max(names, key=lambda name: _worth(figures[name], models[name], known[name]))
    told = "; ".join(
        f"{name} finds {first:.0%} of {len(snaps)} simulated snaps of its products first and {five:.0%} among five"
        for name, (first, five) in figures.items()
    )
    strange = [name for name in names if name != best and models[name].bundle.product_types and known[name] < KNOWN]
    why = f"; {strange[0]} knows {known[strange[0]]:.0%} of the product types" if strange else ""
    least = None if models[best].bundle.match is not None and known[best] >= KNOWN else found[best].least
    return ModelChoice(best, f"{best}: {told}{why}", least, figures)


@dataclass(frozen=True)
class _Measured:
    first: float
    five: float
    least: float


def _worth(figures: tuple[float, float], model: FashionModel, known: float) -> float:
    mean = sum(figures) / 2
    if not model.bundle.product_types:
        return mean - MARGIN
    return mean if known >= KNOWN else mean - 1


def _known(catalogue: Catalogue, model: FashionModel) -> float:
    """Share of the products whose type the model knows."""
    types = catalogue.products["product_type"].astype(str).str.casefold()
    return float(types.isin({name.casefold() for name in model.bundle.product_types}).mean())


def _measured(model: FashionModel, finder: Finder | None, pictures: list[Photo], snaps: list[Photo]) -> _Measured:
    gallery = model.embed([model.prepared(picture) for picture in pictures])
    analyses = [analysis for analysis, _ in Looks(model, finder).analyse_many(snaps)]
    scores = np.stack([(gallery @ one.embeddings.T).max(axis=1) for one in analyses])
    own = scores[np.arange(len(snaps)), np.arange(len(snaps))]
    places = (scores >= own[:, None] - 1e-6).sum(axis=1)
    right = np.sort(own[places == 1])
    least = float(right[int((1 - KEPT) * len(right))]) if len(right) else 0.5
    return _Measured(float((places <= 1).mean()), float((places <= 5).mean()), round(least, 4))


def _pictures(catalogue: Catalogue) -> list[Photo]:
    """Pictures of products by chance, the same for the same catalogue; those that cannot be read are passed over."""
    order = np.random.default_rng(_SEED).permutation(len(catalogue))
    names = catalogue.products["image"].to_numpy()
    found: list[Photo] = []
    for row in islice(order, 2 * AMONG):
        if len(found) == AMONG:
            break
        try:
            found.append(images.decode(catalogue.images.read(str(names[row])), max_side=LOOK_SIDE, wait_s=None))
        except (ImageRejected, CatalogueError):
            # the build tells of every picture that cannot be read
            continue
    return found


def _snap(picture: Photo, number: int) -> Photo:
    random = np.random.default_rng([_SEED, number])
    pixels = images.letterbox(picture.pixels, _SIDE)
    snap = phone_snap(pixels, cut_out(pixels), plain_ground(random), _SIDE, random)
    return Photo(snap, (_SIDE, _SIDE), "array")
