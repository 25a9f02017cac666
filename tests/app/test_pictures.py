"""Pictures leave the server as pictures, and nothing else does."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from app.common.pictures import MISSING, data_uri


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_travels_as_what_it_is(kind: str) -> None:
    file = io.BytesIO()
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(file, kind)
    assert data_uri(file.getvalue()).startswith(f"data:image/{kind.lower()};base64,")


@pytest.mark.parametrize("data", [b"", b"cookie_secret = 'x'", b"<svg onload='alert(1)'/>", bytes(40)])
def test_what_is_no_picture_stays_here(data: bytes) -> None:
    assert data_uri(data) == MISSING
