"""The leaderboard: every model with evaluation data beside the figures that the first project states of its own.

Accuracy and macro F1 are computed here, on the part test of the catalogue pictures, from each model's predictions, so
that all are measured alike. What predictions do not say is read from the model's folder, and left out where it is not
there:

- `training.json`: `minutes`, `machine`, and `data` with its `fingerprint` (as `models/fashion` has them);
- `evaluation/figures.json`: `title`, `parameters`, `megabytes`, `latency_ms`, and `note` (such as "not transfer
  learning: random weights"); `megabytes` is the size of `model.tflite` where that is here.

`first_projects.json` in the folder of the models holds a list of rows with `title`, `source` and any of the columns;
they are marked as theirs and never measured again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from vsearch_core.insight.quality import Answers, Model
from vsearch_core.insight.report import accuracy, classification_table, macro_f1

FIRST_PROJECTS = "first_projects.json"
OURS, THEIRS = "measured here", "the first project's own figures"
COLUMNS = (
    "model",
    "accuracy",
    "low",
    "high",
    "ten",
    "macro_f1",
    "parameters",
    "megabytes",
    "latency_ms",
    "minutes",
    "machine",
    "data",
    "note",
    "whose",
)
_TEN = 10


def leaderboard(models: Sequence[Model], first_projects: Path) -> pd.DataFrame:
    """A row a model with `COLUMNS`, the most accurate of ours first, then theirs.

    `accuracy` (with its 95 % interval `low`, `high`) is over all types, `ten` over products of the ten most frequent
    ones with every type to choose from; `macro_f1` over the types with 20 or more pictures. Shares are 0..1.
    """
    rows = [_row(model) for model in models if "catalogue" in model.sets]
    ours = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("accuracy", ascending=False, kind="stable")
    stated = [_theirs(row) for row in _read(first_projects, list)]
    if not stated:
        return ours.reset_index(drop=True)
    theirs = pd.DataFrame(stated, columns=list(COLUMNS)).astype(object)
    return pd.concat([ours.astype(object), theirs], ignore_index=True)


def _row(model: Model) -> dict[str, Any]:
    test: Answers = model.answers("catalogue").of("test")
    training, facts = _read(model.path / "training.json", dict), _read(model.evaluation / "figures.json", dict)
    right = accuracy(test)
    weights = model.path / "model.tflite"
    size = weights.stat().st_size / 1e6 if weights.is_file() else None
    return {
        "model": model.title,
        "accuracy": right.value,
        "low": right.low,
        "high": right.high,
        "ten": accuracy(test, test.types[:_TEN]).value,
        "macro_f1": macro_f1(classification_table(test), test.types),
        "parameters": facts.get("parameters"),
        "megabytes": facts.get("megabytes", size),
        "latency_ms": facts.get("latency_ms"),
        "minutes": training.get("minutes"),
        "machine": training.get("machine", ""),
        "data": training.get("data", {}).get("fingerprint", ""),
        "note": facts.get("note", ""),
        "whose": OURS,
    }


def _theirs(row: dict[str, Any]) -> dict[str, Any]:
    given = {column: row.get(column) for column in COLUMNS}
    return {**given, "model": row.get("title", ""), "note": row.get("source", ""), "whose": THEIRS}


def _read(path: Path, kind: type) -> Any:
    """The JSON of a file that may be missing, or hold something else."""
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return content if isinstance(content, kind) else kind()
