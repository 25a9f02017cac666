"""Further verbs of `evaluate`: public sets that a person may have."""

from __future__ import annotations

from typing import Any


def add_verbs(evaluate: Any) -> None:
    """Add the sets' verbs to the command."""
