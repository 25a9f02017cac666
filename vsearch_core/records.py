"""What programs are answered with: the contracts' records as JSON, the same on the command line and over HTTP."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what they stand on loads numpy, and `--help` is quick
    from vsearch_core.contracts import Analysis, Code, Hit, Item, MainThing, Prediction, SearchResult


def plain(value: Any) -> Any:
    """A value that JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):  # numpy's, which is not loaded for `--help`
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def analysis_record(analysis: Analysis) -> dict[str, Any]:
    """An analysis as JSON has it."""
    return {
        "product_type": _prediction(analysis.product_type),
        "product_types": [_prediction(one) for one in analysis.product_types[:5]],
        "categories": [_prediction(one) for one in analysis.categories[:5]],
        "attributes": {name: [_prediction(one) for one in found[:3]] for name, found in analysis.attributes.items()},
        "main": None if analysis.main is None else _main(analysis.main),
        "items": [_item(item) for item in analysis.items],
        "codes": [_code(code) for code in analysis.codes],
        "remark": analysis.remark,
    }


def result_record(result: SearchResult, *, sample: bool) -> dict[str, Any]:
    """A search result as JSON has it; `sample` says that the products are drawn ones."""
    return {
        **analysis_record(result.analysis),
        "codes": [{**_code(code), "products": list(code.products)} for code in result.analysis.codes],
        "items": [{**_item(item), "hits": [hit_record(hit) for hit in item.hits]} for item in result.items],
        "hits": [hit_record(hit) for hit in result.hits],
        "good_match": result.good_match,
        "in_shop": result.in_shop,
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


def _prediction(prediction: Prediction) -> dict[str, Any]:
    return {"name": prediction.name, "probability": round(prediction.probability, 6)}


def _code(code: Code) -> dict[str, Any]:
    return {"format": code.format, "value": code.value, "box": [round(edge, 1) for edge in code.box]}


def _main(main: MainThing) -> dict[str, Any]:
    return {"box": [round(edge, 1) for edge in main.box], "score": round(main.score, 6)}


def _item(item: Item) -> dict[str, Any]:
    box = [round(edge, 1) for edge in item.box]
    return {"label": item.label, "position": item.position, "score": round(item.score, 6), "box": box}
