"""A review becomes a new version of the catalogue, or nothing at all."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import resource
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.correct import LOG, correct_catalogue
from vsearch_core.errors import CatalogueError
from vsearch_core.insight.exports import as_csv

HEADER = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName"
STYLES = f"""{HEADER}
1,Men,Apparel,Topwear,Shirts,Blue,Fall,2011,Casual,Plain shirt
2,Men,Apparel,Topwear,Tshirts,Red,Fall,2011,Casual,Red, white and blue, printed
3,Men,Footwear,Shoes,Casual Shoes,Red,Fall,2011,Casual,A shoe
4,Men,Footwear,Sandal,Sandals,Red,Fall,2011,Casual,"A ""soft"" sandal"
4,Men,Footwear,Sandal,Sandals,Red,Fall,2011,Casual,The same id again
5,Women,Apparel,Topwear,Tops,Red,Fall,2011
"""
REVIEW = ("id", "from", "to", "verdict", "reviewer", "time")

Write = Callable[[Sequence[Sequence[str]]], Path]


@pytest.fixture
def kaggle(tmp_path: Path, draw: Callable[..., bytes]) -> Path:
    """A small folder in the Kaggle layout, with the breaks that the real one has."""
    folder = tmp_path / "shop"
    (folder / "images").mkdir(parents=True)
    for number in range(1, 6):
        (folder / "images" / f"{number}.jpg").write_bytes(draw(number))
    (folder / "styles.csv").write_text(STYLES, encoding="utf-8")
    return folder


@pytest.fixture
def plain(tmp_path: Path, draw: Callable[..., bytes]) -> Path:
    """A shop's own CSV: semicolons, its own columns, pictures in a folder."""
    folder = tmp_path / "plain"
    (folder / "pictures").mkdir(parents=True)
    for number in range(1, 4):
        (folder / "pictures" / f"{number}.jpg").write_bytes(draw(number))
    (folder / "products.csv").write_text(
        "ID;Image;Name;Product Type;Price;Shelf\n"
        "a;pictures/1.jpg;Mug; Mugs;12,50 €;A 1\n"
        "b;pictures\\2.jpg;Plate;Plates;3,00 €;\n"
        "c;pictures/3.jpg;Plate;Mugs;3,00 €;;\n"
        "d;../../secret.jpg;Plate;Plates;3,00 €;\n"
        "e;pictures/none.jpg;Plate;Plates;3,00 €;\n",
        encoding="cp1252",
    )
    return folder / "products.csv"


@pytest.fixture
def review(tmp_path: Path) -> Write:
    """Writes a review."""

    def write(rows: Sequence[Sequence[str]]) -> Path:
        path = tmp_path / "review.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([REVIEW, *rows])
        return path

    return write


def verdict(id: str, old: str, new: str = "", kind: str = "relabel") -> tuple[str, ...]:
    return id, old, new, kind, "ana@shop.example", "2026-11-21T18:00:00+00:00"


def test_a_reviewed_type_is_changed_and_nothing_else(kaggle: Path, review: Write, tmp_path: Path) -> None:
    out = tmp_path / "second"
    made = review([verdict("1", "Shirts", "Tshirts"), verdict("2", "Tshirts", "Tshirts", "keep")])
    done = correct_catalogue(kaggle, made, out)
    assert (done.version, done.changed, done.kept, done.ambiguous) == (2, 1, 1, 0)
    before, after = read_catalogue(kaggle), read_catalogue(out)
    expected = before.products.copy()
    expected.loc[expected["id"] == "1", "product_type"] = "Tshirts"
    pd.testing.assert_frame_equal(after.products, expected)
    assert [(one.id, one.problem) for one in after.problems] == [(one.id, one.problem) for one in before.problems]
    assert after.images.read("3.jpg") == before.images.read("3.jpg")
    assert (kaggle / "styles.csv").read_text(encoding="utf-8") == STYLES, "the delivered file stays as it was"


def test_category_and_department_follow_the_type(kaggle: Path, review: Write, tmp_path: Path) -> None:
    correct_catalogue(kaggle, review([verdict("3", "Casual Shoes", "Sandals")]), tmp_path / "second")
    product = read_catalogue(tmp_path / "second").products.set_index("id").loc["3"]
    assert (product["department"], product["category"]) == ("Footwear", "Sandal")
    log = json.loads((tmp_path / "second" / LOG).read_text(encoding="utf-8"))
    assert log["changed"][0]["to"] == {"product_type": "Sandals", "category": "Sandal"}


def test_the_log_says_what_who_when_and_from_which_version(kaggle: Path, review: Write, tmp_path: Path) -> None:
    second, third = tmp_path / "second", tmp_path / "third"
    correct_catalogue(kaggle, review([verdict("1", "Shirts", "Tshirts")]), second)
    done = correct_catalogue(
        second, review([verdict("1", "Tshirts", "Tops"), verdict("5", "Tops", "", "ambiguous")]), third
    )
    assert done.version == 3
    log = json.loads((third / LOG).read_text(encoding="utf-8"))
    assert log["made_from_sha256"] == hashlib.sha256((second / "styles.csv").read_bytes()).hexdigest()
    assert log["sha256"] == hashlib.sha256((third / "styles.csv").read_bytes()).hexdigest()
    assert log["changed"][0]["reviewer"] == "ana@shop.example"
    assert log["changed"][0]["time"] == "2026-11-21T18:00:00+00:00"
    assert log["not_changed"][0]["id"] == "5"
    assert [one["version"] for one in log["earlier"]] == [2]


