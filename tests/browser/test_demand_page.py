"""What shoppers ask for, as a buyer reads it: before anybody has searched, with samples, with real searches."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import delete, func, select, text

from tests.browser.steps import Visit, sideways, upload
from tests.journal_rows import Row, event_row, photo_row, query_row
from tests.waiting import until
from vsearch_core.database import Database, open_database
from vsearch_core.insight.demand.range import NEAR
from vsearch_core.journal import Event, Photo, PhotoFolder, Query
from vsearch_core.journal.bulk import insert_many
from vsearch_core.journal.sample_traffic import make_sample_traffic
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel

SAMPLE = re.compile("Sample traffic: drawn visits")


@pytest.fixture(scope="module")
def place(shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the drawn shop with a journal of its own."""
    folder = tmp_path_factory.mktemp("demand")
    return Settings(cache=folder / "cache", data=folder / "no-data", store=shop.store_path, journal_url=None)


@pytest.fixture(scope="module")
def own(place: Settings, serving: Any) -> Iterator[Any]:
    """The app over it."""
    environment = {
        "VSEARCH_CACHE": str(place.cache),
        "VSEARCH_DATA": str(place.data),
        "VSEARCH_STORE": str(place.store),
    }
    with serving(place.cache.parent, **environment) as server:
        yield server
        assert "Traceback" not in server.log.read_text(errors="replace")


@pytest.fixture
def journal(place: Settings) -> Iterator[Database]:
    """The journal of a shop that nobody has searched yet."""
    database = open_database(place.database_url)
    with database.session() as session:
        for table in (Event, Query, Photo):
            session.execute(delete(table))
    yield database
    database.close()


def figure(page: Page, name: str) -> Locator:
    """What a tile says."""
    return page.locator(".demand-tiles > div", has=page.get_by_text(name, exact=True)).locator("b")


def comes_to_show(page: Page, address: str, shown: Locator) -> None:
    """Open a page until it shows something: for a few seconds it may rely on what it knew of the journal."""

    def there() -> bool:
        page.goto(address)
        try:
            shown.first.wait_for(timeout=6000)
        except PlaywrightTimeout:
            return False
        return True

    until(there)


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
    visit: Visit, own: Any, place: Settings, journal: Database, model: FashionModel, known: Any
) -> None:
    page = visit("about:blank")
    comes_to_show(page, f"{own.url}/demand", page.get_by_role("heading", name="Nobody has searched yet"))
    expect(page.get_by_text("python -m vsearch_core journal sample", exact=True)).to_be_visible()
    page.get_by_role("button", name="Make a small sample").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("This was stopped")).to_be_visible()

    engine = Engine(Store.open(place.store_path, embedder=model), model)
    today = datetime.now(UTC).date()
    make_sample_traffic(
        journal, PhotoFolder(place.photos_path), engine, data=None, last=today, days=14, queries=100, photos=20
    )
    with journal.session() as session:  # one search is noted by a clock that is wrong
        session.execute(text("UPDATE queries SET time = '2087-05-01' WHERE id = (SELECT max(id) FROM queries)"))
        shown = select(func.count()).where(Query.time < datetime.now(UTC), Query.source.not_in(("sample", "product")))
        searches = session.scalar(shown)
    comes_to_show(page, f"{own.url}/demand", page.get_by_text(SAMPLE))
    expect(page.get_by_text("A clock was wrong: 1 search lies in the future and is left out.")).to_be_visible()
    expect(figure(page, "Searches")).to_have_text(str(searches))
    expect(page.locator(".js-plotly-plot").nth(1)).to_be_visible()
    assert sideways(page) <= 0

    # the choice of a section is in the address
    page.get_by_role("radio", name="Outcomes").click()
    expect(figure(page, "Click-through")).to_be_visible()
    assert "tab=Outcomes" in page.url
    page.reload()
    expect(figure(page, "Click-through")).to_be_visible()
    page.goto(f"{own.url}/demand?tab=What+if")
    _offer_of_a_stranger(page, known.data)

    # a shopper searches, and lets the shop keep the photo
    shopper = visit(own.url)
    upload(shopper, known.data)
    expect(shopper.get_by_role("heading", name=known.product_type, exact=True)).to_be_visible()
    shopper.get_by_text("The shop may keep my photos").click()
    pictures = page.get_by_role("list", name="Pictures that people searched with").get_by_role("listitem")
    comes_to_show(page, f"{own.url}/demand?tab=Wall", pictures.filter(has=page.get_by_role("img")))
    expect(page.get_by_text(SAMPLE)).to_have_count(0)
    expect(pictures).to_have_count(1)
    pictures.first.get_by_role("button").click()
    answer = page.get_by_role("dialog")
    expect(answer.get_by_role("heading", name="A good match", exact=True)).to_be_visible()
    expect(answer.get_by_text(known.product_type).first).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"{own.url}/demand?sample=true")
    expect(page.get_by_text(SAMPLE)).to_be_visible()
    page.goto(f"{own.url}/demand")
    expect(figure(page, "Searches")).to_have_text("1")
    phone = visit(f"{own.url}/demand?sample=true&period=90+days", width=390, height=844, phone=True)
    expect(figure(phone, "Searches")).to_be_visible()
    assert sideways(phone) <= 0


