"""Plain words and safe text for what the pages show; the text of catalogues, offers and journals is untrusted.

What stands in HTML goes through `html.escape`, what Streamlit reads as Markdown through `plain`, what stands in a chart
through `charted`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

from vsearch_core.store.filters import as_text

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "INR": "₹", "JPY": "¥"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")
_DIRECTING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SELF_MADE = re.compile(r"(?<=[:@])(?=\S)|(?<=[Ww][Ww][Ww])(?=\.)|(?<=[<>~-])(?=[-=>])")
"""Where Streamlit makes links, icons, emoji and arrows of text, whether it is escaped or not: `https://a.b`, `a@b.c`,
`www.a.b`, `:smile:`, `->`."""

_WORD_JOINER = "\u2060"


def price(value: Any, currency: str) -> str:
    """`59.00 CHF`, `€59.00`, or an empty string where the price is not known."""
    try:
        amount = float(value)
    except (TypeError, ValueError):
        return ""
    if not math.isfinite(amount):
        return ""
    symbol = _SYMBOLS.get(currency, currency)
    return f"{symbol}{amount:,.2f}" if symbol in _SYMBOLS.values() else f"{amount:,.2f} {currency}".strip()


def percent(share: float) -> str:
    """A probability as a person reads it: never 0 % or 100 %, because a model is never that sure."""
    return f"{min(max(round(share * 100), 1), 99)} %"


def count(number: int, noun: str) -> str:
    """`1 product`, `2,340 products`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plain(text: Any) -> str:
    """Text that Markdown shows as it is, for labels, captions, help …: it is neither markup nor a link by itself.

    Each of its characters that Markdown could take for its own is escaped, and an invisible joiner stands where
    Streamlit would make something of the text all the same.
    """
    line = _DIRECTING.sub("", " ".join(str(text).split()))
    return _MARKDOWN.sub(r"\\\1", _SELF_MADE.sub(_WORD_JOINER, line))


def charted(text: Any) -> str:
    """Text that a chart shows as it is: Plotly reads tags in names and titles, and braces in what hovering says."""
    line = _DIRECTING.sub("", " ".join(str(text).split()))
    return escape(line, quote=False).replace("{", "&#123;")


def web_address(url: Any) -> str:
    """The address if it is a web page's, else an empty string: no javascript:, data: or file: link reaches a page."""
    try:
        parts = urlsplit(str(url or "").strip())
    except ValueError:
        return ""
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else ""


def column_title(column: str) -> str:
    """A shop's own column as a label: `heel_height` becomes `Heel height`."""
    spaced = " ".join(column.replace("_", " ").split())
    return spaced[:1].upper() + spaced[1:]


def own_columns(product: Mapping[str, Any], known: frozenset[str]) -> dict[str, str]:
    """The shop's own columns that say something about this product, as text."""
    texts = {str(column): as_text(value).strip() for column, value in product.items() if column not in known}
    return {column: text for column, text in texts.items() if text}