def test_a_plain_csv_keeps_its_columns_and_its_pictures_without_a_copy(
    plain: Path, review: Write, tmp_path: Path
) -> None:
    out = tmp_path / "second"
    correct_catalogue(plain, review([verdict("c", "Mugs", "Plates")]), out)
    before, after = read_catalogue(plain), read_catalogue(out, name=read_catalogue(plain).name)
    expected = before.products.copy()
    expected.loc[expected["id"] == "c", "product_type"] = "Plates"
    pd.testing.assert_frame_equal(after.products, expected)
    assert after.currency == before.currency
    assert (out / "pictures" / "1.jpg").samefile(plain.parent / "pictures" / "1.jpg")
    assert sorted(path.name for path in out.rglob("*.jpg")) == ["1.jpg", "2.jpg", "3.jpg"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (verdict("9", "Shirts", "Tshirts"), "no product 9"),
        (verdict("1", "Tops", "Tshirts"), "has changed since the review for 1"),
        (verdict("1", "Tops", "", "keep"), "has changed since the review for 1"),
        (verdict("1", "Shirts", "Tshrits"), "no product type 'Tshrits'"),
        (verdict("1", "Shirts", ""), "relabels to nothing"),
        (verdict("1", "Shirts", "Shirts"), "to itself"),
        (verdict("1", "Shirts", "Tshirts", "maybe"), "the verdict 'maybe'"),
        (verdict("", "Shirts", "Tshirts"), "has no id"),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_nothing_is_written(
    kaggle: Path, review: Write, tmp_path: Path, row: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CatalogueError, match=words) as caught:
        correct_catalogue(kaggle, review([verdict("3", "Casual Shoes", "Sandals"), row]), tmp_path / "second")
    assert caught.value.code == "bad_corrections"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["review.csv", "shop"]


def test_two_verdicts_for_one_product_are_refused(kaggle: Path, review: Write, tmp_path: Path) -> None:
    rows = [verdict("1", "Shirts", "Tshirts"), verdict("1", "Shirts", "", "keep")]
    with pytest.raises(CatalogueError, match="'1' again"):
        correct_catalogue(kaggle, review(rows), tmp_path / "second")


def test_a_review_without_its_columns_or_verdicts_is_refused(kaggle: Path, review: Write, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no verdicts"):
        correct_catalogue(kaggle, review([]), tmp_path / "second")
    (tmp_path / "other.csv").write_text("id,from\n1,Shirts\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="no column to, verdict, reviewer, time"):
        correct_catalogue(kaggle, tmp_path / "other.csv", tmp_path / "second")


def test_a_folder_that_is_there_is_never_written_over(kaggle: Path, review: Write, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="there already"):
        correct_catalogue(kaggle, review([verdict("1", "Shirts", "Tshirts")]), kaggle)
    assert (kaggle / "styles.csv").read_text(encoding="utf-8") == STYLES


def test_the_export_of_the_page_can_be_applied_even_where_it_disarms_a_formula(plain: Path, tmp_path: Path) -> None:
    listing = plain.read_text(encoding="cp1252").replace("Plates", "=Plates()")
    plain.write_text(listing, encoding="cp1252")
    exported = tmp_path / "export.csv"
    exported.write_bytes(as_csv(pd.DataFrame([verdict("c", "Mugs", "=Plates()")], columns=list(REVIEW))))
    correct_catalogue(plain, exported, tmp_path / "second")
    products = read_catalogue(tmp_path / "second").products.set_index("id")
    assert products.at["c", "product_type"] == "=Plates()"


def test_a_new_version_is_on_the_disk_with_its_links_before_it_has_its_name_and_its_name_after(
    kaggle: Path, review: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync

    def sync(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", sync)
    out = tmp_path / "new" / "version"
    correct_catalogue(kaggle, review([("1", "Shirts", "Tshirts", "relabel", "bea", "2026-01-01T00:00:00+00:00")]), out)
    assert (out / "images").is_symlink()
    needed = {out, out / "styles.csv", out / LOG, out.parent, tmp_path}
    assert {path.stat().st_ino for path in needed} <= set(synced)
    assert synced[-1] == out.parent.stat().st_ino


def test_a_full_disk_is_said_in_words_and_leaves_nothing(kaggle: Path, review: Write, tmp_path: Path) -> None:
    reviewed = review([("1", "Shirts", "Tshirts", "relabel", "bea", "2026-01-01T00:00:00+00:00")])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, before[1]))
    try:
        with pytest.raises(CatalogueError, match=r"The disk is full.*out could not be written") as told:
            correct_catalogue(kaggle, reviewed, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert told.value.code == "cannot_write"
    assert not [path.name for path in tmp_path.iterdir() if "out" in path.name]
