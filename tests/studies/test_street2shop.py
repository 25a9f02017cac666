"""Street2Shop is read as it was published, and everything that does not fit is counted and named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from studies.public_sets.pictures import PLACEHOLDER_PRODUCTS, Listing, PublicSet, clean
from studies.public_sets.report import (
    CLIPPED,
    EMPTY_BOX,
    IN_BOTH,
    NO_BOX,
    NO_LIST,
    PLACEHOLDER,
    SENTENCES,
    SEVERAL_BOXES,
    SEVERAL_CATEGORIES,
    SEVERAL_PRODUCTS,
    TWICE,
    UNLISTED,
    SetReport,
)
from studies.public_sets.street2shop import CATEGORIES, read_street2shop
from vsearch_core.catalogue.boxes import Box
from vsearch_core.catalogue.cleaning import BLANK, BROKEN_ROW, IDENTICAL, MISSING, TINY, UNREADABLE
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError

Pair = tuple[int, int]
StreetPair = tuple[int, int, Sequence[int] | None]
Write = Callable[..., Path]
Draw = Callable[..., bytes]


def bbox(left: float, top: float, width: float, height: float) -> dict[str, float]:
    return {"width": width, "top": top, "left": left, "height": height}


@pytest.fixture
def write(tmp_path: Path, draw: Draw) -> Write:
    """Writes a small copy in exactly the published form; `photos` maps a number to its file's bytes (None: no file)."""

    def make(
        *,
        retrieval: Mapping[str, Sequence[Any]],
        train: Mapping[str, Sequence[Any]] | None = None,
        test: Mapping[str, Sequence[Any]] | None = None,
        photos: Mapping[int, bytes | None] | None = None,
        listed: Sequence[int] | None = None,
    ) -> Path:
        folder = tmp_path / "street2shop"
        (folder / "meta" / "json").mkdir(parents=True)
        numbers = set()
        lists = {"retrieval": retrieval, "train_pairs": train or {}, "test_pairs": test or {}}
        for name, categories in lists.items():
            for category, rows in categories.items():
                entries = [_entry(row) for row in rows]
                numbers |= {entry["photo"] for entry in entries if isinstance(entry, dict) and "photo" in entry}
                (folder / "meta" / "json" / f"{name}_{category}.json").write_text(json.dumps(entries))
        numbers = {number for number in numbers if isinstance(number, int)}
        (folder / "photos").mkdir()
        lines = [f"{number:09d},http://example.org/a,b/{number}.jpg\n" for number in listed or sorted(numbers)]
        (folder / "photos" / "photos.txt").write_text("".join(lines))
        (folder / "images").mkdir()
        for number in numbers:
            data = (photos or {}).get(number, draw(seed=number, size=(120, 160)))
            if data is not None:
                (folder / "images" / f"{number:09d}.jpeg").write_bytes(data)
        return folder

    return make


def _entry(row: Any) -> Any:
    if isinstance(row, tuple) and len(row) == 2:
        return {"photo": row[0], "product": row[1]}
    if isinstance(row, tuple):
        return {"photo": row[0], "product": row[1], "bbox": bbox(*row[2])}
    return row


def cleaned(listing: Listing) -> tuple[PublicSet, list[Photo]]:
    pictures: list[Photo] = []
    return clean(listing, pictures.extend, max_side=320), pictures


def found(report: SetReport, problem: str) -> list[str]:
    return report.findings.loc[report.findings["problem"] == problem, "id"].tolist()


def png(pixels: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


WHOLE = (0, 0, 120, 160)


def test_a_sound_copy_is_read_whole(write: Write) -> None:
    folder = write(
        retrieval={"dresses": [(1, 7), (2, 7), (3, 8)], "bags": [(4, 9)]},
        train={"dresses": [(5, 8, (10, 20, 60, 80))]},
        test={"dresses": [(6, 7, (10, 20, 60, 80))], "bags": [(10, 9, WHOLE)]},
    )
    known, pictures = cleaned(read_street2shop(folder))
    rows = known.rows
    assert len(rows) == len(pictures) == 7
    assert list(rows.columns) == [
        "photo", "image", "product", "category", "role", "part", "box", "picture", "sha256",
    ]  # fmt: skip
    assert rows["picture"].tolist() == list(range(7))
    assert rows.groupby("role").size().to_dict() == {"shop": 4, "street": 3}
    assert set(rows.loc[rows["role"] == "street", "part"]) == {"train", "test"}
    assert set(rows["product"]) == {"dresses/7", "dresses/8", "bags/9"}
    assert rows.loc[rows["photo"] == "6", "box"].item() == Box(10, 20, 70, 100)
    assert rows.loc[rows["role"] == "shop", "box"].isna().all()
    assert known.report.summary()[1:] == ["Nothing wrong was found."]


def test_pictures_are_cut_by_their_box(write: Write) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, size=(160, 120, 3))
    folder = write(
        retrieval={"dresses": [(1, 7)]},
        test={"dresses": [(6, 7, (10, 20, 60, 80))]},
        photos={6: png(pixels)},
    )
    known, pictures = cleaned(read_street2shop(folder))
    street = known.rows.loc[known.rows["role"] == "street", "picture"].item()
    assert np.array_equal(pictures[street].pixels, pixels[20:100, 10:70])


