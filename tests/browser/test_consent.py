"""Whether photos are kept is the visitor's word alone, and what they do with hits is noted."""

from __future__ import annotations

import contextlib
import hashlib
import io
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import Visit, hits, upload
from tests.waiting import until
from vsearch_core.settings import Settings


def consent(page: Page) -> Locator:
    return page.get_by_role("switch", name="The shop may keep my photos").or_(
        page.get_by_role("checkbox", name="The shop may keep my photos")
    )


def switch(page: Page) -> None:
    page.get_by_text("The shop may keep my photos").click()


@pytest.fixture
def marked(known: Any) -> bytes:
    """The known photo with a mark in its corner, so that no other test searches with the same."""
    with Image.open(io.BytesIO(known.data)) as picture:
        picture = picture.convert("RGB")
        picture.putpixel((0, 0), (1, 2, 3))
        exif = Image.Exif()
        exif[0x013B] = "Jane Doe"
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def _ask(cache: Path, question: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{cache / 'vsearch.db'}?mode=ro", uri=True) as connection:
        return connection.execute(question, values).fetchall()


def _becomes(now: Callable[[], Any], expected: Any) -> None:
    with contextlib.suppress(AssertionError):
        until(lambda: bool(now() == expected))
    assert now() == expected


def _photos(cache: Path) -> list[Path]:
    return list((cache / "journal").rglob("*.jpg"))


def test_photos_are_kept_from_the_visitors_yes_until_their_no(
    visit: Visit, served: Any, shop: Settings, marked: bytes
) -> None:
    page = visit(served.url)
    upload(page, marked)
    expect(hits(page)).to_have_count(5)
    expect(consent(page)).not_to_be_checked()
    page.get_by_text("What is kept?").click()
    expect(page.get_by_text("Off: nothing is kept.")).to_be_visible()
    until(lambda: bool(_ask(shop.cache, "SELECT 1 FROM queries WHERE source = 'upload'")))
    assert _photos(shop.cache) == []

    switch(page)
    expect(page.get_by_text("are kept for 30 days")).to_be_visible()
    until(lambda: len(_photos(shop.cache)) == 1)
    data = _photos(shop.cache)[0].read_bytes()
    assert b"Jane" not in data
    assert max(Image.open(io.BytesIO(data)).size) <= 512
    hash = hashlib.sha256(data).hexdigest()
    until(lambda: len(_ask(shop.cache, "SELECT id FROM queries WHERE photo = ?", hash)) == 1)
    for address in (f"/app/static/{hash}.jpg", f"/media/{hash}.jpg", f"/{hash[:2]}/{hash}.jpg"):
        assert data not in _get(served.url + address)

    switch(page)
    expect(page.get_by_text("Your photos are deleted, and no more are kept.")).to_be_visible()
    assert _photos(shop.cache) == []
    assert _ask(shop.cache, "SELECT count(*) FROM photos") == [(0,)]
    assert _ask(shop.cache, "SELECT count(*) FROM queries WHERE photo IS NOT NULL") == [(0,)]


def _get(address: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


def test_what_is_done_with_hits_is_noted_with_product_and_position(
    visit: Visit, served: Any, shop: Settings, marked: bytes
) -> None:
    page = visit(served.url)
    upload(page, marked)
    expect(hits(page)).to_have_count(5)
    links = hits(page).locator("a")
    ids = [str(link.get_attribute("href")).partition("product=")[2] for link in links.all()]
    heart = hits(page).nth(2).get_by_role("button", name="I want this")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    none = page.get_by_role("button", name="None of these")
    expect(none).to_have_count(0)
    heart.click()
    none.click()
    expect(page.get_by_text("Thank you: the shop learns from it.")).to_be_visible()
    expect(heart).to_have_count(0)
    links.nth(1).click()
    expect(page.get_by_role("heading", name="Looks like it")).to_be_visible()
    page.get_by_role("link", name="Search", exact=True).click()
    expect(hits(page)).to_have_count(5)

    def noted() -> list[tuple[Any, ...]]:
        last = "(SELECT session FROM events ORDER BY time DESC LIMIT 1)"
        return _ask(shop.cache, f"SELECT kind, product, position FROM events WHERE session = {last} ORDER BY time")

    expected = [("wanted", ids[2], 3), ("unwanted", ids[2], 3), ("none_of_these", None, None), ("viewed", ids[1], 2)]
    _becomes(noted, expected)
    hits(page).nth(0).get_by_role("button", name="More like this").click()
    expect(page.get_by_role("button", name="Back to your photo")).to_be_visible()
    _becomes(noted, [*expected, ("similar", ids[0], 1)])


def test_a_heart_is_taken_back_by_a_second_click_and_can_be_given_again(
    visit: Visit, served: Any, shop: Settings, marked: bytes
) -> None:
    page = visit(served.url)
    upload(page, marked)
    expect(hits(page)).to_have_count(5)
    heart = hits(page).first.get_by_role("button", name="I want this")

    def noted() -> list[str]:
        last = "(SELECT session FROM events ORDER BY time DESC LIMIT 1)"
        return [kind for (kind,) in _ask(shop.cache, f"SELECT kind FROM events WHERE session = {last} ORDER BY time")]

    said = []
    for pressed, kind in (("true", "wanted"), ("false", "unwanted")) * 2:
        heart.click()
        expect(heart).to_have_attribute("aria-pressed", pressed)
        said.append(kind)
        _becomes(noted, said)
    page.get_by_role("button", name="More like this").first.click()
    expect(page.get_by_role("button", name="Back to your photo")).to_be_visible()
    page.get_by_role("button", name="Back to your photo").click()
    expect(hits(page)).to_have_count(5)
    expect(heart).to_have_attribute("aria-pressed", "false")


def test_on_a_phone_the_wording_and_the_hearts_fit(visit: Visit, served: Any, known: Any) -> None:
    page = visit(served.url, width=390, height=844, phone=True)
    upload(page, known.data)
    expect(hits(page)).to_have_count(5)
    promise = page.get_by_text("Off: nothing is kept.")
    expect(promise).to_be_hidden()
    page.get_by_text("What is kept?").click()
    expect(promise).to_be_visible()
    for place in (promise, hits(page).first.get_by_role("button", name="I want")):
        box = place.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
