"""What trousers of all kinds share: two legs, a waistband, a fly, pockets."""

from __future__ import annotations

from dataclasses import dataclass

from sample_shop.cloth import cloth
from sample_shop.colours import Look
from sample_shop.ink import CENTRE, RGB, Drawing, curve, darker, mirror, symmetric


@dataclass(frozen=True)
class Legs:
    """Measures of a pair of legs in sheet units: half widths at waist and hip, x of the leg's edges from the centre."""

    top: float = 34
    waist: float = 56
    hip: float = 70
    hip_at: float = 112
    crotch: float = 164
    knee_out: float = 66
    knee_in: float = 14
    hem_out: float = 64
    hem_in: float = 22
    length: float = 446


def leg(legs: Legs) -> list[list[float]]:
    """Outline of the right leg, from the waist's centre around."""
    c, g = CENTRE, legs
    knee = g.crotch + (g.length - g.crotch) * 0.45
    return [
        [c - 1, g.top + 4, 1],
        [c + g.waist, g.top, 1],
        [c + g.hip, g.hip_at],
        [c + (g.hip * 0.4 + g.knee_out * 0.6), (g.hip_at + knee) / 2 + 14],
        [c + g.knee_out, knee],
        [c + g.hem_out, g.length, 1],
        [c + (g.hem_out + g.hem_in) / 2, g.length + 4],
        [c + g.hem_in, g.length, 1],
        [c + g.knee_in, knee],
        [c + 5, g.crotch + 18],
        [c - 1, g.crotch, 1],
    ]


def pair(d: Drawing, look: Look, legs: Legs, *, creased: bool = False, loose: float = 1.0) -> None:
    """Both legs with folds at hip, knee and hem."""
    right = leg(legs)
    c, g = CENTRE, legs
    d.piece(
        curve(
            [
                [c - g.waist + 6, g.top - 2],
                [c + g.waist - 6, g.top - 2],
                [c + g.waist - 10, g.top + 14],
                [c - g.waist + 10, g.top + 14],
            ]
        ),
        darker(look.base, 0.5),
        look.edge,
    )
    for points in (mirror(right), right):
        d.piece(curve(points), cloth(d, look), look.edge)
    knee = g.crotch + (g.length - g.crotch) * 0.45
    d.shade(f"M{c} {g.crotch - 4}L{c} {g.crotch + 40}", -0.35, width=14)
    for f in (1, -1):
        d.shade(f"M{c + f * g.knee_in} {knee}L{c + f * g.hem_in} {g.length}", -0.3, width=9)
        d.glow(c + f * (g.knee_in + g.knee_out) * 0.46, (g.crotch + knee) / 2, 24, 110, 0.3)
        for k in range(3):
            y = g.crotch - 14 + k * 13
            d.crease(
                [
                    (c + f * 4, g.crotch + k * 4),
                    (c + f * 26, y - 8),
                    (c + f * look.between(42, 60), y - look.between(10, 34)),
                ],
                4 * loose,
                0.26 * f,
            )
        for k in range(4):
            y = knee + look.between(-26, 30)
            side = g.knee_in + 4 if k % 2 else g.knee_out - 4
            middle = (g.knee_in + g.knee_out) / 2
            d.crease(
                [
                    (c + f * side, y),
                    (c + f * (side + middle) / 2, y + look.between(4, 10)),
                    (c + f * middle, y + look.between(2, 18)),
                ],
                4 * loose,
                0.24,
            )
        for k in range(3):
            y = g.length - 14 - k * 16
            d.crease(
                [
                    (c + f * (g.hem_in + 3), y),
                    (c + f * (g.hem_in + g.hem_out) / 2, y + look.between(3, 9)),
                    (c + f * (g.hem_out - 8), y - 2),
                ],
                3.4 * loose,
                look.between(0.1, 0.26),
            )
        if creased:
            x0, x1 = (g.hip + 8) / 2 + 6, (g.hem_in + g.hem_out) / 2
            line = (
                f"M{c + f * x0} {g.hip_at + 30}Q{c + f * (g.knee_in + g.knee_out) / 2} {knee} {c + f * x1} {g.length}"
            )
            d.line(line, look.edge, 1, opacity=0.35)
            d.shade(line, 0.3, width=5)


def waistband(d: Drawing, look: Look, legs: Legs, depth: float, fill: RGB, *, loops: bool = True) -> None:
    """The waistband with belt loops and a fly."""
    c, g = CENTRE, legs
    wide = g.waist + 1.5
    band = symmetric(
        [[c, g.top + 3], [c + g.waist, g.top - 2, 1], [c + wide, g.top + depth, 1], [c, g.top + depth + 5]]
    )
    d.piece(curve(band), fill, look.edge)
    d.shade(f"M{c - wide} {g.top + depth + 2}Q{c} {g.top + depth + 8} {c + wide} {g.top + depth + 2}", -0.3, width=5)
    if loops:
        for x in (-g.waist * 0.55, g.waist * 0.55, -g.waist + 5, g.waist - 5):
            d.piece(f"M{c + x - 3} {g.top - 3}h6v{depth + 6}h-6Z", fill, look.edge, opacity=0.7)


def fly(d: Drawing, look: Look, legs: Legs, depth: float, thread: RGB) -> None:
    """Fly seam and its curved stitching."""
    c, g = CENTRE, legs
    y = g.top + depth + 4
    d.line(f"M{c} {y}V{g.crotch}", look.edge, 1.3, opacity=0.65)
    d.stitch(f"M{c + 14} {y}V{g.crotch - 44}Q{c + 14} {g.crotch - 26} {c + 1} {g.crotch - 22}", thread)
    d.shade(f"M{c + 2} {y}V{g.crotch}", -0.25, width=4)


def slant_pockets(d: Drawing, look: Look, legs: Legs, depth: float, thread: RGB, *, curved: bool = False) -> None:
    """Front pockets, slanted or curved as on jeans."""
    c, g = CENTRE, legs
    y = g.top + depth + 3
    for f in (1, -1):
        edge = c + f * (g.waist + (g.hip - g.waist) * 0.75)
        bend = f"Q{c + f * g.waist * 0.5} {y + 42}" if curved else f"Q{c + f * g.waist * 0.76} {y + 24}"
        for shift, tone, width in ((0, look.edge, 1.4), (4, thread, 0)):
            path = f"M{c + f * (g.waist * (0.48 if curved else 0.62) - shift * 0.8)} {y}{bend} {edge} {y + 44 + shift}"
            if width:
                d.line(path, tone, width, opacity=0.7)
            else:
                d.stitch(path, thread)
        d.shade(f"M{c + f * g.waist * 0.55} {y + 2}{bend} {edge} {y + 46}", -0.3, width=5)


def fitted(look: Look, style: str) -> Legs:
    """The legs' cut by its name: skinny, slim, straight, loose or flared."""
    outs = {
        "Skinny": (55, 16, 44, 20),
        "Slim": (60, 14, 54, 20),
        "Straight": (65, 11, 64, 17),
        "Loose": (72, 9, 74, 13),
        "Flared": (57, 15, 82, 8),
    }
    knee_out, knee_in, hem_out, hem_in = outs.get(style, outs["Straight"])
    waist, hip = (50, 70) if look.womens else (57, 68)
    wob = look.between(0.97, 1.03)
    return Legs(
        waist=waist * wob,
        hip=hip * wob,
        knee_out=knee_out * wob,
        knee_in=knee_in,
        hem_out=hem_out * wob,
        hem_in=hem_in,
        length=look.between(438, 450) - (36 if look.child else 0),
        top=34 + (22 if look.child else 0),
    )