def test_the_eleven_categories_are_those_of_the_paper() -> None:
    assert len(CATEGORIES) == 11
    assert tuple(sorted(CATEGORIES)) == CATEGORIES


def test_photos_may_be_saved_without_zeros_in_folders_and_in_other_formats(write: Write, draw: Draw) -> None:
    folder = write(
        retrieval={"hats": [(1, 7), (2, 7), (3, 7)]}, test={"hats": [(4, 7, WHOLE)]}, photos={1: None, 2: None}
    )
    (folder / "images" / "hats").mkdir()
    (folder / "images" / "hats" / "1.JPEG").write_bytes(draw(seed=1))
    Image.open(io.BytesIO(draw(seed=2))).save(folder / "images" / "hats" / "2.png")
    (folder / "images" / "notes.txt").write_text("2")
    (folder / "images" / "me.jpg").write_bytes(draw(seed=9))
    known, _ = cleaned(read_street2shop(folder))
    assert sorted(known.rows["photo"]) == ["1", "2", "3", "4"]
    assert found(known.report, MISSING) == []


def test_missing_unreadable_and_blank_photos_are_left_out_and_counted(write: Write) -> None:
    white = png(np.full((160, 120, 3), 255))
    folder = write(
        retrieval={"dresses": [(1, 7), (2, 7), (3, 7), (4, 7)]},
        test={"dresses": [(5, 7, WHOLE)]},
        photos={2: None, 3: b"<html>404</html>", 4: white},
    )
    known, _ = cleaned(read_street2shop(folder))
    assert sorted(known.rows["photo"]) == ["1", "5"]
    assert found(known.report, MISSING) == ["2"]
    assert found(known.report, UNREADABLE) == ["3"]
    assert found(known.report, BLANK) == ["4"]
    assert known.report.counts["rows"] == 5
    assert known.report.counts["kept rows"] == 2
    assert any("missing: 1" in line for line in known.report.summary())


def test_a_box_that_shows_one_colour_is_blank(write: Write) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, size=(160, 120, 3))
    pixels[20:100, 10:70] = 250
    folder = write(
        retrieval={"dresses": [(1, 7)]}, test={"dresses": [(6, 7, (10, 20, 60, 80))]}, photos={6: png(pixels)}
    )
    known, _ = cleaned(read_street2shop(folder))
    assert sorted(known.rows["photo"]) == ["1"]
    assert found(known.report, BLANK) == ["6"]


def test_boxes_over_the_edge_are_clipped_and_empty_ones_left_out(write: Write) -> None:
    folder = write(
        retrieval={"dresses": [(1, 7)]},
        test={
            "dresses": [
                (2, 7, (-10, 20, 60, 800)),
                (3, 7, (500, 20, 60, 80)),
                (4, 7, (10, 20, 0, 80)),
                (5, 7, (10, 20, 60, -80)),
            ]
        },
    )
    known, pictures = cleaned(read_street2shop(folder))
    assert known.rows.loc[known.rows["photo"] == "2", "box"].item() == Box(0, 20, 50, 160)
    assert sorted(known.rows["photo"]) == ["1", "2"]
    assert found(known.report, CLIPPED) == ["2"]
    assert found(known.report, EMPTY_BOX) == ["3", "4", "5"]
    assert len(pictures) == 2


