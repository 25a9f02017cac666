"""Figures and names as the demand page says them."""

from __future__ import annotations

import math

SOURCES = {
    "camera": "Camera",
    "upload": "Upload",
    "sample": "Our photos to try",
    "api": "API",
    "cli": "Command line",
    "product": "More like this",
}

KINDS = {
    "viewed": "looked at a product",
    "similar": "asked for more like it",
    "opened": "followed it to the shop",
    "wanted": "said they want it",
    "basket": "put it into the basket",
    "bought": "bought it",
    "none_of_these": "said none of these",
}


def share(value: float, digits: int = 0) -> str:
    """`34 %`; a dash where it is not known."""
    return f"{value * 100:.{digits}f} %" if math.isfinite(value) else "–"


def change(now: float, before: float | None) -> str:
    """`+8 %` or `-12 %` against before; empty where there is nothing to compare with."""
    if not before or not math.isfinite(now) or not math.isfinite(before):
        return ""
    return f"{(now / before - 1) * 100:+.0f} %"


def times(ratio: float) -> str:
    """`×2.3`: a share against the share before."""
    return f"×{ratio:.1f}" if math.isfinite(ratio) else "new"


def milliseconds(value: float) -> str:
    """`34 ms`, `1.2 s`."""
    if not math.isfinite(value):
        return "–"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def seconds(value: float) -> str:
    """`12 s`, `3 min`."""
    if not math.isfinite(value):
        return "–"
    return f"{value:.0f} s" if value < 120 else f"{value / 60:.0f} min"


def number(value: float) -> str:
    """`2`; a dash where it is not known."""
    return f"{value:,.0f}" if math.isfinite(value) else "–"
