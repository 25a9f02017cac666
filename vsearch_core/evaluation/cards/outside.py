"""The part of a card that shows our own figures beside those on pictures from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TEXT = """
## The same questions from outside

Measured by `{command}`, looking at the {search}. Its snaps are made by a
second recipe, which shares no code and no background with the training's (`splits/backgrounds.csv`); what is not ours
is rooms, streets and things without clothes, and another shop's machines, boards and gear. No threshold is fitted on
any of them; but the recipe was softened once after a first reading, and the rule for what is not ours was drafted anew
after two, so that differences say more than levels.

| question | our own test | from outside |
| --- | --- | --- |
{rows}

| snaps from outside | snaps | first | among five | cut to the true box: first | among five |
| --- | --- | --- | --- | --- | --- |
{by}

"""

FILE = "outside.json"
"""What the figures are kept in, in a bundle's `evaluation`."""


@dataclass(frozen=True)
class Beside:
    """A question, where `figures.json` answers it on our own test part, and where `outside.json` does."""

    words: str
    ours: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


PAIRS = (
    Beside("snap of a product: that product first", ("snaps", "r_at_1"), ("snaps", "r_at_1")),
    Beside("snap of a product: that product among five", ("snaps", "r_at_5"), ("snaps", "r_at_5")),
    Beside("the same, were it cut to its true box: first", (), ("snaps", "cut_to_true_box", "r_at_1")),
    Beside("the same, were it cut to its true box: among five", (), ("snaps", "cut_to_true_box", "r_at_5")),
    Beside(
        "snap of a product: first hit of its type", ("snaps", "first_hit_right_type"), ("snaps", "first_hit_right_type")
    ),
    Beside(
        "snap of a product: its type is the first guess",
        ("types_on_snaps", "every_type_top1"),
        ("snaps", "predicted_type"),
    ),
    Beside("the product's box is found in the snap", (), ("snaps", "main_thing_found")),
    Beside(
        "photos of people, first hit: right kind; its exact type, judged by eye",
        ("user_photos", "first_hit_right_kind"),
        ("judged", "first_exact_type"),
    ),
    Beside(
        "photos of people: of ten hits the right kind; of five the exact type",
        ("user_photos", "first_ten_right_kind"),
        ("judged", "five_right_type"),
    ),
    Beside("photos of people: of five hits the type, colour and wearer", (), ("judged", "five_all_right")),
    Beside("the most that the catalogue has of them", (), ("judged", "five_all_there")),
    Beside(
        "called a good match: a photo whose kind was taken out; a picture of what is not ours",
        ("good_match", "called_good_when_shop_has_not"),
        ("not_ours", "called_good"),
    ),
    Beside(
        "called a good match: a photo of people that is answered rightly",
        ("good_match", "called_good_when_right"),
        ("user_photos", "called_good_when_right"),
    ),
    Beside("another shop's product, of its photo: first", (), ("another_shop", "r_at_1")),
    Beside("another shop's product, of its photo: among five", (), ("another_shop", "r_at_5")),
    Beside("garments in street photos, mAP50", ("garments", "own_street_test"), ()),
)
"""What the card shows, our own answer and the one from outside."""


def beside_outside(figures: Mapping[str, Any], outside: Mapping[str, Any]) -> str:
    """The table of both, and the sizes and grounds by which snaps from outside are reported separately.

    Empty where nothing was asked from outside.

    Args:
        figures: of `figures.json`; outside: of `outside.json`.
    """
    if "snaps" not in outside:
        return ""
    # the street photos are our own, and their figure is kept with those that it stands beside
    ours = {"garments": outside.get("garments", {}), **figures}
    rows = []
    for pair in PAIRS:
        told = [_told(ours, pair.ours), _told(outside, pair.outside)]
        if any(told):
            rows.append(f"| {pair.words} | {told[0]} | {told[1]} |")
    by = [
        f"| {one['by']}: {one['which']} | {one['snaps']:,} | {one['r_at_1']:.1%} | {one['r_at_5']:.1%} | "
        f"{one['cut_r_at_1']:.1%} | {one['cut_r_at_5']:.1%} |"
        for one in outside["snaps"]["by"]
    ]
    return _TEXT.format(command=outside["command"], search=outside["search"], rows="\n".join(rows), by="\n".join(by))


def _told(figures: Mapping[str, Any], place: tuple[str, ...]) -> str:
    """A figure with its interval, or a share without one; empty where there is none."""
    found: Any = figures if place else None
    for name in place:
        found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, Mapping):
        return f"{found['value']:.1%} ({found['low']:.1%} to {found['high']:.1%}, {found['count']:,})"
    return "" if found is None else f"{found:.1%}"
