"""The search page says which codes it read in a photo, and what the shop has of them."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from vsearch_core.settings import Settings


def _page(store: str) -> None:
    import numpy as np

    from app.search import panel
    from vsearch_core.contracts import Analysis, Code
    from vsearch_core.search import Engine

    engine = Engine.open(store)
    first = str(engine.store.products["id"].iloc[0])
    box = (0.0, 0.0, 9.0, 9.0)
    read = (Code("EAN-13", "4006381333931", box, (first,)), Code("QR", "<b>bold</b>", box))
    panel.codes(engine, Analysis((), (), {}, np.empty(0, np.float32), codes=read))


def test_a_known_code_names_its_product_and_an_unknown_one_is_not_in_this_shop(shop: Settings) -> None:
    page = AppTest.from_function(_page, default_timeout=120, args=(str(shop.store_path),)).run()
    assert not page.exception
    known, unknown = (str(part.proto.body) for part in page.get("html"))
    assert "Barcode 4006381333931: " in known
    assert "not in this shop" not in known
    assert "QR code &lt;b&gt;bold&lt;/b&gt;: not in this shop" in unknown
