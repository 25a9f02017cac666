"""What the search puts first is counted by really searching."""

from __future__ import annotations

from vsearch_core.insight.quality.costs_search import first_hits
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel


class OwnPictures:
    """The store's own pictures as photos."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, image: str) -> bytes:
        return self._store.thumbnail(image.removesuffix(".jpg"))


def test_a_products_own_picture_finds_its_own_type_first(shop: Settings, model: FashionModel) -> None:
    store = Store.open(shop.store_path, embedder=model)
    products = store.products.head(40)
    steps: list[tuple[int, int]] = []
    found = first_hits(
        list(products["id"]), OwnPictures(store), model, store, lambda done, total: steps.append((done, total))
    )
    assert list(found["id"]) == list(products["id"])
    assert (found["first_hit_type"].to_numpy() == products["product_type"].to_numpy()).mean() > 0.9
    assert steps == [(32, 40), (40, 40)]
