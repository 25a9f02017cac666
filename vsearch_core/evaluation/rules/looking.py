"""Chooses how a photo is looked at, on validation: the second look, and the rules that depend on it.

A photo is looked at whole and, where the finder is sure of a main thing that does not fill the picture, once more from
near; each product counts by its better look. Rules that were chosen for one look do not fit two: similarities are
higher. So the order of hits is chosen on two looks, then the rules for a good match anew in that order, and beside them
the rule that tells what the shop does not sell: user photos whose first hit is right against pictures of other things,
whole and in parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw
from sklearn.linear_model import LogisticRegression

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.photos.backgrounds import backgrounds
from vsearch_core.catalogue.positions import position_of
from vsearch_core.catalogue.snaps import cut_out, phone_snap
from vsearch_core.contracts import ATTRIBUTES, Analysis, Photo, Prediction
from vsearch_core.errors import BundleError
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.outside.search import Gallery, TwoLooks, in_order
from vsearch_core.evaluation.outside.sets import read_judged_photos, read_user_part
from vsearch_core.evaluation.outside.snaps import OutsideSnaps
from vsearch_core.evaluation.predictions import MEASURED, Predictions
from vsearch_core.evaluation.rules.good_match import (
    Order,
    choose_item_threshold,
    choose_threshold,
    threshold_keeping,
)
from vsearch_core.evaluation.rules.ranking import choose_ranking
from vsearch_core.files import replace_json
from vsearch_core.vision import Bundle, FashionModel
from vsearch_core.vision.bundle import ELSEWHERE
from vsearch_core.vision.bundle_files import read_json, seal
from vsearch_core.vision.finder import Finder
from vsearch_core.vision.good_match import AGREEING, GoodMatch, agreement
from vsearch_core.vision.looks import Looks
from vsearch_core.vision.ranking import Ranker, Ranking
from vsearch_core.vision.temperature import tempered

KEPT, KEPT_IN_SHOP, SNAPS_KEPT_IN_SHOP = 0.91, 0.985, 0.92
"""Shares of the rightly answered validation photos that are called a good match, and of photos and of snaps that look
like something that the shop sells. Both rules have to hold, so that each keeps a little more than nine in ten. Snaps
show little products in full rooms: to keep more of them lets rooms pass, too."""

PASTED = 4
"""Things that are made of parts of such pictures, for each of them."""

SNAPS = 300
"""Snaps that are asked on validation; twice as many of part train say what the network's kinds look like."""

PARTS = 5
"""Parts of each picture of other things that are asked besides the whole."""

SURE_OF, SURE_OF_KIND = 0.9, 0.95
"""A type is told as a fact from the probability on from which it is right in this share of validation photos: by their
exact types, judged by eye, or by the kinds that their labels name."""

JUDGED = 20
"""So many photos of a position have to be judged by eye for it to be chosen on them."""

_SIDE, _SNAP_SIDE = 320, 224
_SEED = 2026
_BLOCK = 64


@dataclass(frozen=True)
class Asked:
    """What two looks say of some photos, and what they find: arrays of one row a photo.

    `embeddings` (n, 2, d): where there was one look, it stands twice. `cosine` of the best hit, `agreement` of the
    first five, `first` the product type of the best hit.
    """

    embeddings: np.ndarray
    cosine: np.ndarray
    agreement: np.ndarray
    first: np.ndarray

    def where(self, chosen: np.ndarray) -> Asked:
        """The rows where `chosen` (n,) is true."""
        return Asked(self.embeddings[chosen], self.cosine[chosen], self.agreement[chosen], self.first[chosen])


def ask(search: TwoLooks, gallery: Gallery, photos: Sequence[Photo]) -> Asked:
    """Ask the catalogue with some photos."""
    kinds = gallery.column("product_type")
    embeddings, cosine, agreed, first = [], [], [], []
    for start in range(0, len(photos), _BLOCK):
        for answer in search.search(photos[start : start + _BLOCK], gallery):
            assert answer.analysis is not None
            types = kinds[answer.best(AGREEING)].tolist()
            probabilities = dict(zip(search.product_types, answer.types.tolist(), strict=True))
            embeddings.append(np.broadcast_to(answer.analysis.embeddings, (2, gallery.vectors.shape[1])))
            cosine.append(answer.cosine)
            agreed.append(agreement(probabilities, types) or 0.0)
            first.append(types[0])
    return Asked(np.stack(embeddings), np.array(cosine), np.array(agreed), np.array(first))


