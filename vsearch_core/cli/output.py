"""How the command line speaks: JSON records, readable lines, progress."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vsearch_core.contracts import Analysis, Hit, Item, Prediction, SearchResult


def print_json(record: Mapping[str, Any]) -> None:
    """One JSON line; NaN becomes null, so that every reader takes it."""
    print(json.dumps(plain(record), ensure_ascii=False, allow_nan=False), flush=True)


def plain(value: Any) -> Any:
    """A value that JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def analysis_record(analysis: Analysis) -> dict[str, Any]:
    """An analysis as the command line's JSON has it."""
    return {
        "product_type": _prediction(analysis.product_type),
        "product_types": [_prediction(one) for one in analysis.product_types[:5]],
        "categories": [_prediction(one) for one in analysis.categories[:5]],
        "attributes": {name: [_prediction(one) for one in found[:3]] for name, found in analysis.attributes.items()},
        "items": [_item(item) for item in analysis.items],
        "remark": analysis.remark,
    }


def result_record(result: SearchResult, *, sample: bool) -> dict[str, Any]:
    """A search result as the command line's JSON has it; `sample` says that the products are drawn ones."""
    return {
        **analysis_record(result.analysis),
        "items": [{**_item(item), "hits": [hit_record(hit) for hit in item.hits]} for item in result.items],
        "hits": [hit_record(hit) for hit in result.hits],
        "good_match": result.good_match,
        "sample": sample,
        "partitions": list(result.partitions),
        "timings_ms": dict(result.timings_ms),
    }


def hit_record(hit: Hit) -> dict[str, Any]:
    """A hit with what else the catalogue knows of the product; the contract's fields win over a shop's own."""
    return {
        **hit.extra,
        "id": hit.id,
        "score": round(hit.score, 6),
        "name": hit.name,
        "product_type": hit.product_type,
        "category": hit.category,
        "image": hit.image,
        "group": hit.group,
        "price": hit.price,
        "url": hit.url,
        "reasons": list(hit.reasons),
    }


def table(rows: Sequence[Sequence[Any]], header: Sequence[str]) -> str:
    """Rows as aligned text columns."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells
    )


class ProgressLine:
    """Progress on standard error: one line that is written over; in a log, a line every ten seconds."""

    def __init__(self, what: str) -> None:
        self._what, self._started, self._shown = what, time.monotonic(), 0.0
        self._seen = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._shown < (0.1 if self._seen else 10) and done < total:
            return
        self._shown = now
        spent = now - self._started
        # of the first moments it would say how long the set-up took
        rate = f" ({done / spent:,.0f} a second)" if spent >= 1 else ""
        begin, end = ("\r", "\n" if done >= total else "") if self._seen else ("", "\n")
        text = f"{begin}{self._what}: {done:,} of {total:,}{rate}   "
        print(text, end=end, file=sys.stderr, flush=True)


def _prediction(prediction: Prediction) -> dict[str, Any]:
    return {"name": prediction.name, "probability": round(prediction.probability, 6)}


def _item(item: Item) -> dict[str, Any]:
    box = [round(edge, 1) for edge in item.box]
    return {"label": item.label, "position": item.position, "score": round(item.score, 6), "box": box}
