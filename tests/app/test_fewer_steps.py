"""One upload is one decode, one look, and one question to the index for each thing that is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.common import readers
from vsearch_core import images
from vsearch_core.catalogue.positions import position_of
from vsearch_core.contracts import Item, Photo
from vsearch_core.search import Engine
from vsearch_core.settings import Settings, settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel
from vsearch_core.vision.finder import Finder

SIDE = 240


class KnownGarments:
    """Finds a shirt, trousers and shoes below each other in every photo."""

    def detect(self, photo: Photo) -> tuple[Item, ...]:
        kinds = ("shirt", "upper"), ("trousers", "lower"), ("shoes", "footwear")
        boxes = [(0.0, float(place * SIDE), float(SIDE), float((place + 1) * SIDE)) for place in range(3)]
        return tuple(
            Item(label, position, 0.9, box)  # type: ignore[arg-type]
            for (label, position), box in zip(kinds, boxes, strict=True)
        )


def _search_page(data: bytes, page: str) -> None:
    import runpy

    import streamlit as st

    from app.search import query

    st.session_state["framed"] = True
    st.button("upload", on_click=query.take, args=(data, "upload"))
    runpy.run_path(page)


@pytest.fixture
def outfit(shop: Settings) -> bytes:
    """A photo of three drawn products below each other."""
    chosen = [
        next(
            (shop.sample_path / image).read_bytes() for image, kind in _catalogue(shop) if position_of(kind) == position
        )
        for position in ("upper", "lower", "footwear")
    ]
    return images.encode_jpeg(np.concatenate([images.letterbox(images.decode(one).pixels, SIDE) for one in chosen]))


def _catalogue(shop: Settings) -> list[tuple[str, str]]:
    products = Store.open(shop.store_path).products
    return list(zip(products["image"], products["product_type"], strict=True))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a photo is decoded, the model and the finder run, and an index is asked."""
    counts: Counter[str] = Counter()

    def count(owner: Any, name: str, what: str, number: Callable[..., int] = lambda *_: 1) -> None:
        real = getattr(owner, name)

        def counting(*given: Any, **named: Any) -> Any:
            counts[what] += number(*given)
            return real(*given, **named)

        monkeypatch.setattr(owner, name, counting)

    count(images, "_admit", "decodes")
    count(Store, "_nearest", "questions")
    count(Finder, "find", "main things")
    count(FashionModel, "run", "looks")
    count(FashionModel, "analyse_many", "garments", lambda _, photos: len(photos))
    return counts


def test_an_upload_with_three_garments_is_decoded_once_and_searched_once_for_each_answer(
    shop: Settings,
    model: FashionModel,
    outfit: bytes,
    counted: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, value in (("CACHE", tmp_path), ("STORE", shop.store_path), ("DATA", shop.data)):
        monkeypatch.setenv(f"VSEARCH_{name}", str(value))
    settings.cache_clear()
    st.cache_resource.clear()
    opened = Engine.open(shop.store_path)
    engine = Engine(opened.store, model, KnownGarments(), opened.looks.finder)  # type: ignore[arg-type]
    monkeypatch.setattr(readers, "engine", lambda: engine)
    page = AppTest.from_function(_search_page, args=(outfit, str(Path("pages/search.py").resolve())))
    page.default_timeout = 120
    page.run()
    counted.clear()
    page.button[0].click().run()
    assert not page.exception
    assert [tab.label for tab in page.tabs] == ["Whole photo", "Upper: shirt", "Lower: trousers", "Footwear: shoes"]
    assert counted["decodes"] == 1
    assert counted["main things"] == 1
    assert 1 <= counted["looks"] <= 2
    assert counted["garments"] == 3
    # the whole photo, each garment to tell which one it opens on, and that one
    assert counted["questions"] == 5
    page.run()
    assert counted["questions"] == 5, "drawn anew, nothing is searched again"
    page.query_params["garment"] = "2"
    page.run()
    assert not page.exception
    assert counted == Counter({**counted, "decodes": 1, "garments": 3, "questions": 6})
    st.cache_resource.clear()
