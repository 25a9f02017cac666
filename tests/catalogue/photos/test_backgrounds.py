"""The backgrounds: each is in one part, no scene in two, and the table can be made again."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from vsearch_core.catalogue.photos import backgrounds as subject
from vsearch_core.catalogue.photos.backgrounds import (
    GROUNDS,
    SHARES,
    WEAR,
    backgrounds,
    has_backgrounds,
    read_backgrounds,
    write_backgrounds_split,
)
from vsearch_core.catalogue.split import PARTS
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import settings

judged = pd.read_csv(subject._JUDGED, dtype=str, keep_default_na=False)
with_pictures = pytest.mark.skipif(
    not has_backgrounds(settings().data), reason="the pictures from outside are not here"
)


def test_every_judged_picture_is_in_one_part_and_no_scene_is_in_two() -> None:
    table = read_backgrounds()
    assert list(table["id"]) == list(judged["image"])
    assert table["id"].is_unique
    assert set(table["ground"]) == set(GROUNDS)
    assert set(table["wear"]) == set(WEAR)
    scenes = table.assign(scene=judged["scene"])
    assert (scenes[scenes["scene"] != ""].groupby("scene")["part"].nunique() == 1).all()
    assert (table.groupby("group")["part"].nunique() == 1).all()


def test_every_part_has_its_share_and_every_ground() -> None:
    table = read_backgrounds()
    shares = table["part"].value_counts(normalize=True)
    for part, share in zip(PARTS, SHARES, strict=True):
        assert shares[part] == pytest.approx(share, abs=0.03)
        assert set(table.loc[table["part"] == part, "ground"]) == set(GROUNDS)


def test_a_part_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="train, validation, test"):
        next(backgrounds(tmp_path, "tests"))
    with pytest.raises(CatalogueError, match="data split"):
        read_backgrounds(tmp_path)


def test_pictures_that_are_not_at_hand_are_asked_for_in_words(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="VSEARCH_DATA"):
        next(backgrounds(tmp_path, "test"))


@with_pictures
def test_the_reader_gives_one_part_alone_at_the_size_asked_for() -> None:
    read = list(backgrounds(settings().data, "validation", wear=("none",), max_side=64))
    table = read_backgrounds()
    wanted = table[(table["part"] == "validation") & (table["wear"] == "none")]
    assert [name for name, _, _ in read] == list(wanted["id"])
    assert all(max(photo.pixels.shape[:2]) <= 64 for _, _, photo in read)


@with_pictures
def test_the_committed_table_is_what_the_command_makes(tmp_path: Path) -> None:
    assert "351" in write_backgrounds_split(settings().data, tmp_path)
    assert (tmp_path / "backgrounds.csv").read_bytes() == (subject.SPLITS / "backgrounds.csv").read_bytes()
