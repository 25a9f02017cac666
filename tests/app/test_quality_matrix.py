"""The matrix as it is drawn."""

from __future__ import annotations

import numpy as np

from app.quality.choice import Cell
from app.quality.matrix import figure
from vsearch_core.insight.quality.confusions import Matrix

FIRST = Matrix(("Tops", "Tshirts"), ("Tops", "Tshirts", "anything else"), np.array([[7, 3, 0], [1, 9, 0]]))
SECOND = Matrix(FIRST.rows, FIRST.columns, np.array([[8, 1, 1], [1, 9, 0]]))


def test_right_answers_are_grey_and_errors_are_in_colour() -> None:
    right, errors, _ = figure(FIRST).data
    assert np.isnan(errors.z[0][0])
    assert errors.z[0][1] == 3
    assert right.z[0][0] == 1
    assert np.isnan(right.z[0][1])
    assert right.text[0][0] == "7"
    assert errors.text[0][1] == "3"


def test_every_cell_that_holds_pictures_can_be_clicked_and_says_what_it_is() -> None:
    marks = figure(FIRST).data[2]
    assert [tuple(known[:2]) for known in marks.customdata] == [
        ("Tops", "Tops"),
        ("Tops", "Tshirts"),
        ("Tshirts", "Tops"),
        ("Tshirts", "Tshirts"),
    ]
    assert marks.customdata[1][2] == "3 (30.0%)"


def test_two_models_are_shown_as_the_difference_of_their_errors() -> None:
    _, errors, marks = figure(FIRST, SECOND).data
    assert errors.z[0][1] == 2
    assert errors.z[0][2] == -1
    assert errors.zmin == -errors.zmax
    assert "the other model 1" in marks.customdata[1][2]


def test_by_row_shows_shares_and_the_chosen_cell_is_framed() -> None:
    drawn = figure(FIRST, by_row=True, cell=Cell("Tops", "Tshirts"))
    assert drawn.data[1].text[0][1] == "30%"
    assert (drawn.layout.shapes[0].x0, drawn.layout.shapes[0].y0) == (0.5, -0.5)
    assert not figure(FIRST, cell=Cell("Caps", "Tops")).layout.shapes
