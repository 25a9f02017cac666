"""The fewest categories that can matter, and all of them when unsure."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.contracts import Prediction
from vsearch_core.errors import BundleError
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle
from vsearch_core.vision.cascade import Cascade


def _categories(**given: float) -> list[Prediction]:
    return [Prediction(name, probability) for name, probability in sorted(given.items(), key=lambda one: -one[1])]


PHOTO = _categories(Topwear=0.7, Dress=0.2, Saree=0.08, Shoes=0.02)


@pytest.mark.parametrize(
    ("threshold", "at_most", "chosen"),
    [
        (0.5, 3, ["Topwear"]),
        (0.7, 3, ["Topwear"]),
        (0.8, 3, ["Topwear", "Dress"]),
        (0.95, 3, ["Topwear", "Dress", "Saree"]),
        (0.95, 2, None),
        (0.99, 3, None),
    ],
)
def test_the_fewest_categories_are_searched_and_all_when_unsure(
    threshold: float, at_most: int, chosen: list[str] | None
) -> None:
    assert Cascade(threshold, at_most).chosen(PHOTO, {"Topwear", "Dress", "Saree", "Shoes"}) == chosen


def test_a_category_that_the_shop_has_not_counts_for_nothing() -> None:
    assert Cascade(0.9, 3).chosen(PHOTO, {"Topwear", "Saree", "Shoes"}) is None
    assert Cascade(0.75, 3).chosen(PHOTO, {"Topwear", "Saree", "Shoes"}) == ["Topwear", "Saree"]
    assert Cascade(0.5, 3).chosen(PHOTO, {"Tools"}) is None


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=10), st.floats(0.01, 1), st.integers(1, 10))
@settings(max_examples=50, deadline=None)
def test_what_is_chosen_reaches_the_threshold_and_less_would_not(
    shares: list[float], threshold: float, at_most: int
) -> None:
    whole = sum(shares)
    photo = _categories(**{f"c{number}": share / whole for number, share in enumerate(shares)})
    chosen = Cascade(threshold, at_most).chosen(photo, {one.name for one in photo})
    if chosen is not None:
        assert len(chosen) <= at_most
        assert chosen == [one.name for one in photo[: len(chosen)]]
        assert sum(one.probability for one in photo[: len(chosen)]) >= threshold - 1e-9
        assert sum(one.probability for one in photo[: len(chosen) - 1]) < threshold


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "fashion"
    folder.mkdir()
    for name in ("model.tflite", "labels.json", "calibration.json"):
        shutil.copy(Settings().models / "fashion" / name, folder / name)
    return folder


def _calibrate(folder: Path, cascade: object) -> None:
    path = folder / "calibration.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"cascade": cascade}))


def test_the_cascade_stands_in_the_calibration_and_leaves_the_fingerprint_as_it_is(copy: Path) -> None:
    before = Bundle.open(copy).fingerprint
    _calibrate(copy, {"threshold": 0.9, "at_most": 4, "chosen_on": "validation"})
    bundle = Bundle.open(copy)
    assert (bundle.cascade, bundle.fingerprint) == (Cascade(0.9, 4), before)


@pytest.mark.parametrize(
    "cascade", [{"threshold": 0, "at_most": 4}, {"threshold": 0.9}, [], {"threshold": 2, "at_most": 1}]
)
def test_a_cascade_that_makes_no_sense_is_refused_in_words(copy: Path, cascade: object) -> None:
    _calibrate(copy, cascade)
    with pytest.raises(BundleError, match="calibration"):
        Bundle.open(copy)