def test_of_several_boxes_for_one_product_the_largest_is_kept(write: Write) -> None:
    folder = write(
        retrieval={"bags": [(1, 7), (2, 8)]},
        test={"bags": [(3, 7, (0, 0, 20, 20)), (3, 7, (10, 10, 60, 60)), (3, 8, (0, 80, 40, 40))]},
    )
    known, pictures = cleaned(read_street2shop(folder))
    street = known.rows[known.rows["role"] == "street"]
    assert dict(zip(street["product"], street["box"], strict=True)) == {
        "bags/7": Box(10, 10, 70, 70),
        "bags/8": Box(0, 80, 40, 120),
    }
    assert found(known.report, SEVERAL_BOXES) == ["3"]
    assert len(pictures) == 4


def test_a_box_of_several_products_is_one_picture_with_several_right_answers(write: Write) -> None:
    folder = write(
        retrieval={"bags": [(1, 7), (2, 8)]}, test={"bags": [(3, 7, (0, 0, 50, 50)), (3, 8, (0, 0, 50, 50))]}
    )
    known, pictures = cleaned(read_street2shop(folder))
    street = known.rows[known.rows["role"] == "street"]
    assert street["picture"].nunique() == 1
    assert set(street["product"]) == {"bags/7", "bags/8"}
    assert found(known.report, SEVERAL_PRODUCTS) == ["3"]
    assert len(pictures) == 3


def test_a_product_under_two_categories_is_taken_as_the_one_with_most_of_its_photos(write: Write) -> None:
    folder = write(
        retrieval={"leggings": [(1, 7), (2, 7)], "pants": [(1, 7)]},
        test={"pants": [(3, 7, WHOLE)], "leggings": [(4, 7, WHOLE)]},
    )
    known, _ = cleaned(read_street2shop(folder))
    assert set(known.rows["product"]) == {"leggings/7"}
    assert set(known.rows["category"]) == {"leggings"}
    assert found(known.report, SEVERAL_CATEGORIES) == ["7"]
    assert found(known.report, TWICE) == ["1"]
    assert sorted(known.rows["photo"]) == ["1", "2", "3", "4"]


def test_one_number_in_two_categories_is_two_products_where_no_photo_is_shared(write: Write) -> None:
    folder = write(retrieval={"bags": [(1, 7)], "hats": [(2, 7)]}, test={"bags": [(3, 7, WHOLE)]})
    known, _ = cleaned(read_street2shop(folder))
    assert set(known.rows["product"]) == {"bags/7", "hats/7"}
    assert found(known.report, SEVERAL_CATEGORIES) == []


def test_rows_that_say_the_same_again_are_kept_once(write: Write) -> None:
    folder = write(retrieval={"bags": [(1, 7), (1, 7)]}, test={"bags": [(3, 7, WHOLE), (3, 7, WHOLE)]})
    known, _ = cleaned(read_street2shop(folder))
    assert len(known.rows) == 2
    assert sorted(found(known.report, TWICE)) == ["1", "3"]


def test_broken_rows_are_named_by_file_and_place(write: Write) -> None:
    folder = write(
        retrieval={"bags": [(1, 7), {"photo": "x", "product": 7}, {"photo": 2}, 5, {"photo": True, "product": 1}]},
        test={"bags": [(3, 7, WHOLE), {"photo": 4, "product": 7, "bbox": {"left": 1}}, {"photo": 5, "product": 7}]},
    )
    known, _ = cleaned(read_street2shop(folder))
    assert found(known.report, BROKEN_ROW) == [
        *(f"retrieval_bags.json[{place}]" for place in (1, 2, 3, 4)),
        "test_pairs_bags.json[1]",
    ]
    assert found(known.report, NO_BOX) == ["5"]
    assert known.rows.loc[known.rows["photo"] == "5", "box"].isna().all()


def test_the_list_of_photos_is_compared(write: Write) -> None:
    folder = write(retrieval={"bags": [(1, 7), (2, 7)]}, test={"bags": [(3, 7, WHOLE)]}, listed=[1, 3])
    with (folder / "photos" / "photos.txt").open("a") as lines:
        lines.write("no number\n\n")
    known, _ = cleaned(read_street2shop(folder))
    assert found(known.report, UNLISTED) == ["2"]
    assert found(known.report, BROKEN_ROW) == ["photos.txt:3"]
    (folder / "photos" / "photos.txt").unlink()
    known, _ = cleaned(read_street2shop(folder))
    assert found(known.report, NO_LIST) == ["photos.txt"]


def test_a_product_in_training_and_test_is_reported(write: Write) -> None:
    folder = write(retrieval={"bags": [(1, 7)]}, train={"bags": [(2, 7, WHOLE)]}, test={"bags": [(3, 7, WHOLE)]})
    known, _ = cleaned(read_street2shop(folder))
    assert found(known.report, IN_BOTH) == ["bags/7"]


