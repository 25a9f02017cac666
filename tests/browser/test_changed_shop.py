"""What a visitor has chosen, while the shop under the running app becomes another one."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.steps import Visit, sideways, upload
from vsearch_core.catalogue import read_catalogue
from vsearch_core.store import Store, build_store
from vsearch_core.vision import FashionModel


def picture(number: int) -> bytes:
    blocks = np.random.default_rng(number).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(blocks).resize((120, 160), Image.Resampling.BICUBIC).save(out, "JPEG", quality=92)
    return out.getvalue()


@pytest.fixture
def season(tmp_path: Path, model: FashionModel) -> Callable[..., Store]:
    """Builds the shop of a season, always in the same place."""

    def build(colours: str, brands: str, prices: range) -> Store:
        folder = tmp_path / colours.replace(" ", "-")
        folder.mkdir()
        rows = zip(colours.split(), brands.split(), prices, strict=True)
        table = pd.DataFrame(
            [
                {"id": number, "image": f"{number}.jpg", "name": f"Tee no {number}", "product_type": "Tshirts"}
                | {"category": "Topwear", "colour": colour, "Brand": brand, "price": price}
                for number, (colour, brand, price) in enumerate(rows, 1)
            ]
        )
        for number in table["id"]:
            (folder / f"{number}.jpg").write_bytes(picture(number))
        table.to_csv(folder / "shop.csv", index=False)
        build_store(read_catalogue(folder / "shop.csv"), model, tmp_path / "store", engine="exact")
        return Store.open(tmp_path / "store", embedder=model)

    return build


@pytest.fixture
def open_shop(
    season: Callable[..., Store], serving: Callable[..., AbstractContextManager[Any]], tmp_path: Path
) -> Iterator[Any]:
    season("Red Red Blue Blue Green Green", "Acme Acme Bolt Bolt Crux Crux", range(10, 70, 10))
    with serving(tmp_path, VSEARCH_CACHE=str(tmp_path / "cache"), VSEARCH_STORE=str(tmp_path / "store")) as server:
        yield server
        assert "Traceback" not in server.log.read_text(errors="replace")


def choose(page: Page, button: str, value: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("button", name=f"{value} (2)").click()
    page.keyboard.press("Escape")


def test_a_visit_goes_on_when_the_shop_becomes_another_one(
    visit: Visit, open_shop: Any, season: Callable[..., Store]
) -> None:
    page = visit(open_shop.url)
    upload(page, picture(1))
    # the picture shows no thing that a shop sells
    page.get_by_role("button", name="Show the nearest anyway").click()
    choose(page, "Colour", "Red")
    expect(page.get_by_role("button", name="Colour · 1")).to_be_visible()
    choose(page, "More", "Acme")
    expect(page.get_by_role("button", name="More · 1")).to_be_visible()

    season("Black Black White White Grey Grey", "Acme Acme Echo Echo Fern Fern", range(310, 370, 10))
    page.get_by_role("button", name="More · 1").click()
    page.get_by_role("button", name="Bolt (0)").click()
    page.keyboard.press("Escape")
    told = page.get_by_role("status").filter(has_text="dropped")
    expect(told).to_have_text(
        "Colour Red and brand Bolt are not in the shop any more and were dropped from the filters."
    )
    expect(page.get_by_role("button", name="Colour", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="More · 1")).to_be_visible()
    hits = page.get_by_role("list", name="Most similar products").get_by_role("listitem")
    expect(hits).to_have_count(2)
    page.get_by_role("button", name="Price", exact=True).click()
    ends = page.get_by_role("slider")
    expect(ends.first).to_have_value("310")
    expect(ends.last).to_have_value("360")

    ends.first.press("ArrowRight")
    expect(page.get_by_role("button", name="Price · 1")).to_be_visible()
    page.keyboard.press("Escape")
    season("Black Black White White", "Acme Acme Echo Echo", range(310, 350, 10))
    page.get_by_role("button", name="More like this").last.click()
    expect(page.get_by_role("button", name="Back to your photo")).to_be_visible()
    expect(page.get_by_role("button", name="Price · 1")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Clear all", exact=True).click()
    expect(page.get_by_role("button", name="Clear all", exact=True)).to_be_disabled()
    expect(told).to_have_count(0)

    page.set_viewport_size({"width": 390, "height": 844})
    for address, gone in (
        ("?like=6", "Product 6 is not in the shop and was dropped from the search."),
        ("shop?product=6&type=Ties", "Type Ties is not in the shop and was dropped from the address."),
        ("similarity?section=Neighbours&product=6", "Product 6 is not in the shop and was dropped from the address."),
        ("quality?model=gone", "Model gone is not here and was dropped from the choice."),
    ):
        page.goto(f"{open_shop.url}/{address}")
        expect(told).to_have_text(gone)
        expect(page.get_by_role("alert")).to_have_count(0)
        assert sideways(page) <= 0
    page.goto(f"{open_shop.url}/shop?product=6")
    expect(page.get_by_role("heading", name="This product is not in the shop")).to_be_visible()
    expect(page.get_by_role("list", name="All products").get_by_role("listitem")).to_have_count(4)
