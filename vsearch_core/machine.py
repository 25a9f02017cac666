"""What machine this is, as every figure says it."""

from __future__ import annotations

import os
import platform


def machine() -> str:
    """The machine in words, without its name."""
    return f"{os.cpu_count()} processor cores, {platform.machine()}"
