"""Search by photo, as a visitor does it."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import Visit, hits, ids, settled, sideways, upload
from vsearch_core.settings import Settings


def names(page: Page) -> list[str]:
    return hits(page).locator(".name").all_inner_texts()


def within(page: Page, locator: Locator) -> bool:
    box, size = locator.bounding_box(), page.viewport_size
    return bool(
        box and size and box["x"] >= 0 and box["y"] >= 0
        and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]
    )  # fmt: skip


def test_an_uploaded_photo_gives_its_type_and_five_products_without_scrolling(
    visit: Visit, served: Any, known: Any
) -> None:
    page = visit(served.url)
    upload(page, known.data)
    kind = page.get_by_role("heading", name=known.product_type, exact=True)
    expect(kind).to_be_visible()
    expect(hits(page)).to_have_count(5)
    expect(hits(page).first.locator("a")).to_have_attribute("href", f"shop?product={known.product_id}")
    expect(hits(page).first).to_contain_text("Nearly the same", ignore_case=True)
    expect(hits(page).first.locator(".similarity")).not_to_contain_text(re.compile(r"\d"))
    expect(page.get_by_text(re.compile(r"\d+ % sure"))).to_be_visible()
    expect(page.get_by_role("img", name=f"Your photo: {known.product_type}")).to_be_visible()
    assert all(within(page, place) for place in [kind, *hits(page).all()])
    expect(page.get_by_text("Sample shop: drawn products")).to_be_visible()


def test_filters_change_the_hits_without_the_photo_being_sent_again(
    visit: Visit, served: Any, known: Any, shop: Settings
) -> None:
    page = visit(served.url)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method in ("PUT", "POST") else None)
    upload(page, known.data)
    expect(hits(page)).to_have_count(5)
    before, uploads = names(page), len(sent)
    products = pd.read_csv(shop.sample_path / "catalogue.csv", dtype=str).set_index("id")
    # A filter that the photo's own product passes, and not every hit does.
    column = next(name for name in ("gender", "usage", "colour") if products.loc[ids(hits(page)), name].nunique() > 1)
    wanted = products.loc[known.product_id, column]

    page.get_by_role("button", name=column.capitalize(), exact=True).click()
    pill = page.get_by_role("button", name=re.compile(rf"^{wanted} \("))
    choice = page.get_by_role("combobox", name=column.capitalize())
    expect(pill.or_(choice)).to_be_visible()
    if pill.count():
        pill.click()
    else:
        choice.fill(wanted)
        choice.press("Enter")

    expect(hits(page).locator(".name")).not_to_have_text(before)
    assert set(products.loc[ids(hits(page)), column]) == {wanted}
    assert uploads >= 1
    assert len(sent) == uploads
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_role("button", name="Clear all")).to_be_disabled()
    expect(hits(page).locator(".name")).to_have_text(before)


def test_more_like_this_searches_by_a_product_and_leads_back_to_the_photo(
    visit: Visit, served: Any, known: Any
) -> None:
    page = visit(served.url)
    upload(page, known.data)
    expect(hits(page)).to_have_count(5)
    before = names(page)
    page.get_by_role("button", name=f"More like this: {before[1]}").first.click()
    expect(page.get_by_role("heading", name=before[1])).to_be_visible()
    expect(hits(page)).to_have_count(5)
    expect(page).to_have_url(re.compile(r"\?like=\d+$"))
    page.get_by_role("button", name="Back to your photo").click()
    expect(page.get_by_role("heading", name=known.product_type, exact=True)).to_be_visible()
    expect(hits(page).locator(".name")).to_have_text(before)


def test_hearts_of_several_answers_stand_on_one_page_and_are_taken_back_there(
    visit: Visit, served: Any, known: Any
) -> None:
    page = visit(served.url)
    upload(page, known.data)
    expect(hits(page)).to_have_count(5)
    before = names(page)
    none = page.get_by_role("button", name="None of these")
    expect(none).to_be_visible()
    hits(page).nth(1).get_by_role("button", name="I want this").click()
    expect(none).to_have_count(0)
    page.get_by_role("button", name=f"More like this: {before[1]}").first.click()
    expect(page.get_by_role("heading", name=before[1])).to_be_visible()
    settled(page, pause_ms=300)
    other = hits(page).filter(has_not=page.get_by_role("button", pressed=True)).first
    other_name = other.locator(".name").inner_text()
    other.get_by_role("button", name="I want this").click()
    settled(page, pause_ms=300)
    page.get_by_role("link", name="Saved", exact=True).click()
    saved = hits(page, "Saved products")
    expect(saved.locator(".name")).to_have_text([other_name, before[1]])
    saved.first.get_by_role("button", name="I want this").click()
    expect(saved.locator(".name")).to_have_text([before[1]])
    page.get_by_role("button", name="Back to your results").click()
    page.get_by_role("button", name="Back to your photo").click()
    expect(hits(page).nth(1).get_by_role("button", name="I want this")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Saved", exact=True).click()
    saved.first.get_by_role("button", name="I want this").click()
    expect(page.get_by_role("heading", name="No saved products")).to_be_visible()


def test_a_part_of_the_photo_can_be_searched(visit: Visit, served: Any, known: Any) -> None:
    page = visit(served.url)
    upload(page, known.data)
    expect(hits(page)).to_have_count(5)
    place = page.get_by_role("img", name="Your photo").bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] * 0.1, place["y"] + place["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.6, place["y"] + place["height"] * 0.5, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="Whole photo").click()
    expect(page.get_by_role("heading", name=known.product_type, exact=True)).to_be_visible()
    page.get_by_role("button", name="Crop").click()
    page.get_by_role("button", name="Search this part").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Whole photo")).to_be_visible()


def test_a_sample_photo_and_the_camera_give_an_answer(visit: Visit, served: Any) -> None:
    page = visit(served.url)
    page.get_by_role("list", name="Photos to try").get_by_role("button").first.click()
    expect(page.get_by_text(re.compile(r"\d+ % sure"))).to_be_visible()
    page.get_by_role("button", name="New photo").first.click()
    page.get_by_role("button", name="Take a photo").click()
    # The button is there before the camera is.
    page.wait_for_function("(document.querySelector('[role=dialog] video')?.readyState ?? 0) >= 2")
    page.get_by_role("dialog").get_by_role("button", name="Take Photo").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"\d+ % sure"))).to_be_visible()


@pytest.mark.parametrize("data", [b"This is no picture.", b"\xff\xd8\xff\xe0" + bytes(400)])
def test_a_broken_file_is_answered_in_one_plain_sentence(visit: Visit, served: Any, data: bytes) -> None:
    page = visit(served.url)
    upload(page, data)
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(1)
    expect(alert).to_have_text(re.compile(r"^[A-Z][^\n]{10,200}\.$"))
    expect(page.get_by_role("heading", name="Show us what you like")).to_be_visible()


def test_a_photo_that_lacks_its_end_marker_is_searched_with_and_says_so(visit: Visit, served: Any, known: Any) -> None:
    page = visit(served.url)
    assert known.data.endswith(b"\xff\xd9")
    upload(page, known.data[:-2])
    expect(hits(page)).to_have_count(5)
    expect(page.get_by_text("The file lacks its end marker; every pixel is there.")).to_be_visible()


def test_a_photo_of_nothing_in_the_shop_is_told_so(visit: Visit, served: Any) -> None:
    noise = np.random.default_rng(7).integers(0, 255, (12, 12, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((240, 240), Image.Resampling.NEAREST).save(file, "PNG")
    page = visit(served.url)
    upload(page, file.getvalue(), "noise.png")
    expect(page.get_by_role("heading", name="No good match in this shop")).to_be_visible()
    expect(page.get_by_text("Nothing here comes near enough to what the photo shows.")).to_be_visible()
    expect(hits(page)).to_have_count(0)
    page.get_by_role("button", name="Show the nearest anyway").click()
    expect(page.get_by_role("heading", name="The nearest, though not a good match")).to_be_visible()
    expect(hits(page)).to_have_count(5)
    expect(hits(page).locator(".similarity")).to_have_count(0)


def test_more_products_are_shown_step_by_step_and_another_question_begins_with_five(
    visit: Visit, served: Any, known: Any
) -> None:
    page = visit(served.url)
    upload(page, known.data)
    expect(hits(page)).to_have_count(5)
    first = names(page)
    for number in (20, 50):
        page.get_by_role("button", name="Show more").click()
        expect(hits(page)).to_have_count(number)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    assert names(page)[:5] == first
    assert len(set(ids(hits(page)))) == 50
    page.get_by_role("button", name=f"More like this: {first[1]}").first.click()
    expect(page.get_by_role("heading", name=first[1])).to_be_visible()
    expect(hits(page)).to_have_count(5)


def test_on_a_phone_the_type_and_first_hits_are_seen_and_nothing_scrolls_sideways(
    visit: Visit, served: Any, known: Any
) -> None:
    page = visit(served.url, width=390, height=844, phone=True)
    expect(page.get_by_role("heading", name="Show us what you like")).to_be_visible()
    assert sideways(page) <= 0
    upload(page, known.data)
    expect(hits(page)).to_have_count(5)
    kind = page.get_by_role("heading", name=known.product_type, exact=True)
    assert within(page, kind)
    assert all(within(page, hits(page).nth(place).locator(".similarity")) for place in (0, 1))
    assert sideways(page) <= 0
