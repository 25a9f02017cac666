"""The measured figures as rows for charts, beside what the first projects reported of themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

TITLES = {
    "types": "Product types",
    "attributes": "Attributes",
    "snaps": "Phone snaps",
    "user_photos": "User photos",
    "twins": "Twins",
    "published_form": "Twins, published form",
    "verification": "Same or different",
    "calibration": "Calibration",
    "unseen_kinds": "Unseen kinds",
    "methods": "Methods",
    "dimensions": "Dimensions",
    "imbalance": "Imbalance",
    "backbone_distance": "Backbone and distance",
    "raw": "Raw features",
}
"""Protocols in the order of the page; one that is not named here follows with its own key as its title."""

_ASIDE = frozenset(("first_projects", "data", "split", "recipe", "history", "settings", "training", "targets"))
_WRAPPERS = frozenset(("figures", "results", "rows", "table", "methods", "bundles", "values"))
_SHORT = {"r": "R", "f1": "F1", "auc": "AUC", "roc": "ROC", "eer": "EER", "map": "mAP", "ece": "ECE"}


@dataclass(frozen=True)
class Figure:
    """One figure: `row` says of what, `metric` which one ("" where the row says it all); shares are 0..1.

    `low` and `high` are its 95 % interval and `count` its cases, None where not known. `theirs`: a first project's own
    report on its own data.
    """

    row: str
    metric: str
    value: float
    low: float | None = None
    high: float | None = None
    count: int | None = None
    theirs: bool = False


@dataclass(frozen=True)
class Protocol:
    """The figures of one protocol or study, and with which command on which machine they were measured."""

    key: str
    title: str
    figures: tuple[Figure, ...]
    command: str = ""
    machine: str = ""
    words: str = ""


@dataclass(frozen=True)
class FirstProject:
    """What a first project reported of itself, on its own data; `beside` is the protocol that asks the same of us."""

    name: str
    metric: str
    value: float
    beside: str
    ours: tuple[tuple[str, ...], ...]
    """Paths in the figures that answer the same question with our data; the first one that is there counts."""


FIRST_PROJECTS = (
    FirstProject("VGG16, fine-tuned", "accuracy on 10 of 142 types", 0.95, "types", (("types", "ten_types"),)),
    FirstProject(
        "Siamese network",
        "same or different product",
        0.50,
        "verification",
        (("verification", "easy", "accuracy"), ("verification", "easy_accuracy"), ("verification", "easy")),
    ),
    FirstProject(
        "Classification-based embedding, 256-d",
        "R@1",
        0.788,
        "published_form",
        (
            ("published_form", "r@1"),
            ("published_form", "R@1"),
            ("twins", "published", "r@1"),
            ("twins", "published_form", "r@1"),
        ),
    ),
    FirstProject("Classification-based embedding, 2048-d", "R@1", 0.893, "published_form", ()),
    FirstProject(
        "MobileNet features, cosine",
        "right among the first ten",
        0.45,
        "user_photos",
        (("user_photos", "first_ten_right_kind"),),
    ),
)


def read_protocols(models: Path) -> tuple[list[Protocol], list[str]]:
    """Every protocol and study that has been measured, and a sentence for each file that cannot be read.

    Reads `fashion/evaluation/figures.json` and `studies/*.json`; what is not there is not in the list.
    """
    found: list[Protocol] = []
    problems: list[str] = []
    figures = models / "fashion" / "evaluation" / "figures.json"
    studies = sorted((models / "studies").glob("*.json"))
    for path in [figures, *studies]:
        if not path.is_file():
            continue
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(content, dict):
                raise ValueError("it holds no JSON object")
        except (OSError, ValueError) as error:
            problems.append(f"{path.name} cannot be read ({error}); measure it again.")
            continue
        found += _groups(content) if path == figures else [_study(path.stem, content)]
    order = list(TITLES)
    ranked = sorted(found, key=lambda one: order.index(one.key) if one.key in order else len(order))
    return [_with_first_projects(one) for one in ranked if one.figures], problems


def beside_first_projects(models: Path) -> list[tuple[FirstProject, Figure | None]]:
    """Each first project's figure with the one of ours that answers the same question, None where not measured."""
    path = models / "fashion" / "evaluation" / "figures.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # `read_protocols` says what is wrong with the file.
        content = {}
    return [(project, _first_there(content, project.ours)) for project in FIRST_PROJECTS]


