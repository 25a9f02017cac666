"""A model bundle on disk: model, labels, calibration, card, evaluation and how it was trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.errors import BundleError
from vsearch_core.vision.bundle_files import misstated, read_files, read_json
from vsearch_core.vision.cascade import Cascade
from vsearch_core.vision.good_match import GoodMatch


@dataclass(frozen=True)
class Bundle:
    """A bundle as its files say; `fingerprint` names exactly these weights and labels.

    `hierarchy` maps product type to (department, category). `match` is the rule by which a best hit counts as a good
    match, `item_match` the one for garments of a photo; None where they were not chosen yet. `temperature` makes the
    probabilities of product types such that they can be taken at their word, `category_temperature` those of categories
    in photos; 1 where they were not fitted. `cascade` says which categories a photo can be of; None where it was not
    chosen yet.
    """

    path: Path
    name: str
    fingerprint: str
    side: int
    dimension: int
    product_types: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    hierarchy: Mapping[str, tuple[str, str]]
    match: GoodMatch | None = None
    item_match: GoodMatch | None = None
    temperature: float = 1.0
    category_temperature: float = 1.0
    cascade: Cascade | None = None

    @property
    def good_match(self) -> float | None:
        """The cosine similarity of the rule by itself."""
        return None if self.match is None else self.match.cosine

    @property
    def model_path(self) -> Path:
        """The LiteRT file."""
        return self.path / "model.tflite"

    @classmethod
    def open(cls, path: Path) -> Bundle:
        """Read and check a bundle's files; the model itself is loaded by `FashionModel`.

        Raises:
            BundleError: a file is missing, broken or of a newer schema.
        """
        content, fingerprint = read_files(path, kind="model", train="train fashion")
        calibration = _calibration(path / "calibration.json", fingerprint)
        try:
            return cls(
                path=path,
                name=str(content["name"]),
                fingerprint=fingerprint,
                side=int(content["side"]),
                dimension=int(content["dimension"]),
                product_types=tuple(content["product_types"]),
                attributes={name: tuple(content["attributes"][name]) for name in ATTRIBUTES},
                hierarchy={name: (place[0], place[1]) for name, place in content["hierarchy"].items()},
                match=calibration.match,
                item_match=calibration.item_match,
                temperature=calibration.temperature,
                category_temperature=calibration.category_temperature,
                cascade=calibration.cascade,
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise misstated(path, error) from error


@dataclass(frozen=True)
class _Calibration:
    """What `calibration.json` says of these weights; nothing where it is not there or is one of others."""

    match: GoodMatch | None = None
    item_match: GoodMatch | None = None
    temperature: float = 1.0
    category_temperature: float = 1.0
    cascade: Cascade | None = None


def _calibration(path: Path, fingerprint: str) -> _Calibration:
    content = read_json(path) if path.is_file() else {}
    if content.get("model") != fingerprint:
        return _Calibration()
    try:
        items, cascade = content.get("items"), content.get("cascade")
        temperature = float(content.get("temperature", 1.0))
        found = _Calibration(
            match=_rule(content),
            item_match=None if items is None else _rule(items),
            temperature=temperature,
            category_temperature=float(content.get("category_temperature", temperature)),
            cascade=None if cascade is None else Cascade(float(cascade["threshold"]), int(cascade["at_most"])),
        )
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise _no_calibration(path, str(error)) from error
    for one in (found.temperature, found.category_temperature):
        if not one > 0:
            raise _no_calibration(path, f"its temperature {one} is not above 0")
    return found


def _rule(content: Mapping[str, Any]) -> GoodMatch:
    beside = {name: float(value) for name, value in content.get("agreement", {}).items()}
    return GoodMatch(float(content["good_match"]), **beside)


def _no_calibration(path: Path, why: str) -> BundleError:
    return BundleError(
        f"{path} holds no calibration ({why}); make it anew with `python -m vsearch_core evaluate fashion`.",
        code="bundle_broken",
    )
