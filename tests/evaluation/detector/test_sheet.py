"""The sheet of photos with boxes shows each box where the garment is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vsearch_core.cli.main import main
from vsearch_core.contracts import Item
from vsearch_core.evaluation.detector.sheet import PHOTOS, drawn


def test_a_box_is_drawn_around_its_garment_in_the_smaller_picture() -> None:
    pixels = np.full((140, 100, 3), 255, np.uint8)
    cell = np.asarray(drawn(pixels, (1000, 1400), [Item("bag", "bag", 0.9, (400.0, 600.0, 800.0, 1200.0))], "Bag"))
    orange = (cell == (255, 165, 0)).all(axis=2)
    rows, columns = np.flatnonzero(orange.any(axis=1)), np.flatnonzero(orange.any(axis=0))
    assert [columns[0], columns[-1], rows[-1] - 18] == pytest.approx([40, 80, 120], abs=2)
    assert (np.asarray(drawn(pixels, (1000, 1400), [], "Bag")) != cell).any()


@pytest.mark.real_data
def test_the_command_writes_one_picture_of_all_photos(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sheet.jpg"
    assert main(["evaluate", "detector", "--sheet", str(path)]) == 0
    assert "is written" in capsys.readouterr().out
    with Image.open(path) as picture:
        assert picture.width * picture.height == PHOTOS * 300 * 300
    assert main(["evaluate", "detector", "--sheet", str(tmp_path / "none" / "sheet.jpg")]) == 1
    assert "sheet.jpg" in capsys.readouterr().err
