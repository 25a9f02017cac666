"""A photo is looked at whole and once more at its main thing, with the networks that ship."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.drawn_products import product_picture
from vsearch_core.catalogue.snaps import cut_out
from vsearch_core.contracts import MainThing, Photo
from vsearch_core.errors import BundleError, VsearchError
from vsearch_core.settings import Settings
from vsearch_core.vision import FashionModel
from vsearch_core.vision.boxes import overlaps
from vsearch_core.vision.finder import Finder
from vsearch_core.vision.looks import Looks
from vsearch_core.vision.second_look import SecondLook

KINDS = ("Tshirts", "Handbags", "Watches", "Casual Shoes")


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder.open(Settings().models / "finder")


@pytest.fixture(scope="module")
def looks(model: FashionModel, finder: Finder) -> Looks:
    return Looks(model, finder)


def laid(kind: str, *, seed: int = 3, size: tuple[int, int] = (360, 270)) -> tuple[Photo, tuple[float, ...]]:
    """A drawn product, a third of a wooden table wide, and its box."""
    pixels = product_picture(kind)
    alpha = Image.fromarray(cut_out(pixels))
    inside = alpha.getbbox()
    assert inside is not None
    product, mask = (Image.fromarray(pixels).crop(inside), alpha.crop(inside))
    scale = 120 / max(product.size)
    smaller = max(1, round(product.width * scale)), max(1, round(product.height * scale))
    grain = np.random.default_rng(seed).normal(0, 6, (size[1], size[0], 1))
    table = Image.fromarray(np.clip(np.array([150, 110, 70]) + grain, 0, 255).astype(np.uint8))
    table.paste(product.resize(smaller), (180, 70), mask.resize(smaller))
    box = (180.0, 70.0, 180.0 + smaller[0], 70.0 + smaller[1])
    return Photo(np.asarray(table), size, "array"), box


@pytest.mark.parametrize("kind", KINDS)
def test_the_main_thing_is_found_where_it_lies(finder: Finder, kind: str) -> None:
    photo, box = laid(kind)
    main = finder.find(photo)
    assert overlaps(np.array([main.box], np.float32), np.array([box], np.float32))[0, 0] > 0.5
    assert finder.find_alone(photo).box == pytest.approx(main.box, abs=0.5)


def test_a_reduced_photo_gives_its_box_in_the_pixels_of_the_original(finder: Finder) -> None:
    photo, _ = laid("Tshirts")
    here, there = finder.find(photo), finder.find(replace(photo, original_size=(1440, 1080)))
    assert there.box == pytest.approx([4 * edge for edge in here.box])


@pytest.mark.parametrize("kind", KINDS)
def test_the_cut_out_is_more_like_the_product_than_the_whole_photo(looks: Looks, kind: str) -> None:
    pixels = product_picture(kind)
    shot = looks.model.embed([Photo(pixels, pixels.shape[1::-1], "array")])[0]
    analysis = looks.analyse(laid(kind)[0])
    assert analysis.main is not None
    assert analysis.close is not None
    assert analysis.embeddings.shape == (2, looks.model.dimension)
    assert float(analysis.close @ shot) > float(analysis.embedding @ shot)


def test_two_looks_say_the_mean_of_what_each_says(looks: Looks) -> None:
    photo = laid("Tshirts")[0]
    analysis = looks.analyse(photo)
    assert sum(one.probability for one in analysis.product_types) == pytest.approx(1, abs=1e-3)
    assert analysis.main is not None
    alone = looks.model.analyse(photo)
    assert alone.close is None
    assert np.array_equal(alone.embedding, analysis.embedding)


def test_a_thing_that_fills_the_photo_is_looked_at_once(looks: Looks) -> None:
    pixels = product_picture("Tshirts")
    shot = Photo(pixels, pixels.shape[1::-1], "array")
    everything = MainThing((0.0, 0.0, *(float(side) for side in shot.original_size)), 0.9)
    assert not looks.rule.is_worth(shot, everything)
    assert not SecondLook(score=0.5).is_worth(shot, MainThing((0, 0, 40, 40), 0.4)), "the finder is not sure"
    assert SecondLook(score=0.5).is_worth(shot, MainThing((0, 0, 40, 40), 0.6))


def test_many_photos_are_seen_as_single_ones(looks: Looks) -> None:
    photos = [laid(kind)[0] for kind in KINDS]
    for photo, (analysis, took) in zip(photos, looks.analyse_many(photos), strict=True):
        single = looks.analyse(photo)
        assert took > 0
        assert np.allclose(single.embeddings, analysis.embeddings, atol=1e-3)
        assert [one.name for one in single.product_types[:1]] == [one.name for one in analysis.product_types[:1]]


def test_what_a_person_marks_is_looked_at_alone(looks: Looks) -> None:
    photo, box = laid("Handbags")
    marked = looks.analyse(photo, (box[0], box[1], box[2], box[3]))
    assert marked.close is None
    assert marked.main == MainThing((box[0], box[1], box[2], box[3]), 1.0)
    part = photo.pixels[round(box[1]) : round(box[3]), round(box[0]) : round(box[2])]
    alone = looks.model.embed([Photo(np.ascontiguousarray(part), part.shape[1::-1], "array")])[0]
    assert np.allclose(marked.embedding, alone, atol=1e-3)
    with pytest.raises(VsearchError) as refused:
        looks.analyse(photo, (5000.0, 5000.0, 6000.0, 6000.0))
    assert refused.value.code == "bad_box"


def test_without_a_finder_photos_are_looked_at_whole(model: FashionModel) -> None:
    analysis = Looks(model).analyse(laid("Tshirts")[0])
    assert analysis.main is None
    assert len(analysis.embeddings) == 1


def test_a_finder_s_bundle_that_is_another_s_is_refused_in_words(tmp_path: Path) -> None:
    for name in ("model.tflite", "labels.json"):
        (tmp_path / name).write_bytes((Settings().models / "fashion" / name).read_bytes())
    with pytest.raises(BundleError, match="does not give scores and boxes"):
        Finder.open(tmp_path)
