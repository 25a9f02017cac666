"""Clothes for the upper body (dresses and kurtas are cut alike): one cut and its basic pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sample_shop.cloth import cloth
from sample_shop.colours import Look
from sample_shop.ink import (
    CENTRE,
    RGB,
    Drawing,
    curve,
    darker,
    hex_of,
    luma,
    mirror,
    symmetric,
)


@dataclass(frozen=True)
class Cut:
    """Measures of a garment in sheet units: half widths from the centre line, heights from the top."""

    top: float = 62
    neck: float = 30
    drop: float = 34
    neckline: str = "round"
    shoulder: float = 88
    slope: float = 20
    pit: float = 168
    chest: float = 86
    waist_at: float = 280
    waist: float = 82
    hem: float = 88
    length: float = 416
    hem_curve: float = 5
    sleeve: float = 0
    sleeve_angle: float = 58
    sleeve_width: float = 30
    cuff: float = 27
    puff: float = 0


def neck_half(cut: Cut) -> list[list[float]]:
    """Right half of the neckline, from the centre up to the shoulder."""
    t, n, d = cut.top, cut.neck, cut.drop
    if cut.neckline == "v":
        return [[CENTRE, t + d, 1], [CENTRE + n * 0.55, t + d * 0.46], [CENTRE + n, t, 1]]
    if cut.neckline == "boat":
        return [[CENTRE, t + d], [CENTRE + n * 0.6, t + d * 0.78], [CENTRE + n, t, 1]]
    if cut.neckline == "square":
        return [[CENTRE, t + d, 1], [CENTRE + n * 0.92, t + d, 1], [CENTRE + n, t, 1]]
    return [[CENTRE, t + d], [CENTRE + n * 0.72, t + d * 0.72], [CENTRE + n, t, 1]]


def body_half(cut: Cut) -> list[list[float]]:
    """Right half of the body's outline, from the neckline's centre to the hem's centre."""
    c = CENTRE
    tip = cut.top + cut.slope
    return [
        *neck_half(cut),
        [c + cut.shoulder, tip, 1],
        [c + cut.shoulder - 10, (tip + cut.pit) / 2 + 4],
        [c + cut.chest, cut.pit, 1],
        [c + cut.waist, cut.waist_at],
        [c + (cut.hem + cut.waist) / 2, (cut.waist_at + cut.length) / 2],
        [c + cut.hem, cut.length, 1],
        [c + cut.hem * 0.5, cut.length + cut.hem_curve * 0.8],
        [c, cut.length + cut.hem_curve],
    ]


def sleeve_points(cut: Cut) -> tuple[list[list[float]], np.ndarray, np.ndarray, np.ndarray]:
    """Outline of the right sleeve, and its cuff's middle, unit direction and unit normal."""
    tip = np.array([CENTRE + cut.shoulder, cut.top + cut.slope])
    pit = np.array([CENTRE + cut.chest, cut.pit])
    turn = np.radians(cut.sleeve_angle)
    way = np.array([np.cos(turn), np.sin(turn)])
    side = np.array([way[1], -way[0]])
    start = (tip + pit) / 2 + side * 4
    end = start + way * cut.sleeve
    bend = start + way * cut.sleeve * 0.5
    outer_mid = bend + side * (cut.sleeve_width * 0.5 + cut.cuff * 0.5 + cut.puff)
    inner_mid = bend - side * (cut.sleeve_width * 0.42 + cut.cuff * 0.42)
    outer, inner = end + side * cut.cuff, end - side * cut.cuff
    points = [
        [tip[0] - 16, tip[1] - 4, 1],
        [tip[0] + 2 + cut.puff * 0.3, tip[1] + 3 - cut.puff * 0.5],
        [*outer_mid],
        [*outer, 1],
        [*(end + way * 2.5)],
        [*inner, 1],
        [*inner_mid],
        [pit[0] - 1, pit[1] + 1, 1],
        [pit[0] - 26, pit[1] - 30, 1],
    ]
    return [[float(v) for v in p] for p in points], end, way, side


