"""From an outfit's photo to each of its garments, as a visitor does it.

The detector of these tests is a real bundle whose network is so simple that what it finds is known: a shirt, trousers
and shoes at three places of every photo before a grey backdrop, and nothing before a white one. Before a red one it
fails.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import Visit, hits, ids, settled, sideways, upload
from tests.waiting import until
from vsearch_core import images
from vsearch_core.catalogue.positions import position_of
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.vision.bundle_files import seal

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SIZE = 256, 384
BOXES = {
    ("shirt", "upper"): (64, 24, 192, 152),
    ("trousers", "lower"): (64, 160, 192, 288),
    ("shoes", "footwear"): (76, 296, 164, 380),
}
"""In the network's input, which a photo of its proportions fills."""

GREY = 170


@dataclass(frozen=True)
class Outfit:
    """A photo of three products that lie below each other, and the products' ids, in the order of `BOXES`."""

    data: bytes
    products: tuple[str, ...]


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle; see the head of this module."""
    tf = pytest.importorskip("tensorflow")
    count = len(BOXES)
    boxes = np.tile(np.array(list(BOXES.values()), np.float32)[None, :, None], (1, 1, count, 1))

    class Network(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((1, SIZE[1], SIZE[0], 3), tf.float32, name="image")])
        def __call__(self, image: Any) -> dict[str, Any]:
            backdrop = tf.cast(tf.reduce_mean(image[:, :8, :8]) < (GREY + 255) / 2, tf.float32)
            # LiteRT refuses to divide by zero.
            alive = 1 // tf.cast(tf.reduce_mean(image[:, :8, :8, 0] - image[:, :8, :8, 1]) < GREY, tf.int32)
            sureness = np.diag(np.array([0.9, 0.7, 0.5], np.float32))[None]
            return {
                "scores": backdrop * tf.cast(alive, tf.float32) * sureness,
                "names": backdrop * np.ones((1, count, count), np.float32),
                "boxes": backdrop * boxes,
            }

    network = Network()
    folder = tmp_path_factory.mktemp("detector")
    tf.saved_model.save(network, str(folder / "saved"), signatures={"serving_default": network.__call__})
    converted = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved")).convert()
    bundle = folder / "bundle"
    bundle.mkdir()
    (bundle / "model.tflite").write_bytes(converted)
    layers = [{"name": position, "position": position, "labels": [label]} for label, position in BOXES]
    limits = {"score": {position: 0.3 for _, position in BOXES}, "overlap": 0.5, "across": 0.9}
    content = {"schema": 1, "name": "known", "size": SIZE, "layers": layers, "thresholds": limits}
    (bundle / "labels.json").write_text(json.dumps(content))
    return bundle


@pytest.fixture(scope="module")
def outfit(shop: Settings) -> Outfit:
    """Three drawn products that are nearest to their own boxes, before a grey backdrop."""
    engine = Engine.open(shop.store_path)
    products = pd.read_csv(shop.sample_path / "catalogue.csv", dtype=str)
    canvas = np.full((2 * SIZE[1], 2 * SIZE[0], 3), GREY, np.uint8)
    chosen = []
    for (_, position), box in BOXES.items():
        x0, y0, x1, y1 = (2 * edge for edge in box)
        kinds = products[products["product_type"].map(position_of) == position]
        for product in kinds.itertuples():
            picture = images.decode((shop.sample_path / str(product.image)).read_bytes()).pixels
            canvas[y0:y1, x0:x1] = np.asarray(Image.fromarray(picture).resize((x1 - x0, y1 - y0)))
            photo = images.decode(_photo(canvas))
            (found,) = engine.search_items(photo, [engine.item(photo, (x0, y0, x1, y1), position)])
            if found.hits[0].id == product.id:
                chosen.append(str(product.id))
                break
    assert len(chosen) == len(BOXES), "a position has no product that is nearest to itself"
    return Outfit(_photo(canvas), tuple(chosen))


@pytest.fixture(scope="module")
def dressed(shop: Settings, detector: Path, serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The app over the small drawn shop, with that detector."""
    folder = tmp_path_factory.mktemp("dressed")
    environment = _environment(shop, folder)
    shutil.rmtree(folder / "models" / "detector", ignore_errors=True)
    shutil.copytree(detector, folder / "models" / "detector")
    with serving(folder, **environment) as server:
        yield server
        assert "Traceback" not in server.log.read_text(errors="replace")


