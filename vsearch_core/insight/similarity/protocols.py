"""The measured figures as rows for charts, beside what the first projects reported of themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from vsearch_core.evaluation import studies
from vsearch_core.evaluation.cards.targets import HEADINGS, LINES

_SAID = frozenset(
    ("first_projects", "data", "split", "recipe", "history", "settings", "training", "timing", "models", "kinds")
)
"""What a file says besides figures."""

_SHORT = {"f1": "F1", "roc": "ROC", "auc": "AUC"}
_AT = re.compile(r"^(r_)?at_(\d+)$")


@dataclass(frozen=True)
class Figure:
    """One figure, a share of 0..1.

    `row` says of what, `group` measured on what and `metric` which one; the last two are empty where the row says it.
    `low` and `high` are its 95 % interval, `count` its cases and `target` what was to be reached, None where there is
    none. `theirs`: a first project's own report, on its own data.
    """

    row: str
    value: float
    group: str = ""
    metric: str = ""
    low: float | None = None
    high: float | None = None
    count: int | None = None
    target: float | None = None
    theirs: bool = False


@dataclass(frozen=True)
class Protocol:
    """The figures of one protocol or study; `heading` says in words what is measured, `command` measures it."""

    key: str
    title: str
    figures: tuple[Figure, ...]
    heading: str = ""
    command: str = ""
    machine: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """What it is measured on; one group, which may have no name, where it is measured on one thing."""
        return tuple(dict.fromkeys(one.group for one in self.figures if not one.theirs))


@dataclass(frozen=True)
class FirstProject:
    """What a first project reported of itself, on its own data, and where our figure of the same question is."""

    name: str
    metric: str
    value: float
    protocol: str = ""
    ours: tuple[str, ...] = ()


_ASKED = {
    "same or different product": ("verification", ("verification", "easy", "accuracy")),
    "R@1": ("published_form", ("published_form", "r_at_1")),
    "right among the first ten": ("user_photos", ("user_photos", "first_ten_right_kind")),
}
"""The protocol and the figure of ours that ask what a first project's metric asks."""

FIRST_PROJECTS = (
    FirstProject("VGG16, fine-tuned", "accuracy on 10 of 142 types", 0.95, "types", ("types", "ten_types")),
    *(
        FirstProject(one["name"], one["metric"], one["value"], *_ASKED.get(one["metric"], ("", ())))
        for one in studies.FIRST_PROJECTS
    ),
)


def read_protocols(models: Path, results: Path) -> tuple[list[Protocol], list[str]]:
    """Every protocol and study that has been measured, and a sentence for each file that cannot be read.

    Reads `fashion/evaluation/figures.json` in `models` and `studies/*.json` in `results`; what is not there is not in
    the list.
    """
    found: list[Protocol] = []
    problems: list[str] = []
    figures = models / "fashion" / "evaluation" / "figures.json"
    for path in [figures, *sorted((results / "studies").glob("*.json"))]:
        try:
            content = _read(path)
        except ValueError as error:
            problems.append(f"{path.name} cannot be read ({error}); measure it again.")
            continue
        found += _protocols(content) if path == figures else [_study(path.stem, content)]
    return [one for one in found if any(not figure.theirs for figure in one.figures)], problems


def beside_first_projects(models: Path) -> list[tuple[FirstProject, Figure | None]]:
    """Each first project's figure with ours of the same question, None where that was not measured."""
    try:
        content = _read(models / "fashion" / "evaluation" / "figures.json")
    except ValueError:
        # `read_protocols` says what is wrong with the file.
        content = {}
    return [(project, _at(content, project.ours, project.metric)) for project in FIRST_PROJECTS]


def as_table(figures: Sequence[Figure]) -> pd.DataFrame:
    """The figures as a table: what, measure, value, low, high, target, cases, whose."""
    return pd.DataFrame(
        {
            "what": [one.row for one in figures],
            "measure": [one.metric for one in figures],
            "value": [one.value for one in figures],
            "low": [one.low for one in figures],
            "high": [one.high for one in figures],
            "target": pd.array([one.target for one in figures], dtype="Float64"),
            "cases": pd.array([one.count for one in figures], dtype="Int64"),
            "whose": ["theirs, on their own data" if one.theirs else "ours" for one in figures],
        }
    )


def plain_name(key: str) -> str:
    """A key as a person reads it.

    >>> plain_name("every_type_top1"), plain_name("r_at_10"), plain_name("at_5"), plain_name("macro_f1")
    ('Every type top1', 'R@10', 'Right@5', 'Macro F1')
    """
    if at := _AT.match(key):
        return f"{'R' if at[1] else 'Right'}@{at[2]}"
    text = " ".join(_SHORT.get(word, word) for word in key.replace("_", " ").split())
    return text[:1].upper() + text[1:]


