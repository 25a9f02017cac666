"""The one loop over exact cosines, and the choice of the highest scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.store.exact import cosine_blocks, highest


@pytest.mark.parametrize("floats", [1, 25, 1_000_000])
@pytest.mark.parametrize("looks", [(), (2,)], ids=["one look", "two looks"])
def test_blocks_of_any_size_hold_every_query_s_cosines(
    floats: int, looks: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vsearch_core.store.exact._CHUNK_FLOATS", floats)
    random = np.random.default_rng(1)
    queries, gallery = (random.normal(size=(*size, 6)).astype(np.float32) for size in ((7, *looks), (12,)))
    blocks = list(cosine_blocks(queries, gallery))
    assert [start for start, _ in blocks] == list(np.cumsum([0, *(len(found) for _, found in blocks[:-1])]))
    np.testing.assert_allclose(np.concatenate([found for _, found in blocks]), queries @ gallery.T, atol=1e-5)
    assert list(cosine_blocks(queries[:0], gallery)) == []
    assert next(cosine_blocks(queries, gallery[:0]))[1].shape[-1] == 0


@given(st.lists(st.integers(-5, 5), max_size=12), st.integers(0, 15))
@settings(max_examples=60, deadline=None)
def test_the_highest_are_those_that_sorting_puts_first(values: list[int], k: int) -> None:
    scores = np.array(values, np.float32)
    found = highest(scores, k)
    assert len(set(found.tolist())) == len(found) == min(k, len(values))
    assert scores[found].tolist() == sorted(values, reverse=True)[:k]
    both = highest(np.stack([scores, -scores]), k)
    assert (
        np.take_along_axis(np.stack([scores, -scores]), both, axis=1)[1].tolist()
        == sorted((-value for value in values), reverse=True)[:k]
    )
