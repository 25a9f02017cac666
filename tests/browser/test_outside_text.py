"""Text from outside in a real browser: Markdown, labels and charts show it as it is, and nothing is fetched for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from vsearch_core.settings import ROOT

HOSTILE = [
    "![x](http://collect.example/a.png)",
    "[y](javascript:alert(1))",
    "https://user:pw@collect.example/c",
    "(https://collect.example)",
    "www.collect.example",
    "buyer@collect.example",
    "<img src=http://collect.example/d.png onerror=alert(1)>",
    "<b>bold</b> **bold** _thin_ ~~gone~~ `code`",
    "$\\frac{1}{2}$ and $$x$$",
    ":red[red] :material/home: :material_home: :smile: :streamlit: :small[x]",
    "a -> b <- c -- d >= e <= f ~= g",
    "# heading",
    "1. one",
    "> said",
    "| a | b |",
    "&lt;b&gt; &amp; \\* \\",
    "%{x} {y} <br> <a href='http://collect.example'>z</a>",
]

SCRIPT = """
import plotly.graph_objects as go
import streamlit as st
from app.common.words import charted, plain

texts = {texts!r}
for number, text in enumerate(texts):
    st.caption(plain(text))
    st.markdown("**said** " + plain(text))
    st.button(plain(text), key=f"button {{number}}", help=plain(text))
    st.toggle(plain(text), key=f"toggle {{number}}")
    st.popover(plain(text), key=f"popover {{number}}")
st.pills(plain(texts[2]), texts, format_func=plain)
names = [charted(text) for text in texts]
figure = go.Figure(go.Bar(x=list(range(1, 1 + len(names))), y=names, orientation="h", name=charted(texts[2])))
figure.update_layout(showlegend=True, height=900, title=charted(texts[-1]))
figure.update_traces(hovertemplate="%{{y}}<extra>" + charted(texts[-1]) + "</extra>")
figure.update_yaxes(type="category")
st.plotly_chart(figure)
st.html("<p>all drawn</p>")
"""


@pytest.fixture(scope="module")
def texts(serving: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An app of every way in which the app shows text."""
    folder = tmp_path_factory.mktemp("texts")
    (folder / "texts.py").write_text(SCRIPT.format(texts=HOSTILE), encoding="utf-8")
    with serving(folder, script=str(folder / "texts.py"), PYTHONPATH=str(ROOT)) as server:
        yield server


@pytest.fixture
def page(texts: Any, visit: Callable[..., Page]) -> Iterator[Page]:
    """Its page."""
    page = visit("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(texts.url)
    expect(page.get_by_text("all drawn")).to_be_visible()
    expect(page.locator(".js-plotly-plot .ytick")).to_have_count(len(HOSTILE))
    yield page
    assert not [address for address in asked if "collect.example" in address]


def shown(text: str) -> str:
    """Text without the joiners that nobody sees, with single blanks."""
    return " ".join(text.replace("\u2060", "").split())


def test_no_text_from_outside_becomes_markup_a_link_or_a_picture(page: Page) -> None:
    main = page.get_by_test_id("stMain")
    assert main.locator("a, em, code, del, table, blockquote, ol, ul:not([role]), .katex").count() == 0
    assert main.locator("[data-testid=stMarkdownContainer] img, [data-testid=stCaptionContainer] img").count() == 0
    assert main.locator("[data-testid=stMarkdownContainer] [role=img]").count() == 0
    expected = [shown(one) for one in HOSTILE]
    assert [shown(one) for one in main.get_by_test_id("stCaptionContainer").all_inner_texts()] == expected
    for kind in ("stCheckbox", "stPopover", "stButton"):
        labels = main.get_by_test_id(kind).get_by_test_id("stMarkdownContainer").all_inner_texts()
        assert list(dict.fromkeys(map(shown, labels))) == expected
    markdown = main.get_by_test_id("stMarkdown").filter(has=page.locator("strong")).all_inner_texts()
    assert [shown(one) for one in markdown] == [shown(f"said {one}") for one in HOSTILE]
    assert main.locator("[data-testid=stMarkdown] strong").all_inner_texts() == ["said"] * len(HOSTILE)
    pills = main.get_by_test_id("stButtonGroup").locator("button").all_inner_texts()
    assert [shown(one) for one in pills] == expected


def test_no_text_from_outside_becomes_markup_in_a_chart(page: Page) -> None:
    chart = page.locator(".js-plotly-plot")
    assert chart.locator("a").count() == 0
    ticks = [shown(one) for one in chart.locator(".ytick text").all_text_contents()]
    assert ticks == [shown(one) for one in HOSTILE]
    assert shown(chart.locator(".legendtext").first.text_content() or "") == HOSTILE[2]
    assert shown(chart.locator(".gtitle").text_content() or "") == shown(HOSTILE[-1])
    bar = chart.locator(".bars .point path").last
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2, steps=3)
    hover = chart.locator(".hoverlayer")
    expect(hover.locator("text").first).to_be_visible()
    assert hover.locator("a").count() == 0
    assert any(shown(HOSTILE[-1])[:10] in shown(one) for one in hover.locator("text").all_text_contents())
