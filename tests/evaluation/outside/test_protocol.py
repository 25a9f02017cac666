"""Every question from outside is asked of a whole small shop, and any search can be asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vsearch_core import images
from vsearch_core.catalogue import read_catalogue
from vsearch_core.cli.main import main
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.evaluation.cards.outside import PAIRS, beside_outside
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.outside.evaluate import outside_figures, write_outside
from vsearch_core.evaluation.outside.protocol import (
    Gallery,
    another_shop_figures,
    embed_all,
    judged_figures,
    not_ours_figures,
    snap_figures,
    user_photo_figures,
)
from vsearch_core.evaluation.outside.search import Answer, WholePicture
from vsearch_core.evaluation.outside.sets import (
    AnotherShop,
    Pictures,
    has_outside,
    read_another_shop,
    read_judged_photos,
    read_not_ours,
)
from vsearch_core.evaluation.outside.snaps import LAID_ON, Ground, OutsideSnaps
from vsearch_core.settings import Settings, settings

COLOURS = {"red": (220, 30, 40), "green": (30, 160, 60), "blue": (40, 60, 200), "black": (20, 20, 20)}

with_pictures = pytest.mark.skipif(not has_outside(settings().data), reason="the pictures from outside are not here")


class ByColour:
    """A search that knows one thing: the mean colour of what is not grey; it looks at the photo's middle besides."""

    name = "mean colour"
    product_types = ("red", "green", "blue", "black")
    max_side = 64

    def embed_catalogue(self, photos: Sequence[Photo]) -> np.ndarray:
        found = []
        for photo in photos:
            pixels = photo.pixels.reshape(-1, 3).astype(np.float32)
            coloured = pixels[np.ptp(pixels, axis=1) > 40]
            mean = (coloured if len(coloured) else pixels).mean(axis=0) - 100
            found.append(mean / np.linalg.norm(mean))
        return np.array(found, np.float32)

    def search(self, photos: Sequence[Photo], gallery: Gallery) -> list[Answer]:
        vectors = self.embed_catalogue(photos)
        own = np.array(list(COLOURS.values()), np.float32) - 100
        return [
            Answer(cosines, own @ one, float(cosines.max()), main=(0.0, 0.0, *map(float, photo.original_size)))
            for one, photo in zip(vectors, photos, strict=True)
            for cosines in [gallery.vectors @ one]
        ]

    def is_good(self, answer: Answer, types: Sequence[str]) -> bool:
        return answer.cosine > 0.9


def plain(colour: Sequence[int], *, ground: int = 255) -> np.ndarray:
    pixels = np.full((60, 60, 3), ground, np.uint8)
    pixels[10:50, 10:50] = colour
    return pixels


def pictures(shown: Sequence[Sequence[int]], **columns: Sequence[object]) -> Pictures:
    table = pd.DataFrame({"id": [str(row) for row in range(len(shown))], **columns})
    if "group" not in table:
        table["group"] = table["id"]
    return Pictures(table, lambda row: Photo(plain(shown[row]), (60, 60), "array"))


@pytest.fixture(scope="module")
def colours() -> tuple[Gallery, Pictures]:
    """A product of each colour."""
    names = list(COLOURS)
    products = pictures(list(COLOURS.values()), product_type=names, colour=names, gender=["Men", "Women"] * 2)
    return Gallery(embed_all(ByColour(), len(products), products.read), products.table), products


def test_snaps_are_asked_whole_and_cut_and_are_told_apart(colours: tuple[Gallery, Pictures]) -> None:
    gallery, products = colours
    grounds = [Ground(kind, "test", np.full((90, 90, 3), 120, np.uint8)) for kind in LAID_ON]
    maker = OutsideSnaps("test", list(products.table["id"]), lambda row: products.read(row).pixels, grounds)
    found = snap_figures(ByColour(), gallery, maker, range(4), np.arange(4))
    assert found["r_at_1"]["count"] == 4
    assert found["r_at_1"]["value"] <= found["r_at_5"]["value"] == 1
    assert found["cut_to_true_box"]["r_at_5"]["value"] == 1
    assert "main_thing_found" in found
    assert sum(one["snaps"] for one in found["by"] if one["by"] == "ground") == 4
    assert sum(one["snaps"] for one in found["by"] if one["by"] == "size") == 4
    assert found["recipe"]["version"] == maker.recipe.version


def test_another_shop_counts_the_place_of_the_right_product(colours: tuple[Gallery, Pictures]) -> None:
    _, products = colours
    named = Pictures(products.table.assign(name=list(COLOURS)), products.read)
    queries = pictures([COLOURS["green"], COLOURS["green"], COLOURS["blue"]], right=[1, 0, 2])
    found = another_shop_figures(ByColour(), AnotherShop(named, queries))
    assert found["products"] == 4
    assert found["r_at_1"]["value"] == pytest.approx(2 / 3, abs=1e-3)
    assert [(one["product"], one["photos"], one["r_at_1"]) for one in found["by_product"]] == [
        ("green", 1, 1), ("red", 1, 0), ("blue", 1, 1),
    ]  # fmt: skip


def test_what_is_not_ours_is_counted_by_its_set(colours: tuple[Gallery, Pictures]) -> None:
    asked = pictures([COLOURS["red"], (255, 255, 0), (90, 90, 90)], set=["near", "far", "far"])
    found = not_ours_figures(ByColour(), colours[0], asked)
    assert {one["set"]: one["called_good"] for one in found["by_set"]}["near"] == 1
    assert found["called_good"]["value"] < 1


