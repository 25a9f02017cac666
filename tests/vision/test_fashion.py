"""The network's answers are probabilities and unit vectors, the same alone, in a batch and from many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.drawn_products import product_picture
from vsearch_core.contracts import Photo
from vsearch_core.vision import FashionModel
from vsearch_core.vision.temperature import tempered


@pytest.fixture(scope="module")
def photos() -> list[Photo]:
    """Drawn products and noise, of different shapes."""
    drawn = [product_picture(kind) for kind in ("Tshirts", "Watches", "Handbags", "Jeans")]
    noise = [np.random.default_rng(0).integers(0, 256, (height, 90, 3), dtype=np.uint8) for height in (9, 90, 400)]
    return [Photo(pixels, pixels.shape[1::-1], "array") for pixels in [*drawn, *noise]]


def test_probabilities_sum_to_one_and_are_sorted(model: FashionModel, photos: list[Photo]) -> None:
    for analysis, _ in model.analyse_many(photos):
        for predictions in (analysis.product_types, analysis.categories, *analysis.attributes.values()):
            values = [one.probability for one in predictions]
            assert values == sorted(values, reverse=True)
            assert sum(values) == pytest.approx(1, abs=1e-3)


def test_a_category_is_as_probable_as_its_types_together(model: FashionModel, photos: list[Photo]) -> None:
    outputs, names = model.run(photos[0]), model.bundle.product_types
    types = tempered(outputs["product_type"], model.bundle.category_temperature)
    for category in model.analysis(outputs).categories:
        inside = [model.bundle.hierarchy[name][1] == category.name for name in names]
        assert float(types[inside].sum()) == pytest.approx(category.probability, abs=1e-5)


def test_embeddings_are_unit_vectors(model: FashionModel, photos: list[Photo]) -> None:
    embeddings = model.embed(photos)
    assert embeddings.shape == (len(photos), model.dimension)
    assert embeddings.dtype == np.float32
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-4)


def test_no_photos_give_no_embeddings(model: FashionModel) -> None:
    assert model.embed([]).shape == (0, model.dimension)


def test_a_batch_equals_its_singles(model: FashionModel, photos: list[Photo]) -> None:
    singles = np.stack([model.run(photo)["embedding"] for photo in photos])
    assert np.allclose(model.embed(photos), singles, atol=1e-4)


def test_many_threads_at_once_get_the_answers_of_one(model: FashionModel, photos: list[Photo]) -> None:
    expected = [model.run(photo)["product_type"] for photo in photos]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda photo: model.run(photo)["product_type"], photos * 5))
    for place, answer in enumerate(answers):
        assert np.allclose(answer, expected[place % len(photos)], atol=1e-4)
