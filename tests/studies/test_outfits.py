"""Pictures of outfits: what products are found by, on the drawn world with the bundles that ship."""

from __future__ import annotations

import numpy as np
import pytest

from studies.outfits import WORN, Outfits, made_outfits, outfit_figures
from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.positions import positions_of
from vsearch_core.evaluation.measure import Measured
from vsearch_core.settings import Settings
from vsearch_core.vision.detector import Detector


@pytest.fixture(scope="module")
def outfits(measured: Measured) -> Outfits:
    return made_outfits(measured.shots.table, read_catalogue(measured.settings.sample_path).images)


def test_an_outfit_shows_a_product_of_each_position_of_the_test_part(measured: Measured, outfits: Outfits) -> None:
    worn_at = positions_of(measured.column("product_type"), measured.column("category"))
    assert len(outfits.rows) == len(outfits.photos) > 2
    assert len(np.unique(outfits.rows)) == outfits.rows.size
    assert set(measured.column("part")[outfits.rows].ravel()) == {"test"}
    assert all(worn_at[row].tolist() == list(WORN) for row in outfits.rows)
    for photo in outfits.photos:
        height, width = photo.pixels.shape[:2]
        assert photo.original_size == (width, height)
        assert height > width


def test_products_are_found_by_their_own_pictures_and_less_by_those_of_outfits(
    measured: Measured, outfits: Outfits
) -> None:
    folder = Settings().models / "detector"
    if not folder.is_dir():
        pytest.skip("no detector ships")
    own = measured.shots.embeddings[outfits.rows.ravel()]
    found = outfit_figures(measured, Detector.open(folder), outfits, own)
    rows = {row["indexed_by"]: row["snaps"]["r_at_1"]["value"] for row in found["rows"]}
    assert list(rows) == ["own picture", "picture of the outfit", "picture of the outfit and garment"]
    assert rows["own picture"] > rows["picture of the outfit"]
    assert 0 <= found["cut_out"] <= found["looked_at"] <= 1
    assert found["looked_at"] > 0
