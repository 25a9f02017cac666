"""A review becomes a new version of the catalogue, or nothing at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import resource
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.correct import LOG, correct_catalogue
from vsearch_core.errors import CatalogueError
from vsearch_core.table_files import as_csv

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


def test_pictures_that_another_system_named_come_along(plain: Path, review: Write, tmp_path: Path) -> None:
    pictures = plain.parent / "pictures"
    (pictures / "1.jpg").rename(pictures / "1.JPG")
    (pictures / "2.jpg").rename(plain.parent / "pictures\\2.jpg")
    before = read_catalogue(plain)
    out = tmp_path / "second"
    correct_catalogue(plain, review([verdict("c", "Mugs", "Plates")]), out)
    after = read_catalogue(out)
    for image in before.products["image"].iloc[:3]:
        assert after.images.read(image) == before.images.read(image)


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


NEW = "Shirts"
TEXT = (
    "id,image,name,product_type,note\n"
    '1,1.jpg,Льняная рубашка,Shirts,"<p>one\n<p>two"\n'
    '2,2.jpg,Рубашка,Tops,"a ""quoted"" word"\n'
    "3,3.jpg,Джинсовая рубашка,Shirts,\n"
)


def as_delivered(tmp_path: Path, listing: bytes) -> Path:
    path = tmp_path / "delivered" / "goods.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(listing)
    return path


@pytest.mark.parametrize(
    "listing",
    [
        pytest.param(TEXT.encode("cp1251"), id="a code page"),
        pytest.param(TEXT.encode("koi8-r"), id="another code page"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), id="a byte order mark"),
        pytest.param(b"\xff\xfe" + TEXT.encode("utf-16-le"), id="UTF-16"),
        pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), id="UTF-16, high byte first"),
        pytest.param(TEXT.replace(",", ";").encode(), id="semicolons"),
        pytest.param(b"sep=\t\r\n" + TEXT.replace(",", "\t").replace("\n", "\r\n").encode(), id="Excel's first line"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="line ends of old Macs"),
        pytest.param(TEXT.rstrip("\n").encode(), id="no last line end"),
        pytest.param(TEXT.replace("2,2.jpg", "\n \n2,2.jpg").encode(), id="empty lines"),
        pytest.param(TEXT.encode().replace("Джинсовая".encode(), b"\xff\xfe"), id="bytes without a meaning"),
        pytest.param(TEXT.replace("Джинсовая", "x" * 120_000).encode(), id="a long cell"),
        pytest.param(TEXT.replace("<p>one", "<tr>\n" * 5_000).encode(), id="a long table"),
        pytest.param(TEXT.replace("Tops", '"Tops"').encode(), id="quoted types"),
        pytest.param(TEXT.replace("Tops", " Tops\u00a0").encode(), id="stray blanks"),
        pytest.param(TEXT.replace("3,3.jpg", '4,4.jpg,"never closed\n3,3.jpg').encode(), id="an open quotation mark"),
    ],
)
def test_nothing_but_the_reviewed_cell_changes(listing: bytes, review: Write, tmp_path: Path) -> None:
    path = as_delivered(tmp_path, listing)
    correct_catalogue(path, review([verdict("2", "Tops", NEW)]), tmp_path / "second")
    written = (tmp_path / "second" / "catalogue.csv").read_bytes()
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(listing[:2], "ascii")
    old = next(one for one in (" Tops\u00a0".encode(), "Tops".encode(wide)) if one in listing)
    assert written == listing.replace(old, NEW.encode(wide))


def test_a_row_with_too_few_cells_gets_those_up_to_the_new_one(review: Write, tmp_path: Path) -> None:
    listing = b"id,image,product_type,department,category\r\n1,1.jpg,Tops\r\n2,2.jpg,Shirts,Apparel,Topwear\r\n"
    correct_catalogue(as_delivered(tmp_path, listing), review([verdict("1", "Tops", "Shirts")]), tmp_path / "second")
    written = (tmp_path / "second" / "catalogue.csv").read_bytes()
    assert written == listing.replace(b"1,1.jpg,Tops", b"1,1.jpg,Shirts,Apparel,Topwear")


def test_a_type_with_a_separator_in_it_is_quoted(review: Write, tmp_path: Path) -> None:
    listing = b'id,image,product_type\n1,1.jpg,Tops\n2,2.jpg,"Shirts, ""long"""\n'
    made = review([verdict("1", "Tops", 'Shirts, "long"')])
    correct_catalogue(as_delivered(tmp_path, listing), made, tmp_path / "second")
    written = (tmp_path / "second" / "catalogue.csv").read_bytes()
    assert written == listing.replace(b"Tops", b'"Shirts, ""long"""')


CELLS = st.text(st.sampled_from('ab äжŁ"\n\r,;\t\u00a0'), max_size=10)


@given(
    types=st.lists(st.sampled_from(["Tops", "Hemden, lang", 'Größe "M"', "Shirts"]), min_size=2, max_size=8),
    notes=st.lists(CELLS, min_size=8, max_size=8),
    changed=st.sets(st.integers(0, 7)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    ends=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@settings(max_examples=60, deadline=None)
def test_any_review_changes_the_reviewed_cells_alone(
    types: list[str], notes: list[str], changed: set[int], encoding: str, ends: str, quoting: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("any")
    if quoting == csv.QUOTE_MINIMAL:  # where the marks around a cell depend on what is in it
        types = [kind.replace(",", "").replace('"', "") for kind in types]
    reviewed = {row for row in changed if row < len(types) and types[row] != types[0]}
    if not reviewed:
        return

    def written(of: Sequence[str]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator=ends, quoting=quoting)
        writer.writerow(["id", "image", "product_type", "note"])
        writer.writerows([row, f"{row}.jpg", kind, notes[row]] for row, kind in enumerate(of))
        return text.getvalue().encode(encoding)

    listing = as_delivered(folder, written(types))
    review = folder / "review.csv"
    with review.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([REVIEW, *(verdict(str(row), types[row], types[0]) for row in sorted(reviewed))])
    correct_catalogue(listing, review, folder / "second")
    expected = written([types[0] if row in reviewed else kind for row, kind in enumerate(types)])
    assert (folder / "second" / "catalogue.csv").read_bytes() == expected


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
