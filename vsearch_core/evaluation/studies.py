"""What is measured of other things than the bundle that ships: `results/studies/<name>.json`."""

from __future__ import annotations

from typing import Any

from vsearch_core.files import replace_json
from vsearch_core.machine import machine
from vsearch_core.settings import Settings

_THEIRS = "theirs, on their own data"
FIRST_PROJECTS: tuple[dict[str, Any], ...] = (
    {"name": "Siamese network", "metric": "same or different product", "value": 0.50, "whose": _THEIRS},
    {"name": "Classification-based embedding, 256-d", "metric": "R@1", "value": 0.788, "whose": _THEIRS},
    {"name": "Classification-based embedding, 2048-d", "metric": "R@1", "value": 0.893, "whose": _THEIRS},
    {"name": "MobileNet features, cosine", "metric": "right among the first ten", "value": 0.45, "whose": _THEIRS},
)
"""What the first projects reported of themselves."""


def write_study(settings: Settings, name: str, *, title: str, about: str, split: str, **content: Any) -> None:
    """Write one study with the command that makes it and the machine that it was made on.

    Args:
        name: of the file, and of the command (`python -m studies <name>`).
        about: what is compared, and how, in plain words; split: what was trained and measured on.
    """
    path = settings.results / "studies" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {
        "title": title,
        "command": f"python -m studies {name}",
        "machine": machine(),
        "about": about,
        "split": split,
    }
    replace_json(path, {**said, **content})
