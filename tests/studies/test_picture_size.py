"""What a small picture costs is a difference on the same pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from studies.audits.picture_size import SMALL_SIDE, made_small, measure_picture_size, size_figures
from vsearch_core import images
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import Settings


def test_what_is_lost_is_the_difference_on_the_same_large_pictures() -> None:
    sizes = [(60, 80)] * 150 + [(225, 300)] * 100 + [(168, 224)] * 20
    table = pd.DataFrame(sizes, columns=["width", "height"]).assign(group=[str(number) for number in range(270)])
    right = np.ones(270, bool)
    right[:30] = False
    large = np.arange(150, 270)
    right_small = np.ones(120, bool)
    right_small[:12] = False
    found = size_figures(table, right, large, right_small)
    assert [line["size"] for line in found["by_size"]] == ["60x80", "225x300"]
    values = {name: found[name]["value"] for name in ("small", "large", "large_made_small", "lost_by_making_small")}
    assert values == {"small": 0.8, "large": 1, "large_made_small": 0.9, "lost_by_making_small": 0.1}
    assert found["lost_by_making_small"]["low"] > 0


def test_a_picture_made_small_keeps_its_shape() -> None:
    pixels = np.full((300, 225, 3), 255, np.uint8)
    pixels[100:200, 50:150] = (200, 30, 30)
    small = made_small(Photo(pixels, (225, 300), "JPEG"))
    assert small.pixels.shape == (SMALL_SIDE, 60, 3)
    assert abs(int(small.pixels[40, 26, 0]) - 200) < 10
    assert images.letterbox(small.pixels, 128).shape == (128, 128, 3)


def test_without_the_public_data_no_size_is_measured(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="data fetch"):
        measure_picture_size(Settings(data=tmp_path / "none"), pd.DataFrame())
