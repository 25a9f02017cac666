"""Model quality, as an analyst walks through it, on the predictions that ship."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import Page, expect

from tests.browser.steps import Visit, sideways


def click_cell(page: Page, column: float, row: float) -> None:
    """Click the matrix at shares (0..1) of its width and height."""
    plot = page.locator(".js-plotly-plot .nsewdrag").first
    expect(plot).to_be_visible()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + column * box["width"], box["y"] + row * box["height"])


def test_an_analyst_goes_from_the_matrix_to_the_photos_of_one_confusion(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/quality")
    expect(page.get_by_role("heading", name="Model quality")).to_be_visible()
    page.get_by_role("button", name="Casual and sports shoes").click()
    expect(page).to_have_url(re.compile("types=Casual"))
    pairs = page.get_by_role("list", name="Most confused").get_by_role("listitem")
    expect(pairs.first).to_contain_text(re.compile("Casual Shoes taken for Sports Shoes|Sports Shoes taken for Casual"))
    # three columns: casual, sports, anything else; the first row is casual shoes
    click_cell(page, 0.5, 0.25)
    expect(page).to_have_url(re.compile(r"label=Casual\+Shoes&predicted=Sports\+Shoes"))
    expect(page.get_by_role("heading", name=re.compile(r"Casual Shoes taken for Sports Shoes: \d+ of"))).to_be_visible()
    expect(page.get_by_text(re.compile("came first, where Casual Shoes would have been right"))).to_be_visible()
    photos = page.get_by_role("list", name="Casual Shoes taken for Sports Shoes").get_by_role("listitem")
    expect(photos.first).to_contain_text(re.compile(r"Sports Shoes \d+ %"))
    expect(photos.first).to_contain_text("label: Casual Shoes")
    # the drawn shop is another catalogue: no picture of its own stands for these products
    expect(page.get_by_text("These products are not in the shop that is set up here").first).to_be_visible()
    photos.first.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"photo=\d+"))
    expect(page.get_by_text("suspicion of the label")).to_be_visible()
    expect(page.get_by_text("Its neighbours can be shown where its catalogue is set up.")).to_be_visible()
    # a click while the page is still being drawn may be lost
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page).not_to_have_url(re.compile("photo="))


def test_an_address_opens_the_same_place_and_one_that_was_made_up_opens_the_page(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/quality?types=Casual+and+sports+shoes&label=Sports+Shoes&predicted=Casual+Shoes")
    expect(page.get_by_role("heading", name=re.compile("Sports Shoes taken for Casual Shoes"))).to_be_visible()
    made_up = (
        "model=..%2F..&with=x&pictures=%00&types=nothing&part=train&by=x&view=x&label=<b>&predicted=x&photo=../etc"
    )
    page = visit(f"{served.url}/quality?{made_up}")
    expect(page.get_by_role("list", name="Most confused")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_photos_of_the_part_test_stay_closed(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/quality?part=Test&label=Tops&predicted=Tshirts")
    expect(page.get_by_text("The pictures of the part test stay closed")).to_be_visible()
    expect(page.locator(".photo")).to_have_count(0)


def test_the_report_is_filtered_and_downloaded(visit: Visit, served: Any, tmp_path: Path) -> None:
    page = visit(f"{served.url}/quality?view=Report")
    field = page.get_by_label("Only types with")
    field.fill("shoes")
    field.press("Enter")
    expect(page.get_by_text("2 of 10 labels")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download CSV").click()
    started.value.save_as(tmp_path / "report.csv")
    report = pd.read_csv(tmp_path / "report.csv")
    assert set(report["type"]) == {"Casual Shoes", "Sports Shoes"}
    assert {"precision", "recall", "f1", "support", "f1_low", "f1_high"} <= set(report.columns)


def test_the_other_views_show_costs_slices_and_reliability(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/quality?view=Costs")
    expect(page.get_by_text(re.compile(r"Photos that people took: in [\d,]+ of [\d,]+ searches"))).to_be_visible()
    page.get_by_text("Reliability", exact=True).click()
    expect(page.get_by_text(re.compile("off on average"))).to_be_visible()


def test_the_leaderboard_says_who_is_right_most_often_and_two_models_are_compared_on_what_both_know(
    visit: Visit, served: Any
) -> None:
    page = visit(f"{served.url}/quality?view=Leaderboard")
    expect(page.get_by_text(re.compile(r"is right most often on the ten most frequent types: [\d.]+%"))).to_be_visible()
    expect(page.get_by_text("VGG16 (theirs)").first).to_be_attached()
    expect(page.get_by_text(re.compile(r"with the very same wrong type"))).to_be_visible()
    page = visit(f"{served.url}/quality?model=fashion&with=ladder%2Fcnn-2")
    expect(page.get_by_text(re.compile("Compared on pictures of the 10 types that the smaller model"))).to_be_visible()
    expect(page.get_by_text("Where the two differ most")).to_be_visible()
    page = visit(f"{served.url}/quality?model=ladder%2Fcnn-2&view=Report")
    expect(page.get_by_text("10 of 10 labels")).to_be_visible()


def test_the_model_is_measured_on_this_shop_and_shows_pictures_neighbours_and_what_decided(
    visit: Visit, served: Any
) -> None:
    page = visit(f"{served.url}/quality")
    page.get_by_role("button", name=re.compile(r"Measure on this shop's \d+ products")).click()
    expect(page).to_have_url(re.compile(r"model=fashion\+on\+this\+shop"), timeout=90_000)
    # the few most frequent types of a small shop may all be right
    page.get_by_role("combobox", name="Types").click()
    page.get_by_role("option", name=re.compile("^All ")).click()
    pairs = page.get_by_role("list", name="Most confused").get_by_role("button")
    pairs.first.click()
    photo = page.locator(".photo").first
    expect(photo.locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    photo.click()
    expect(page.get_by_text(re.compile(r"Votes of the \d+ nearest products"))).to_be_visible()
    expect(page.locator(".quality-heat img").first).to_be_visible(timeout=90_000)
    expect(page.locator(".quality-hits img").first).to_be_visible()


def test_a_phone_shows_the_page_without_scrolling_sideways(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/quality", width=390, height=844, phone=True)
    expect(page.get_by_role("list", name="Most confused")).to_be_visible()
    assert sideways(page) <= 0
