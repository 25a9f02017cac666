"""What other bundles see in a store's products."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from vsearch_core.errors import StoreError
from vsearch_core.insight.similarity.galleries import (
    bundle_folders,
    gallery_path,
    make_gallery,
    nearest_products,
    open_gallery,
    searchable,
    store_fingerprint,
)
from vsearch_core.settings import Settings
from vsearch_core.store import Store, remove_products
from vsearch_core.vision import FashionModel


@pytest.fixture
def store(shop: Settings) -> Store:
    return Store.open(shop.store_path)


def test_a_gallery_made_with_the_stores_own_model_finds_each_product_by_itself(
    store: Store, model: FashionModel, tmp_path: Path
) -> None:
    path = gallery_path(tmp_path, store_fingerprint(store), model.fingerprint)
    make_gallery(path, store, model)
    gallery = open_gallery(path, store, model.dimension)
    assert gallery is not None
    # The store keeps its pictures as small JPEGs, so that what is seen in them differs a little.
    assert np.vecdot(gallery, store.embeddings)[searchable(store)].mean() > 0.98
    rows, scores = nearest_products(gallery, gallery[7], 5)
    assert rows[0] == 7
    assert scores[0] == pytest.approx(1)
    assert (np.diff(scores) <= 0).all()


def test_a_stopped_gallery_leaves_nothing(store: Store, model: FashionModel, tmp_path: Path) -> None:
    path = tmp_path / "galleries" / "one.npy"

    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        make_gallery(path, store, model, stop)
    assert list(path.parent.iterdir()) == []
    assert open_gallery(path, store, model.dimension) is None


def test_a_damaged_gallery_is_refused_in_words_and_one_of_other_products_is_not_taken(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "gallery.npy"
    path.write_bytes(b"not an array")
    with pytest.raises(StoreError, match="delete it"):
        open_gallery(path, store, 4)
    np.save(path, np.zeros((3, 4), np.float32))
    assert open_gallery(path, store, 4) is None


def test_the_fingerprint_names_the_products_whatever_the_store_was_built_with(
    store: Store, shop: Settings, model: FashionModel, tmp_path: Path
) -> None:
    copy = tmp_path / "store"
    shutil.copytree(shop.store_path, copy)
    assert store_fingerprint(Store.open(copy)) == store_fingerprint(store)
    remove_products(copy, [str(store.products["id"].iloc[0])])
    assert store_fingerprint(Store.open(copy)) != store_fingerprint(store)


def test_the_bundle_that_ships_comes_first_and_half_made_folders_are_no_bundles(tmp_path: Path) -> None:
    settings = Settings(cache=tmp_path)
    assert [bundle.name for bundle in bundle_folders(settings)] == ["fashion"]
    for name in ("raw", "another", "half-made"):
        (tmp_path / "bundles" / name).mkdir(parents=True)
    for name in ("raw", "another"):
        for file in ("labels.json", "model.tflite"):
            (tmp_path / "bundles" / name / file).write_text("{}")
    (tmp_path / "bundles" / "half-made" / "labels.json").write_text("{}")
    found = bundle_folders(settings)
    assert [(bundle.name, bundle.ships) for bundle in found] == [("fashion", True), ("another", False), ("raw", False)]