def sleeves(d: Drawing, look: Look, cut: Cut, fill: RGB | None = None) -> None:
    """Both sleeves with their shading."""
    if cut.sleeve <= 0:
        return
    right, end, way, _ = sleeve_points(cut)
    for points, sign in ((right, -1), (mirror(right), 1)):
        paint: str | RGB = fill if fill is not None else cloth(d, look, angle=sign * (90 - cut.sleeve_angle) * 0.9)
        path = curve(points)
        d.piece(path, paint, look.edge)
    long = cut.sleeve > 130
    pit = np.array([CENTRE + cut.chest, cut.pit])
    for flip in (1, -1):
        for k in range(4 if long else 1):
            at = pit + way * cut.sleeve * (0.2 * (k + 1) if long else 0.3)
            reach = look.between(14, 26)
            fold = [(at[0] - 4, at[1] - 2), (at[0] + reach * 0.6, at[1] + look.between(-10, 4)),
                    (at[0] + reach * 1.2, at[1] + look.between(-26, -6))]  # fmt: skip
            fold = [(CENTRE + flip * (x - CENTRE), y) for x, y in fold]
            d.crease(fold, look.between(3, 5), look.between(0.2, 0.42) * flip)
        x0, x1 = (CENTRE + flip * (x - CENTRE) for x in (end[0] - 20, pit[0] + 2))
        d.shade(f"M{x0:.0f} {end[1] - 8:.0f}L{x1:.0f} {pit[1] + 4:.0f}", -0.28, width=14)


def torso(d: Drawing, look: Look, cut: Cut, fill: str | RGB | None = None) -> str:
    """The body with folds; returns its path."""
    path = curve(symmetric(body_half(cut)))
    d.piece(path, fill if fill is not None else cloth(d, look), look.edge)
    c = CENTRE
    for flip in (1, -1):
        d.shade(
            f"M{c + flip * (cut.chest - 3)} {cut.pit - 6}L{c + flip * (cut.waist - 2)} {cut.waist_at}", -0.3, width=13
        )
        if cut.sleeve > 0:
            d.line(
                curve([(c + flip * cut.shoulder, cut.top + cut.slope), (c + flip * (cut.shoulder - 10),
                       (cut.top + cut.slope + cut.pit) / 2 + 4), (c + flip * cut.chest, cut.pit)], closed=False),
                look.edge, 1.1, opacity=0.5,
            )  # fmt: skip
        for _ in range(2):
            y = cut.pit + look.between(0, 26)
            d.crease(
                [(c + flip * (cut.chest - 4), y), (c + flip * cut.chest * 0.68, y + look.between(14, 34)),
                 (c + flip * cut.chest * look.between(0.3, 0.5), y + look.between(24, 66))],
                look.between(4, 7), look.between(0.26, 0.46) * flip,
            )  # fmt: skip
    for _ in range(4):
        x, y = c + look.between(-0.75, 0.75) * cut.hem, cut.length - look.between(0, 12)
        tall = look.between(50, 120)
        d.crease([(x, y), (x + look.between(-6, 6), y - tall * 0.5), (x + look.between(-14, 14), y - tall)],
                 look.between(4, 8), look.between(0.16, 0.36) * (1 if x > c else -1))  # fmt: skip
    d.glow(c - cut.chest * 0.3, cut.pit + 6, cut.chest * 0.5, 46, 0.28)
    d.glow(c - cut.hem * 0.25, cut.length - 70, cut.hem * 0.5, 80, 0.16)
    d.glow(c + cut.waist * 0.8, cut.waist_at, 26, 90, -0.2)
    return path


def inside_back(d: Drawing, look: Look, cut: Cut, *, rise: float = 7, label: bool = True) -> None:
    """The inside of the back that shows in the neckline, with its label."""
    c = CENTRE
    tone = darker(look.base, 0.3 if luma(look.base) > 170 else 0.42)
    points = [
        *mirror([[c + cut.neck + 1, cut.top, 1]]),
        [c, cut.top + rise],
        [c + cut.neck + 1, cut.top, 1],
        [c + cut.neck * 0.7, cut.top + cut.drop + 4],
        [c - cut.neck * 0.7, cut.top + cut.drop + 4],
    ]
    d.fill(curve(points), tone)
    if label and cut.drop > 16:
        d.add(
            f'<rect x="{c - 9}" y="{cut.top + 10:.1f}" width="18" height="8" rx="1" fill="#f4f2ec"/>'
            f'<rect x="{c - 6}" y="{cut.top + 13:.1f}" width="12" height="1.6" fill="{hex_of(tone)}"/>'
        )


def neck_band(d: Drawing, look: Look, cut: Cut, colour: RGB, width: float = 7) -> None:
    """A ribbed band along the neckline, front and back."""
    half = neck_half(cut)
    whole = mirror(half)[:-1] + half
    path = curve(whole, closed=False)
    back = curve([[CENTRE - cut.neck, cut.top], [CENTRE, cut.top + 8], [CENTRE + cut.neck, cut.top]], closed=False)
    for line in (back, path):
        d.line(line, darker(colour, 0.5), width + 1.4, cap="butt", opacity=0.7)
        d.line(line, colour, width, cap="butt")
    d.line(path, darker(colour, 0.3), width, cap="butt", dash="0.8 1.8", opacity=0.3)
    d.shade(curve([[p[0], p[1] + width * 0.9, *p[2:]] for p in whole], closed=False), -0.3, width=5)