def test_a_file_that_stands_for_many_products_is_a_placeholder(write: Write, draw: Draw) -> None:
    lost = draw(seed=77, size=(120, 160))
    numbers = range(1, PLACEHOLDER_PRODUCTS + 1)
    folder = write(
        retrieval={"bags": [*((number, number) for number in numbers), (50, 1), (51, 2)]},
        test={"bags": [(90, 1, WHOLE)]},
        photos=dict.fromkeys(numbers, lost),
    )
    known, _ = cleaned(read_street2shop(folder))
    assert sorted(known.rows["photo"]) == ["50", "51", "90"]
    assert len(found(known.report, PLACEHOLDER)) == PLACEHOLDER_PRODUCTS


def test_identical_and_tiny_pictures_are_flagged_and_kept(write: Write, draw: Draw) -> None:
    same = draw(seed=5, size=(120, 160))
    folder = write(
        retrieval={"bags": [(1, 7), (2, 8)]}, test={"bags": [(3, 7, (30, 40, 20, 20))]}, photos={1: same, 2: same}
    )
    known, _ = cleaned(read_street2shop(folder))
    assert sorted(known.rows["photo"]) == ["1", "2", "3"]
    assert found(known.report, IDENTICAL) == ["2"]
    assert found(known.report, TINY) == ["3"]


def test_links_lead_nowhere_else(write: Write, tmp_path: Path, draw: Draw) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(draw(seed=3))
    folder = write(retrieval={"bags": [(1, 7), (2, 7)]}, test={"bags": [(3, 7, WHOLE)]}, photos={2: None})
    (folder / "images" / "000000002.jpeg").symlink_to(secret)
    known, _ = cleaned(read_street2shop(folder))
    assert "2" not in set(known.rows["photo"])
    assert found(known.report, UNREADABLE) == ["2"]


def test_every_finding_has_its_sentence_and_the_report_goes_through_json(write: Write) -> None:
    folder = write(
        retrieval={"bags": [(1, 7), (2, 7)]}, test={"bags": [(3, 7, (-5, 0, 60, 60))]}, photos={2: b"nothing"}
    )
    report = cleaned(read_street2shop(folder))[0].report
    assert set(report.findings["problem"]) <= set(SENTENCES)
    again = SetReport.from_json(json.loads(json.dumps(report.to_json())))
    pd.testing.assert_frame_equal(again.findings, report.findings)
    assert again.summary() == report.summary()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (lambda folder: (folder / "meta").rename(folder / "other"), "meta archive"),
        (lambda folder: (folder / "images").rename(folder / "other"), "no photos in images"),
        (lambda folder: (folder / "meta/json/test_pairs_bags.json").unlink(), "no street photos"),
        (lambda folder: (folder / "meta/json/test_pairs_bags.json").write_text("{}"), "JSON list"),
        (lambda folder: (folder / "meta/json/retrieval_bags.json").write_text("[{"), "JSON list"),
        (lambda folder: (folder / "meta/json/retrieval_bags.json").write_text("[" * 100_000), "JSON list"),
    ],
    ids=["no lists", "no pictures", "no street photos", "no list", "cut off", "nested"],
)
def test_what_is_not_there_is_said_in_one_sentence(write: Write, broken: Callable[[Path], object], words: str) -> None:
    folder = write(retrieval={"bags": [(1, 7)]}, test={"bags": [(3, 7, WHOLE)]})
    broken(folder)
    with pytest.raises(CatalogueError, match=words) as error:
        read_street2shop(folder)
    assert error.value.message.endswith(".")


def test_a_set_without_a_usable_photo_is_said(write: Write) -> None:
    folder = write(
        retrieval={"bags": [(1, 7), (2, 7), (4, 8)]},
        test={"bags": [(3, 7, WHOLE)]},
        photos={1: b"nothing", 2: None, 3: b"nothing", 4: None},
    )
    with pytest.raises(CatalogueError, match="None of the 4 photos"):
        cleaned(read_street2shop(folder))
    with pytest.raises(CatalogueError, match="There is no folder"):
        read_street2shop(folder / "nowhere")


def test_the_work_can_be_stopped(write: Write) -> None:
    folder = write(retrieval={"bags": [(1, 7)]}, test={"bags": [(3, 7, WHOLE)]})

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        clean(read_street2shop(folder), lambda photos: None, max_side=320, progress=stop)
