"""What shoppers ask for, as a buyer reads it: before anybody has searched, with samples, with real searches."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.steps import Visit, sideways
from vsearch_core.database import open_database
from vsearch_core.journal import PhotoFolder
from vsearch_core.journal.sample_traffic import make_sample_traffic
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel

SAMPLE = re.compile("Sample traffic: drawn visits")


@pytest.fixture
def journal_of(shop: Settings, tmp_path: Any) -> Settings:
    """Settings of a shop that nobody has searched yet: the drawn one, with a journal of its own."""
    return Settings(cache=tmp_path / "cache", data=tmp_path / "no-data", store=shop.store_path, journal_url=None)


@pytest.fixture
def own(journal_of: Settings, serving: Any, tmp_path: Any) -> Iterator[Any]:
    """The app over it."""
    environment = {
        "VSEARCH_CACHE": str(journal_of.cache),
        "VSEARCH_DATA": str(journal_of.data),
        "VSEARCH_STORE": str(journal_of.store),
    }
    with serving(tmp_path, **environment) as server:
        yield server
        assert "Traceback" not in server.log.read_text(errors="replace")


def tile(page: Page, name: str) -> str:
    shown = page.locator(".demand-tiles > div", has_text=name).locator("b").first
    expect(shown).to_be_visible()
    return shown.inner_text()


def _offer_of_a_stranger(page: Page, picture: bytes) -> None:
    """An offer is taken up, and its texts stay texts: no picture is fetched and nothing is made a link."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ids = ["![x](http://collect.example/a.png)", "[y](http://collect.example/b)", "https://user:pw@collect.example/c"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("offer/offer.csv", "id,image\nn1,a.jpg\n" + "".join(f"{one},gone.jpg\n" for one in ids))
        archive.writestr("offer/._offer.csv", b"\0\5\x16\7")
        archive.writestr("offer\\A.JPG", picture)
    page.locator("input[type=file]").set_input_files(
        {"name": "offer.zip", "mimeType": "application/zip", "buffer": buffer.getvalue()}
    )
    told = page.get_by_text("1 products in. 3 left out or mended")
    expect(told).to_be_visible()
    for one in ids:
        assert f"product {one}: There is no image" in told.inner_text().replace("\u2060", "")
    assert told.locator("a, img, em, code").count() == 0
    assert not [address for address in asked if "collect.example" in address]


def test_a_buyer_sees_samples_until_real_searches_come(
    visit: Visit, own: Any, journal_of: Settings, model: FashionModel, known: Any
) -> None:
    page = visit(f"{own.url}/demand")
    expect(page.get_by_role("heading", name="Nobody has searched yet")).to_be_visible()
    expect(page.get_by_text("python -m vsearch_core journal sample", exact=True)).to_be_visible()
    page.get_by_role("button", name="Make a small sample").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("This was stopped")).to_be_visible()

    engine = Engine(Store.open(journal_of.store_path, embedder=model), model)
    database, folder = open_database(journal_of.database_url), PhotoFolder(journal_of.photos_path)
    make_sample_traffic(
        database, folder, engine, data=None, last=datetime.now(UTC).date(), days=60, queries=900, photos=24
    )
    with database.session() as session:  # one search is noted by a clock that is wrong
        session.execute(text("UPDATE queries SET time = '2087-05-01' WHERE id = (SELECT max(id) FROM queries)"))
    page.wait_for_timeout(6_000)  # so long the page may rely on what it knew
    page.goto(f"{own.url}/demand")
    expect(page.get_by_text(SAMPLE)).to_be_visible()
    expect(page.get_by_text("A clock was wrong: 1 search lies in the future and is left out.")).to_be_visible()
    assert int(tile(page, "Searches")) > 100
    expect(page.locator(".js-plotly-plot").nth(1)).to_be_visible()
    assert sideways(page) <= 0

    # every section opens, and the choice is in the address
    for section, what in (
        ("Not found", "Said none of these"),
        ("Outcomes", "Click-through"),
        ("Range", "With a near-copy"),
    ):
        page.get_by_role("radio", name=section).click()
        tile(page, what)
        assert f"tab={section.replace(' ', '+')}" in page.url
    page.reload()
    tile(page, "With a near-copy")
    page.goto(f"{own.url}/demand?tab=What+if&out_types={known.product_type}")
    tile(page, "Would lose their match")
    _offer_of_a_stranger(page, known.data)

    # a shopper searches, and lets the shop keep the photo
    shopper = visit(own.url)
    shopper.locator("input[type=file]").first.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": known.data}
    )
    expect(shopper.get_by_role("heading", name=known.product_type, exact=True)).to_be_visible()
    shopper.get_by_text("The shop may keep my photos").click()
    shopper.wait_for_timeout(6_000)
    page.goto(f"{own.url}/demand?tab=Wall")
    expect(page.get_by_text(SAMPLE)).to_have_count(0)
    pictures = page.get_by_role("list", name="Pictures that people searched with").get_by_role("listitem")
    expect(pictures).to_have_count(1)
    pictures.first.get_by_role("button").click()
    answer = page.get_by_role("dialog")
    expect(answer.get_by_role("heading", name="A good match", exact=True)).to_be_visible()
    expect(answer.get_by_text(known.product_type).first).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"{own.url}/demand?sample=true")
    expect(page.get_by_text(SAMPLE)).to_be_visible()
    page.goto(f"{own.url}/demand")
    assert tile(page, "Searches") == "1"
    phone = visit(f"{own.url}/demand?sample=true&period=90+days", width=390, height=844, phone=True)
    tile(phone, "Searches")
    assert sideways(phone) <= 0