def sleeve_band(d: Drawing, cut: Cut, colour: RGB, depth: float, *, rib: bool = True) -> None:
    """A band at the end of both sleeves."""
    _, end, way, side = sleeve_points(cut)
    a, b = end + side * cut.cuff, end - side * cut.cuff
    quad = [a, b, b - way * depth, a - way * depth]
    for flip in (1, -1):
        points = [[CENTRE + flip * (p[0] - CENTRE), p[1], 1] for p in quad]
        d.piece(curve(points), colour, darker(colour, 0.5))
        if rib:
            mid = [(p + q) / 2 for p, q in ((quad[0], quad[3]), (quad[1], quad[2]))]
            line = "M" + "L".join(f"{CENTRE + flip * (p[0] - CENTRE):.1f} {p[1]:.1f}" for p in mid)
            d.line(line, darker(colour, 0.35), depth, cap="butt", dash="1 2", opacity=0.35)


def hem_band(d: Drawing, cut: Cut, colour: RGB, depth: float) -> None:
    """A ribbed band at the hem."""
    c, y = CENTRE, cut.length
    lower = cut.hem - 5
    points = symmetric([[c, y - 2 + cut.hem_curve], [c + cut.hem, y - 4, 1], [c + lower, y + depth, 1],
                        [c, y + depth + cut.hem_curve]])  # fmt: skip
    path = curve(points)
    d.piece(path, colour, darker(colour, 0.5))
    d.clip(path)
    middle = f"M{c - cut.hem} {y + depth / 2}Q{c} {y + depth / 2 + cut.hem_curve + 2} {c + cut.hem} {y + depth / 2}"
    d.line(middle, darker(colour, 0.35), depth - 2, cap="butt", dash="1.1 2.4", opacity=0.35)
    d.unclip()
    d.shade(f"M{c - cut.hem} {y - 3}Q{c} {y + 2} {c + cut.hem} {y - 3}", -0.4, width=6)


def hem_stitch(d: Drawing, look: Look, cut: Cut) -> None:
    """Two rows of stitches along the hem and the sleeves' ends."""
    c = CENTRE
    for up in (7, 10):
        y = cut.length - up
        d.stitch(
            f"M{c - cut.hem + 1} {y}Q{c} {y + cut.hem_curve * 1.6} {c + cut.hem - 1} {y}", look.thread, opacity=0.5
        )
    if cut.sleeve > 0:
        _, end, way, side = sleeve_points(cut)
        a, b = end + side * cut.cuff - way * 8, end - side * cut.cuff - way * 8
        for flip in (1, -1):
            ax, bx = CENTRE + flip * (a[0] - CENTRE), CENTRE + flip * (b[0] - CENTRE)
            d.stitch(f"M{ax:.1f} {a[1]:.1f}L{bx:.1f} {b[1]:.1f}", look.thread, opacity=0.5)


def sized(look: Look, cut: Cut) -> Cut:
    """The cut for the look's gender: waisted for women, short and wide for children."""
    if look.child:
        s = 0.86
        cut = replace(
            cut, top=cut.top + 34, pit=cut.pit + 18, waist_at=cut.waist_at - 4, length=cut.length - 30,
            sleeve=cut.sleeve * 0.82, neck=cut.neck * 0.95, shoulder=cut.shoulder * s, chest=cut.chest * s,
            waist=cut.waist * 0.92, hem=cut.hem * 0.93,
        )  # fmt: skip
    elif look.womens:
        cut = replace(
            cut, shoulder=cut.shoulder * 0.87, chest=cut.chest * 0.87, waist=cut.waist * 0.8, hem=cut.hem * 0.9,
            waist_at=cut.waist_at - 14, sleeve_width=cut.sleeve_width * 0.86, cuff=cut.cuff * 0.84,
            slope=cut.slope + 2, neck=cut.neck * 1.04,
        )  # fmt: skip
    return replace(
        cut,
        chest=cut.chest * look.between(0.97, 1.03),
        waist=cut.waist * look.between(0.96, 1.03),
        hem=cut.hem * look.between(0.97, 1.04),
        length=cut.length * look.between(0.97, 1.02),
    )
