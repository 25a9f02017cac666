"""The data page over the drawn shop, in a real browser."""

from __future__ import annotations

import codecs
import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.steps import Visit, sideways


def test_an_analyst_reads_what_is_in_the_catalogue(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/data")
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    expect(page.get_by_text("Sample shop: drawn products")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Half of the products are of the \d+ most frequent types"))).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.get_by_text(re.compile(r"All \d+ types")).click()
    page.get_by_test_id("stDataFrame").hover()
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_visible()
    assert page.get_by_role("button", name="Download as CSV").count() == 0, "it would hold raw values"
    page.get_by_text("Attributes and pictures", exact=True).click()
    expect(page).to_have_url(re.compile("section=Attributes"))
    expect(page.get_by_role("heading", name="Colour")).to_be_visible()
    expect(page.get_by_role("heading", name="Missing values")).to_be_visible()
    page.get_by_text("Cleaning and duplicates", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d+ of \d+ products can be searched"))).to_be_visible()
    page.get_by_text(re.compile(r"All [\d,]+ findings")).click()
    with page.expect_download() as found:
        page.get_by_role("button", name="Download CSV").click()
    assert found.value.path().read_bytes().startswith(codecs.BOM_UTF8)


def test_photos_are_compared_with_the_catalogue_once_with_progress(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/data?section=Photos+people+send")
    expect(page.get_by_role("heading", name=re.compile("Drawn photos of the sample shop"))).to_be_visible()
    page.get_by_text("Photos against catalogue", exact=True).click()
    expect(page.get_by_text(re.compile("of the catalogue pictures stand on white"))).to_be_visible(timeout=90_000)
    expect(page.get_by_role("heading", name="How far each kind of photo is from its products")).to_be_visible()


def test_a_made_up_section_opens_the_page(visit: Visit, served: Any) -> None:
    page = visit(f"{served.url}/data?section=<b>", width=390, height=844, phone=True)
    expect(page.get_by_role("heading", name="The long tail")).to_be_visible()
    assert sideways(page) <= 0
