"""The study of cleaning drops exactly the labels it is given and judges both ways on the same test products."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
pytest.importorskip("keras")
pytest.importorskip("tensorflow")

from studies.cleaning import CLEANED, EVERY, WorthRecipe, study_cleaning
from vsearch_core.catalogue.split import part_ids
from vsearch_core.settings import Settings
from vsearch_core.training.out_of_sample.small import SmallRecipe

RECIPE = WorthRecipe(steps=3, seeds=(1, 2), small=SmallRecipe(side=32, batch=8))


def test_the_study_drops_the_wrong_labels_of_part_train_alone_and_goes_on_where_it_stopped(
    make_catalogue: Callable[[Path], None], tiny_trunk: Callable[[], Any], tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path / "data", cache=tmp_path / "cache", results=tmp_path / "results")
    make_catalogue(settings.data / "fashion-products")
    products = pd.read_csv(settings.data / "fashion-products" / "styles.csv", dtype=str)
    train = products[products["id"].isin(part_ids("catalogue", "train"))]
    test = products[products["id"].isin(part_ids("catalogue", "test"))]
    wrong = dict(train[["id", "articleType"]].to_numpy()[:4]) | dict(test[["id", "articleType"]].to_numpy()[:2])
    wrong[train["id"].iloc[5]] = "Another type, as it was mended since"

    said: list[str] = []
    study_cleaning(settings, wrong, RECIPE, more={"besides": 7}, start=tiny_trunk, say=said.append)
    content = json.loads((settings.results / "studies" / "cleaning.json").read_text(encoding="utf-8"))
    assert content["command"] == "python -m studies cleaning"
    assert content["dropped"]["products"] == 4
    by_way = {row["way"].split(" (")[0]: row for row in content["rows"]}
    count = len(train)
    assert by_way[EVERY]["way"] == f"{EVERY} ({count:,} products)"
    assert by_way[CLEANED]["way"] == f"{CLEANED} ({count - 4:,} products)"
    assert f"Dropping 4 of {count:,} labels" in content["about"]
    assert content["besides"] == 7
    assert {row["accuracy"]["count"] for row in content["rows"]} == {len(test)}
    gain = by_way[CLEANED]["accuracy"]["value"] - by_way[EVERY]["accuracy"]["value"]
    assert content["gain"]["value"] == pytest.approx(gain, abs=2e-4)
    assert np.mean([seed[EVERY] for seed in content["seeds"]]) == pytest.approx(
        by_way[EVERY]["accuracy"]["value"], abs=2e-4
    )
    assert sum("trained in" in line for line in said) == 4

    study_cleaning(settings, wrong, RECIPE, more={"besides": 7}, start=tiny_trunk, say=said.append)
    assert sum("trained in" in line for line in said) == 4
    assert json.loads((settings.results / "studies" / "cleaning.json").read_text(encoding="utf-8")) == content
