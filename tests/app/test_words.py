"""What the pages make of a catalogue's text, which anyone may have written."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.common import words
from vsearch_core.settings import ROOT


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (59, "EUR", "€59.00"),
        (1234.5, "€", "€1,234.50"),
        (59, "CHF", "59.00 CHF"),
        (59, "", "59.00"),
        (None, "EUR", ""),
        (float("nan"), "EUR", ""),
        ("a lot", "EUR", ""),
    ],
)
def test_a_price_is_shown_with_its_currency_or_not_at_all(value: object, currency: str, shown: str) -> None:
    assert words.price(value, currency) == shown


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//host/x",
        "x",
        "",
        None,
        "https://[x",
    ],
)
def test_only_addresses_of_web_pages_become_links(address: str | None) -> None:
    assert words.web_address(address) == ""


def test_a_web_page_s_address_is_kept() -> None:
    assert words.web_address(" https://shop.example/p?id=1 ") == "https://shop.example/p?id=1"


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_no_character_of_a_label_is_left_for_markdown_to_read(text: str) -> None:
    shown = words.plain(text)
    bare = shown.replace("\\\\", "")
    for mark in "`*_[]()<>#:$~":
        assert bare.count(mark) == bare.count("\\" + mark)


@pytest.mark.parametrize(("share", "shown"), [(0.0, "1 %"), (0.874, "87 %"), (0.9999, "99 %")])
def test_a_probability_is_never_shown_as_certain(share: float, shown: str) -> None:
    assert words.percent(share) == shown


def test_a_shop_s_own_columns_are_shown_where_they_say_something() -> None:
    product = {"id": "1", "heel_height": 4.0, "brand": "Ferro", "barcode": None, "note": "  "}
    assert words.own_columns(product, frozenset({"id"})) == {"heel_height": "4", "brand": "Ferro"}
    assert words.column_title("heel_height") == "Heel height"


def test_the_app_loads_nothing_that_trains() -> None:
    heavy = ("tensorflow", "keras", "matplotlib", "sklearn")
    pages = "app.search.answers, app.common.setting_up, app.shop.shelf"
    code = f"import sys, {pages}; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "text",
    ["https://user:pw@host.example", "HTTP://a.example", "www.host.example", "WWW.host.example", "me@host.example"],
)
def test_no_address_is_left_whole_for_streamlit_to_make_a_link_of(text: str) -> None:
    shown = words.plain(text).replace("\\", "")
    assert not re.search(r"https?://|www\.|[-.\w+]@[-\w]", shown, re.IGNORECASE)
    assert shown.replace("\u2060", "") == text


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_what_a_label_or_a_chart_shows_is_the_text_itself(text: str) -> None:
    line = " ".join(text.split())
    kept = "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf"))
    shown = re.sub(r"\\(.)", r"\1", words.plain(text))
    assert "".join(c for c in shown if unicodedata.category(c) not in ("Cc", "Cf")) == kept
    drawn = unescape(words.charted(text))
    assert "".join(c for c in drawn if unicodedata.category(c) not in ("Cc", "Cf")) == kept
    assert not re.search("[<>{\u202a-\u202e]", words.charted(text))
