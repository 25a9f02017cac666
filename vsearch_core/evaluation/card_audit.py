"""The part of a card that says what keeps the network from its targets, from the audit of its errors by eye."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_TEXT = """
## What keeps it from the targets, and what it would take

Of the {disagreements:,} validation products on which {whose} and the label disagree, {looked_at} were judged by eye,
blind to which of the two said what (`models/audit`). Whose error a disagreement is:

| verdict | share | 95 % interval |
| --- | --- | --- |
{verdicts}

If the network made none of the errors that a picture can settle, validation would be right in:

| | as labelled | without these errors | wrong and ambiguous labels forgiven | and where only the title tells |
| --- | --- | --- | --- | --- |
{ceilings}

- **Types** (targets 98 % on the ten, 90 % on all): the rest is not in the picture. It would take titles beside
  pictures, a decision of the shop (which sneaker is a sports shoe?) and corrected labels (*Master data*,
  `catalogue correct`).
- **The network's own limits**: a MobileNetV2 trained for the ten types alone is right in {ladder} of the same test
  products, so that doing everything in one network is not what costs. Pictures of 60x80 are right in {small}, larger
  ones in {large}: picture size is not it either.
- **Twins** (target 30 % first): of {twins} that the audited network missed, {twins_other} show another design than the
  one that shares their title. It would take a name for each design in the master data.
- **User photos** (target 88 %): of {photos} that the audited network missed, {photos_model} are its errors, in
  {photos_ambiguous} what was found would do or the photo does not decide, {photos_label} have a doubtful label. It
  would take photos of more people: those of the training come from few.
"""

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
_COUNTED = ("as_labelled", "mended", "forgiven", "forgiven_titles")


def limits(models: Path, fingerprint: str) -> str:
    """The part, or nothing where there is no audit with all that it tells.

    Args:
        models: the folder of the models; fingerprint: of the network that the card is of.
    """
    summary, ladder = models / "audit" / "summary.json", models / "ladder" / "mobilenetv2" / "evaluation"
    if not summary.is_file() or not (ladder / "figures.json").is_file():
        return ""
    found, rung = (json.loads(path.read_text(encoding="utf-8")) for path in (summary, ladder / "figures.json"))
    if "picture_size" not in found:
        return ""
    beside = {name: found["beside"][name] for name in ("twins", "photos")}
    return _TEXT.format(
        disagreements=found["disagreements"],
        whose="this network" if found["model"] == fingerprint else f"an earlier network ({found['model']})",
        looked_at=found["sample"]["count"],
        verdicts="\n".join(f"| {words} | {_share(found['sample'][name])} |" for name, words in _VERDICTS.items()),
        ceilings="\n".join(
            f"| {words} | {' | '.join(_percent(found['accuracy'][name][counted]) for counted in _COUNTED)} |"
            for name, words in _CEILINGS.items()
        ),
        ladder=_percent(rung["types"]["accuracy"]),
        small=_percent(found["picture_size"]["small"]),
        large=_percent(found["picture_size"]["large"]),
        twins=sum(beside["twins"].values()),
        twins_other=beside["twins"].get("other", 0),
        photos=sum(beside["photos"].values()),
        **{f"photos_{name}": beside["photos"].get(name, 0) for name in ("model", "ambiguous", "label")},
    )


def _percent(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.1%}"


def _share(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.1%} | {figure['low']:.1%} to {figure['high']:.1%}"
