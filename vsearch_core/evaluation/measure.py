"""Every protocol for any bundle: `figures(measure(settings, model))`, whatever its embedding's dimension.

Each protocol is a function of `Measured` in `PROTOCOLS`; what it counts is in the module of its name, as functions of
arrays, which can be used for embeddings that come from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.evaluation import predictions
from vsearch_core.evaluation.predictions import Predictions, Say
from vsearch_core.evaluation.protocols.calibration import (
    Answers,
    calibration_figures,
    choose_temperature,
    right_types,
)
from vsearch_core.evaluation.protocols.snaps import RECIPE, snap_figures
from vsearch_core.evaluation.protocols.street_items import predict_garments
from vsearch_core.evaluation.protocols.twins import published_figures, title_twins, twin_figures
from vsearch_core.evaluation.protocols.types import TEN_MOST, best_of, type_figures
from vsearch_core.evaluation.protocols.user_photos import user_photo_figures
from vsearch_core.evaluation.protocols.verification import SEED, Pairs, make_pairs, verification_figures
from vsearch_core.evaluation.statistics import BINS, mean_figure, timing
from vsearch_core.settings import Settings
from vsearch_core.vision import FashionModel

Part = Literal["validation", "test"]

SETS = {"shots": "shots", "snaps": "snaps", "user_photos": "photos"}
"""The sets of pictures that the temperature is read on, and what `Measured` calls them."""

_OF_PHOTOS = ("snaps", "user_photos")
"""The sets that show what shoppers send: what a category's temperature is read on."""


@dataclass(frozen=True)
class Measured:
    """What a bundle says of the public sets. Each set is run when it is first asked for, and kept.

    `part` of the split is what the figures are of: `validation` for choosing, `test` for telling.
    """

    settings: Settings
    model: FashionModel
    say: Say
    part: Part = "test"

    @classmethod
    def of(
        cls,
        settings: Settings,
        model: FashionModel,
        *,
        shots: Predictions,
        photos: Predictions,
        snaps: Predictions,
        garments: Predictions | None = None,
    ) -> Measured:
        """From predictions that are there already; their tables are as those of `predictions.py`.

        Args:
            garments: run when they are asked for, where they are not given.
        """
        measured = cls(settings, model, print)
        measured.__dict__.update(shots=shots, photos=photos, snaps=snaps)
        if garments is not None:
            measured.__dict__.update(garments=garments)
        return measured

    @cached_property
    def shots(self) -> Predictions:
        """Every catalogue product, all parts: the gallery of every search."""
        return predictions.predict_catalogue(self.settings, self.model, self.say)

    @cached_property
    def stored(self) -> np.ndarray:
        """The embeddings of `shots` as a store keeps them, (n, d): of trimmed pictures, where the network learned from
        such."""
        if not self.model.bundle.trims:
            return self.shots.embeddings
        table, source = predictions.catalogue_table(self.settings)
        self.say(f"looking at {len(table):,} catalogue pictures as a store's build shows them")
        return predictions.stored_embeddings(self.model, table, source)

    @cached_property
    def photos(self) -> Predictions:
        """The user photos of all parts."""
        return predictions.predict_user_photos(self.settings, self.model, self.say)

    @cached_property
    def snaps(self) -> Predictions:
        """A simulated phone snap of every product of validation and test."""
        table, source = predictions.catalogue_table(self.settings)
        return predictions.predict_snaps(self.settings, self.model, table, source, self.say)

    @cached_property
    def garments(self) -> Predictions:
        """The garments of the street photos of validation and test, cut out."""
        return predict_garments(self.settings, self.model, self.say)

    @cached_property
    def temperature(self) -> tuple[float, tuple[str, ...]]:
        """What the probabilities of product types need to be taken at their word, and the sets it was fitted on."""
        return choose_temperature({name: _answers(self, name, "validation") for name in SETS})

    @cached_property
    def category_temperature(self) -> tuple[float, tuple[str, ...]]:
        """The same for categories of photos, whose probabilities are the sums of their types'."""
        answers = {name: _answers(self, name, "validation") for name in _OF_PHOTOS}
        return choose_temperature(answers, _category_members(self))

    @property
    def names(self) -> tuple[str, ...]:
        """The product types that the bundle knows."""
        return self.model.bundle.product_types

    def column(self, name: str) -> np.ndarray:
        """A column of the catalogue's table, (n,)."""
        return self.shots.table[name].to_numpy()

    def rows(self, part: str) -> np.ndarray:
        """The gallery's rows of one part of the split."""
        return np.flatnonzero(self.column("part") == part)


