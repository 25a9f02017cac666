"""What the figures are read beside: the targets that were set before the final training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEADINGS = {
    "types": "Product types, on catalogue shots",
    "types_on_snaps": "Product types, on simulated phone snaps",
    "attributes": "Attributes, on catalogue shots",
    "snaps": "Snaps: a simulated phone photo against the whole catalogue",
    "user_photos": "User photos against the whole catalogue",
    "twins": "Twins: the same title with another picture",
    "published_form": "Twins in the published form: classes of 2 to 30, half of each searched",
    "verification": "Verification: same or different product",
    "calibration": "Calibration: expected error over 15 bins of equal width",
}
"""Protocols in the order in which they are shown."""


@dataclass(frozen=True)
class Line:
    """A figure as the card shows it: where it is in `figures.json`, its words, and its target where it has one.

    `below`: the target is reached by a value that is no higher.
    """

    place: tuple[str, ...]
    words: str
    target: float | None = None
    below: bool = False

    def figure(self, figures: Mapping[str, Any]) -> Mapping[str, float] | None:
        """The figure with its interval; None where it was not measured."""
        found: Any = figures
        for name in self.place:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def met(self, value: float) -> bool | None:
        """Whether a value reaches the target; None where there is none."""
        if self.target is None:
            return None
        return value <= self.target if self.below else value >= self.target


LINES = (
    Line(("types", "ten_types"), "ten types, chosen among the ten", 0.98),
    Line(("types", "ten_types_free"), "ten types, where any type may be answered"),
    Line(("types", "ten_types_f1_Casual Shoes"), "F1 of casual shoes, among the ten", 0.92),
    Line(("types", "ten_types_f1_Sports Shoes"), "F1 of sports shoes, among the ten", 0.92),
    Line(("types", "every_type_top1"), "every type, first guess", 0.90),
    Line(("types", "every_type_top5"), "every type, among the first five", 0.985),
    Line(("types", "macro_f1"), "every type, macro F1", 0.80),
    Line(("types_on_snaps", "ten_types"), "ten types, chosen among the ten"),
    Line(("types_on_snaps", "every_type_top1"), "every type, first guess"),
    Line(("types_on_snaps", "every_type_top5"), "every type, among the first five"),
    Line(("types_on_snaps", "macro_f1"), "every type, macro F1"),
    Line(("attributes", "colour"), "colour"),
    Line(("attributes", "gender"), "gender"),
    Line(("attributes", "season"), "season"),
    Line(("attributes", "usage"), "usage"),
    Line(("snaps", "r_at_1"), "exact product first", 0.60),
    Line(("snaps", "r_at_5"), "exact product among 5", 0.80),
    Line(("snaps", "r_at_10"), "exact product among 10"),
    Line(("snaps", "r_at_100"), "exact product among 100"),
    Line(("snaps", "first_hit_right_type"), "first hit of the right type", 0.93),
    Line(("snaps", "same_picture", "r_at_1"), "a product of the same picture first"),
    Line(("snaps", "other_picture", "r_at_1"), "own picture taken out: another one of the title first"),
    Line(("snaps", "other_picture", "r_at_10"), "own picture taken out: another one of the title among 10"),
    Line(("user_photos", "type_is_right_kind"), "predicted type of the right kind"),
    Line(("user_photos", "first_hit_right_kind"), "first hit of the right kind", 0.88),
    Line(("user_photos", "first_hit_right_kind_macro"), "first hit of the right kind, mean of labels"),
    Line(("user_photos", "first_ten_right_kind"), "of the first ten hits, the right kind", 0.85),
    Line(("user_photos", "first_ten_right_kind_macro"), "of the first ten hits, the right kind, mean of labels"),
    Line(("twins", "r_at_1"), "first", 0.30),
    Line(("twins", "r_at_5"), "among 5"),
    Line(("twins", "r_at_10"), "among 10", 0.60),
    Line(("published_form", "r_at_1"), "first"),
    Line(("published_form", "r_at_10"), "among 10"),
    Line(("published_form", "other_picture", "r_at_1"), "first, the same picture taken out"),
    Line(("verification", "easy", "accuracy"), "snap and shot, easy: accuracy", 0.97),
    Line(("verification", "easy", "roc_auc"), "snap and shot, easy: ROC AUC"),
    Line(("verification", "easy", "equal_error_rate"), "snap and shot, easy: equal error rate"),
    Line(("verification", "hard", "accuracy"), "snap and shot, hard: accuracy", 0.88),
    Line(("verification", "hard", "roc_auc"), "snap and shot, hard: ROC AUC"),
    Line(("verification", "hard", "equal_error_rate"), "snap and shot, hard: equal error rate"),
    Line(("verification", "twins", "easy", "accuracy"), "two shots of a title, easy: accuracy"),
    Line(("verification", "twins", "hard", "accuracy"), "two shots of a title, hard: accuracy"),
    Line(("calibration", "shots", "before"), "catalogue shots, before the temperature"),
    Line(("calibration", "shots", "after"), "catalogue shots, after it", 0.02, below=True),
    Line(("calibration", "snaps", "before"), "snaps, before the temperature"),
    Line(("calibration", "snaps", "after"), "snaps, after it", 0.02, below=True),
    Line(("calibration", "user_photos", "before"), "user photos, before the temperature"),
    Line(("calibration", "user_photos", "after"), "user photos, after it", 0.02, below=True),
    Line(("calibration", "snaps_category", "before"), "snaps, category, before the temperature of categories"),
    Line(("calibration", "snaps_category", "after"), "snaps, category, after it"),
    Line(("calibration", "user_photos_category", "before"), "user photos, category, before that temperature"),
    Line(("calibration", "user_photos_category", "after"), "user photos, category, after it"),
)
"""What the card shows, protocol by protocol."""
