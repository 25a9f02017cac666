"""Nail polish and lipstick."""

from __future__ import annotations

from sample_shop.colours import COLOURS, WHITE, Look
from sample_shop.ink import (
    CENTRE,
    Drawing,
    curve,
    darker,
    lighter,
    luma,
    mix,
    pts,
    symmetric,
)
from sample_shop.jewellery import shiny
from sample_shop.perfume import NAMES, cylinder, glass
from sample_shop.prints import small_logo, word

C = CENTRE


def nail_polish(look: Look) -> Drawing:
    """A small bottle of nail polish with a tall cap."""
    d = Drawing(volume=0.25, grain="plain", stands=True)
    cap_tone = {0: (32, 32, 36), 1: COLOURS["Silver"], 2: WHITE, 3: COLOURS["Gold"]}[int(look.rng.integers(0, 4))]
    half, top, bottom = look.between(56, 68), look.between(250, 266), 412.0
    cylinder(d, C, top - 150, top - 6, half * look.between(0.38, 0.5), cap_tone, r=8)
    cylinder(d, C, top - 20, top + 8, half * 0.44, mix(cap_tone, (120, 120, 124), 0.3), r=2)
    kind = int(look.rng.integers(0, 3))
    if kind == 0:
        halves = [
            [C, top],
            [C + half * 0.5, top + 2],
            [C + half, top + 30],
            [C + half, bottom - 20],
            [C + half - 14, bottom, 1],
            [C, bottom],
        ]
    elif kind == 1:
        halves = [
            [C, top],
            [C + half - 6, top, 1],
            [C + half, top + 6, 1],
            [C + half, bottom - 6, 1],
            [C + half - 6, bottom, 1],
            [C, bottom],
        ]
    else:
        halves = [
            [C, top],
            [C + half * 0.6, top + 6],
            [C + half * 1.05, (top + bottom) / 2 + 10],
            [C + half * 0.8, bottom - 6],
            [C + half * 0.5, bottom, 1],
            [C, bottom],
        ]
    glass(d, curve(symmetric(halves)), lighter(look.base, 0.55))
    inner = curve(
        symmetric(
            [
                [C + (x - C) * 0.88, top + 12 + (y - top) * (bottom - top - 22) / (bottom - top), *rest]
                for x, y, *rest in halves
            ]
        )
    )
    d.fill(
        inner,
        d.gradient(
            [
                (0, darker(look.base, 0.3)),
                (0.2, lighter(look.base, 0.25)),
                (0.45, look.base),
                (0.8, lighter(look.base, 0.08)),
                (1, darker(look.base, 0.4)),
            ],
            line=(0, 0, 1, 0),
        ),
    )
    d.clip(inner)
    if look.style == "Glitter":
        for _ in range(90):
            d.circle(
                C + look.between(-half, half),
                look.between(top + 10, bottom),
                look.between(0.6, 1.8),
                lighter(look.base, look.between(0.3, 0.9)),
            )
    d.fill(
        f"M{C - half * 0.7:.1f} {top + 20}h{half * 0.2:.1f}V{bottom - 20}h{-half * 0.2:.1f}Z",
        (255, 255, 255),
        opacity=0.4,
    )
    d.unclip()
    ink = WHITE if luma(look.base) < 160 else darker(look.base, 0.65)
    name = str(look.rng.choice(NAMES))
    word(d, name, C + 4, (top + bottom) / 2 + 4, 14 if len(name) < 6 else 11, ink, weight=1.2)
    d.line(f"M{C - 22} {(top + bottom) / 2 + 28}H{C + 30}", ink, 1.2)
    if look.chance(0.3):
        drop = curve(pts("296 236 320 250 322 276 300 286 280 276 284 252"))
        d.piece(drop, look.base, darker(look.base, 0.35))
        d.fill(curve([(290, 248), (304, 246), (296, 258)]), (255, 255, 255), opacity=0.6)
    return d


def lipstick(look: Look) -> Drawing:
    """An open lipstick, its cap beside it."""
    d = Drawing(volume=0.25, grain="plain", stands=True)
    case = {0: (30, 30, 34), 1: COLOURS["Silver"], 2: COLOURS["Gold"], 3: darker(look.base, 0.35)}[
        int(look.rng.integers(0, 4))
    ]
    trim = COLOURS["Gold"] if luma(case) < 90 else (60, 60, 64)
    alone = look.chance(0.25)
    x = C if alone else C + 52
    half = look.between(34, 40)
    tall = look.between(84, 110)
    bullet = curve(
        [
            [x - half * 0.66, 250, 1],
            [x - half * 0.66, 250 - tall * 0.62],
            [x - half * 0.3, 250 - tall],
            [x + half * 0.3, 250 - tall * 0.96],
            [x + half * 0.66, 250 - tall * 0.5, 1],
            [x + half * 0.66, 250, 1],
        ]
    )
    d.piece(
        bullet,
        d.gradient(
            [
                (0, darker(look.base, 0.3)),
                (0.25, lighter(look.base, 0.3)),
                (0.5, look.base),
                (1, darker(look.base, 0.35)),
            ],
            line=(0, 0, 1, 0),
        ),
        darker(look.base, 0.5),
        width=1.2,
    )
    facet = curve(
        [
            [x - half * 0.34, 250 - tall * 0.99],
            [x + half * 0.28, 250 - tall * 0.97],
            [x + half * 0.64, 250 - tall * 0.5],
            [x + half * 0.1, 250 - tall * 0.56],
        ]
    )
    d.fill(facet, lighter(look.base, 0.22), opacity=0.9)
    cylinder(d, x, 240, 306, half * 0.76, trim if luma(trim) > 90 else COLOURS["Silver"], r=2)
    cylinder(d, x, 300, 414, half, case, r=3)
    cylinder(d, x, 300, 310, half + 1, trim, r=1)
    if not alone:
        px = C - 58
        cylinder(d, px, 262, 414, half + 2, case, r=6)
        cylinder(d, px, 262 + 112, 262 + 120, half + 2.5, trim, r=1)
        small_logo(d, look, px, 322, 12, trim)
    if look.chance(0.4):
        y = 118 if not alone else 180
        sx = C - 76 if not alone else C - 118
        d.piece(
            curve(
                [
                    (sx - 40, y + 10),
                    (sx - 10, y - 14),
                    (sx + 40, y - 10),
                    (sx + 44, y + 8),
                    (sx + 4, y + 12),
                    (sx - 34, y + 24),
                ]
            ),
            look.base,
            darker(look.base, 0.2),
        )
        d.line(f"M{sx - 30} {y + 10}Q{sx} {y - 6} {sx + 36} {y - 2}", lighter(look.base, 0.3), 3, opacity=0.6)
    d.line(f"M{x - half} {330}h{half * 2}", shiny(d, trim), 1.6)
    return d
