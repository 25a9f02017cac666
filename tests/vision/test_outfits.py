"""Catalogue pictures that show something else than the product: only these are looked at, by the bundles that ship."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from vsearch_core import images
from vsearch_core.catalogue.positions import position_of
from vsearch_core.contracts import Photo, Position
from vsearch_core.settings import Settings
from vsearch_core.vision import FashionModel
from vsearch_core.vision.detector import Detector
from vsearch_core.vision.outfits import OutfitEmbedder


@pytest.fixture(scope="module")
def cutter(model: FashionModel) -> OutfitEmbedder:
    folder = Settings().models / "detector"
    if not folder.is_dir():
        pytest.skip("no detector ships")
    return OutfitEmbedder(model, Detector.open(folder))


@pytest.fixture(scope="module")
def pictures(shop: Settings) -> dict[str, Photo]:
    """A drawn product of each of some types."""
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["product_type"]: row["image"] for row in csv.DictReader(file)}
    kinds = ("Tshirts", "Jeans", "Heels", "Handbags", "Watches")
    return {kind: images.decode((shop.sample_path / rows[kind]).read_bytes(), max_side=320) for kind in kinds}


def _positions(pictures: dict[str, Photo]) -> list[Position | None]:
    return [position_of(kind) for kind in pictures]


def test_the_embeddings_are_the_model_s_own(cutter: OutfitEmbedder, pictures: dict[str, Photo]) -> None:
    photos = list(pictures.values())
    embeddings, items, places = cutter.embed_with_items(photos, _positions(pictures))
    assert np.allclose(embeddings, cutter.model.embed(photos), atol=1e-5)
    assert items.shape == (len(places), cutter.model.dimension)


def test_pictures_of_the_products_themselves_are_not_looked_at(
    cutter: OutfitEmbedder, pictures: dict[str, Photo]
) -> None:
    outputs = cutter.model.run_many(list(pictures.values()))
    assert not cutter.doubted(outputs, _positions(pictures)).any()
    _, items, _ = cutter.embed_with_items(list(pictures.values()), _positions(pictures))
    assert len(items) == 0


def test_a_picture_of_something_else_is_looked_at_but_not_where_nobody_knows_what_for(
    cutter: OutfitEmbedder, pictures: dict[str, Photo]
) -> None:
    outputs = cutter.model.run_many([pictures["Heels"]] * 4)
    assert cutter.doubted(outputs, ["upper", "footwear", "other", None]).tolist() == [True, False, False, False]


def test_what_is_cut_out_has_a_vector_and_names_its_picture(cutter: OutfitEmbedder, pictures: dict[str, Photo]) -> None:
    below = [images.letterbox(pictures[kind].pixels, 160) for kind in ("Tshirts", "Jeans", "Heels")]
    pixels = np.concatenate(below)
    outfit = Photo(pixels, (pixels.shape[1], pixels.shape[0]), "array")
    positions: list[Position | None] = ["upper", "lower", "footwear", None]
    _, items, places = cutter.embed_with_items([outfit] * 4, positions)
    assert set(places.tolist()) <= {0, 1, 2}
    assert (np.diff(places) > 0).all()
    assert np.allclose(np.linalg.norm(items, axis=1), 1, atol=1e-4)


def test_no_pictures_give_no_vectors(cutter: OutfitEmbedder) -> None:
    embeddings, items, places = cutter.embed_with_items([], [])
    assert embeddings.shape == items.shape == (0, cutter.model.dimension)
    assert places.tolist() == []
