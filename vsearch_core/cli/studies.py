"""Further verbs of `train` and `evaluate`: studies of methods, which do not change the bundle that ships."""

from __future__ import annotations

from typing import Any


def add_verbs(train: Any, evaluate: Any) -> None:
    """Add the studies' verbs to the two commands."""