def measure(settings: Settings, model: FashionModel, say: Say = print, *, part: Part = "test") -> Measured:
    """A bundle beside the public sets; nothing runs before it is asked for.

    Raises:
        CatalogueError: when something is asked for and the public data sets are not at hand.
    """
    return Measured(settings, model, say, part)


def figures(measured: Measured) -> dict[str, dict[str, Any]]:
    """The figures of all protocols, by the protocol's name."""
    return {name: protocol(measured) for name, protocol in PROTOCOLS.items()}


def types(measured: Measured) -> dict[str, Any]:
    """Product types on catalogue shots."""
    return _types(measured, measured.shots.of(measured.part))


def types_on_snaps(measured: Measured) -> dict[str, Any]:
    """Product types on simulated phone snaps."""
    return _types(measured, measured.snaps.of(measured.part))


def attributes(measured: Measured) -> dict[str, Any]:
    """Accuracy of each attribute over the test products that have it, on catalogue shots."""
    test, values = measured.shots.of(measured.part), measured.model.bundle.attributes
    found: dict[str, object] = {}
    for name in ATTRIBUTES:
        labels = test.table[name].to_numpy()
        known = labels != ""
        right = best_of(test.attributes[name], values[name]) == labels
        found[name] = mean_figure(right[known], test.table["group"].to_numpy()[known]).as_dict()
    return found


def snaps(measured: Measured) -> dict[str, Any]:
    """Simulated phone snaps of the test products against the whole catalogue."""
    test = measured.snaps.of(measured.part)
    found = snap_figures(
        test.embeddings,
        measured.rows(measured.part),
        measured.shots.embeddings,
        kinds=measured.column("product_type"),
        titles=measured.column("title"),
        pictures=measured.column("picture"),
        groups=measured.column("group"),
    )
    return {**_timed(found, test), "recipe": asdict(RECIPE)}


def user_photos(measured: Measured) -> dict[str, Any]:
    """User photos of the test part against the whole catalogue."""
    test = measured.photos.of(measured.part)
    found = user_photo_figures(
        test.embeddings,
        best_of(test.types, measured.names) if measured.names else None,
        test.table["right"].to_numpy(),
        test.table["label"].to_numpy(),
        test.table["sender_id"].to_numpy(),
        gallery=measured.shots.embeddings,
        kinds=measured.column("product_type"),
    )
    return _timed(found, test)


def twins(measured: Measured) -> dict[str, Any]:
    """Twins of the test products against the whole catalogue."""
    return _timed(twin_figures(*_titled(measured)), measured.shots)


def published_form(measured: Measured) -> dict[str, Any]:
    """Twins in the form in which others publish: classes of the test part alone."""
    return published_figures(*_titled(measured))


def verification(measured: Measured) -> dict[str, Any]:
    """Same product or not: `easy` and `hard` for a snap beside a shot, the headline, and `twins` for two shots."""
    snap, twin = ([_pairs(measured, kind, part) for part in ("validation", measured.part)] for kind in ("snap", "twin"))
    return {**verification_figures(*snap), "twins": verification_figures(*twin)}