def _read(path: Path) -> dict[str, Any]:
    """A file's JSON object, empty where there is no file; ValueError says what is wrong with it."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ValueError(str(error)) from error
    if not isinstance(content, dict):
        raise ValueError("it holds no JSON object")
    return content


def _protocols(content: Mapping[str, Any]) -> list[Protocol]:
    """The protocols of `figures.json`, each with the card's words and targets; unknown ones with their own keys."""
    keys = [*HEADINGS, *(key for key in content if key not in HEADINGS)]
    found = []
    for key in keys:
        value = content.get(key)
        if not isinstance(value, dict):
            continue
        figures = [
            replace(figure, row=_capital(line.words), metric="", target=line.target)
            for line in LINES
            if line.place[0] == key and (figure := _at(content, line.place, line.words))
        ]
        theirs = [
            Figure(f"{one.name}: {one.metric}", one.value, theirs=True) for one in FIRST_PROJECTS if one.protocol == key
        ]
        heading = HEADINGS.get(key, plain_name(key))
        found.append(
            Protocol(
                key,
                plain_name(key),
                (*(figures or list(_figures(value))), *theirs),
                heading,
                str(content.get("command", "")),
                str(content.get("machine", "")),
            )
        )
    return found


def _study(name: str, content: Mapping[str, Any]) -> Protocol:
    """A study: rows that each name what was compared, with its figures by protocol."""
    figures: list[Figure] = []
    for entry in content.get("rows") or ():
        if not isinstance(entry, dict):
            continue
        named = [f"{value:g}" if isinstance(value, float) else str(value) for value in entry.values() if _names(value)]
        measured = {key: value for key, value in entry.items() if key not in _SAID}
        for key, value in measured.items():
            if isinstance(value, dict):
                figures += _figures(value, group=plain_name(key), row=", ".join(named))
    if not figures:
        figures = list(_figures(content))
    groups = dict.fromkeys(one.group for one in figures)
    return Protocol(
        name,
        str(content.get("title") or plain_name(name)),
        (*figures, *_theirs(content.get("first_projects"), list(groups))),
        str(content.get("about", "")),
        str(content.get("command", "")),
        str(content.get("machine", "")),
    )


def _names(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value not in ("", 0)


def _figures(content: Mapping[str, Any], *, group: str = "", row: str = "") -> Iterator[Figure]:
    """Every figure in an object, however deep: with its interval, or a bare fraction."""

    def within(value: Any, path: tuple[str, ...]) -> Iterator[Figure]:
        figure = _figure(value)
        if figure is not None:
            name = " ".join(path) or group
            # In a study the row is what was compared; elsewhere the figure's own name is.
            yield replace(figure, group=group, row=row or name, metric=name if row else "")
        elif isinstance(value, dict):
            for key, inner in value.items():
                if key not in _SAID:
                    yield from within(inner, (*path, plain_name(str(key))))

    yield from within(content, ())


def _theirs(given: Any, groups: Sequence[str]) -> Iterator[Figure]:
    """What the first projects reported, each in the group that asks the same, where the study has it."""
    for entry in given if isinstance(given, list) else ():
        if isinstance(entry, dict) and _is_share(entry.get("value")):
            metric = str(entry.get("metric", ""))
            asked = plain_name(_ASKED.get(metric, ("", ()))[0])
            twins = "Twins" if asked == "Published form" else asked
            group = next((name for name in groups if name in (asked, twins)), groups[0] if groups else "")
            yield Figure(f"{entry.get('name', '')}: {metric}", float(entry["value"]), group=group, theirs=True)


def _at(content: Mapping[str, Any], path: Sequence[str], name: str) -> Figure | None:
    value: Any = content if path else None
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    figure = _figure(value)
    return None if figure is None else replace(figure, row=name)


def _figure(value: Any) -> Figure | None:
    """A figure with its interval, or a bare fraction; None for anything else."""
    if isinstance(value, float) and _is_share(value):
        return Figure("", value)
    if not isinstance(value, dict) or not _is_share(value.get("value")):
        return None
    low, high, count = (value.get(name) for name in ("low", "high", "count"))
    return Figure(
        "",
        float(value["value"]),
        low=float(low) if isinstance(low, int | float) else None,
        high=float(high) if isinstance(high, int | float) else None,
        count=int(count) if isinstance(count, int) else None,
    )


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
