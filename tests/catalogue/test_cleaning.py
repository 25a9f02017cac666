"""The cleaning report says what was found and done; nothing is dropped in silence."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.cleaning import (
    BLANK,
    BROKEN_ROW,
    IDENTICAL,
    LEFT_OUT,
    MISSING,
    MISSING_VALUES,
    REMARKED,
    SIMILAR,
    TINY,
    UNREADABLE,
    CleaningReport,
    ImageFacts,
    check_catalogue,
    cleaning_report,
    inspect,
)
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Photo
from vsearch_core.images import decode

Draw = Callable[..., bytes]
MakeShop = Callable[..., Catalogue]


def plain(colour: str, size: tuple[int, int] = (60, 80)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def make_shop(tmp_path: Path) -> MakeShop:
    """A shop of the given images, by id; None writes no file."""

    def make(extra_rows: str = "", **images: bytes | None) -> Catalogue:
        for id, data in images.items():
            if data is not None:
                (tmp_path / f"{id}.jpg").write_bytes(data)
        rows = "".join(f"{id},{id}.jpg,Name,Tops,Shirts,red\n" for id in images)
        table = "id,image,name,category,product_type,colour\n" + rows + extra_rows
        (tmp_path / "catalogue.csv").write_text(table, encoding="utf-8")
        return read_catalogue(tmp_path)

    return make


def found(report: CleaningReport, problem: str) -> list[str]:
    return report.findings.loc[report.findings["problem"] == problem, "id"].tolist()


class TestInspect:
    def test_facts_are_of_the_original_picture(self, draw: Draw) -> None:
        data = draw(size=(600, 800))
        facts = inspect(data, decode(data, max_side=100))
        assert (facts.width, facts.height) == (600, 800)
        assert len(facts.sha256) == 64
        assert 0 <= facts.dhash < 2**64
        assert facts.spread > 10
        assert len(facts.sketch) == 18 * 16 * 3

    @given(height=st.integers(1, 400), width=st.integers(1, 400), value=st.integers(0, 255))
    @settings(max_examples=30, deadline=None)
    def test_any_plain_picture_has_no_spread(self, height: int, width: int, value: int) -> None:
        photo = Photo(np.full((height, width, 3), value, dtype=np.uint8), (width, height), "PNG")
        facts = inspect(b"", photo)
        assert facts.spread < 0.1
        assert facts.dhash == 0

    def test_the_hash_says_where_the_picture_gets_brighter_to_the_right(self) -> None:
        ramp = np.tile(np.linspace(0, 255, 90, dtype=np.uint8)[None, :, None], (80, 1, 3))
        out = io.BytesIO()
        Image.fromarray(ramp).save(out, "PNG")
        assert inspect(b"", decode(out.getvalue())).dhash == 2**64 - 1

    def test_saving_again_hardly_changes_the_hash(self, draw: Draw) -> None:
        first, again = draw(3, quality=95), draw(3, quality=60)
        hashes = [inspect(data, decode(data)).dhash for data in (first, again)]
        assert (hashes[0] ^ hashes[1]).bit_count() <= 2


class TestFindings:
    def test_only_products_without_a_readable_image_are_left_out(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(
            make_shop(good=draw(1), broken=draw(2)[:200], none=None, text=b"hello", blank=plain("white"))
        )
        assert found(report, MISSING) == ["none"]
        assert found(report, UNREADABLE) == ["broken", "text"]
        assert report.counts["products"] == 5
        assert report.counts["searchable"] == 2
        left_out = report.findings[report.findings["done"] == LEFT_OUT]
        assert set(left_out["id"]) == {"none", "broken", "text"}

    def test_an_image_that_lacks_its_end_marker_is_kept_with_a_remark(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(good=draw(1), cut=draw(2)[:-2]))
        assert found(report, REMARKED) == ["cut"]
        assert report.findings["detail"].iat[0] == "The file lacks its end marker; every pixel is there."
        assert report.counts["searchable"] == 2
        assert any("have a fault: 1; kept" in line for line in report.summary())

    def test_blank_and_tiny_images_are_flagged_and_kept(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(good=draw(1), white=plain("white"), tiny=draw(2, size=(24, 32))))
        assert found(report, BLANK) == ["white"]
        assert found(report, TINY) == ["tiny"]
        assert report.counts["searchable"] == 3

    def test_identical_files_are_flagged_together(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(a=draw(1), b=draw(1), c=draw(2), d=draw(1)))
        assert found(report, IDENTICAL) == ["a", "b", "d"]
        assert report.counts["identical groups"] == 1
        assert report.findings["detail"].iat[0] == "as b, d"
        assert found(report, SIMILAR) == []

    def test_the_same_picture_saved_differently_is_flagged(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(a=draw(1, quality=95), b=draw(1, quality=80), c=draw(2)))
        assert found(report, SIMILAR) == ["a", "b"]
        assert found(report, IDENTICAL) == []

    def test_the_same_outline_in_another_colour_is_another_picture(self, make_shop: MakeShop) -> None:
        def shirt(colour: tuple[int, int, int]) -> bytes:
            picture = Image.new("RGB", (60, 80), "white")
            picture.paste(colour, (15, 20, 45, 60))
            out = io.BytesIO()
            picture.save(out, "JPEG")
            return out.getvalue()

        report = check_catalogue(make_shop(red=shirt((170, 40, 40)), blue=shirt((40, 40, 170))))
        assert found(report, SIMILAR) == []

    def test_thousands_of_pictures_with_one_hash_are_compared_in_reasonable_steps(self, make_shop: MakeShop) -> None:
        catalogue = make_shop(a=plain("white"))
        random = np.random.default_rng(0)
        sketches = random.integers(0, 256, size=(3000, 864), dtype=np.uint8)
        facts = {str(i): ImageFacts(str(i), 60, 80, 50.0, 7, sketch.tobytes()) for i, sketch in enumerate(sketches)}
        facts["again"] = ImageFacts("again", 60, 80, 50.0, 7, sketches[1234].tobytes())
        assert found(cleaning_report(catalogue, facts), SIMILAR) == ["1234", "again"]

    def test_rows_that_were_mended_or_left_out_are_listed(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(extra_rows=",x.jpg,,,,\nb,a.jpg,Coat\n", a=draw(1)))
        rows = report.findings[report.findings["problem"] == BROKEN_ROW]
        assert rows["id"].tolist() == ["", "b"]
        assert rows["done"].tolist() == ["left out", "the missing ones taken as empty"]
        assert rows["detail"].iat[0] == "line 3: the row has no id"

    def test_a_column_that_some_products_fill_is_missed_in_the_others(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(extra_rows="b,a.jpg,,Tops,Shirts,\n", a=draw(1)))
        details = report.findings.loc[report.findings["problem"] == MISSING_VALUES, "detail"].tolist()
        assert details == ["Name is missing for 1 of 2 products", "Colour is missing for 1 of 2 products"]

    def test_a_clean_shop_says_so(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(a=draw(1), b=draw(2)))
        assert report.summary() == ["2 of 2 products can be searched.", "Nothing wrong was found."]
        assert report.findings.empty


class TestReport:
    def test_the_summary_is_plain_sentences(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(
            make_shop(a=draw(1), b=draw(1), c=None, d=b"x", e=plain("red"), f=draw(9, size=(20, 30)))
        )
        lines = report.summary()
        assert lines[0] == "4 of 6 products can be searched."
        assert all(line.endswith(".") for line in lines)
        assert any("same image file: 2, in 1 group;" in line for line in lines)

    def test_it_survives_json(self, make_shop: MakeShop, draw: Draw) -> None:
        report = check_catalogue(make_shop(a=draw(1), b=draw(1), c=None))
        again = CleaningReport.from_json(json.loads(json.dumps(report.to_json())))
        assert again.findings.equals(report.findings)
        assert again.counts == report.counts
        assert again.summary() == report.summary()
        assert again.groups == {IDENTICAL: [["a", "b"]], SIMILAR: []}
        empty = check_catalogue(make_shop(z=draw(5)))
        assert CleaningReport.from_json(json.loads(json.dumps(empty.to_json()))).findings.empty

    def test_progress_is_told_and_can_stop_the_work(self, make_shop: MakeShop, draw: Draw) -> None:
        catalogue = make_shop(**{f"p{i}": draw(i) for i in range(5)})
        seen: list[tuple[int, int]] = []
        check_catalogue(catalogue, lambda done, total: seen.append((done, total)))
        assert seen[-1] == (5, 5)

        def stop(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            check_catalogue(catalogue, stop)


@pytest.mark.real_data
def test_the_real_catalogue_can_be_searched_whole(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "fashion-products")
    some = catalogue.products.sort_values("id").head(1500).reset_index(drop=True)
    report = check_catalogue(Catalogue(catalogue.name, some, catalogue.images))
    assert report.counts["searchable"] == 1500
    assert report.counts[UNREADABLE] == report.counts[MISSING] == 0


@pytest.mark.real_data
def test_the_real_catalogue_has_163_groups_of_identical_images_under_different_titles(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "fashion-products")
    ids, images = catalogue.products["id"], catalogue.products["image"]
    facts = {
        id: ImageFacts(hashlib.sha256(catalogue.images.read(image)).hexdigest(), 60, 80, 50.0, 0)
        for id, image in zip(ids, images, strict=True)
    }
    report = cleaning_report(catalogue, facts)
    assert (report.counts["identical groups"], report.counts[IDENTICAL]) == (518, 1128)
    titles = dict(zip(ids, catalogue.products["name"].str.casefold().str.split().str.join(" "), strict=True))
    flagged = report.findings[report.findings["problem"] == IDENTICAL]
    groups = {
        frozenset([id, *detail[3:].split(", ")]) for id, detail in zip(flagged["id"], flagged["detail"], strict=True)
    }
    assert sum(len({titles[id] for id in group}) > 1 for group in groups) == 163
