"""Hits are grouped for people, and similarity is put in words that fall with it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vsearch_core.contracts import Analysis, Hit, Prediction
from vsearch_core.search import enough_groups, group_hits, similarity_words
from vsearch_core.search.present import similarity_share
from vsearch_core.search.reasons import with_reasons


def _hit(number: int, group: str, score: float = 0.5) -> Hit:
    return Hit(str(number), score, "name", "Shirts", "Topwear", f"{number}.jpg", group=group)


def test_variants_stand_behind_the_best_of_their_group() -> None:
    hits = [_hit(1, "a", 0.9), _hit(2, "b", 0.8), _hit(3, "a", 0.7), _hit(4, "", 0.6), _hit(5, "", 0.5)]
    groups = group_hits(hits, limit=3)
    assert [group.best.id for group in groups] == ["1", "2", "4"]
    assert [hit.id for hit in groups[0].others] == ["3"]


@given(st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=20), st.integers(0, 6))
def test_no_group_is_shown_twice_and_none_beyond_the_limit(groups: list[str], limit: int) -> None:
    shown = group_hits([_hit(number, group) for number, group in enumerate(groups)], limit)
    assert len(shown) <= limit
    named = [group.best.group for group in shown if group.best.group]
    assert len(named) == len(set(named))


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.integers(1, 6), st.integers(1, 10))
def test_as_many_products_are_found_as_there_are_behind_any_number_of_variants(
    groups: list[str], limit: int, first: int
) -> None:
    hits = [_hit(number, group) for number, group in enumerate(groups)]
    shown = enough_groups(hits[:first], limit, lambda k: hits[:k])
    assert len(shown) == min(limit, len(set(groups)))


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_similarity_is_never_put_in_weaker_words(first: float, second: float) -> None:
    scale = ["only remotely similar", "somewhat similar", "similar", "very similar", "nearly the same"]
    low, high = sorted([first, second])
    assert scale.index(similarity_words(low)) <= scale.index(similarity_words(high))


def test_reasons_name_only_what_photo_and_product_share() -> None:
    analysis = Analysis(
        product_types=(Prediction("Shirts", 0.9),),
        categories=(Prediction("Topwear", 0.9),),
        attributes={"colour": (Prediction("Red", 0.8),), "gender": (Prediction("Men", 0.6),)},
        embedding=None,  # type: ignore[arg-type]
    )
    same = Hit("1", 0.98, "n", "Shirts", "Topwear", "", extra={"colour": "Red", "gender": "Women"})
    other = Hit("2", 0.5, "n", "Belts", "Belts", "", extra={"colour": "Blue"})
    first, second = with_reasons([same, other], analysis)
    assert first.reasons == ("near-identical picture", "same type", "same colour")
    assert second.reasons == ("similar look",)


def test_a_bar_is_as_full_as_the_words_beside_it_say() -> None:
    assert [similarity_share(score) for score in (0.99, 0.9, 0.75, 0.6, 0.49, -1.0)] == [1, 0.75, 0.5, 0.25, 0, 0]
