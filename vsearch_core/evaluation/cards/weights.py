"""Says in a card whether the bundle keeps its weights."""

from __future__ import annotations

from pathlib import Path

from vsearch_core.vision.bundle_files import WEIGHTS


def told(bundle: Path) -> str:
    """A sentence on the weights for export and further training."""
    file = bundle / WEIGHTS
    if file.is_file():
        return f"For export and further training `{WEIGHTS}` has the weights, {file.stat().st_size / 1e6:.1f} MB."
    return f"There is no `{WEIGHTS}` for export and further training: the checkpoints of this training were not kept."