def parts_of(photo: Photo, seed: int) -> list[Photo]:
    """A picture and some square parts of it, as photos of other things."""
    random = np.random.default_rng(seed)
    height, width = photo.pixels.shape[:2]
    found = [photo]
    for _ in range(PARTS):
        size = int(min(height, width) * random.uniform(0.35, 0.8))
        top, left = int(random.integers(0, height - size + 1)), int(random.integers(0, width - size + 1))
        part = photo.pixels[top : top + size, left : left + size]
        found.append(replace(photo, pixels=part, original_size=(size, size)))
    return found


def other_things(measured: Measured, part: str) -> list[Photo]:
    """Pictures of what a fashion shop does not sell: whole, in parts, and parts as things on white or in other rooms.

    The last are made as a shop's pictures and as snaps are, so that only what they show tells them from what is sold.
    """
    grounds = [photo for _, _, photo in backgrounds(measured.settings.data, part, wear=("none",), max_side=_SIDE)]
    found = [each for number, photo in enumerate(grounds) for each in parts_of(photo, number)]
    random = np.random.default_rng(_SEED)
    for number in range(PASTED * len(grounds)):
        thing, alpha = _as_thing(grounds[int(random.integers(len(grounds)))].pixels, random)
        if number % 3:
            ground = grounds[int(random.integers(len(grounds)))].pixels
            pixels = phone_snap(thing, alpha, ground, _SNAP_SIDE, random)
        else:
            opacity = alpha[..., None] / 255
            pixels = (thing * opacity + 255 * (1 - opacity)).astype(np.uint8)
        found.append(Photo(pixels, (_SNAP_SIDE, _SNAP_SIDE), "array"))
    return found


