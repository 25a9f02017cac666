"""Trains `models/fashion`: product types, attributes and an embedding in one network. Seeded and resumable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.photos.backgrounds import backgrounds
from vsearch_core.catalogue.photos.user import JudgedPhoto, judged_photos, read_user_photos, user_images
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.catalogue.split import with_split
from vsearch_core.contracts import ATTRIBUTES
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.garments import Garments, read_garments
from vsearch_core.training.fashion.joint import joint_network, with_types
from vsearch_core.training.fashion.looks import LookSet, other_targets, other_things
from vsearch_core.training.fashion.loop import Loop
from vsearch_core.training.fashion.network import fashion_network
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.finder.examples import Sources
from vsearch_core.training.finder.sources import boxed_photos, user_photos
from vsearch_core.training.shared import datasets
from vsearch_core.training.shared.epochs import run_epochs
from vsearch_core.training.shared.labels import Labels
from vsearch_core.training.shared.material import need_data
from vsearch_core.training.shared.scenes import thing_of
from vsearch_core.training.shared.state import History, Say, resume, take_over
from vsearch_core.training.shared.weights import load_weights
from vsearch_core.vision.bundle_files import WEIGHTS, read_bytes

JOINED_ON = 6000
"""Products that the joint embedding's directions are found on; user photos come on top."""


@dataclass(frozen=True)
class Outcome:
    """A trained network, what it was taught and how it went (one record an epoch)."""

    network: keras.Model
    labels: Labels
    recipe: Recipe
    history: History
    data: dict[str, object]


def train_fashion(
    settings: Settings,
    recipe: Recipe,
    *,
    say: Say = print,
    fresh: bool = False,
    earlier: Path | None = None,
    begin_from: Path | None = None,
) -> Outcome:
    """Train on the committed split, or go on where an earlier run of the same recipe stopped.

    Checkpoints go to `<cache>/training/fashion-<recipe>-<data>` after every epoch.

    Args:
        earlier: the folder of an earlier training's checkpoints whose epochs are taken over, see `take_over`.
        begin_from: the bundle of an earlier training, or a folder with its `weights.npz`: see `begin_with`.

    Raises:
        CatalogueError: the real data is not at hand.
        BundleError: the bundle to begin from keeps no weights, or those of another network.
        VsearchError: the earlier training cannot be taken over.
    """
    need_data(settings)
    keras.utils.set_random_seed(recipe.seed)
    labels, training, validation, data = _prepare(settings, recipe, say)
    network = fashion_network(
        recipe.side, labels, settings.keras_home, frozen_before=recipe.frozen_before, trunk_name=recipe.trunk
    )
    name = f"fashion-{recipe.name}-{data['fingerprint']}"
    if begin_from is not None:
        data["began_from"] = begin_with(network, begin_from)
        name += f"-from-{data['began_from']}"
    loop = Loop(network, labels, training, recipe)
    folder = settings.cache / "training" / name
    if earlier is not None:
        take_over(earlier, folder)
    history = resume(loop.checkpoint, folder, fresh=fresh)
    if begin_from is not None and not history:
        say("embedding the shop's pictures")
        loop.know_shop()

    def run(epoch: int) -> dict[str, Any]:
        return loop.run_epoch(epoch, say) | validation(network)

    run_epochs(run, loop.checkpoint, folder, history, epochs=recipe.epochs, say=say)
    say("settling the batch-norm statistics")
    loop.settle()
    history[-1] |= {f"settled_{name}": value for name, value in validation(network).items()}
    say(json.dumps(history[-1]))
    joint = with_types(network, _sample(training, recipe), share=recipe.type_share, temperature=recipe.type_temperature)
    return Outcome(joint, labels, recipe, history, data)


