"""What all closed shoes share: the pose, the opening with its lining, the laces."""

from __future__ import annotations

from sample_shop.colours import Look
from sample_shop.ink import RGB, Drawing, curve, darker, lighter

GUM: RGB = (176, 124, 78)


def posed(d: Drawing, look: Look, *, turn: float = 0.0) -> None:
    """Stretches and turns the shoe a little, so that no two lasts are alike."""
    sx, sy = look.between(0.96, 1.04), look.between(0.95, 1.08)
    angle = turn + look.between(-0.6, 0.6)
    d.pose = f"translate(180 300) rotate({angle:.1f}) scale({sx:.3f} {sy:.3f}) translate(-180 -300)"


def shoe_laces(
    d: Drawing,
    start: tuple[float, float],
    end: tuple[float, float],
    rows: int,
    colour: RGB,
    *,
    reach: tuple[float, float] = (15, -13),
    width: float = 4.6,
) -> None:
    """Crossed laces from the eyelets of the near side over the tongue, and a bow at the top."""
    edge = darker(colour, 0.5)
    points = [
        (start[0] + (end[0] - start[0]) * k / (rows - 1), start[1] + (end[1] - start[1]) * k / (rows - 1))
        for k in range(rows)
    ]
    for k, (x, y) in enumerate(reversed(points)):
        dx, dy = (r * (0.62 + 0.5 * k / (rows - 1)) for r in reach)  # the foot narrows towards the toe
        bar = f"M{x:.1f} {y:.1f}Q{x + dx * 0.4:.1f} {y + dy * 0.95:.1f} {x + dx:.1f} {y + dy:.1f}"
        d.line(bar, edge, width + 1.4)
        d.line(bar, colour, width)
        d.circle(x - 1, y + 1, 1.7, darker(colour, 0.75))
        if k % 2 == 0:
            d.line(bar, lighter(colour, 0.5), width * 0.25)
    x, y = points[0][0] + reach[0] * 0.6, points[0][1] + reach[1]
    for loop in (f"M{x} {y}c-16 -12 -34 0 -24 9c7 6 18 -3 24 -9", f"M{x} {y}c14 -14 34 -6 26 4c-6 8 -18 2 -26 -4",
                 f"M{x} {y}c-4 10 -12 18 -22 24", f"M{x} {y}c6 8 14 14 24 16"):  # fmt: skip
        d.line(loop, edge, width * 0.75 + 1.2)
        d.line(loop, colour, width * 0.75)


def opening(d: Drawing, lining: RGB, heel: tuple[float, float], front: tuple[float, float], depth: float) -> None:
    """The far rim of the shoe with its lining, seen over the near rim."""
    (x0, y0), (x1, y1) = heel, front
    far = [
        (x0, y0, 1),
        (x0 + (x1 - x0) * 0.3, y0 - depth * 0.4),
        (x0 + (x1 - x0) * 0.7, (y0 + y1) / 2 - depth),
        (x1 + 3, y1 + 1, 1),
    ]
    path = curve([*far, (x0 + (x1 - x0) * 0.85, max(y0, y1) + 24), (x0 + (x1 - x0) * 0.3, y0 + 34), (x0 + 6, y0 + 22)])
    d.piece(path, d.gradient([(0, lighter(lining, 0.1)), (1, darker(lining, 0.5))]), darker(lining, 0.6))
