"""Plain words and safe text for what the pages show; the catalogue's text is untrusted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vsearch_core.store.filters import as_text

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "INR": "₹", "JPY": "¥"}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&^=@/])")


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
    """Text with every character that Markdown could take for its own escaped, for labels and st.markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


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