def _environment(shop: Settings, folder: Path) -> dict[str, str]:
    """The shop's own, with models of this folder and any best hit a good match."""
    shutil.copytree(shop.models, folder / "models")
    (folder / "models" / "fashion" / "calibration.json").unlink(missing_ok=True)
    seal(folder / "models" / "fashion")
    return {
        "VSEARCH_CACHE": str(shop.cache),
        "VSEARCH_DATA": str(shop.data),
        "VSEARCH_MODELS": str(folder / "models"),
        "VSEARCH_JOURNAL_URL": f"sqlite:///{folder / 'journal.db'}",
    }


def _photo(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name)


def first(page: Page, product: str) -> None:
    """The first hit is this product."""
    expect(hits(page).first.locator("a")).to_have_attribute("href", f"shop?product={product}")


def _rows(journal: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


def test_an_outfit_opens_on_its_main_garment_and_the_whole_photo_stays_one_tap_away(
    visit: Visit, dressed: Any, outfit: Outfit
) -> None:
    page = visit(dressed.url)
    upload(page, outfit.data, "a.png")
    expect(tab(page, "Upper: shirt")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tab")).to_have_text(["Whole photo", "Upper: shirt", "Lower: trousers", "Footwear: shoes"])
    first(page, outfit.products[0])
    tab(page, "Whole photo").click()
    expect(tab(page, "Whole photo")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("This garment")).to_have_count(0)
    settled(page, pause_ms=300)
    expect(hits(page)).to_have_count(5)
    whole = ids(hits(page))
    page.get_by_role("button", name="Search for Lower: trousers").click()
    expect(tab(page, "Lower: trousers")).to_have_attribute("aria-selected", "true")
    first(page, outfit.products[1])
    expect(page).to_have_url(re.compile(r"\?garment=2$"))
    expect(page.get_by_role("button", name="Search for Lower: trousers")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("This garment").or_(page.get_by_text("Perhaps", exact=True))).to_be_visible()

    page.get_by_role("button", name="Search for Upper: shirt").click()
    expect(tab(page, "Upper: shirt")).to_have_attribute("aria-selected", "true")
    first(page, outfit.products[0])
    tab(page, "Footwear: shoes").click()
    first(page, outfit.products[2])
    expect(page.get_by_role("button", name="Search for Footwear: shoes")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    first(page, outfit.products[0])
    expect(tab(page, "Upper: shirt")).to_have_attribute("aria-selected", "true")
    tab(page, "Whole photo").click()
    expect(hits(page).first.locator("a")).to_have_attribute("href", f"shop?product={whole[0]}")
    assert ids(hits(page)) == whole


def test_products_of_a_garment_are_worn_where_it_is_worn_and_obey_the_filters(
    visit: Visit, dressed: Any, outfit: Outfit, shop: Settings
) -> None:
    products = pd.read_csv(shop.sample_path / "catalogue.csv", dtype=str).set_index("id")
    page = visit(dressed.url)
    upload(page, outfit.data, "a.png")
    tab(page, "Upper: shirt").click()
    first(page, outfit.products[0])
    assert {position_of(kind) for kind in products.loc[ids(hits(page)), "product_type"]} == {"upper"}
    other = next(g for g in ("Men", "Women") if g != products.loc[outfit.products[0], "gender"])
    page.get_by_role("button", name="Gender", exact=True).click()
    page.get_by_role("button", name=re.compile(rf"^{other} \(")).click()
    expect(hits(page).first.locator("a")).not_to_have_attribute("href", f"shop?product={outfit.products[0]}")
    assert set(products.loc[ids(hits(page)), "gender"]) == {other}


def test_the_look_has_one_product_for_each_place(visit: Visit, dressed: Any, outfit: Outfit) -> None:
    page = visit(dressed.url)
    upload(page, outfit.data, "a.png")
    look = hits(page, "Complete the look")
    expect(look).to_have_count(3)
    expect(look.locator(".badge")).to_have_text(["Upper", "Lower", "Footwear"])
    assert ids(look) == list(outfit.products)
    look.first.locator("a").click()
    expect(page).to_have_url(re.compile(rf"shop\?product={outfit.products[0]}$"))
    page.go_back()
    expect(look).to_have_count(3)


def test_a_product_leads_back_to_the_garment_that_it_was_found_for(visit: Visit, dressed: Any, outfit: Outfit) -> None:
    page = visit(dressed.url)
    upload(page, outfit.data, "a.png")
    tab(page, "Footwear: shoes").click()
    first(page, outfit.products[2])
    back = page.get_by_role("button", name="Back to your results")
    ways = back.click, page.go_back, page.get_by_role("link", name="Search", exact=True).click
    for lead_back in ways:
        settled(page, pause_ms=300)
        hits(page).first.locator("a").click()
        expect(page.get_by_role("heading", name="Looks like it")).to_be_visible()
        expect(back).to_be_visible()
        lead_back()
        first(page, outfit.products[2])
        expect(tab(page, "Footwear: shoes")).to_have_attribute("aria-selected", "true")


def test_a_wrong_garment_is_corrected_or_taken_away(visit: Visit, dressed: Any, outfit: Outfit) -> None:
    page = visit(dressed.url)
    upload(page, outfit.data, "a.png")
    tab(page, "Upper: shirt").click()
    first(page, outfit.products[0])
    page.get_by_role("button", name="Correct it").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Lower", exact=True).click()
    frame = dialog.get_by_role("group", name=re.compile("^Part to search"))
    frame.focus()
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    dialog.get_by_role("button", name="Search this part").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("tab", name=re.compile("^Upper"))).to_have_count(0)
    expect(page.get_by_role("tab")).to_have_count(4)
    first(page, outfit.products[1])
    page.get_by_role("button", name="Not a garment").click()
    expect(page.get_by_role("tab")).to_have_text(["Whole photo", "Lower: trousers", "Footwear: shoes"])
    expect(tab(page, "Whole photo")).to_have_attribute("aria-selected", "true")
    expect(hits(page)).to_have_count(5)


def test_a_garment_that_was_missed_is_added_by_a_box_and_searched_for_where_it_is_worn(
    visit: Visit, dressed: Any, outfit: Outfit
) -> None:
    page = visit(dressed.url)
    upload(page, outfit.data, "a.png")
    tab(page, "Footwear: shoes").click()
    first(page, outfit.products[2])
    page.get_by_role("button", name="Not a garment").click()
    expect(page.get_by_role("tab")).to_have_count(3)
    settled(page)
    page.get_by_role("button", name="Add a garment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Footwear", exact=True).click()
    settled(page, pause_ms=300)
    place = dialog.get_by_role("img", name="Your photo").bounding_box()
    assert place is not None
    x0, y0, x1, y1 = (edge / side for edge, side in zip(BOXES["shoes", "footwear"], SIZE * 2, strict=True))
    # Beside the frame that is there a drag draws another one.
    page.mouse.move(place["x"] + place["width"] * x1, place["y"] + place["height"] * y1)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * x0, place["y"] + place["height"] * y0, steps=5)
    page.mouse.up()
    dialog.get_by_role("button", name="Search this part").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("tab")).to_have_count(4)
    expect(page.get_by_role("tab", name=re.compile("^Footwear"))).to_have_attribute("aria-selected", "true")
    first(page, outfit.products[2])


