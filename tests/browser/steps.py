"""What visitors do and tests wait for, on every page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Visit = Callable[..., Page]
"""Opens an address as a new visitor; see the fixture `visit`."""


def upload(page: Page, data: bytes, name: str = "photo.jpg") -> None:
    """Hand in a photo, on a page that is whole."""
    settled(page)
    kind = "image/png" if name.endswith(".png") else "image/jpeg"
    page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": kind, "buffer": data})


def settled(page: Page, pause_ms: int = 0) -> str:
    """What the page's main part says once nothing runs any more.

    Args:
        pause_ms: until what was clicked has begun to run.
    """
    page.wait_for_timeout(pause_ms)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    return page.get_by_test_id("stMain").inner_text()


def hits(page: Page, of: str = "Most similar products") -> Locator:
    """The products of a list."""
    return page.get_by_role("list", name=of).get_by_role("listitem")


def ids(found: Locator) -> list[str]:
    """The ids of the products that hits lead to."""
    return [str(link.get_attribute("href")).partition("product=")[2] for link in found.locator("a").all()]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(
        page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth)"
            " - window.innerWidth"
        )
    )