def _as_thing(pixels: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A part of a picture in some shape, as a cut-out product would be: pixels and alpha of one square."""
    height, width = pixels.shape[:2]
    stretch, size = np.exp(random.uniform(-0.6, 0.6)), min(height, width) * random.uniform(0.35, 0.8)
    wide, high = int(min(width, size * stretch**0.5)), int(min(height, size / stretch**0.5))
    left, top = int(random.integers(0, width - wide + 1)), int(random.integers(0, height - high + 1))
    mask = Image.new("L", (wide, high))
    draw, kind = ImageDraw.Draw(mask), int(random.integers(3))
    if kind == 0:
        draw.ellipse([1, 1, wide - 2, high - 2], fill=255)
    elif kind == 1:
        draw.rounded_rectangle([1, 1, wide - 2, high - 2], radius=min(wide, high) * 0.2, fill=255)
    else:
        angles, reach = np.sort(random.uniform(0, 2 * np.pi, 9)), random.uniform(0.6, 1.0, 9) / 2
        corners = np.stack([wide * (0.5 + reach * np.cos(angles)), high * (0.5 + reach * np.sin(angles))], axis=1)
        draw.polygon([(float(x), float(y)) for x, y in corners], fill=255)
    part = images.letterbox(np.ascontiguousarray(pixels[top : top + high, left : left + wide]), _SNAP_SIDE)
    around = np.full((high, wide, 3), 255, np.uint8) - np.asarray(mask)[..., None]
    return part, 255 - images.letterbox(around, _SNAP_SIDE)[..., 0]


def write_looking(measured: Measured, models: Path) -> dict[str, Any]:
    """Choose how photos are looked at, write it into the bundle's `calibration.json`, and return it.

    The rule for a good match that was chosen on one look, by the cosines alone, stays there as `one_look`.

    Args:
        models: folder of the bundles, with the finder's.

    Raises:
        BundleError: there is no finder, or the bundle was not calibrated yet.
        CatalogueError: the pictures are not at hand.
    """
    bundle = measured.model.bundle
    content = read_json(bundle.path / "calibration.json")
    if content.get("model") != bundle.fingerprint:
        raise BundleError(f"{bundle.path} is not calibrated; run `python -m vsearch_core evaluate fashion` first.")
    finder = Finder.open(models / "finder", threads=measured.settings.threads)
    looks = Looks(FashionModel(Bundle.open(bundle.path), threads=measured.settings.threads), finder)
    by_look = TwoLooks(looks)
    gallery = Gallery(measured.stored, measured.shots.table)
    measured.say("choosing in which order hits stand")
    ranking, told = choose_ranking(measured, by_look, gallery)
    search = TwoLooks(looks, ranking=ranking)
    measured.say("choosing the rule for a good match on two looks")
    shots, order = replace(measured.shots, embeddings=gallery.vectors), _order(ranking, gallery, looks)
    threshold = choose_threshold(_both_looks(measured, looks), shots, measured.names, 1.0, kept=KEPT, order=order)
    photo_rule = GoodMatch(threshold["good_match"], **threshold["agreement"])
    garments = replace(measured.garments, types=tempered(measured.garments.types, content["temperature"]))
    measured.say("choosing the rule for what the shop does not sell")
    found = {
        **threshold,
        "items": choose_item_threshold(garments, shots, measured.names, 1.0, photo_rule, order=order),
        "ranking": told,
        "in_shop": choose_in_shop(measured, search, gallery),
        **choose_sure(looks, measured),
        "second_look": asdict(looks.rule),
        "finder": finder.fingerprint,
    }
    one_look = content.get("one_look") or {name: content[name] for name in threshold}
    replace_json(bundle.path / "calibration.json", {**content, **found, "one_look": one_look})
    seal(bundle.path)
    return found


def _both_looks(measured: Measured, looks: Looks) -> Predictions:
    """What two looks say of the user photos of validation and test, with the probabilities that serving shows."""
    asked: list[Analysis] = []
    tables = []
    for part in MEASURED:
        photos = read_user_part(measured.settings.data, part, max_side=_SIDE)
        tables.append(photos.table)
        for start in range(0, len(photos), _BLOCK):
            block = [photos.read(row) for row in range(start, min(start + _BLOCK, len(photos)))]
            asked += [analysis for analysis, _ in looks.analyse_many(block)]
    bundle = looks.model.bundle
    return Predictions(
        pd.concat(tables, ignore_index=True),
        _probabilities([one.product_types for one in asked], measured.names),
        {name: _probabilities([one.attributes[name] for one in asked], bundle.attributes[name]) for name in ATTRIBUTES},
        np.stack([np.broadcast_to(one.embeddings, (2, bundle.dimension)) for one in asked]),
    )


def _probabilities(predictions: Sequence[Sequence[Prediction]], names: Sequence[str]) -> np.ndarray:
    """Of each photo's predictions, in the order of the names, (photos, names) float32."""
    told = [{one.name: one.probability for one in some} for some in predictions]
    return np.array([[one[name] for name in names] for one in told], np.float32)


def _order(ranking: Ranking, gallery: Gallery, looks: Looks) -> Order:
    """The order of hits that a ranking gives, for photos whose probabilities are as serving shows them."""
    names = {"product_type": looks.model.bundle.product_types, **looks.model.bundle.attributes}

    def order(photos: Predictions, row: int, cosines: np.ndarray) -> np.ndarray:
        told = {"product_type": photos.types[row], **{name: values[row] for name, values in photos.attributes.items()}}
        probable = {column: dict(zip(names[column], told[column].tolist(), strict=True)) for column in ranking.weights}
        return in_order(cosines, Ranker(ranking.near, ranking.weights, probable), gallery)

    return order


def choose_in_shop(measured: Measured, search: TwoLooks, gallery: Gallery) -> dict[str, Any]:
    """The rule that tells what the shop does not sell, and its rates on validation.

    Which way an embedding lies when it shows a kind of thing that the network learned is told by a linear classifier on
    part train: user photos and snaps on backgrounds against the same backgrounds without them. How that, the similarity
    and the agreement count is chosen on validation, so that most of the rightly answered photos and snaps stay.
    """
    learned = ask(search, gallery, [*_user_photos(measured, "train"), *_train_snaps(measured)])
    others = ask(search, gallery, other_things(measured, "train"))
    vectors = np.concatenate([one.embeddings[:, look] for one in (learned, others) for look in (0, 1)])
    direction = _line(vectors, np.arange(len(vectors)) < 2 * len(learned.cosine))

    photos = read_user_part(measured.settings.data, "validation", max_side=_SIDE)
    asked = ask(search, gallery, [photos.read(row) for row in range(len(photos))])
    people = asked.where(
        np.array([one in kinds for one, kinds in zip(asked.first, photos.table["right"], strict=True)])
    )
    table = measured.shots.table
    wanted = table[table["part"] == "validation"].sample(SNAPS, random_state=_SEED)
    source = read_catalogue(measured.settings.data / "fashion-products").images
    maker = OutsideSnaps.of(measured.settings, "validation", list(wanted["id"]), list(wanted["image"]), source)
    snapped = ask(search, gallery, [maker.snap(row).photo for row in range(SNAPS)])
    snaps = snapped.where(snapped.first == wanted["product_type"].to_numpy())
    unknown = ask(search, gallery, other_things(measured, "validation"))

    sets = [_evidence(one, direction) for one in (people, snaps, unknown)]
    evidence = np.concatenate(sets)
    weights = _line(evidence, np.arange(len(evidence)) < len(evidence) - len(sets[2]))
    scores = [one @ weights for one in sets]
    kept = (KEPT_IN_SHOP, SNAPS_KEPT_IN_SHOP)
    least = min(threshold_keeping(one, share) for one, share in zip(scores[:2], kept, strict=True))
    rates = {
        f"in_shop_{name}": round(float((one >= least).mean()), 4)
        for name, one in zip(("photos_right", "snaps_right", "other_things"), scores, strict=True)
    }
    counts = {name: len(one) for name, one in zip(("photos_right", "snaps_right", "other_things"), scores, strict=True)}
    return {
        **{name: round(float(value), 5) for name, value in zip(("cosine", "agreement", "kind"), weights, strict=True)},
        "least": round(float(least), 5),
        "direction": [round(float(value), 4) for value in direction],
        "rates": {**rates, **counts},
        "chosen_on": "validation: user photos and snaps of the second recipe with a right first hit, and pictures of "
        "other things, whole, in parts and as things",
    }


def _line(values: np.ndarray, ours: np.ndarray) -> np.ndarray:
    """The direction (d,) in which values (n, d) that are ours differ from the others."""
    return LogisticRegression(C=100.0, class_weight="balanced", max_iter=3000).fit(values, ours).coef_[0]


def _train_snaps(measured: Measured) -> list[Photo]:
    """Snaps of products of part train on backgrounds of part train, as the network learned them."""
    settings, random = measured.settings, np.random.default_rng(_SEED)
    table = measured.shots.table
    wanted = table[table["part"] == "train"].sample(2 * SNAPS, random_state=_SEED)
    source = read_catalogue(settings.data / "fashion-products").images
    grounds = [photo.pixels for _, _, photo in backgrounds(settings.data, "train", wear=("none",))]
    found = []
    for name in wanted["image"]:
        pixels = images.letterbox(images.decode(source.read(name)).pixels, _SNAP_SIDE)
        ground = grounds[int(random.integers(len(grounds)))]
        snap = phone_snap(pixels, cut_out(pixels), ground, _SNAP_SIDE, random)
        found.append(Photo(snap, (_SNAP_SIDE, _SNAP_SIDE), "array"))
    return found


def choose_sure(looks: Looks, measured: Measured) -> dict[str, Any]:
    """The probability from which on a product type is told as a fact, by where such things are worn.

    On validation photos. A position of which `JUDGED` photos and more were judged by eye is chosen on these, by their
    exact types; everything else by the labels' kinds, which are lenient.
    """
    data = measured.settings.data
    judged = read_judged_photos(data, "validation", max_side=_SIDE)
    exact = dict(zip(judged.table["id"], judged.table["types"], strict=True))
    photos = read_user_part(data, "validation", max_side=_SIDE)
    asked = [analysis for analysis, _ in looks.analyse_many([photos.read(row) for row in range(len(photos))])]
    ids, kinds = photos.table["id"], photos.table["right"]
    told = pd.DataFrame(
        {
            "position": [position_of(one.product_type.name, one.categories[0].name) or "" for one in asked],
            "sure": [one.product_type.probability for one in asked],
            "right": [
                one.product_type.name in exact.get(id, kind) for one, id, kind in zip(asked, ids, kinds, strict=True)
            ],
            "judged": [id in exact for id in ids],
        }
    )
    of_labels = told[~told["judged"]]
    least = {ELSEWHERE: least_sure(of_labels["sure"].to_numpy(), of_labels["right"].to_numpy(), SURE_OF_KIND)}
    for position, some in told[told["judged"]].groupby("position"):
        if len(some) >= JUDGED:
            least[str(position)] = least_sure(some["sure"].to_numpy(), some["right"].to_numpy(), SURE_OF)
    facts = [row.sure >= least.get(row.position, least[ELSEWHERE]) for row in told.itertuples()]
    return {"sure": least, "told_as_fact": round(float(np.mean(facts)), 4)}


def least_sure(probabilities: np.ndarray, right: np.ndarray, share: float) -> float:
    """The lowest probability, in steps of 0.05, from which on `share` of the answers are right; 1 where none does."""
    for least in np.arange(0.3, 0.96, 0.05):
        chosen = probabilities >= least
        if chosen.any() and right[chosen].mean() >= share:
            return round(float(least), 2)
    return 1.0


def _evidence(asked: Asked, direction: np.ndarray) -> np.ndarray:
    """What the rule sums, (n, 3)."""
    return np.stack([asked.cosine, asked.agreement, (asked.embeddings @ direction).max(axis=1)], axis=1)


def _user_photos(measured: Measured, part: str) -> list[Photo]:
    photos = read_user_part(measured.settings.data, part, max_side=_SIDE)
    # every other one is enough for a line through the embeddings
    return [photos.read(row) for row in range(0, len(photos), 2)]