def test_a_marked_part_is_searched_as_ever_and_another_photo_brings_its_own_garments(
    visit: Visit, dressed: Any, outfit: Outfit, known: Any
) -> None:
    page = visit(dressed.url)
    upload(page, outfit.data, "a.png")
    tab(page, "Footwear: shoes").click()
    first(page, outfit.products[2])
    place = page.get_by_role("img", name="Your photo").bounding_box()
    assert place is not None
    # It begins on a garment's box: what moves is no tap.
    page.mouse.move(place["x"] + place["width"] * 0.3, place["y"] + place["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.7, place["y"] + place["height"] * 0.4, steps=5)
    page.mouse.up()
    expect(page.get_by_role("tab")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("garment="))
    page.get_by_role("button", name="Whole photo").click()
    expect(page.get_by_role("tab")).to_have_count(4)
    upload(page, known.data)
    expect(page.get_by_role("heading", name=known.product_type, exact=True)).to_be_visible()
    expect(hits(page)).to_have_count(5)
    expect(page.get_by_role("button", name=re.compile("^Search for"))).to_have_count(0)
    expect(page.get_by_role("list", name="Complete the look")).to_have_count(0)
    expect(tab(page, "Upper: shirt")).to_have_count(0)


def test_what_is_found_and_tapped_is_in_the_journal_once(visit: Visit, dressed: Any, outfit: Outfit) -> None:
    journal = dressed.log.parent / "journal.db"
    page = visit(dressed.url)
    before = len(_rows(journal, "SELECT id FROM queries"))
    upload(page, outfit.data, "a.png")
    tab(page, "Lower: trousers").click()
    first(page, outfit.products[1])
    settled(page, pause_ms=300)
    tab(page, "Upper: shirt").click()
    settled(page, pause_ms=300)
    first(page, outfit.products[0])
    tab(page, "Lower: trousers").click()
    settled(page, pause_ms=300)
    first(page, outfit.products[1])
    hits(page).first.locator("a").click()
    expect(page).to_have_url(re.compile("shop"))
    newest = "SELECT id, items, hits, garment FROM queries ORDER BY time DESC LIMIT 3"
    until(lambda: len(_rows(journal, "SELECT id FROM queries")) == before + 3)
    until(lambda: _rows(journal, newest)[2][1] != "[]")
    garment, main, whole = _rows(journal, newest)
    assert [item["label"] for item in json.loads(whole[1])] == ["shirt", "trousers", "shoes"]
    assert json.loads(garment[2])[0]["id"] == outfit.products[1]
    assert (garment[3], main[3], whole[3]) == ("lower", "upper", "")
    viewed = f"SELECT product, position FROM events WHERE query = '{garment[0]}' AND kind = 'viewed'"
    until(lambda: _rows(journal, viewed) == [(outfit.products[1], 1)])


def test_on_a_phone_products_begin_on_the_first_screen_and_the_garments_can_be_tapped(
    visit: Visit, dressed: Any, outfit: Outfit
) -> None:
    page = visit(dressed.url, width=390, height=844, phone=True)
    upload(page, outfit.data, "a.png")
    boxes = page.get_by_role("button", name=re.compile("^Search for"))
    expect(boxes).to_have_count(3)
    settled(page, pause_ms=300)
    for product in (hits(page).nth(0), hits(page).nth(1)):
        expect(product.locator(".name")).to_be_in_viewport(ratio=1)
    boxes.nth(2).tap()
    expect(page).to_have_url(re.compile("garment="))
    expect(boxes.nth(2).locator("span")).to_be_in_viewport(ratio=1)
    assert sideways(page) <= 0


def test_a_detector_that_cannot_be_opened_takes_nothing_else_away(
    visit: Visit, shop: Settings, serving: Any, outfit: Outfit, tmp_path: Path
) -> None:
    environment = _environment(shop, tmp_path)
    broken = tmp_path / "models" / "detector"
    shutil.rmtree(broken, ignore_errors=True)
    broken.mkdir()
    (broken / "model.tflite").write_bytes(b"no model")
    (broken / "labels.json").write_text("{}")
    with serving(tmp_path, **environment) as server:
        page = visit(server.url)
        upload(page, outfit.data, "a.png")
        expect(hits(page)).to_have_count(5)
        expect(
            page.get_by_text("Garments cannot be looked for just now; the whole photo was searched.")
        ).to_be_visible()
        expect(page.get_by_role("tab")).to_have_count(0)


def test_a_detector_that_fails_on_a_photo_takes_nothing_else_away(
    visit: Visit, shop: Settings, detector: Path, serving: Any, tmp_path: Path
) -> None:
    environment = _environment(shop, tmp_path)
    shutil.rmtree(tmp_path / "models" / "detector", ignore_errors=True)
    shutil.copytree(detector, tmp_path / "models" / "detector")
    red = np.zeros((2 * SIZE[1], 2 * SIZE[0], 3), np.uint8)
    red[..., 0] = 255
    red[200:400, 200:400] = (20, 40, 60)
    with serving(tmp_path, **environment) as server:
        page = visit(server.url)
        upload(page, _photo(red), "a.png")
        expect(
            page.get_by_text("Garments cannot be looked for just now; the whole photo was searched.")
        ).to_be_visible()
        expect(hits(page)).to_have_count(5)
        expect(page.get_by_role("alert")).to_have_count(0)


def test_without_a_detector_the_page_is_as_it_was(
    visit: Visit, shop: Settings, serving: Any, outfit: Outfit, tmp_path: Path
) -> None:
    environment = _environment(shop, tmp_path)
    shutil.rmtree(tmp_path / "models" / "detector", ignore_errors=True)
    with serving(tmp_path, **environment) as server:
        page = visit(server.url)
        upload(page, outfit.data, "a.png")
        expect(hits(page)).to_have_count(5)
        expect(page.get_by_role("tab")).to_have_count(0)
        expect(page.get_by_text("garments", exact=False)).to_have_count(0)


def test_the_detector_that_ships_leaves_the_whole_photo_s_answer_alone(
    visit: Visit, served: Any, outfit: Outfit
) -> None:
    page = visit(served.url)
    upload(page, outfit.data, "a.png")
    expect(page.get_by_text(re.compile(r"\d+ % sure"))).to_be_visible()
    expect(page.get_by_text("Looking for garments")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
