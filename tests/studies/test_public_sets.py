"""One command measures a bundle on Street2Shop or DeepFashion In-shop, for a person who has them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image

from studies.cli.main import main
from studies.public_sets.classes import LARGEST, SMALLEST, class_parts, merged_classes
from studies.public_sets.inshop import official_figures
from studies.public_sets.pictures import PublicSet
from studies.public_sets.protocol import Embedded, merged_figures
from studies.public_sets.report import NO_ANSWER, set_report
from studies.public_sets.street2shop_protocol import retrieval_figures
from vsearch_core.catalogue.boxes import Box
from vsearch_core.settings import settings

Run = Callable[..., tuple[int, str, str]]
Listed = tuple[int, str, str, str, str]

ids = st.sets(st.text("abcdefgh0123456789/", min_size=1, max_size=8), min_size=1, max_size=60)


class TestSplit:
    @given(ids=ids, seed=st.integers(0, 99))
    @examples(max_examples=50, deadline=None)
    def test_every_class_is_in_one_part_and_four_fifths_are_for_training(self, ids: set[str], seed: int) -> None:
        parts = class_parts(ids, seed=seed)
        assert set(parts) == ids
        assert sum(part == "train" for part in parts.values()) == round(0.8 * len(ids))

    @given(ids=ids, mixed=st.randoms(use_true_random=False))
    @examples(max_examples=50, deadline=None)
    def test_neither_order_nor_repetition_matters(self, ids: set[str], mixed: Random) -> None:
        again = sorted(ids) * 2
        mixed.shuffle(again)
        assert class_parts(again) == class_parts(ids)

    @given(ids=ids, further=st.text("xyz", min_size=1, max_size=5))
    @examples(max_examples=50, deadline=None)
    def test_a_class_more_moves_one_class_at_most(self, ids: set[str], further: str) -> None:
        before, after = class_parts(ids), class_parts(ids | {further})
        assert sum(before[id] != after[id] for id in ids) <= 1

    def test_the_seed_changes_it(self) -> None:
        ids = [str(number) for number in range(100)]
        assert class_parts(ids, seed=1) != class_parts(ids, seed=2)


def frame(rows: Sequence[Listed], boxes: dict[int, Box] | None = None) -> pd.DataFrame:
    """Rows of a cleaned set from (picture, product, role, part, sha256)."""
    table = pd.DataFrame(rows, columns=["picture", "product", "role", "part", "sha256"])
    table["box"] = pd.Series([(boxes or {}).get(row[0]) for row in rows], dtype=object)
    table["category"] = table["product"].str.partition("/")[0]
    return table.assign(photo=table["picture"].astype(str), image="")


def embedded(rows: pd.DataFrame, vectors: np.ndarray) -> Embedded:
    normed = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return Embedded(PublicSet("a set", rows, set_report({}, [])), normed, read_ms=1.0, inference_ms=2.0)


class TestMerging:
    def test_classes_of_two_to_thirty_pictures_are_kept(self) -> None:
        sizes = {"a/1": 1, "a/2": SMALLEST, "a/3": LARGEST, "a/4": LARGEST + 1}
        names = [name for name, size in sizes.items() for _ in range(size)]
        merged = merged_classes(frame([(row, name, "shop", "", str(row)) for row, name in enumerate(names)]))
        assert merged.pictures["class_id"].value_counts().to_dict() == {"a/2": SMALLEST, "a/3": LARGEST}
        assert merged.counts["classes_too_small"] == merged.counts["classes_too_large"] == 1
        assert merged.counts["classes"] == 2

    def test_street_and_shop_photos_are_one_class(self) -> None:
        merged = merged_classes(frame([(0, "a/1", "shop", "", "x"), (1, "a/1", "street", "test", "y")]))
        assert merged.pictures["picture"].tolist() == [0, 1]

    def test_products_of_a_category_that_share_a_picture_are_joined(self) -> None:
        rows = [(0, "a/1", "shop", "", "x"), (1, "a/2", "shop", "", "x"), (2, "a/2", "shop", "", "y")]
        merged = merged_classes(frame(rows))
        assert merged.pictures["class_id"].tolist() == ["a/1", "a/1"]
        assert merged.counts["joined_products"] == 1
        assert merged.counts["same_pictures"] == 1

    def test_a_picture_of_several_categories_says_nothing_of_either(self) -> None:
        rows = [(0, "a/1", "shop", "", "x"), (0, "b/1", "shop", "", "x")]
        rows += [(row, "a/1", "shop", "", str(row)) for row in (1, 2)]
        merged = merged_classes(frame(rows))
        assert merged.pictures["picture"].tolist() == [1, 2]
        assert merged.counts["ambiguous_pictures"] == 1

    def test_two_boxes_of_one_photo_are_two_pictures(self) -> None:
        rows = [(0, "a/1", "street", "test", "x"), (1, "a/2", "street", "test", "x")]
        merged = merged_classes(frame(rows, {0: Box(0, 0, 9, 9), 1: Box(9, 9, 30, 30)}))
        assert merged.counts["joined_products"] == merged.counts["ambiguous_pictures"] == 0

    @given(
        rows=st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc"), st.integers(0, 8)), min_size=1, max_size=80)
    )
    @examples(max_examples=50, deadline=None)
    def test_no_picture_is_in_two_classes_and_no_class_in_two_parts(self, rows: list[tuple[int, str, int]]) -> None:
        listed = [(picture, f"{category}/{number}", "shop", "", str(picture)) for picture, category, number in rows]
        merged = merged_classes(frame(listed)).pictures
        assert merged["picture"].is_unique
        assert (merged.groupby("class_id")["part"].nunique() == 1).all()
        assert merged.groupby("class_id").size().between(SMALLEST, LARGEST).all()


class TestFigures:
    def test_street_items_are_ranked_among_the_photos_and_the_products_of_their_category(self) -> None:
        rows = frame(
            [
                (0, "a/1", "shop", "", "0"),
                (1, "a/2", "shop", "", "1"),
                (2, "a/2", "shop", "", "2"),
                (3, "b/1", "shop", "", "3"),
                (4, "a/1", "street", "test", "4"),
                (5, "a/2", "street", "train", "5"),
            ]
        )
        # the two photos of a/2 are both nearer to the street item than a/1 is, and b/1 is nearest of all
        angles = np.array([0.6, 0.2, 0.3, 0.0, 0.0, 0.0])
        figures, findings = retrieval_figures(embedded(rows, np.stack([np.cos(angles), np.sin(angles)], axis=1)))
        of_a = figures["categories"]["a"]
        assert findings == []
        assert set(figures["categories"]) == {"a"}
        assert (of_a["queries"], of_a["gallery"], of_a["products"]) == (1, 3, 2)
        assert of_a["r_at_1"]["value"] == 0
        assert of_a["r_at_5"]["value"] == 1
        assert figures["overall"]["macro_r_at_20"] == 1
        assert set(of_a["timings_ms"]) == {"inference_ms", "search_ms"}

    def test_products_are_ranked_by_their_best_photo(self) -> None:
        count = 6
        listed = [(row, "a/2", "shop", "", str(row)) for row in range(count)]
        rows = frame([*listed, (count, "a/1", "shop", "", "right"), (count + 1, "a/1", "street", "test", "street")])
        angles = np.array([*np.linspace(0.1, 0.2, count), 0.5, 0.0])
        figures, _ = retrieval_figures(embedded(rows, np.stack([np.cos(angles), np.sin(angles)], axis=1)))
        assert figures["overall"]["r_at_5"]["value"] == 0
        assert figures["overall"]["products_at_1"]["value"] == 0
        assert figures["overall"]["products_at_5"]["value"] == 1

    def test_any_of_several_right_products_will_do(self) -> None:
        rows = frame(
            [
                (0, "a/1", "shop", "", "0"),
                (1, "a/2", "shop", "", "1"),
                (2, "a/1", "street", "test", "2"),
                (2, "a/2", "street", "test", "2"),
            ]
        )
        figures, _ = retrieval_figures(embedded(rows, np.array([[0.0, 1], [1, 0], [1, 0]])))
        assert figures["overall"]["queries"] == 1
        assert figures["overall"]["r_at_1"]["value"] == figures["overall"]["products_at_1"]["value"] == 1

    def test_queries_that_nothing_can_answer_are_left_out_and_named(self) -> None:
        rows = frame([(0, "a/1", "shop", "", "0"), (1, "a/2", "street", "test", "1")])
        figures, findings = retrieval_figures(embedded(rows, np.eye(2)))
        assert figures["overall"] == {"queries": 0}
        assert [(finding.id, finding.problem) for finding in findings] == [("1", NO_ANSWER)]

    def test_queries_of_the_benchmark_are_ranked_in_its_gallery(self) -> None:
        rows = frame(
            [
                (0, "a/1", "query", "test", "0"),
                (1, "a/1", "gallery", "test", "1"),
                (2, "a/2", "gallery", "test", "2"),
                (3, "a/3", "train", "train", "3"),
                (4, "a/4", "query", "test", "4"),
            ]
        )
        angles = np.array([0.0, 0.3, 0.1, 0.0, 0.0])
        figures, findings = official_figures(embedded(rows, np.stack([np.cos(angles), np.sin(angles)], axis=1)))
        assert (figures["queries"], figures["gallery"], figures["items"]) == (1, 2, 1)
        assert (figures["r_at_1"]["value"], figures["r_at_10"]["value"]) == (0, 1)
        assert [finding.id for finding in findings] == ["4"]

    def test_without_a_test_class_there_are_counts_and_no_figures(self) -> None:
        figures = merged_figures(embedded(frame([(0, "a/1", "shop", "", "0")]), np.eye(1)))
        assert figures["classes"] == figures["test_classes"] == 0
        assert "r_at_1" not in figures


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: (exit status, output, error text)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        settings.cache_clear()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


def shape(seed: int) -> np.ndarray:
    """A thing of its own colours on white, (100, 80, 3) uint8."""
    random = np.random.default_rng(seed)
    pixels = np.full((100, 80, 3), 255, np.uint8)
    for _ in range(3):
        top, left, height, width = (*random.integers(0, 40, size=2), *random.integers(20, 40, size=2))
        pixels[top : top + height, left : left + width] = random.integers(0, 220, size=3)
    return pixels


def in_the_street(pixels: np.ndarray, seed: int, left: int, top: int) -> np.ndarray:
    """The thing somewhere in a photo full of other things, (240, 200, 3) uint8."""
    photo = np.random.default_rng(seed).integers(0, 255, size=(24, 20, 3)).astype(np.uint8).repeat(10, 0).repeat(10, 1)
    photo[top : top + 100, left : left + 80] = pixels
    return photo


def save(path: Path, pixels: np.ndarray, format: str = "PNG") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format, **({"quality": 95} if format == "JPEG" else {}))
    path.write_bytes(out.getvalue())


@pytest.fixture
def street2shop(tmp_path: Path) -> Path:
    """Five products of two categories, each in the shop, darker in the shop and in the street."""
    folder = tmp_path / "street2shop"
    (folder / "meta" / "json").mkdir(parents=True)
    lists: dict[str, list[dict]] = {}
    numbers = []
    for product in range(5):
        category = "bags" if product < 3 else "hats"
        shop, darker, street = (1 + 3 * product + offset for offset in range(3))
        numbers += [shop, darker, street]
        left, top = 20 * product, 15 * product
        save(folder / "images" / f"{shop:09d}.png", shape(product))
        save(folder / "images" / f"{darker:09d}.png", (shape(product) * 0.9).astype(np.uint8))
        save(folder / "images" / f"{street:09d}.png", in_the_street(shape(product), product, left, top))
        entries = [{"photo": number, "product": 100 + product} for number in (shop, darker)]
        lists.setdefault(f"retrieval_{category}", []).extend(entries)
        box = {"width": 80, "top": top, "left": left, "height": 100}
        part = "train" if product == 0 else "test"
        entry = {"photo": street, "product": 100 + product, "bbox": box}
        lists.setdefault(f"{part}_pairs_{category}", []).append(entry)
    lists["test_pairs_hats"].append({"photo": 99, "product": 104, "bbox": box})
    for name, entries in lists.items():
        (folder / "meta" / "json" / f"{name}.json").write_text(json.dumps(entries))
    (folder / "photos").mkdir()
    lines = [f"{number:09d},http://example.org/{number}.png\n" for number in [*numbers, 99]]
    (folder / "photos" / "photos.txt").write_text("".join(lines))
    return folder


@pytest.fixture
def inshop(tmp_path: Path) -> Path:
    """Six items with four pictures each."""
    folder = tmp_path / "inshop"
    partition, boxes = [], []
    for item in range(6):
        for number, status in enumerate(("train",) * 4 if item > 3 else ("query", "query", "gallery", "gallery")):
            image = f"img/WOMEN/Dresses/id_{item:08d}/0{number}_1_front.jpg"
            save(folder / "Img" / image, in_the_street(shape(item), 10 * item + number, 30, 50), "JPEG")
            partition.append(f"{image:<60} id_{item:08d} {status}")
            boxes.append(f"{image:<60} 3 1 030 050 110 150")
    for name, header, rows in (
        ("Eval/list_eval_partition.txt", "image_name item_id evaluation_status", partition),
        ("Anno/list_bbox_inshop.txt", "image_name clothes_type pose_type x_1 y_1 x_2 y_2", boxes),
    ):
        (folder / name).parent.mkdir()
        (folder / name).write_text("\n".join([str(len(rows)), header, *rows, ""]))
    return folder


def test_street2shop_is_measured_by_one_command(run: Run, street2shop: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    status, out, error = run("street2shop", "--data", street2shop, "--report", report, "--json")
    figures = json.loads(out)
    assert status == 0
    assert "photos: 16 of 16" in error
    assert set(figures["categories"]) == {"bags", "hats"}
    overall = figures["overall"]
    assert (overall["queries"], overall["gallery"], overall["products"]) == (4, 10, 5)
    # the street item, cut by its box, is the shop's photo again
    assert overall["r_at_1"]["value"] == overall["products_at_1"]["value"] == 1
    assert set(overall["r_at_20"]) == {"value", "low", "high", "count"}
    assert figures["cleaning"]["missing image"] == 1
    assert figures["merged"]["classes"] == 5
    assert figures["merged"]["test_classes"] == 1
    assert figures["inference_ms"] > 0
    findings = pd.read_csv(report, dtype=str)
    assert findings.loc[findings["problem"] == "missing image", "id"].tolist() == ["99"]


def test_the_benchmark_is_measured_by_one_command(run: Run, inshop: Path) -> None:
    status, out, _ = run("inshop", "--data", inshop, "--json")
    figures = json.loads(out)
    assert status == 0
    official = figures["official"]
    assert (official["queries"], official["gallery"], official["items"]) == (8, 8, 4)
    assert official["r_at_1"]["value"] == 1
    assert figures["merged"]["classes"] == 6
    assert (figures["merged"]["queries"], figures["merged"]["gallery"]) == (2, 2)


def test_a_person_reads_a_table_and_what_was_cleaned(run: Run, street2shop: Path, inshop: Path) -> None:
    status, out, _ = run("street2shop", "--data", street2shop)
    assert status == 0
    assert "Photos that are missing: 1; left out." in out
    assert "R@20" in out
    assert "overall" in out
    assert "100.0%" in out
    status, out, _ = run("inshop", "--data", inshop)
    assert status == 0
    assert "official" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("street2shop", "--data", "nowhere"), "authors of Street2Shop"),
        (("inshop", "--data", "nowhere"), "makers of DeepFashion"),
        (("inshop", "--data", ".", "--bundle", "nowhere"), "bundle"),
        (("inshop", "--data", ".", "--report", "nowhere/report.csv"), "no folder nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_1(run: Run, arguments: tuple[str, ...], words: str) -> None:
    status, out, error = run(*arguments)
    assert (status, out) == (1, "")
    assert len(error.strip().splitlines()) == 1
    assert words in error


def test_without_a_folder_it_is_wrong_usage(run: Run) -> None:
    for name in ("street2shop", "inshop"):
        status, _, error = run(name)
        assert status == 2
        assert len(error.strip().splitlines()) == 1


def test_stopping_leaves_nothing_half_done(
    run: Run, street2shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vsearch_core.cli.output.ProgressLine.__call__", stop)
    report = tmp_path / "report.csv"
    status, out, _ = run("street2shop", "--data", street2shop, "--report", report)
    assert status == 130
    assert out == ""
    assert not report.exists()
