"""What the audit of disagreements by eye says, as tables: whose error they are, and how much of it is the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from vsearch_core.errors import BundleError
from vsearch_core.vision import Bundle

COMMAND = "python -m studies audit"

WHOSE = {
    "model": "the model is wrong, the label right",
    "label": "the label is wrong",
    "ambiguous": "both types would do, or the picture does not tell",
}
"""The verdicts of the audit, and what each says."""

_GROUPS = {"sample": "Every type", "shoes": "Casual against sports shoes"}
_ACCURACIES = {
    "every_type": "Every type",
    "ten_types": "The ten types",
    "casual_or_sports_shoes": "Casual and sports shoes",
}
_COUNTED = {
    "as_labelled": "As labelled",
    "forgiven": "Wrong labels, ambiguous forgiven",
    "forgiven_titles": "Also where only the title tells",
}


@dataclass(frozen=True)
class Audit:
    """`disagreements` in all, of them `looked_at`; the tables are shares of 0..1 with 95 % intervals.

    `earlier`: the audited network is not the one that ships.

    `shares`: `of`, `verdict`, `value`, `low`, `high`, `count`. `accuracies`: `of`, `counted`, `value`, `low`, `high`,
    `count`. `verdicts`: a row a picture that was looked at, with `id`, `label`, `predicted`, `verdict` and `note`.
    """

    earlier: bool
    disagreements: int
    looked_at: int
    shares: pd.DataFrame
    accuracies: pd.DataFrame
    verdicts: pd.DataFrame

    def sentence(self) -> str:
        """The audit in one sentence."""
        share = self.shares[self.shares["of"] == _GROUPS["sample"]].set_index("verdict")
        said = ", ".join(
            f"{share.loc[name, 'value']:.0%} ({share.loc[name, 'low']:.0%} to {share.loc[name, 'high']:.0%}) {words}"
            for name, words in (
                ("model", "the model's error"),
                ("label", "the label's"),
                ("ambiguous", "truly ambiguous"),
            )
        )
        return (
            f"Of {self.disagreements:,} validation pictures on which {'an earlier' if self.earlier else 'the'} network "
            f"and the label disagree, {self.looked_at:,} were looked at: {said}."
        )


def read_audit(results: Path, models: Path) -> Audit | None:
    """The audit by eye; None where there is none.

    Args:
        results: the folder of measured evidence; models: that of the bundles, whose network may be a later one.

    Raises:
        BundleError: a file of it cannot be read (code `bad_audit`).
    """
    folder = results / "audit"
    if not (folder / "summary.json").is_file():
        return None
    try:
        found = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        verdicts = pd.read_csv(folder / "verdicts.csv", dtype=str, keep_default_na=False)
        return Audit(
            _ships(models) not in ("", found["model"]),
            int(found["disagreements"]),
            int(found["sample"]["count"]),
            _table("verdict", [(_GROUPS[key], name, found[key][name]) for key in _GROUPS for name in WHOSE]),
            _table("counted", _accuracies(found["accuracy"])),
            verdicts[["id", "label", "predicted", "verdict", "note"]],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"The audit in {folder} cannot be read ({error}); write it anew with `{COMMAND}`.", code="bad_audit"
        ) from error


def _ships(models: Path) -> str:
    """The fingerprint of the bundle that ships, "" where there is none."""
    path = models / "fashion"
    return Bundle.open(path).fingerprint if path.is_dir() else ""


def _accuracies(found: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, float]]]:
    return [
        (of, counted, found[key][name])
        for key, of in _ACCURACIES.items()
        if key in found
        for name, counted in _COUNTED.items()
        if name in found[key]
    ]


def _table(what: str, rows: list[tuple[str, str, Mapping[str, float]]]) -> pd.DataFrame:
    figures = ("value", "low", "high", "count")
    made = [(of, name, *(figure[one] for one in figures)) for of, name, figure in rows]
    return pd.DataFrame(made, columns=["of", what, *figures])