@pytest.fixture
def searched(journal: Database, place: Settings) -> Store:
    """The shop after 12 searches of yesterday and 4 of five weeks ago; the test below counts in these rows."""
    store = Store.open(place.store_path)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    watch = store.embeddings[int(np.flatnonzero(store.products["product_type"] == "Watches")[0])]
    nothing = np.random.default_rng(1).normal(size=watch.shape)
    times = iter(range(10, 130, 10))

    def search(kind: str, photo: str | None = None, *, good: bool = True, **given: Any) -> Row:
        return query_row(
            product_type=kind,
            product_types=[{"name": kind, "probability": 0.9}],
            good_match=good,
            photo=photo,
            model=store.manifest.embedder.fingerprint,
            **{"time": yesterday, "total_ms": float(next(times, 10))} | given,
        )

    watches = [search("Watches", "a" * 64) for _ in range(6)]
    strange = [search("Handbags", "b" * 64, good=False) for _ in range(2)]
    jeans = [search("Jeans"), *(search("Jeans", good=False) for _ in range(3))]
    before = [search("Watches", good=number > 0, time=yesterday - timedelta(days=35)) for number in range(4)]
    events = [event_row(jeans[0], "none_of_these")] + [
        event_row(query, position=position, time=yesterday + timedelta(seconds=seconds))
        for query, position, seconds in zip(watches, (1, 3, 3), (5, 9, 20), strict=False)
    ]
    photos = [photo_row("a" * 64, watch), photo_row("b" * 64, nothing / np.linalg.norm(nothing))]
    insert_many(journal, [*watches, *strange, *jeans, *before], events, photos)
    return store


def test_every_section_says_what_the_rows_of_the_journal_say(visit: Visit, own: Any, searched: Store) -> None:
    def says(section: str, figures: dict[str, str], **choices: Any) -> None:
        page.goto(f"{own.url}/demand?{urlencode({'tab': section} | choices, doseq=True)}")
        for name, said in figures.items():
            expect(figure(page, name), f"{name} of {section}").to_have_text(said)

    page = visit("about:blank")
    comes_to_show(page, f"{own.url}/demand", figure(page, "Searches").get_by_text("12", exact=True))
    says("Asked for", {"Found a good match": "58 %", "Without a good match": "5", "Most asked for": "Watches"})
    below = page.locator(".demand-tiles > div", has_text="Found a good match").locator("span")
    expect(below).to_have_text("75 % before")
    refused_and_missed = {"Not found": "6", "Said none of these": "1", "With a kept picture": "2", "Looks": "1"}
    says("Not found", refused_and_missed)
    says("Not found", {"Not found": "4", "Said none of these": "1", "With a kept picture": "0"}, type="Jeans")
    clicks = {"Click-through": "25 %", "First click at": "3", "Time to a click": "9 s"}
    says("Outcomes", {"Searches": "12", "Answered well": "58 %", "Answer takes, p50": "60 ms"} | clicks)

    says("Wall", {})
    pictures = page.get_by_role("list", name="Pictures that people searched with").get_by_role("img")
    expect(pictures).to_have_count(2)
    told = [picture.get_attribute("alt") for picture in pictures.all()]
    assert told == ["Watches: 6 searches", "Handbags: 2 searches, no good match"]

    types = sorted(set(searched.products["product_type"]))
    out = {"Searches asked again": "8", "Would lose their match": "6", "Would gain one": "0"}
    says("What if", out | {"Products out": str(len(searched))}, out_types=types)

    alike = searched.embeddings @ searched.embeddings.T >= NEAR
    copied = int((alike.sum(axis=1) > 1).sum())
    assert copied > 0
    says("Range", {"Products": str(len(searched)), "With a near-copy": str(copied)})
