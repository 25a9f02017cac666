"""A model bundle on disk: model, labels, calibration, card, evaluation and how it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.catalogue.positions import position_of
from vsearch_core.contracts import ATTRIBUTES, Prediction
from vsearch_core.errors import BundleError
from vsearch_core.vision.bundle_files import (
    ONNX,
    model_file,
    names,
    number,
    opened,
    read_json,
    text,
    whole_number,
)
from vsearch_core.vision.cascade import Cascade
from vsearch_core.vision.good_match import GoodMatch, InShop
from vsearch_core.vision.onnx_file import Reading
from vsearch_core.vision.ranking import Ranking
from vsearch_core.vision.second_look import SecondLook

ELSEWHERE, SURE = "elsewhere", 0.6
"""The key of `Bundle.sure` for positions that were not chosen by themselves, and its value before one is chosen."""


@dataclass(frozen=True)
class Bundle:
    """A bundle as its files say; `fingerprint` names exactly these weights and labels.

    A bundle without product types is an encoder of any things: it gives embeddings, and what a photo shows is told by
    the products that are found.

    `hierarchy` maps product type to (department, category). `match` is the rule by which a best hit counts as a good
    match, `item_match` the one for garments of a photo; None where they were not chosen yet. `temperature` makes the
    probabilities of product types such that they can be taken at their word, `category_temperature` those of categories
    in photos; 1 where they were not fitted. `cascade` says which categories a photo can be of; None where it was not
    chosen yet. `in_shop` is the rule by which a photo shows something that the shop sells, `sure` the probability from
    which on a product type is told as a fact, `second_look` says which photos are looked at twice, `ranking` in which
    order hits stand (None: by their look alone), and `trims` whether the network learned from catalogue pictures that
    were trimmed to their content. `onnx` says how an imported ONNX graph is asked; None of a bundle that LiteRT runs.
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
    in_shop: InShop | None = None
    sure: Mapping[str, float] = field(default_factory=lambda: {ELSEWHERE: SURE})
    second_look: SecondLook = field(default_factory=SecondLook)
    ranking: Ranking | None = None
    trims: bool = False
    onnx: Reading | None = None

    def is_sure(self, types: Sequence[Prediction]) -> bool:
        """Whether the most probable product type can be told as a fact."""
        place = self.hierarchy.get(types[0].name, ("", ""))
        position = position_of(types[0].name, place[1]) or ""
        return types[0].probability >= self.sure.get(position, self.sure[ELSEWHERE])

    @property
    def good_match(self) -> float | None:
        """The cosine similarity of the rule by itself."""
        return None if self.match is None else self.match.cosine

    @property
    def model_path(self) -> Path:
        """The LiteRT or ONNX file."""
        return model_file(self.path)

    @classmethod
    def open(cls, path: Path) -> Bundle:
        """Read and check a bundle's files; the model itself is loaded by `FashionModel`.

        Raises:
            BundleError: a file is missing, broken or of a newer schema.
        """
        with opened(path, kind="model", train="train fashion") as (content, fingerprint):
            calibration = _calibration(path / "calibration.json", fingerprint)
            onnx = None if (reading := content.get("onnx")) is None else Reading.of(reading)
            if (onnx is None) != (model_file(path).name != ONNX):
                raise ValueError(f"onnx, which tells how a bundle's {ONNX} is asked")
            # An encoder of any things has embeddings alone, and an imported one at most classes.
            known = {"least": 0 if content["product_types"] == [] or onnx is not None else 1}
            product_types = names(content["product_types"], "product_types", **known)
            bundle = cls(
                path=path,
                name=text(content["name"], "name"),
                fingerprint=fingerprint,
                side=whole_number(content["side"], "side", most=4096),
                dimension=whole_number(content["dimension"], "dimension", most=65_536),
                product_types=product_types,
                attributes={name: names(content["attributes"][name], name, **known) for name in ATTRIBUTES},
                hierarchy={name: _place(content["hierarchy"], name) for name in product_types},
                match=calibration.match,
                item_match=calibration.item_match,
                temperature=calibration.temperature,
                category_temperature=calibration.category_temperature,
                cascade=calibration.cascade,
                in_shop=calibration.in_shop,
                sure=calibration.sure,
                second_look=calibration.second_look,
                ranking=calibration.ranking,
                trims=content.get("trims") is True,
                onnx=onnx,
            )
        return bundle


