"""Covering a part of a picture shows whether it mattered."""

from __future__ import annotations

import numpy as np

from vsearch_core.contracts import Photo
from vsearch_core.images import decode
from vsearch_core.insight.quality.occlusion import border_colour, cover_boxes, covered, occlude
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel


def test_the_covers_touch_every_pixel_and_stay_inside() -> None:
    touched = np.zeros((128, 128), bool)
    for left, top, right, bottom in cover_boxes(128):
        assert 0 <= left < right <= 128
        assert 0 <= top < bottom <= 128
        touched[top:bottom, left:right] = True
    assert touched.all()


def test_a_cover_has_the_colour_of_what_lies_around_the_thing() -> None:
    picture = np.full((20, 20, 3), 250, np.uint8)
    picture[5:15, 5:15] = 10
    assert border_colour(picture).tolist() == [250, 250, 250]
    assert (covered(picture, (5, 5, 15, 15), border_colour(picture)) == 250).all()
    assert (picture[5:15, 5:15] == 10).all()


def test_the_weights_of_a_picture_lie_on_the_thing_and_not_on_its_ground(shop: Settings, model: FashionModel) -> None:
    store = Store.open(shop.store_path)
    photo = decode(store.thumbnail(store.products["id"].iloc[0]), max_side=256)
    seen = model.analyse(photo).product_type
    steps: list[tuple[int, int]] = []
    found = occlude(model, photo, [seen.name, "no such type"], lambda done, total: steps.append((done, total)))
    assert list(found.weight) == [seen.name]
    assert (
        found.whole[seen.name] == np.float32(seen.probability) or abs(found.whole[seen.name] - seen.probability) < 0.02
    )
    weight = np.abs(found.weight[seen.name])
    assert weight.shape == (model.bundle.side, model.bundle.side)
    assert weight.max() > weight[:4, :4].max()
    assert steps[-1][0] == steps[-1][1]


def test_a_blank_picture_has_nothing_that_decides(model: FashionModel) -> None:
    blank = Photo(np.full((40, 40, 3), 255, np.uint8), (40, 40), "RGB")
    name = model.analyse(blank).product_type.name
    found = occlude(model, blank, [name])
    assert np.abs(found.weight[name]).max() < 1e-3