def as_table(figures: Sequence[Figure]) -> pd.DataFrame:
    """The figures as a table: what, measure, value, low, high, cases, whose."""
    return pd.DataFrame(
        {
            "what": [one.row for one in figures],
            "measure": [one.metric for one in figures],
            "value": [one.value for one in figures],
            "low": [one.low for one in figures],
            "high": [one.high for one in figures],
            "cases": pd.array([one.count for one in figures], dtype="Int64"),
            "whose": ["theirs, on their own data" if one.theirs else "ours" for one in figures],
        }
    )


def plain_name(key: str) -> str:
    """A key as a person reads it: `every_type_top1` becomes `Every type top 1`."""
    spaced = key.replace("_", " ").replace("top1", "top 1").replace("top5", "top 5").strip()
    words = [_SHORT.get(word.lower(), word) for word in spaced.split()]
    if words and words[0].lower().startswith("r@"):
        words[0] = "R" + words[0][1:]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _groups(content: Mapping[str, Any]) -> list[Protocol]:
    command, machine = str(content.get("command", "")), str(content.get("machine", ""))
    return [
        Protocol(
            key,
            TITLES.get(key, plain_name(key)),
            tuple(_figures(value)),
            str(value.get("command", command)),
            str(value.get("machine", machine)),
        )
        for key, value in content.items()
        if isinstance(value, dict)
    ]


def _study(name: str, content: Mapping[str, Any]) -> Protocol:
    words = next((content[key] for key in ("words", "about", "note") if isinstance(content.get(key), str)), "")
    return Protocol(
        name,
        str(content.get("title") or TITLES.get(name, plain_name(name))),
        (*_figures(content), *_theirs(content.get("first_projects"))),
        str(content.get("command", "")),
        str(content.get("machine", "")),
        words,
    )


def _figures(content: Any, path: tuple[str, ...] = ()) -> Iterator[Figure]:
    """Every share in a value, however deep: a figure with its interval, or a bare fraction."""
    if isinstance(content, dict):
        if _is_share(content.get("value")):
            yield _figure(path, content)
            return
        for key, value in content.items():
            if key not in _ASIDE:
                yield from _figures(value, path if key in _WRAPPERS else (*path, plain_name(str(key))))
    elif isinstance(content, list):
        for entry in content:
            if isinstance(entry, dict):
                # A row of a table: what is text or a whole number in it says which row it is.
                named = [str(value) for value in entry.values() if isinstance(value, str | int) and value != ""]
                rest = {key: value for key, value in entry.items() if not isinstance(value, str | int)}
                yield from _figures(rest, (*path, " · ".join(named)) if named else path)
    elif isinstance(content, float) and _is_share(content) and path:
        yield _figure(path, {"value": content})


def _figure(path: tuple[str, ...], content: Mapping[str, Any]) -> Figure:
    row, metric = (path[0] if path else "", "") if len(path) < 2 else (" · ".join(path[:-1]), path[-1])
    low, high, count = (content.get(name) for name in ("low", "high", "count"))
    return Figure(
        row,
        metric,
        float(content["value"]),
        float(low) if _is_share(low) else None,
        float(high) if _is_share(high) else None,
        int(count) if isinstance(count, int) else None,
    )


def _theirs(given: Any) -> Iterator[Figure]:
    """A study's own list of what the first projects reported: by name, or as rows with `name` and `value`."""
    entries = given.items() if isinstance(given, dict) else [(None, entry) for entry in given or ()]
    for name, entry in entries:
        if _is_share(entry):
            yield Figure(str(name), "", float(entry), theirs=True)
        elif isinstance(entry, dict) and _is_share(entry.get("value")):
            label = str(name or entry.get("name") or entry.get("project") or "a first project")
            metric = str(entry.get("metric") or entry.get("measure") or "")
            yield Figure(label, metric, float(entry["value"]), theirs=True)


def _with_first_projects(protocol: Protocol) -> Protocol:
    if any(one.theirs for one in protocol.figures):
        return protocol
    theirs = [
        Figure(f"{one.name}: {one.metric}", "", one.value, theirs=True)
        for one in FIRST_PROJECTS
        if one.beside == protocol.key
    ]
    return replace(protocol, figures=(*protocol.figures, *theirs))


def _first_there(content: Mapping[str, Any], paths: Sequence[tuple[str, ...]]) -> Figure | None:
    for path in paths:
        value: Any = content
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, dict) and _is_share(value.get("value")):
            return _figure((plain_name(path[-1]),), value)
    return None


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