def begin_with(network: keras.Model, bundle: Path) -> str:
    """Give a network of `fashion_network` the weights that a bundle of the same recipe keeps; names these weights.

    Raises:
        BundleError: the bundle keeps none, they are damaged, or they are of another network.
    """
    # what a bundle keeps is the network with its joint embedding; how much of that tells the type changes no shape
    load_weights(joint_network(network, share=0.0, temperature=1.0), bundle)
    return hashlib.sha256(read_bytes(bundle / WEIGHTS)).hexdigest()[:12]


def _prepare(settings: Settings, recipe: Recipe, say: Say) -> tuple[Labels, datasets.TrainingSet, Callable, dict]:
    catalogue = read_catalogue(settings.data / "fashion-products")
    labels = Labels.of(catalogue)
    products = with_split(catalogue.products)
    worn = {part: read_garments(settings.data, part=part, left_out=recipe.left_out) for part in ("train", "validation")}
    cache = settings.cache / "training" / "pictures"
    say("reading the pictures (kept in the cache for the next time)")
    everyone = read_user_photos(settings.data)
    # a photo that may show such a kind goes too, or the network would see the kind all the same
    of_kinds_shown = [right.isdisjoint(recipe.left_out) for right in everyone["right"]]
    everyone = everyone[of_kinds_shown]
    people = everyone[everyone["part"] == "train"]
    parts = {}
    for part in ("train", "validation"):
        rows = products[products["part"] == part].reset_index(drop=True)
        shots = datasets.shop_pictures(
            catalogue, rows, side=recipe.side, cache=cache, name=f"catalogue-{part}", trim=recipe.looks
        )
        parts[part] = _without(recipe.left_out, rows, shots)
    rows, shots = parts["train"]
    drawn, drawn_products = datasets.drawn_pictures(settings.sample_path, recipe.drawn, side=recipe.side, cache=cache)
    drawn_products, drawn = _without(recipe.left_out, drawn_products, drawn)
    source = user_images(settings.data)
    judged = judged_photos(settings.data) if recipe.looks else {}
    parts_of_shop = [shots, drawn]
    of_shop = [
        datasets.shop_targets(labels, rows, list(rows["group"])),
        datasets.shop_targets(labels, drawn_products, list(drawn.ids)),
    ]
    of_photos = [
        datasets.photo_targets(labels, *_judged(people, judged)),
        datasets.photo_targets(labels, worn["train"].right),
    ]
    if recipe.looks:
        training: datasets.TrainingSet = _look_set(
            settings, recipe, labels, people, parts_of_shop, (of_shop, of_photos), worn["train"], say
        )
    else:
        training = datasets.TrainingSet(
            parts_of_shop,
            datasets.read_photos(source, list(people["image"])),
            datasets.joined([*of_shop, *of_photos]),
            worn["train"].pictures,
            photo_repeats=recipe.photo_repeats,
        )
    data = {
        "fingerprint": _fingerprint(rows, people, worn["train"]),
        "catalogue_train": len(rows),
        "drawn_train": len(drawn.ids),
        "drawn_of": "of the sample shop",
        "user_photos_train": len(people),
        "street_garments_train": len(worn["train"].pictures),
        "split": "splits/catalogue.csv, splits/photos.csv and splits/street.csv, part train",
    }
    judge = _validation(labels, *parts["validation"], everyone, source, worn["validation"], recipe)
    return labels, training, judge, data


def _look_set(
    settings: Settings,
    recipe: Recipe,
    labels: Labels,
    people: pd.DataFrame,
    shop: list[datasets.ShopPictures],
    targets: Sequence[list[datasets.Targets]],
    worn: Garments,
    say: Say,
) -> LookSet:
    say(f"looking for the main thing in {len(people):,} user photos")
    photos = user_photos(settings, people["image"].tolist())
    boxes = boxed_photos(settings, photos)
    grounds = {
        wear: [photo.pixels for _, _, photo in backgrounds(settings.data, "train", wear=wear)]
        for wear in (("none",), ("none", "some"))
    }
    others = other_things(grounds["none",], recipe.side, each=recipe.others_each, seed=recipe.seed)
    things = [thing_of(shop[0].pixels[row], shop[0].alpha[row]) for row in range(0, len(shop[0].ids), 8)]
    pixels = [photo.pixels for photo in photos]
    beside = Sources([thing for thing in things if thing is not None], grounds["none", "some"], pixels, [])
    return LookSet(
        [*shop, others],
        pixels,
        datasets.joined([*targets[0], other_targets(labels, len(others.ids)), *targets[1]]),
        worn.pictures,
        photo_repeats=recipe.photo_repeats,
        sources=beside,
        boxes=boxes,
        others=len(others.ids),
    )


