"""When a code that was read counts as right."""

from __future__ import annotations

from pathlib import Path

import pytest

from vsearch_core.contracts import Code
from vsearch_core.errors import CatalogueError
from vsearch_core.evaluation.outside.codes import code_figures, is_right


@pytest.mark.parametrize(
    ("format", "value", "kind", "stated", "right"),
    [
        ("EAN-13", "0036000291452", "upca", "036000291452", True),
        ("UPC-E", "0012000006494", "upce", "01264904", True),
        ("EAN-13", "9780201752847", "ean13", "978020175284755999", True),
        ("EAN-13", "4006381333931", "ean13", "9780201752847", False),
        ("QR", "one\r\n two", "qrcode", "one\ntwo", True),
        ("QR", "one", "qrcode", "two", False),
        ("EAN-13", "4006381333931", "code128", "4006381333931", False),
        ("EAN-13", "4006381333931", "falsepositives", "", False),
    ],
)
def test_a_value_is_right_by_its_number_or_its_text(
    format: str, value: str, kind: str, stated: str, right: bool
) -> None:
    assert is_right(Code(format, value, (0, 0, 1, 1)), kind, stated) is right  # type: ignore[arg-type]


def test_photos_that_are_not_at_hand_are_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"codes\.csv"):
        code_figures(tmp_path)
