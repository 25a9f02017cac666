"""Details of clothes: collars, plackets, buttons, pockets, zips."""

from __future__ import annotations

import numpy as np

from sample_shop.colours import WHITE, Look
from sample_shop.ink import (
    CENTRE,
    RGB,
    Drawing,
    curve,
    darker,
    hex_of,
    lighter,
    luma,
    mix,
    symmetric,
)
from sample_shop.upper import Cut


def shirt_collar(
    d: Drawing, look: Look, cut: Cut, colour: str | RGB, *, spread: float = 1.0, stand: bool = False
) -> None:
    """A turned-down collar (or a stand-up band) over a buttoned neck."""
    c, t, n = CENTRE, cut.top, cut.neck
    d.piece(
        curve(symmetric([[c, t - 13], [c + n * 0.75, t - 10], [c + n, t + 3, 1], [c + n * 0.6, t + 9], [c, t + 13]])),
        darker(look.base, 0.3),
        look.edge,
    )
    if stand:
        for flip in (1, -1):
            points = [
                [c + flip * p[0], p[1], *p[2:]]
                for p in (
                    [n + 3, t - 2, 1],
                    [n * 0.55, t + 18],
                    [1, t + 26, 1],
                    [1, t + 36, 1],
                    [n * 0.6, t + 28],
                    [n + 5, t + 6, 1],
                )
            ]
            d.piece(curve(points), colour, look.edge)
        return
    for flip in (1, -1):
        points = [
            [c + flip * p[0], p[1], *p[2:]]
            for p in (
                [n - 2, t - 9, 1],
                [n * 0.55, t + 10],
                [1, t + 22, 1],
                [20 * spread, t + 44, 1],
                [n + 6, t + 14],
                [n + 5, t - 2],
            )
        ]
        path = curve(points)
        d.shade(path, -0.25, width=9)
        d.piece(path, colour, look.edge, width=1.2, opacity=0.7)
        inner = [
            [c + flip * p[0], p[1], *p[2:]] for p in ([4, t + 24], [20 * spread - 0.5, t + 40, 1], [n + 3, t + 12])
        ]
        d.stitch(curve(inner, closed=False), look.thread, opacity=0.5)


def placket(
    d: Drawing, look: Look, top: float, bottom: float, colour: str | RGB, buttons: int, width: float = 7
) -> None:
    """A button strip down the front; buttons are pale on dark cloth and tone in tone else."""
    c = CENTRE
    d.piece(f"M{c - width} {top}H{c + width}V{bottom}H{c - width}Z", colour, look.edge, opacity=0.4)
    d.stitch(f"M{c - width + 2.4} {top}V{bottom}M{c + width - 2.4} {top}V{bottom}", look.thread, opacity=0.4)
    d.shade(f"M{c + width + 2} {top}V{bottom}", -0.35, width=5)
    tone = mix(look.base, WHITE, 0.75) if luma(look.base) < 150 else mix(look.base, (90, 80, 70), 0.35)
    for y in np.linspace(top + 12, bottom - 22, buttons):
        button(d, c, float(y), 3.1, tone)


def button(d: Drawing, x: float, y: float, r: float, tone: RGB) -> None:
    """A four-hole button."""
    d.circle(x + 0.6, y + 0.9, r, darker(tone, 0.7))
    d.circle(x, y, r, d.radial([(0, lighter(tone, 0.4)), (1, tone)], at=(0.35, 0.35, 0.8)), darker(tone, 0.4), 0.5)
    for dx, dy in ((-0.9, -0.9), (0.9, -0.9), (-0.9, 0.9), (0.9, 0.9)):
        d.circle(x + dx, y + dy, 0.45, darker(tone, 0.6))


def patch_pocket(
    d: Drawing, look: Look, x: float, y: float, w: float, h: float, fill: str | RGB, *, flap: bool = False
) -> None:
    """A pocket sewn on, centred at x, its top at y."""
    path = f"M{x - w / 2} {y}H{x + w / 2}V{y + h * 0.8}L{x} {y + h}L{x - w / 2} {y + h * 0.8}Z"
    d.shade(path, -0.3, width=5)
    d.piece(path, fill, look.edge)
    d.stitch(f"M{x - w / 2 + 2} {y + 5}H{x + w / 2 - 2}", look.thread, opacity=0.5)
    if flap:
        d.piece(
            f"M{x - w / 2 - 1} {y - 4}H{x + w / 2 + 1}V{y + 7}L{x} {y + 13}L{x - w / 2 - 1} {y + 7}Z", fill, look.edge
        )
        button(d, x, y + 7, 2, lighter(look.base, 0.5))


def zip_line(d: Drawing, top: float, bottom: float, tape: RGB, metal: RGB, x: float = CENTRE) -> None:
    """A zip fastener with its puller."""
    d.line(f"M{x} {top}V{bottom}", tape, 7, cap="butt")
    d.line(f"M{x} {top}V{bottom}", metal, 3.4, cap="butt", dash="1.2 1.2")
    d.add(
        f'<rect x="{x - 2.2}" y="{top}" width="4.4" height="13" rx="2" fill="{hex_of(metal)}" '
        'stroke="#333" stroke-width=".5"/>'
    )
    d.shade(f"M{x - 6} {top}V{bottom}M{x + 6} {top}V{bottom}", -0.25, width=4)
