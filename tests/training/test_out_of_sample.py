"""Out-of-sample predictions come from networks that never saw the product; here on a few made pictures."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from vsearch_core.catalogue.split import read_split
from vsearch_core.evaluation.out_of_sample import VOTERS, read_out_of_sample
from vsearch_core.settings import Settings
from vsearch_core.training.out_of_sample.small import SmallRecipe, folds_of, taken_again
from vsearch_core.training.out_of_sample.train import FoldsRecipe, train_out_of_sample

RECIPE = FoldsRecipe(steps=6, small=SmallRecipe(side=32, batch=8))


def test_rows_of_one_group_are_in_one_fold_and_each_type_is_in_all() -> None:
    groups = [f"g{number // 3}" for number in range(300)]
    types = [("often", "rare")[number // 3 % 10 == 0] for number in range(300)]
    folds = folds_of(groups, types, 3, seed=1)
    by_group = {group: {folds[row] for row in range(300) if groups[row] == group} for group in set(groups)}
    assert all(len(found) == 1 for found in by_group.values())
    rare = np.bincount(folds[np.array(types) == "rare"], minlength=3)
    assert rare.max() - rare.min() <= 3
    assert (folds == folds_of(groups, types, 3, seed=1)).all()


def test_a_shot_that_is_taken_again_stays_a_shot_on_white() -> None:
    pixels = np.full((4, 32, 32, 3), 255, np.uint8)
    pixels[:, 10:20, 10:20] = 0
    taken = taken_again(pixels, np.random.default_rng(1))
    assert taken.shape == pixels.shape
    assert (taken != pixels).any()
    assert (taken < 50).sum(axis=(1, 2, 3)).tolist() == [300] * 4, "the product is all there"
    assert (taken[:, 0, 0] > 200).all()


def test_every_product_is_judged_by_the_fold_that_it_was_not_in(
    prepared: Settings, tiny_trunk: Callable[[], Any]
) -> None:
    said: list[str] = []
    for fold in (1, 2):
        assert train_out_of_sample(prepared, RECIPE, fold=fold, start=tiny_trunk, say=said.append) is None
    folder = train_out_of_sample(prepared, RECIPE, start=tiny_trunk, say=said.append)
    assert folder == prepared.results / "out_of_sample"
    assert sum("asking it" in line for line in said) == 3, "a fold that was there is not trained again"

    found = read_out_of_sample(prepared.results)
    split = read_split("catalogue").set_index("id")
    predictions = found.predictions
    assert set(split.loc[predictions["id"], "part"]) == {"train", "validation"}
    groups = split.loc[predictions["id"], "group"].to_numpy()
    assert predictions.groupby(groups)["fold"].nunique().max() == 1
    assert sorted(set(predictions["fold"])) == [1, 2, 3]
    ordered = predictions[[f"probability_{place}" for place in range(1, 6)]].to_numpy()
    assert (np.diff(ordered, axis=1) <= 0).all()
    assert ordered.sum(axis=1) == pytest.approx(1, abs=1e-4)
    first = predictions["type_1"] == predictions["label"]
    assert (predictions["label_probability"] == predictions["probability_1"])[first].all()
    assert predictions["votes_label"].between(0, VOTERS).all()
    assert (folder / "card.md").read_text(encoding="utf-8").count("| 3 |") == 1


def test_near_identical_pictures_are_listed_as_pairs(prepared: Settings, tiny_trunk: Callable[[], Any]) -> None:
    train_out_of_sample(prepared, RECIPE, start=tiny_trunk, say=lambda line: None)
    copies = read_out_of_sample(prepared.results).copies
    split = read_split("catalogue").set_index("id")["group"]
    assert len(copies) >= 1
    assert (split.loc[copies["first"]].to_numpy() == split.loc[copies["second"]].to_numpy()).all()
    assert (copies["difference"] < 0.08).all()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, make_catalogue: Callable[[Path], None]) -> Settings:
    """Settings with a small catalogue."""
    root = tmp_path_factory.mktemp("out-of-sample")
    make_catalogue(root / "data" / "fashion-products")
    return Settings(data=root / "data", cache=root / "cache", results=root / "results")