def test_a_hit_is_right_only_where_type_colour_and_wearer_are(colours: tuple[Gallery, Pictures]) -> None:
    asked = pictures(
        [COLOURS["red"], COLOURS["red"], COLOURS["red"]],
        types=[frozenset({"red"}), frozenset({"red"}), frozenset({"blue"})],
        colours=[frozenset({"red"}), frozenset({"red", "green"}), frozenset({"red"})],
        genders=[frozenset({"Men"}), frozenset({"Women"}), frozenset({"Men"})],
        label=["Shoes", "Shoes", "Dress"],
    )
    figures = judged_figures(ByColour(), colours[0], asked)
    by_label = {one["label"]: one for one in figures.pop("by_label")}
    assert (by_label["Shoes"]["photos"], by_label["Shoes"]["first_exact_type"]) == (2, 1.0)
    assert (by_label["Dress"]["photos"], by_label["Dress"]["first_exact_type"]) == (1, 0.0)
    found = {name: figure["value"] for name, figure in figures.items()}
    assert found["first_exact_type"] == found["predicted_exact_type"] == pytest.approx(2 / 3, abs=1e-3)
    # the whole shop of four is in the first five
    assert found["five_right_type"] == pytest.approx(1 / 4)
    assert found["five_right_wearer"] == pytest.approx(1 / 2)
    assert found["five_all_right"] == pytest.approx(1 / 12, abs=1e-3)
    assert found["five_all_there"] == pytest.approx(1 / 15, abs=1e-3)


def test_right_answers_are_counted_that_are_still_called_good(colours: tuple[Gallery, Pictures]) -> None:
    asked = pictures([COLOURS["red"], COLOURS["red"]], right=[frozenset({"red"}), frozenset({"blue"})])
    found = user_photo_figures(ByColour(), colours[0], asked)
    assert found["first_hit_right_kind"]["value"] == 0.5
    assert found["called_good_when_right"] == {"value": 1.0, "low": 1.0, "high": 1.0, "count": 1}


def test_the_whole_picture_answers_as_the_figures_of_our_own_test_do(measured: Measured) -> None:
    search = WholePicture(measured.model)
    source = read_catalogue(measured.settings.sample_path).images
    photos = [images.decode(source.read(name), max_side=256) for name in measured.shots.table["image"][:3]]
    assert np.allclose(search.embed_catalogue(photos), measured.shots.embeddings[:3], atol=1e-5)
    answers = search.search(photos, Gallery(measured.shots.embeddings, measured.shots.table))
    assert [int(answer.best(1)[0]) for answer in answers] == [0, 1, 2]
    assert all(answer.types.sum() == pytest.approx(1, abs=1e-3) for answer in answers)
    kinds = measured.column("product_type")
    assert search.is_good(answers[0], kinds[answers[0].best(5)].tolist())


def test_the_card_shows_both_figures_and_only_what_was_asked(tmp_path: Path) -> None:
    one = {"value": 0.5, "low": 0.4, "high": 0.6, "count": 1000}
    asked = {"r_at_1": one, "r_at_5": one, "cut_to_true_box": {"r_at_1": one}, "by": []}
    write_outside(tmp_path, "model", {"search": "whole picture", "snaps": asked})
    outside = json.loads((tmp_path / "evaluation" / "outside.json").read_text())
    text = beside_outside({"snaps": {"r_at_1": {**one, "value": 0.75}}}, outside)
    assert "| snap of a product: that product first | 75.0% (40.0% to 60.0%, 1,000) | 50.0%" in text
    assert "another shop" not in text.partition("| question")[2]
    assert beside_outside({}, {}) == ""
    assert len({pair.words for pair in PAIRS}) == len(PAIRS)


def test_without_the_pictures_it_is_said_what_is_missing(measured: Measured) -> None:
    with pytest.raises(CatalogueError, match="VSEARCH_DATA"):
        outside_figures(measured)


def test_figures_of_validation_are_never_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "outside", "--split", "validation", "--write"]) == 1
    assert "Only figures of the part test" in capsys.readouterr().err


@with_pictures
def test_the_sets_are_read_by_their_part_and_hold_what_was_judged() -> None:
    data = Settings().data
    shop = read_another_shop(data, max_side=32)
    assert (len(shop.products), len(shop.queries)) == (206, 82)
    assert set(shop.products.table["name"].iloc[shop.queries.table["right"].unique()]) == {
        "ESP32", "TelosB", "Arduino-Due", "Raspberry Pi 3 B-",
    }  # fmt: skip
    chosen, told = (read_not_ours(data, part, max_side=32) for part in ("validation", "test"))
    assert set(chosen.table["set"]) == {"backgrounds"}
    assert len(set(told.table["set"])) == 3
    assert not set(chosen.table["id"]) & set(told.table["id"])
    judged = [read_judged_photos(data, part, max_side=32) for part in ("train", "validation", "test")]
    # the shoes of the public data, and the clothes of `splits/photo_labels.jsonl`
    assert sum((one.table["label"] == "Shoes").sum() for one in judged) == 375
    assert sum(map(len, judged)) > 1500
    assert not set(judged[1].table["group"]) & set(judged[2].table["group"])
