"""The leaderboard: every model with evaluation data beside the figures that the first project states of its own.

All are measured alike, on the ten most frequent types, on the part test of the catalogue pictures, from each model's
predictions: what is chosen among the ten alone. A model that knows more types is narrowed to the ten: its answer is the
first of them among its first five, and where none is among those it counts as wrong. What predictions do not say is
read from the model's folder, and left out where it is not there:

- `training.json`: `minutes`, `machine`, `epochs` or a `history` of them, and `data` with its `fingerprint` (as
  `models/fashion` has them);
- `evaluation/figures.json`: `title`, `parameters`, `megabytes`, `latency_ms`, `side`, `weights` ("ImageNet", "random"),
  `note` (such as "random weights: not transfer learning"), and `beside`, what was measured of other models in turn with
  this one, by name: `latency_ms`, `parameters`, `side`; `megabytes` is the size of `model.tflite` where that is here.

`first_projects.json` in the folder of measured evidence holds a list of rows with `title`, `source` and any of the
columns; they are marked as theirs and never measured again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.evaluation.protocols.types import first_of
from vsearch_core.evaluation.statistics import Figure, mean_figure
from vsearch_core.insight.quality.models import Answers, Model
from vsearch_core.insight.quality.report import accuracy, classification_table, macro_f1
from vsearch_core.vision.bundle_files import model_file

FIRST_PROJECTS = "first_projects.json"
OURS, THEIRS = "measured here", "the first project's own figures"
COLUMNS = (
    "model",
    "ten",
    "low",
    "high",
    "macro_f1",
    "casual_f1",
    "casual_low",
    "casual_high",
    "sports_f1",
    "sports_low",
    "sports_high",
    "every",
    "weights",
    "side",
    "parameters",
    "megabytes",
    "latency_ms",
    "minutes",
    "epochs",
    "machine",
    "data",
    "note",
    "whose",
)
TEN = 10
_SHOES = {"casual": "Casual Shoes", "sports": "Sports Shoes"}
_GUESSES = 5


def leaderboard(models: Sequence[Model], first_projects: Path) -> pd.DataFrame:
    """A row a model with `COLUMNS`, the most accurate of ours first, then theirs.

    `ten` (with its 95 % interval `low`, `high`), `macro_f1` and the F1 of the two kinds of shoes are of pictures of the
    ten types, chosen among the ten; `every` is over all types, of models that know more than the ten. Shares are 0..1.
    """
    measured = [model for model in models if "catalogue" in model.sets]
    ten = ten_types(measured)
    beside = _beside(measured)
    rows = [_row(model, ten, beside.get(model.name, {})) for model in measured]
    ours = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("ten", ascending=False, kind="stable")
    stated = [_theirs(row) for row in _read(first_projects, list)]
    if not stated:
        return ours.reset_index(drop=True)
    theirs = pd.DataFrame(stated, columns=list(COLUMNS)).astype(object)
    return pd.concat([ours.astype(object), theirs], ignore_index=True)


def ten_types(models: Sequence[Model]) -> list[str]:
    """The ten types that are compared: those that the figures of a model name, else the most frequent ones of test."""
    for model in models:
        types = _read(model.evaluation / "figures.json", dict).get("types")
        if isinstance(types, dict) and types.get("ten_types_names"):
            return [str(name) for name in types["ten_types_names"]]
    known = [model.answers("catalogue").of("test").types for model in models]
    return max(known, key=len, default=[])[:TEN]


def narrowed(answers: Answers, types: Sequence[str]) -> Answers:
    """The pictures of these types, answered among these types alone.

    The answer is the first of them among the model's first five, its probability its share among those of them that are
    there. Where none is there, the answer stays what it was, and is wrong.
    """
    table = answers.table[answers.table["label"].isin(list(types))].reset_index(drop=True)
    places = [place for place in range(1, _GUESSES + 1) if f"type_{place}" in table]
    names = table[[f"type_{place}" for place in places]].to_numpy(dtype=object)
    given = table[[f"probability_{place}" for place in places]].to_numpy(dtype=float)
    allowed = np.isin(names, list(types))
    first, rows = first_of(names, types), np.arange(len(table))
    total = np.where(allowed.any(axis=1), np.where(allowed, given, 0.0).sum(axis=1), 1.0)
    of_label = np.where(allowed & (names == table[["label"]].to_numpy(dtype=object)), given, 0.0).sum(axis=1)
    predicted = names[rows, first]
    return Answers(
        answers.model,
        answers.set,
        table.assign(
            predicted=predicted,
            probability=given[rows, first] / np.maximum(total, 1e-9),
            label_probability=of_label / np.maximum(total, 1e-9),
            right=predicted == table["label"].to_numpy(dtype=object),
        ),
    )


def few_types(answers: Answers) -> list[str]:
    """The types of a model that knows only a few (the ten at most), the most frequent first; empty for any other."""
    columns = [f"type_{place}" for place in range(1, _GUESSES + 1) if f"type_{place}" in answers.table]
    said = set(pd.unique(answers.table[columns].to_numpy(dtype=object).ravel()))
    return answers.types if len(answers.types) <= TEN and said <= set(answers.types) else []


@dataclass(frozen=True)
class SharedErrors:
    """Of the pictures that one model gets wrong, how many another gets wrong too, and with the same wrong type.

    `either` is how often at least one of the two is right: what no choice between their answers can exceed.
    """

    wrong: int
    too: Figure
    same: Figure
    either: Figure


def shared_errors(first: Answers, second: Answers) -> SharedErrors:
    """Compare the answers of two models to the same pictures; what both get wrong alike is hardly the model's fault."""
    one, other = first.table.set_index("id"), second.table.set_index("id")
    shared = one.index.intersection(other.index, sort=False)
    one, other = one.loc[shared], other.loc[shared]
    wrong = ~one["right"].to_numpy(dtype=bool)
    groups = one["group"].to_numpy()
    too = ~other["right"].to_numpy(dtype=bool)
    same = (one["predicted"] == other["predicted"]).to_numpy()
    return SharedErrors(
        wrong=int(wrong.sum()),
        too=mean_figure(too[wrong], groups[wrong]),
        same=mean_figure((too & same)[wrong], groups[wrong]),
        either=mean_figure(~(wrong & too), groups),
    )


