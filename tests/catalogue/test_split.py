"""The one split: nothing that is joined straddles it, its shares hold, and it can be made again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.drawn_products import product_picture
from vsearch_core.catalogue.duplicates import ink, join_groups, relative_difference, same_picture_pairs
from vsearch_core.catalogue.photos.user import read_user_photos
from vsearch_core.catalogue.split import PARTS, SETS, SHARES, make_split, part_ids, read_split, write_splits
from vsearch_core.errors import CatalogueError


@pytest.mark.parametrize("name", SETS)
def test_the_committed_split_has_its_shares_and_no_group_on_two_sides(name: str) -> None:
    split = read_split(name)
    assert split["id"].is_unique
    assert set(split["part"]) == set(PARTS)
    assert (split.groupby("group")["part"].nunique() == 1).all()
    shares = split["part"].value_counts(normalize=True)
    for part, share in zip(PARTS, SHARES, strict=True):
        assert shares[part] == pytest.approx(share, abs=0.01)


def test_the_committed_split_covers_the_public_sets() -> None:
    assert [len(read_split(name)) for name in SETS] == [40_070, 4_393, 854]
    assert not part_ids("catalogue", "train") & part_ids("catalogue", "test")


def test_an_unknown_set_is_refused_with_the_right_ones() -> None:
    with pytest.raises(CatalogueError, match="catalogue, photos, street"):
        read_split("../secrets")


def _inks(count: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, 64, 48, 3), dtype=np.uint8)


@given(
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("xyz")), min_size=1, max_size=60),
    st.integers(0, 5),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_joined_stays_together(rows: list[tuple[str, str]], seed: int) -> None:
    titles = [f"{title}{number % 7}" for number, (title, _) in enumerate(rows)]
    split = make_split(
        [str(number) for number in range(len(rows))],
        inks=_inks(len(rows)),
        checksums=[str(number) for number in range(len(rows))],
        join_by=titles,
        balance=[kind for _, kind in rows],
        seed=seed,
    )
    assert (split.assign(title=titles).groupby("title")["part"].nunique() == 1).all()
    assert list(split["id"]) == [str(number) for number in range(len(rows))]


def test_every_kind_is_spread_over_the_parts() -> None:
    kinds = ["often"] * 300 + ["seldom"] * 25
    split = make_split(
        [str(number) for number in range(325)],
        inks=_inks(325),
        checksums=[str(number) for number in range(325)],
        join_by=[""] * 325,
        balance=kinds,
    )
    for kind, count in Counter(kinds).items():
        parts = split[np.array(kinds) == kind]["part"].value_counts()
        for part, share in zip(PARTS, SHARES, strict=True):
            assert abs(parts[part] - share * count) <= 1.5


def test_a_resaved_picture_is_the_same_one_and_another_design_is_not() -> None:
    pictures = [product_picture("Shirts", number) for number in (0, 4, 8)]
    resaved = np.clip(pictures[0].astype(int) + 2, 0, 255).astype(np.uint8)
    inks = np.stack([ink(picture) for picture in [*pictures, resaved]])
    assert same_picture_pairs(inks).tolist() == [[0, 3]]
    assert relative_difference(inks[0], inks[0]) == 0


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
@settings(deadline=None)
def test_groups_are_named_by_their_smallest_row(links: list[tuple[int, int]]) -> None:
    groups = join_groups(20, links)
    assert all(groups[first] == groups[second] for first, second in links)
    assert all(groups[group] == group and group <= row for row, group in enumerate(groups))


@pytest.mark.real_data
def test_the_committed_split_of_the_street_photos_can_be_made_again(real_data: Path) -> None:
    from vsearch_core.catalogue import split

    pd.testing.assert_frame_equal(split._street(real_data), read_split("street"))


@pytest.mark.real_data
def test_no_sender_and_no_title_straddles_the_split(real_data: Path) -> None:
    photos = read_user_photos(real_data)
    assert (photos.groupby("sender_id")["part"].nunique() == 1).all()
    styles = pd.read_csv(real_data / "fashion-products" / "styles.csv", dtype=str, keep_default_na=False)
    joined = styles.merge(read_split("catalogue"), on="id", validate="one_to_one")
    assert (joined.groupby("productDisplayName")["part"].nunique() == 1).all()


def test_sets_that_are_not_at_hand_leave_no_half_split(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        write_splits(tmp_path / "nothing", tmp_path / "out")
    assert not list((tmp_path / "out").glob("*.csv"))