def calibration(measured: Measured) -> dict[str, Any]:
    """The temperatures that validation gives, and the calibration error on test before and after them.

    The labels of user photos name kinds, mostly of one category, and no product types: a type's probability is judged
    leniently there, and `user_photos_category`, with the temperature of categories, is what they can really judge.
    """
    fitted, fitted_on = measured.temperature
    of_categories, categories_on = measured.category_temperature
    # as serving has them, and the predictions that the pages read
    fitted, of_categories = round(fitted, 4), round(of_categories, 4)
    before = {name: _answers(measured, name, measured.part) for name in SETS}
    after = {name: answers.at(fitted) for name, answers in before.items()}
    members = _category_members(measured)
    for name in _OF_PHOTOS:
        before[f"{name}_category"] = before[name].summed(members)
        after[f"{name}_category"] = before[name].at(of_categories, members)
    return {
        "temperature": fitted,
        "fitted_on": list(fitted_on),
        "category_temperature": of_categories,
        "category_fitted_on": list(categories_on),
        "bins": BINS,
        "bins_of": "equal width",
        **calibration_figures(before, after),
    }


PROTOCOLS: Mapping[str, Callable[[Measured], dict[str, Any]]] = {
    "types": types,
    "types_on_snaps": types_on_snaps,
    "attributes": attributes,
    "snaps": snaps,
    "user_photos": user_photos,
    "twins": twins,
    "published_form": published_form,
    "verification": verification,
    "calibration": calibration,
}


def _types(measured: Measured, test: Predictions) -> dict[str, Any]:
    table, everything = test.table, measured.shots.table
    learned_from = everything.loc[everything["part"] == "train", "product_type"].value_counts()
    return type_figures(
        table["product_type"].to_numpy(),
        test.types,
        table["group"].to_numpy(),
        measured.names,
        ten=list(everything["product_type"].value_counts().index[:TEN_MOST]),
        learned_from=learned_from.to_dict(),
    )


def _titled(measured: Measured) -> tuple[np.ndarray, ...]:
    columns = (measured.column(name) for name in ("title", "picture", "group"))
    return (measured.shots.embeddings, *columns, measured.rows(measured.part))


def _pairs(measured: Measured, kind: str, part: str) -> Pairs:
    rows = measured.rows(part)
    embeddings = measured.shots.embeddings
    if kind == "snap":
        first, own, same = measured.snaps.of(part).embeddings, rows, rows
    else:
        found = title_twins(measured.column("title"), measured.column("picture"), rows)
        have = np.array([len(others) > 0 for others in found])
        random = np.random.default_rng(SEED)
        own, same = rows[have], np.array([random.choice(others) for others in found if len(others)])
        first = embeddings[own]
    return make_pairs(
        first,
        own,
        same,
        embeddings,
        among=rows,
        groups=measured.column("group"),
        kinds=measured.column("product_type"),
        colours=measured.column("colour"),
    )


def _answers(measured: Measured, name: str, part: str) -> Answers:
    """Pictures that have no right type among the bundle's own are left out: their likelihood says nothing."""
    chosen: Predictions = getattr(measured, SETS[name]).of(part)
    rights = chosen.table["right"] if name == "user_photos" else [(kind,) for kind in chosen.table["product_type"]]
    right = right_types(list(rights), measured.names)
    groups = chosen.table["sender_id" if name == "user_photos" else "group"].to_numpy()
    known = right.any(axis=1)
    return Answers(chosen.types[known], right[known], groups[known])


def _category_members(measured: Measured) -> np.ndarray:
    """(types, categories), 1 where the product type is of the category."""
    categories = [measured.model.bundle.hierarchy[name][1] for name in measured.names]
    return (np.array(categories)[:, None] == np.unique(categories)[None]).astype(np.float32)


def _timed(found: dict[str, Any], asked: Predictions) -> dict[str, Any]:
    """The figures with their times under `timing`."""
    search = found.pop("search_ms")
    return {**found, "timing": dict(timing(inference_ms=asked.inference_ms, search_ms=search))}
