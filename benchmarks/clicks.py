"""How long the app takes from a click to the changed page, in a real headless Chromium on the same machine."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

ROUNDS = 5
_PATIENCE_MS = 60_000


@contextmanager
def page_in_chromium() -> Iterator[Page]:
    """A page of 1280x800 in a new, empty Chromium."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        context = playwright.chromium.launch_persistent_context(
            Path(folder),
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
            viewport={"width": 1280, "height": 800},
        )
        yield context.pages[0]
        context.close()


def wait_for_start(page: Page) -> None:
    """Wait for what a visitor came for: the field for a photo, and the photos to try."""
    page.locator('input[type="file"]').first.wait_for(state="attached", timeout=_PATIENCE_MS)
    page.get_by_role("list", name="Photos to try").get_by_role("button").first.wait_for(timeout=_PATIENCE_MS)


def click_times(page: Page, address: str) -> dict[str, float]:
    """Median milliseconds from a click to the changed page, for what visitors click most."""
    tries = page.get_by_role("list", name="Photos to try").get_by_role("button")
    hits = page.get_by_role("list", name="Most similar products")
    shelf_title = page.locator(".shelf h1")
    times: dict[str, list[float]] = {}

    def note(what: str, target: Locator, changed: Callable[[], str]) -> None:
        times.setdefault(what, []).append(_click(page, target, changed))

    for number in range(ROUNDS):
        note("a photo to try", tries.nth(number), lambda: _text(hits))
        note("more like this", hits.get_by_role("button", name="More like this").nth(2), lambda: _text(hits))
        page.get_by_role("button", name="Back to your photo").click()
        page.wait_for_timeout(500)
    page.goto(f"{address}/shop")
    menu = page.get_by_role("navigation", name="Departments, categories and product types")
    menu.wait_for(timeout=_PATIENCE_MS)
    for number in range(ROUNDS):
        page.wait_for_timeout(500)
        note("a department", menu.locator("li[data-level='1'] a").nth(number % 3), lambda: _text(shelf_title))
    for _ in range(ROUNDS):
        page.wait_for_timeout(500)
        note("opening a product", page.locator("li.card a.open").nth(2), lambda: _text(page.locator(".product h1")))
        page.get_by_role("button", name="Back to").first.click()
        shelf_title.wait_for()
    return {what: round(statistics.median(spent)) for what, spent in times.items()}


def _text(place: Locator) -> str:
    return "\n".join(place.all_inner_texts())


def _click(page: Page, target: Locator, changed: Callable[[], str]) -> float:
    target.wait_for()
    page.get_by_text("Looking for garments").wait_for(state="hidden")
    page.wait_for_timeout(300)
    target.scroll_into_view_if_needed()
    before = changed()
    started = time.perf_counter()
    target.click()
    while changed() in (before, ""):
        if time.perf_counter() - started > _PATIENCE_MS / 1000:
            raise TimeoutError("the page did not change within a minute of a click")
    return (time.perf_counter() - started) * 1000
