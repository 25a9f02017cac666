"""The shop's shelves, as a visitor walks along them, and the shop that is not there yet."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from playwright.sync_api import expect

from tests.browser.steps import Visit, hits, ids, settled
from vsearch_core.settings import Settings


def test_departments_narrow_the_shelf_and_a_product_shows_what_looks_like_it(
    visit: Visit, served: Any, shop: Settings
) -> None:
    page = visit(served.url)
    page.get_by_role("link", name="Shop", exact=True).click()
    expect(page.get_by_role("heading", name="All products")).to_be_visible()
    menu = page.get_by_role("navigation", name="Departments, categories and product types")
    for level in ("1", "2", "3"):
        entry = menu.locator(f"li[data-level='{level}'] a").first
        label, count = (entry.locator("span").nth(place).inner_text() for place in (0, 1))
        entry.click()
        expect(page.get_by_role("heading", name=label, exact=True)).to_be_visible()
        expect(page.locator(".shelf")).to_contain_text(re.compile(rf"{count} products?"))
    card = page.get_by_role("list", name=label).get_by_role("listitem").first
    name = card.locator(".name").inner_text()
    card.get_by_role("link").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/shop\?product=\d+$"))
    expect(page.get_by_role("list", name="Products that look like it").get_by_role("listitem")).to_have_count(6)
    page.get_by_role("button", name=f"Back to {label}").click()
    expect(page.get_by_role("heading", name=label, exact=True)).to_be_visible()


def test_a_shelf_is_turned_page_by_page(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/shop")
    shelf = page.get_by_role("list", name="All products").locator(".name")
    expect(shelf).to_have_count(30)
    first = shelf.all_inner_texts()
    page.get_by_role("button", name="Page 2").click()
    expect(page).to_have_url(re.compile(r"/shop\?page=2$"))
    expect(shelf).not_to_have_text(first)


def test_an_address_that_somebody_made_up_shows_the_whole_shop(visit: Visit, served: Any) -> None:
    made_up = "department=<img src=x onerror=alert(1)>&category=..&type=%00&page=-7&product=../../etc/passwd"
    page = visit(f"{served.url}/shop?{made_up}")
    expect(page.get_by_role("heading", name="All products")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_shop_that_is_not_there_can_be_set_up_and_the_set_up_stopped(visit: Visit, unprepared: Any) -> None:
    page = visit(unprepared.url)
    expect(page.get_by_role("heading", name="Set up the shop")).to_be_visible()
    expect(page.get_by_role("link", name="Shop", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Set up the sample shop").click()
    expect(page.get_by_text(re.compile(r"Making the products searchable: \d+ of \d+"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("alert")).to_contain_text("stopped")
    expect(page.get_by_role("button", name="Set up the sample shop")).to_be_visible()


def test_more_like_this_on_a_shelf_leads_to_the_search_page(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/shop")
    card = page.get_by_role("list", name="All products").get_by_role("listitem").nth(3)
    name = card.locator(".name").inner_text()
    card.get_by_role("button", name="More like this").click()
    expect(page.get_by_role("list", name="Most similar products").get_by_role("listitem")).to_have_count(5)
    expect(page.get_by_text(name, exact=True).first).to_be_visible()


def test_a_shelf_is_searched_by_words_sorted_and_filtered_and_all_of_it_is_taken_back(
    visit: Visit, served: Any, shop: Settings
) -> None:
    products = pd.read_csv(shop.sample_path / "catalogue.csv", dtype={"id": str}).set_index("id")
    colour = products["colour"].mode()[0]
    there = products[products["colour"] == colour]
    gender = there["gender"].mode()[0]
    page = visit(f"{served.url}/shop")
    shelf = hits(page, "All products")
    expect(shelf).to_have_count(30)
    expect(page.get_by_role("button", name="Clear all")).to_be_disabled()
    search = page.get_by_role("textbox", name="Search in the shop")
    search.fill(colour.lower())
    search.press("Enter")
    found = page.locator(".shelf")
    expect(page).to_have_url(re.compile(rf"words={colour.lower()}"))
    page.get_by_role("button", name="Gender", exact=True).click()
    page.get_by_role("button", name=re.compile(rf"^{gender} \(")).click()
    expect(page.get_by_role("button", name="Gender · 1")).to_be_visible()
    page.keyboard.press("Escape")
    settled(page, pause_ms=300)
    assert set(products.loc[ids(shelf), "gender"]) == {gender}
    page.get_by_role("combobox", name="Sort by").click()
    page.get_by_role("option", name="Price, low to high").click()
    expect(page).to_have_url(re.compile("sort=price"))
    settled(page, pause_ms=300)
    prices = list(products.loc[ids(shelf), "price"])
    assert prices == sorted(prices)
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_role("button", name="Clear all")).to_be_disabled()
    search.fill("no such thing")
    search.press("Enter")
    expect(page.get_by_role("heading", name="Nothing found for “no such thing”")).to_be_visible()
    search.fill("")
    search.press("Enter")
    expect(found).to_contain_text(f"{len(products):,} products")