def _judged(people: pd.DataFrame, judged: Mapping[str, JudgedPhoto]) -> tuple[list[frozenset[str]], list[str]]:
    """The right product types of each user photo and its colour: as judged by eye where it was, else by its label."""
    seen = [judged.get(name) for name in people["id"]]
    right = [kinds if one is None else one.types for kinds, one in zip(people["right"], seen, strict=True)]
    return right, ["" if one is None else one.colours[0] for one in seen]


def _sample(training: datasets.TrainingSet, recipe: Recipe) -> list[np.ndarray]:
    """Pictures of part train as they are, products and user photos, (side, side, 3) each."""
    shots = training.shop[0].pixels
    rows = np.sort(np.random.default_rng(recipe.seed).permutation(len(shots))[:JOINED_ON])
    photos = [images.letterbox(photo, recipe.side) for photo in training.photos]
    return [*shots[rows], *photos]


def _without(
    kinds: Sequence[str], rows: pd.DataFrame, pictures: datasets.ShopPictures
) -> tuple[pd.DataFrame, datasets.ShopPictures]:
    """Products and their pictures without those of some product types."""
    shown = ~rows["product_type"].isin(kinds).to_numpy()
    return rows[shown].reset_index(drop=True), pictures.where(shown)


def _validation(
    labels: Labels,
    rows: pd.DataFrame,
    shots: datasets.ShopPictures,
    everyone: pd.DataFrame,
    source: TarImages,
    worn: Garments,
    recipe: Recipe,
) -> Callable[[keras.Model], dict[str, float]]:
    """A function that gives accuracy on validation shots, on user photos and on garments of street photos."""
    people = everyone[everyone["part"] == "validation"]
    photos = [*datasets.read_photos(source, list(people["image"])), *worn.pictures]
    pictures = np.concatenate([shots.pixels, np.stack([images.letterbox(photo, recipe.side) for photo in photos])])
    right = np.concatenate(
        [
            labels.type_targets(list(rows["product_type"])),
            datasets.photo_targets(labels, [*people["right"], *worn.right]).types,
        ]
    )

    def judge(network: keras.Model) -> dict[str, float]:
        best = []
        for start in range(0, len(pictures), 256):
            logits = network(pictures[start : start + 256].astype(np.float32), training=False)["product_type"]
            best.append(np.argmax(logits.numpy(), axis=1))
        correct = right[np.arange(len(right)), np.concatenate(best)] > 0
        of_shots, of_people, of_garments = np.split(correct, [len(rows), len(rows) + len(people)])
        return {
            "validation_type_accuracy": round(float(of_shots.mean()), 4),
            "validation_user_photo_accuracy": round(float(of_people.mean()), 4),
            "validation_garment_accuracy": round(float(of_garments.mean()), 4),
        }

    return judge


def _fingerprint(shots: pd.DataFrame, people: pd.DataFrame, worn: Garments) -> str:
    """Names exactly these pictures and labels: another split or corrected labels are another training."""
    digest = hashlib.sha256()
    for table, columns in ((shots, ["id", "product_type", *ATTRIBUTES, "group"]), (people, ["id", "label"])):
        digest.update(table[columns].to_csv(index=False).encode())
    for name, right in zip(worn.names, worn.right, strict=True):
        digest.update(f"{name} {sorted(right)}\n".encode())
    return digest.hexdigest()[:12]
