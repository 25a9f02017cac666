"""The photos that were judged by eye are told in the catalogue's words, each once."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from vsearch_core.catalogue.photos.user import JUDGED, judged_photos
from vsearch_core.catalogue.split import SPLITS


def lines() -> list[dict]:
    return [json.loads(line) for line in (SPLITS / JUDGED).read_text(encoding="utf-8").splitlines()]


def test_every_photo_is_judged_once() -> None:
    ids = [one["image"] for one in lines()]
    assert len(ids) == len(set(ids)) > 1000


def test_every_line_says_what_is_needed() -> None:
    for one in lines():
        assert set(one) == {"image", "types", "colours", "pattern", "who", "view", "usable"}
        assert not one["usable"] or (one["types"] and one["colours"] and one["who"])


@pytest.mark.real_data
def test_the_words_are_the_catalogue_s_and_the_photos_are_there(real_data: Path) -> None:
    styles = pd.read_csv(real_data / "fashion-products" / "styles.csv", dtype=str, on_bad_lines="skip")
    types, colours = set(styles["articleType"]), set(styles["baseColour"].dropna())
    judged = judged_photos(real_data)
    assert len(judged) > 1300
    for one in judged.values():
        assert one.types <= types
    ours = [one for one in lines() if one["usable"]]
    assert {name for one in ours for name in one["colours"]} <= colours
    photos = pd.read_csv(real_data / "clothing-photos" / "images.csv", dtype=str)
    assert {one["image"] for one in ours} <= set(photos["image"])
