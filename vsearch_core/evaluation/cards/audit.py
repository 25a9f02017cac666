"""The part of a card that says what keeps the network from its targets, from the audit of its errors by eye."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vsearch_core.evaluation.cards.targets import LINES

_TEXT = """
## What keeps it from the targets, and what it would take

Of the {disagreements:,} validation products on which {whose} and the label disagree, {looked_at} were judged by eye,
blind to which of the two said what (`results/audit`). Whose error a disagreement is:

| verdict | share | 95 % interval |
| --- | --- | --- |
{verdicts}

The share of validation in which the audited network is right, and would be without the errors that a picture can
settle:

| | as labelled | without these errors | wrong and ambiguous labels forgiven | and where only the title tells |
| --- | --- | --- | --- | --- |
{ceilings}

{bullets}
"""

_TYPES = """\
- **Types** (targets: {ten} on the ten, {every} on all): the second column is what looking better would give. What is
  missing beyond it would take titles beside pictures, a decision of the shop (which sneaker is a sports shoe?) and
  corrected labels (*Master data*, `catalogue correct`).
- **The network's own limits**: a MobileNetV2 that learned the ten types alone, in {rung_minutes} minutes and at
  {rung_side}x{rung_side}, is right in {rung} of the test products of these types. Of the audited validation products
  {small} of the pictures of 60x80 were right and {large} of the larger ones: picture size is not what costs."""
_TWINS = """\
- **Twins** (target: {target} first): of {count} that the audited network missed, {other} show another design than the
  one that shares their title. It would take a name for each design in the master data."""
_PHOTOS = """\
- **User photos** (target: {target} first): of {count} that the audited network missed, {model} are its errors, in
  {ambiguous} what was found would do or the photo does not decide, {label} have a doubtful label. It would take photos
  of more people: those of the training come from few."""

_VERDICTS = {
    "picture_decides": "the label is right, and the picture shows it",
    "title_decides": "the label is right, but only the title says so",
    "ambiguous": "both types would do, or the picture does not tell",
    "label": "the label is wrong",
}
_CEILINGS = {
    "every_type": "every type",
    "ten_types": "the ten types, any type may be answered",
    "casual_or_sports_shoes": "between casual and sports shoes",
}
_EXPLAINED = (
    ("types", "ten_types"),
    ("types", "every_type_top1"),
    ("twins", "r_at_1"),
    ("user_photos", "first_hit_right_kind"),
)
_TARGETS = {line.place[-1]: f"{line.target:.0%}" for line in LINES if line.place in _EXPLAINED and line.target}
_COUNTED = ("as_labelled", "mended", "forgiven", "forgiven_titles")


def limits(results: Path, figures: Mapping[str, Any]) -> str:
    """The part, or nothing where there is no audit with all that it tells, or nothing to explain.

    Args:
        results: the folder of measured evidence; figures: of the network that the card is of.
    """
    found, rung = (
        _read(results / path) for path in ("audit/summary.json", "ladder/mobilenetv2/evaluation/figures.json")
    )
    if found is None or rung is None or "picture_size" not in found:
        return ""
    bullets = _bullets(found, rung, _read(results / "ladder/mobilenetv2/training.json") or {}, _missed(figures))
    if not bullets:
        return ""
    return _TEXT.format(
        disagreements=found["disagreements"],
        whose="this network" if found["model"] == figures["model"] else f"an earlier network ({found['model']})",
        looked_at=found["sample"]["count"],
        verdicts="\n".join(f"| {words} | {_share(found['sample'][name])} |" for name, words in _VERDICTS.items()),
        ceilings="\n".join(
            f"| {words} | {' | '.join(_percent(found['accuracy'][name][counted]) for counted in _COUNTED)} |"
            for name, words in _CEILINGS.items()
        ),
        bullets="\n".join(bullets),
    )


def _bullets(
    found: Mapping[str, Any], rung: Mapping[str, Any], trained: Mapping[str, Any], missed: Mapping[str, str]
) -> list[str]:
    """What is said of each target that is not met."""
    bullets = []
    if "ten_types" in missed or "every_type_top1" in missed:
        size = found["picture_size"]
        bullets.append(
            _TYPES.format(
                ten=_TARGETS["ten_types"],
                every=_TARGETS["every_type_top1"],
                rung=_percent(rung["types"]["accuracy"]),
                rung_minutes=f"{trained['minutes']:.0f}",
                rung_side=trained["recipe"]["side"],
                small=_percent(size["small"]),
                large=_percent(size["large"]),
            )
        )
    twins, photos = found["beside"]["twins"], found["beside"]["photos"]
    if "r_at_1" in missed:
        bullets.append(_TWINS.format(target=missed["r_at_1"], count=sum(twins.values()), other=twins.get("other", 0)))
    if "first_hit_right_kind" in missed:
        counts = {name: photos.get(name, 0) for name in ("model", "ambiguous", "label")}
        bullets.append(_PHOTOS.format(target=missed["first_hit_right_kind"], count=sum(photos.values()), **counts))
    return bullets


def _missed(figures: Mapping[str, Any]) -> dict[str, str]:
    """The targets of `_EXPLAINED` that the figures do not reach, in words."""
    lines = {line.place[-1]: line for line in LINES if line.place in _EXPLAINED}
    measured = {name: line.figure(figures) for name, line in lines.items()}
    return {
        name: _TARGETS[name] for name, figure in measured.items() if figure and not lines[name].met(figure["value"])
    }


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _percent(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.1%}"


def _share(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.1%} | {figure['low']:.1%} to {figure['high']:.1%}"