def _place(hierarchy: Any, product_type: str) -> tuple[str, str]:
    place = hierarchy[product_type]
    if not isinstance(place, list) or len(place) != 2:
        raise ValueError(f"the place of {product_type!r:.40}, which should be a department and a category")
    return text(place[0], "department"), text(place[1], "category")


@dataclass(frozen=True)
class _Calibration:
    """What `calibration.json` says of these weights; nothing where it is not there or is one of others."""

    match: GoodMatch | None = None
    item_match: GoodMatch | None = None
    temperature: float = 1.0
    category_temperature: float = 1.0
    cascade: Cascade | None = None
    in_shop: InShop | None = None
    sure: Mapping[str, float] = field(default_factory=lambda: {ELSEWHERE: SURE})
    second_look: SecondLook = field(default_factory=SecondLook)
    ranking: Ranking | None = None


def _calibration(path: Path, fingerprint: str) -> _Calibration:
    content = read_json(path) if path.exists() else {}
    if content.get("model") != fingerprint:
        return _Calibration()
    try:
        items, cascade = content.get("items"), content.get("cascade")
        temperature = _temperature(content.get("temperature", 1.0))
        found = _Calibration(
            match=_rule(content),
            item_match=None if items is None else _rule(items),
            temperature=temperature,
            category_temperature=_temperature(content.get("category_temperature", temperature)),
            cascade=None if cascade is None else _cascade(cascade),
            in_shop=None if (ours := content.get("in_shop")) is None else _in_shop(ours),
            sure=_sure(content.get("sure", {})),
            second_look=_second_look(content.get("second_look", {})),
            ranking=None if (rule := content.get("ranking")) is None else _ranking(rule),
        )
    except (KeyError, AttributeError, TypeError, ValueError) as error:
        raise _no_calibration(path, f"{error!s:.200}") from error
    return found


def _temperature(value: Any) -> float:
    return number(value, "temperature", 0.001, 1000)


def _cascade(content: Mapping[str, Any]) -> Cascade:
    at_most = whole_number(content["at_most"], "at_most", most=10_000)
    return Cascade(number(content["threshold"], "threshold", 0, 1), at_most)


def _rule(content: Mapping[str, Any]) -> GoodMatch:
    beside = {name: number(value, name, -100, 100) for name, value in content.get("agreement", {}).items()}
    return GoodMatch(number(content["good_match"], "good_match", -1, 1), **beside)


def _in_shop(content: Mapping[str, Any]) -> InShop:
    weights = {name: number(content[name], name, -1000, 1000) for name in ("cosine", "agreement", "kind", "least")}
    direction = np.array([number(value, "direction", -1000, 1000) for value in content["direction"]], np.float32)
    return InShop(**weights, direction=direction)


def _sure(content: Mapping[str, Any]) -> Mapping[str, float]:
    return {ELSEWHERE: SURE} | {text(name, "position"): number(least, "sure", 0, 1) for name, least in content.items()}


def _second_look(content: Mapping[str, Any]) -> SecondLook:
    return SecondLook(**{name: number(content[name], name, 0, 1) for name in ("score", "fills") if name in content})


def _ranking(content: Mapping[str, Any]) -> Ranking:
    weights = content["weights"]
    if unknown := set(weights) - {"product_type", *ATTRIBUTES}:
        raise ValueError(f"{', '.join(sorted(unknown))!r:.80} is nothing that a photo is asked for")
    return Ranking(
        number(content["near"], "near", 1e-6, 1),
        {name: number(weight, name, 0, 100) for name, weight in weights.items()},
    )


def _no_calibration(path: Path, why: str) -> BundleError:
    return BundleError(
        f"{path} holds no calibration ({why}); make it anew with `python -m vsearch_core evaluate fashion`.",
        code="bundle_broken",
    )