def _row(model: Model, ten: Sequence[str], beside: Mapping[str, Any]) -> dict[str, Any]:
    test: Answers = model.answers("catalogue").of("test")
    training, facts = _read(model.path / "training.json", dict), _read(model.evaluation / "figures.json", dict)
    facts = {**beside, **facts}
    among = narrowed(test, ten)
    right, report = accuracy(among), classification_table(among).set_index("type")
    macro = macro_f1(among, ten, fewest=1)
    weights = model_file(model.path)
    size = weights.stat().st_size / 1e6 if weights.is_file() else None
    shoes = {
        f"{short}_{column}": report.at[name, column if column == "f1" else f"f1_{column}"]
        for short, name in _SHOES.items()
        if name in report.index
        for column in ("f1", "low", "high")
    }
    return {
        "model": model.title,
        "ten": right.value,
        "low": right.low,
        "high": right.high,
        "macro_f1": macro.value if macro else None,
        **shoes,
        "every": accuracy(test).value if len(set(test.types) - set(ten)) else None,
        "weights": facts.get("weights", ""),
        "side": facts.get("side"),
        "parameters": facts.get("parameters"),
        "megabytes": facts.get("megabytes", size),
        "latency_ms": facts.get("latency_ms"),
        "minutes": training.get("minutes"),
        "epochs": training.get("epochs", len(training.get("history", [])) or None),
        "machine": training.get("machine", ""),
        "data": training.get("data", {}).get("fingerprint", ""),
        "note": facts.get("note", ""),
        "whose": OURS,
    }


def _beside(models: Sequence[Model]) -> dict[str, dict[str, Any]]:
    """What was measured of a model in turn with others: the median of its latencies, and the other facts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in models:
        for name, facts in (_read(model.evaluation / "figures.json", dict).get("beside") or {}).items():
            found.setdefault(name, []).append(facts)
    return {
        name: {**several[-1], "latency_ms": median(facts["latency_ms"] for facts in several)}
        for name, several in found.items()
    }


def _theirs(row: dict[str, Any]) -> dict[str, Any]:
    given = {column: row.get(column) for column in COLUMNS}
    return {**given, "model": row.get("title", ""), "note": row.get("source", ""), "whose": THEIRS}


def _read(path: Path, kind: type) -> Any:
    """The JSON of a file that may be missing, or hold something else."""
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return content if isinstance(content, kind) else kind()
