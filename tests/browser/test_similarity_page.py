"""The page Similarity, as an analyst walks through it."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import Visit, sideways, upload
from vsearch_core.settings import Settings

COSTLY_MS = 120_000
"""The map and the near-copies are made when they are first asked for, and a new browser loads the charts' code."""


@pytest.fixture
def second_bundle(shop: Settings) -> Iterator[str]:
    """A bundle made on this machine: the shipped network under another name, so that the products are new to it."""
    folder = shop.cache / "bundles" / "other"
    left_out = shutil.ignore_patterns("evaluation", "card.md", "checksums.json")
    shutil.copytree(shop.models / "fashion", folder, ignore=left_out)
    labels = json.loads((folder / "labels.json").read_text())
    (folder / "labels.json").write_text(json.dumps({**labels, "name": "other"}))
    yield "other"
    shutil.rmtree(folder.parent)
    shutil.rmtree(shop.cache / "galleries", ignore_errors=True)


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()


def test_one_photo_and_two_bundles_side_by_side(
    visit: Visit, served: Any, known: Any, shop: Settings, second_bundle: str
) -> None:
    page = visit(f"{served.url}/similarity", width=1440, height=900)
    expect(page.get_by_text("Sample shop: drawn products")).to_be_visible()
    before = {path for path in shop.cache.rglob("*") if path.is_file()}
    upload(page, known.data)
    own = page.get_by_role("list", name="Hits of fashion").get_by_role("listitem")
    expect(own).to_have_count(5)
    expect(own.first).to_contain_text(known.product_type)
    page.get_by_role("button", name="Show it the products").click()
    other = page.get_by_role("list", name=f"Hits of {second_bundle}").get_by_role("listitem")
    expect(other).to_have_count(5, timeout=COSTLY_MS)
    expect(other.first).to_contain_text("both, same place")
    written = {path for path in shop.cache.rglob("*") if path.is_file()} - before
    assert {path.suffix for path in written if path.parent.name == "galleries"} == {".npy"}
    assert not [path for path in written if path.suffix in (".jpg", ".jpeg", ".png")]

    own.first.get_by_role("link").click()
    expect(page.get_by_role("list", name="Neighbours")).to_be_visible()
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {"section": ["Neighbours"], "product": [known.product_id]}


def test_a_single_bundle_names_the_command_that_makes_a_second(visit: Visit, served: Any, known: Any) -> None:
    page = visit(f"{served.url}/similarity")
    upload(page, known.data)
    expect(page.get_by_role("list", name="Hits of fashion").get_by_role("listitem")).to_have_count(5)
    expect(page.get_by_text("python -m studies train raw")).to_be_visible()


def test_the_map_is_drawn_once_and_what_is_circled_on_it_is_shown_below(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/similarity?section=Map", width=1440, height=900)
    ready = page.locator(".map[data-ready=yes]")
    expect(ready).to_be_visible(timeout=COSTLY_MS)
    canvas = page.locator("canvas").first
    canvas.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("160 products chosen"))).to_be_visible()
    cards = page.get_by_role("list", name="Chosen products").get_by_role("listitem")
    expect(cards).to_have_count(12)
    page.get_by_role("button", name="Show more").click()
    expect(cards).to_have_count(24)
    page.get_by_role("button", name="Choose", exact=True).click()
    box = canvas.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for place in ((middle[0], box["y"] + 60), middle, (box["x"] + 30, box["y"] + box["height"] - 20)):
        page.mouse.move(*place, steps=4)
    page.mouse.up()
    chosen = page.get_by_role("heading", name=re.compile(r"products? chosen"))
    expect(chosen).not_to_have_text(re.compile("^160 "))
    page.get_by_role("button", name="Closer").or_(page.get_by_title("Closer")).first.click()
    for _ in range(6):
        page.get_by_title("Closer").click()
    expect(page.locator(".map[data-shows=pictures]")).to_be_visible()
    canvas.focus()
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)


def test_figures_stand_beside_those_of_the_first_projects(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/similarity?section=Protocols")
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=COSTLY_MS)
    expect(page.get_by_text("what each first project reported of itself")).to_be_visible()
    section(page, "Types")
    expect(page).to_have_url(re.compile("protocol=Types"))
    expect(page.get_by_text("a first project's own figure")).to_be_visible()


def test_a_product_is_found_by_name_and_its_neighbours_are_leafed_through(
    visit: Visit, served: Any, known: Any, shop: Settings
) -> None:
    page = visit(f"{served.url}/similarity?section=Neighbours")
    expect(page.get_by_role("list", name="Products to begin with")).to_be_visible()
    page.get_by_label("Find a product").fill(known.product_id)
    page.get_by_label("Find a product").press("Enter")
    found = page.get_by_role("list", name="Found products").get_by_role("listitem")
    found.first.get_by_role("link").click()
    cards = page.get_by_role("list", name="Neighbours").get_by_role("listitem")
    expect(cards).to_have_count(18)
    before = cards.locator(".name").all_inner_texts()
    page.get_by_role("button", name="Page 2").click()
    expect(cards.locator(".name")).not_to_have_text(before)
    page.get_by_label("Find a product").fill("no such product")
    page.get_by_label("Find a product").press("Enter")
    expect(page.get_by_role("heading", name="No product is called so")).to_be_visible()


def test_near_copies_can_be_narrowed_and_taken_along(visit: Visit, served: Any, tmp_path: Path) -> None:
    page = visit(f"{served.url}/similarity?section=Near-copies&cosine=0.95")
    pairs = page.get_by_role("list", name="Near-copies").locator("> li")
    expect(pairs.first).to_be_visible(timeout=COSTLY_MS)
    expect(pairs.first).to_contain_text("cosine")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "pairs.csv")
    with (tmp_path / "pairs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= pairs.count()
    suspicion = [float(row["suspicion"]) for row in rows]
    assert suspicion == sorted(suspicion, reverse=True)
    pairs.first.get_by_role("link").first.click()
    expect(page.get_by_role("list", name="Neighbours")).to_be_visible()


@pytest.mark.parametrize("name", ["Compare", "Map", "Protocols", "Neighbours", "Near-copies"])
def test_on_a_phone_nothing_scrolls_sideways(visit: Visit, served: Any, name: str) -> None:
    page = visit(f"{served.url}/similarity?section={name}", width=390, height=844, phone=True)
    expect(page.get_by_text("Near-copies", exact=True).first).to_be_attached(timeout=COSTLY_MS)
    page.wait_for_timeout(500)
    assert sideways(page) <= 0


def test_an_address_that_somebody_made_up_shows_the_first_section(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/similarity?section=%3Cscript%3E&product=../..&cosine=9&protocol=x")
    expect(page.get_by_role("heading", name="One photo, two networks")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
