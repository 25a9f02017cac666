"""Master data, as an analyst walks through it: on a small shop with wrong labels, and on real predictions."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import Visit, settled, sideways
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.corrections import read_corrections
from vsearch_core.database import open_database
from vsearch_core.evaluation.out_of_sample import FOLDER
from vsearch_core.insight.quality.models import read_answers
from vsearch_core.reviews import AMBIGUOUS, KEEP, RELABEL, Reviews
from vsearch_core.settings import Settings
from vsearch_core.store import build_store
from vsearch_core.vision import FashionModel

CATALOGUE = "of=The+catalogue+of+the+models"
NAME = "Doubtful <b>shop</b>"
_PRODUCTS = 36
_REAL = 1500


@dataclass(frozen=True)
class Reviewed:
    """A running app, and the database of its verdicts."""

    url: str
    database: str

    def verdicts(self) -> pd.DataFrame:
        """What stands in the database about the small shop."""
        database = open_database(self.database)
        try:
            return Reviews(database, NAME).standing()
        finally:
            database.close()


def _doubtful_shop(shop: Settings, folder: Path) -> Path:
    """A catalogue of drawn products, in which two products each have a picture of another type's product."""
    folder.mkdir()
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:_PRODUCTS]
    for row in rows:
        shutil.copy(shop.sample_path / row["image"], folder / f"{row['id']}.jpg")
        row["image"] = f"{row['id']}.jpg"
    first = rows[0]
    others = [row for row in rows if row["product_type"] != first["product_type"]][:2]
    for row in others:
        shutil.copy(folder / first["image"], folder / row["image"])
    first["name"] = "<img src=x onerror=alert(1)> *cheap*"
    with (folder / "catalogue.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / "catalogue.csv"


def _real_predictions(models: Path, results: Path) -> None:
    """What the network that ships says of validation, which it never saw, in the form of out-of-sample predictions."""
    table = read_answers(models / "fashion" / "evaluation" / "catalogue.parquet", "catalogue")
    table = table[table["part"] == "validation"].head(_REAL).reset_index(drop=True)
    guesses = [f"{what}_{place}" for what in ("type", "probability") for place in range(1, 6)]
    folder = results / FOLDER
    folder.mkdir(parents=True)
    table[["id", "label", "label_probability", *guesses]].assign(
        fold=[row % 3 for row in range(len(table))]
    ).to_parquet(folder / "predictions.parquet", index=False)
    pd.DataFrame({"first": ["0"], "second": ["1"], "difference": [0.0]}).to_parquet(folder / "copies.parquet")
    (folder / "training.json").write_text(json.dumps({}))


@pytest.fixture(scope="module")
def reviewed(
    shop: Settings,
    model: FashionModel,
    serving: Callable[..., AbstractContextManager[Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Reviewed]:
    """The app over the small shop, which nobody has looked at, beside real predictions of another catalogue."""
    folder = tmp_path_factory.mktemp("reviewed")
    catalogue = read_catalogue(_doubtful_shop(shop, folder / "catalogue"), name=NAME)
    build_store(catalogue, model, folder / "store", engine="exact")
    _real_predictions(shop.models, folder / "results")
    database = f"sqlite:///{folder / 'vsearch.db'}"
    with serving(
        folder,
        VSEARCH_CACHE=str(folder / "cache"),
        VSEARCH_DATA=str(folder / "no-data"),
        VSEARCH_STORE=str(folder / "store"),
        VSEARCH_RESULTS=str(folder / "results"),
        VSEARCH_JOURNAL_URL=database,
    ) as server:
        yield Reviewed(server.url, database)
        assert "Traceback" not in server.log.read_text(errors="replace")


def looked_at(page: Page) -> None:
    """Have the network look at the small shop, where it has not yet."""
    start = page.get_by_role("button", name=re.compile(r"Look at the labels of \d+ products"))
    figures = page.locator(".master-kinds")
    expect(start.or_(figures)).to_be_visible(timeout=90_000)
    if start.is_visible():
        start.click()
    expect(figures).to_be_visible(timeout=90_000)


def name_oneself(page: Page, name: str = "Ana") -> None:
    """Type the name that stands with the verdicts."""
    field = page.get_by_placeholder("Your name: it stands with every verdict")
    field.fill(name)
    field.press("Enter")
    expect(page.get_by_role("button", name="Ambiguous")).to_be_enabled()
    field.blur()


def said(page: Page, words: str) -> None:
    """Wait for what the page says of the last click, and for the whole of the next product."""
    expect(page.locator(".master-said")).to_contain_text(re.compile(words))
    settled(page)


def test_labels_are_decided_by_click_and_by_key_and_taken_back(
    visit: Visit, reviewed: Reviewed, tmp_path: Path
) -> None:
    page = visit(f"{reviewed.url}/master_data")
    looked_at(page)
    expect(page.get_by_text("learned from another catalogue")).to_be_visible()
    expect(page.get_by_text(re.compile(r"0 of \d+ issues reviewed"))).to_be_visible()
    expect(page.get_by_text("Nearly the same picture, other label")).to_be_visible()
    expect(page.locator(".master-near img").first).to_have_attribute("src", re.compile("^data:image/jpeg"))
    expect(page.get_by_role("button", name="Ambiguous")).to_be_disabled()
    name_oneself(page)
    page.get_by_role("button", name=re.compile("^Keep ")).click()
    said(page, r"Product \d+ kept as .*U takes it back")
    page.keyboard.press("l")
    said(page, r"Product \d+ relabelled to ")
    page.keyboard.press("a")
    said(page, r"Product \d+ called ambiguous")
    expect(page.get_by_text(re.compile(r"3 of \d+ issues reviewed"))).to_be_visible()
    assert sorted(reviewed.verdicts()["verdict"]) == sorted([KEEP, RELABEL, AMBIGUOUS])
    assert set(reviewed.verdicts()["reviewer"]) == {"Ana"}
    undone = reviewed.verdicts()["product"].iloc[0]
    page.keyboard.press("u")
    said(page, rf"Taken back: Product {undone} called ambiguous")
    expect(page).to_have_url(re.compile(f"product={undone}"))
    expect(page.get_by_text(re.compile(r"2 of \d+ issues reviewed"))).to_be_visible()
    page.get_by_text("Decided", exact=True).click()
    expect(page.get_by_text("2 decisions stand, 1 of them with a new label.")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download CSV").click()
    started.value.save_as(tmp_path / "corrections.csv")
    read = read_corrections(tmp_path / "corrections.csv")
    assert [one.verdict for one in read] == [KEEP, RELABEL]
    assert {one.reviewer for one in read} == {"Ana"}


def test_real_predictions_are_reviewed_where_their_catalogue_is_not_set_up(visit: Visit, reviewed: Reviewed) -> None:
    page = visit(f"{reviewed.url}/master_data?{CATALOGUE}&kind=label+error&show=Wall")
    expect(page.get_by_text("placeholders stand for them").first).to_be_visible(timeout=90_000)
    expect(page.get_by_text(re.compile(rf"\d+ of {_REAL:,} labels"))).to_be_visible()
    cards = page.get_by_role("list", name="Suspect labels").get_by_role("listitem")
    expect(cards.first).to_contain_text(re.compile("→"))
    expect(cards.first).to_contain_text("label error")
    expect(cards.first.locator("img")).to_have_attribute("src", re.compile("^data:image/svg"))
    cards.first.get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"product=\d+"))
    expect(page.locator(".master-evidence")).to_contain_text("The model gives")
    expect(page.get_by_text("can be shown where its catalogue is set up")).to_be_visible()
    # the first button of a visit takes a moment to load
    expect(page.get_by_role("button", name="Next")).to_be_enabled()
    settled(page)
    before = page.locator(".master-title").inner_text()
    page.keyboard.press("n")
    expect(page.locator(".master-title")).not_to_have_text(before)
    settled(page)
    page.keyboard.press("b")
    expect(page.locator(".master-title")).to_have_text(before)
    page.get_by_text("What it is worth", exact=True).click()
    expect(page.get_by_role("heading", name="How much of the rest is the data")).to_be_visible()


def test_what_is_made_up_or_meant_for_the_test_part_is_not_shown(visit: Visit, reviewed: Reviewed) -> None:
    held_back = read_answers(Settings().models / "fashion" / "evaluation" / "catalogue.parquet", "catalogue")
    hidden = held_back.loc[held_back["part"] == "test", "id"].iloc[0]
    page = visit(f"{reviewed.url}/master_data?{CATALOGUE}&product={hidden}")
    expect(page.locator(".master-title")).to_be_visible(timeout=90_000)
    expect(page.locator(".master-title")).not_to_have_text(f"Product {hidden}")
    made_up = "of=x&show=<b>&kind=none&label=%00&least=7&which=x&product=..%2F..%2Fetc"
    page = visit(f"{reviewed.url}/master_data?{made_up}")
    looked_at(page)
    expect(page.locator(".master-progress")).to_contain_text(re.compile(r"of \d+ issues reviewed"))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_text_of_the_catalogue_stays_text(visit: Visit, reviewed: Reviewed) -> None:
    page = visit(f"{reviewed.url}/master_data?product=100001&which=All")
    looked_at(page)
    expect(page.locator(".master-title")).to_have_text("<img src=x onerror=alert(1)> *cheap*")


def test_a_phone_shows_the_queue_without_scrolling_sideways(visit: Visit, reviewed: Reviewed) -> None:
    page = visit(f"{reviewed.url}/master_data?which=All", width=390, height=844, phone=True)
    looked_at(page)
    expect(page.get_by_role("button", name="Ambiguous")).to_be_visible()
    assert sideways(page) <= 0
