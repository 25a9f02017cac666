"""A row holds plain values that every database takes, whatever a result or a filter holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.contracts import Analysis, SearchResult
from vsearch_core.journal.rows import HITS_KEPT, answer, plain, text

_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(_anything)
def test_every_value_becomes_json_that_reads_back_the_same(value: object) -> None:
    made = plain(value)
    written = json.dumps(made, allow_nan=False)
    assert json.loads(written) == made
    assert "\\u0000" not in written
    assert plain(made) == made


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=20))
def test_text_can_be_written_by_every_database_and_good_text_stays_as_it_is(value: str) -> None:
    made = text(value)
    made.encode()
    assert "\0" not in made
    if "\0" not in value and not any(0xD800 <= ord(one) <= 0xDFFF for one in value):
        assert made == value


def test_numbers_and_collections_of_other_libraries_become_plain() -> None:
    @dataclass
    class Range:
        low: float
        high: float | None

    value = {
        "price": Range(np.float64(9.5), None),
        "colour": {"Red", "Blue"},
        "size": (np.int64(4), np.float32(0.5), float("nan")),
        "path": Path("a"),
        "array": np.arange(2),
        7: np.bool_(True),
    }
    assert plain(value) == {
        "price": {"low": 9.5, "high": None},
        "colour": ["Blue", "Red"],
        "size": [4, 0.5, None],
        "path": "a",
        "array": [0, 1],
        "7": True,
    }


def test_a_row_tells_what_was_predicted_and_answered(result: Callable[..., SearchResult]) -> None:
    row = answer(result(hits=2, good_match=False))
    assert row == {
        "product_type": "Shirts",
        "category": "Topwear",
        "colour": "Navy Blue",
        "gender": "",
        "product_types": [
            {"name": "Shirts", "probability": 0.7},
            {"name": "Tops", "probability": 0.2},
            {"name": "Kurtas", "probability": 0.1},
        ],
        "attributes": {"colour": {"name": "Navy Blue", "probability": 0.8}},
        "items": [],
        "partitions": [],
        "hits": [{"id": "10", "score": 1.0}, {"id": "11", "score": row["hits"][1]["score"]}],
        "best_score": 1.0,
        "price": None,
        "good_match": False,
        "timings_ms": {"decode": 1.5, "analyse": 2.5, "search": 1.0, "total": 5.25},
        "total_ms": 5.25,
    }


def test_a_row_keeps_the_five_best_types_and_a_bounded_number_of_hits(result: Callable[..., SearchResult]) -> None:
    row = answer(result(product_types=tuple((f"Type {i}", 0.1) for i in range(10)), hits=HITS_KEPT + 1))
    assert [one["name"] for one in row["product_types"]] == [f"Type {i}" for i in range(5)]
    assert len(row["hits"]) == HITS_KEPT


def test_a_result_of_a_model_that_predicts_nothing_makes_a_row(result: Callable[..., SearchResult]) -> None:
    empty = Analysis(product_types=(), categories=(), attributes={}, embedding=np.zeros(4, np.float32))
    row = answer(replace(result(), analysis=empty, timings_ms={}))
    assert (row["product_type"], row["category"], row["colour"], row["total_ms"]) == ("", "", "", None)
