"""The order in which a part draws what it is given."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from app.common.components import script_of

_SHOW = """async ([script, all]) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const { default: show } = await import(url);
  const parentElement = document.createElement("div");
  for (const data of all) show({ data, parentElement, setTriggerValue() {}, setStateValue() {} });
  return parentElement.querySelector(".busy").textContent;
}"""


def _shown(chromium: Browser, *calls: tuple[str, str, int]) -> str:
    """What a photo's part says at the end; each call is what it says, the visit and the turn."""
    script = script_of("crop")
    photo = {"picture": "", "aspect": 1, "mode": "inline"}
    given: list[Any] = [photo | {"busy": busy, "order": [visit, turn]} for busy, visit, turn in calls]
    page = chromium.new_page()
    try:
        return str(page.evaluate(_SHOW, [script, given]))
    finally:
        page.close()


def test_what_a_part_showed_before_does_not_return_when_the_browser_calls_late(chromium: Browser) -> None:
    assert _shown(chromium, ("looking", "one", 1), ("", "one", 2)) == ""
    assert _shown(chromium, ("", "one", 2), ("looking", "one", 1)) == ""


def test_another_visit_counts_anew(chromium: Browser) -> None:
    assert _shown(chromium, ("before", "one", 7), ("after", "other", 1)) == "after"
