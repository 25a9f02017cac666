"""Sunglasses."""

from __future__ import annotations

from sample_shop.colours import COLOURS, Look
from sample_shop.ink import (
    CENTRE,
    Drawing,
    curve,
    darker,
    lighter,
    mirror,
    mix,
    pts,
    symmetric,
)

C = CENTRE


def sunglasses(look: Look) -> Drawing:
    """Sunglasses from the front, the temples folded back: aviator, wayfarer, round, cat eye, sports."""
    d = Drawing(volume=0.25, grain="plain")
    y = 240.0
    wire = look.style in ("Aviator", "Round")
    frame = look.base
    tint = {
        "Brown": (92, 58, 36),
        "Blue": (36, 60, 104),
        "Green": (40, 78, 58),
        "Purple": (82, 52, 100),
        "Grey": (60, 64, 70),
    }.get(look.colour, (44, 44, 50))
    if look.chance(0.3):
        tint = mix(look.accent, (40, 40, 48), 0.5)
    lens = {
        "Aviator": pts("20 -36! 62 -40 124 -32 132 0 108 44 70 56 34 34 18 -8"),
        "Round": pts("72 -54 110 -38 128 0 110 40 72 56 34 40 18 0 34 -38"),
        "Cat Eye": pts("20 -20 60 -36 146 -58! 140 -4 110 38 62 42 26 22"),
        "Sports": pts("6 -24 70 -36 146 -22! 130 12 84 36 44 30 22 12"),
        "Oversized": pts("22 -44 76 -58 132 -44 142 2 120 50 72 60 32 46 18 0"),
    }.get(look.style, pts("20 -38 76 -44 138 -40! 134 4 112 38 66 42 30 30 18 -4"))
    sy = look.between(0.92, 1.1)
    right = [[C + p[0], y + p[1] * sy, *p[2:]] for p in lens]
    for flip in (1, -1):
        x0 = C + flip * (134 if look.style != "Sports" else 142)
        path = curve(
            [
                [x0, y - 30],
                [x0 + flip * 16, y - 32],
                [x0 + flip * 20, y - 18, 1],
                [x0 - flip * 24, y + 20],
                [x0 - flip * 44, y + 50],
                [x0 - flip * 52, y + 46],
                [x0 - flip * 30, y + 8],
                [x0 - flip * 6, y - 16],
            ]
        )
        d.piece(path, d.gradient([(0, lighter(frame, 0.1)), (1, darker(frame, 0.4))]), look.edge)
    if wire:
        d.line(f"M{C - 26} {y - 26}Q{C} {y - 40} {C + 26} {y - 26}", darker(frame, 0.4), 5)
        d.line(f"M{C - 26} {y - 26}Q{C} {y - 40} {C + 26} {y - 26}", lighter(frame, 0.2), 3)
        if look.style == "Aviator":
            d.line(f"M{C - 40} {y - 40}H{C + 40}", darker(frame, 0.4), 4.6)
            d.line(f"M{C - 40} {y - 40}H{C + 40}", lighter(frame, 0.2), 2.6)
        for f in (1, -1):
            d.add(
                f'<ellipse cx="{C + f * 17}" cy="{y + 8}" rx="5" ry="10" fill="#e8e4dc" '
                f'fill-opacity=".8" stroke="#999" transform="rotate({-f * 16} {C + f * 17} {y + 8})"/>'
            )
    else:
        bridge = symmetric([[C, y - 30], [C + 26, y - 36, 1], [C + 28, y - 4, 1], [C + 12, y - 10], [C, y - 14]])
        d.piece(curve(bridge), frame, look.edge)
    clear = look.between(0.55, 0.85)
    for flip, points in ((1, right), (-1, mirror(right))):
        path = curve(points)
        if not wire:
            d.line(path, darker(frame, 0.55), 15)
            d.line(path, frame, 13)
            d.line(path, lighter(frame, 0.4), 3, opacity=0.5)
        d.fill(path, d.gradient([(0, darker(tint, 0.45)), (0.55, tint), (1, mix(tint, (236, 226, 214), clear))]))
        d.clip(path)
        d.fill(f"M{C + flip * 60 - 26} {y - 70}h26l-44 150h-26Z", (255, 255, 255), opacity=0.13)
        d.fill(f"M{C + flip * 60 + 12} {y - 70}h10l-44 150h-10Z", (255, 255, 255), opacity=0.1)
        d.unclip()
        d.line(path, darker(frame, 0.5) if wire else darker(frame, 0.7), 4.6 if wire else 1.6)
        if wire:
            d.line(path, lighter(frame, 0.15), 2.8)
        x = C + flip * (max(p[0] for p in lens) - 2)
        if not wire:
            d.piece(f"M{x - 7} {y - 38}h14v18h-14Z", frame, look.edge)
            d.circle(x, y - 29, 2.6, COLOURS["Gold"] if look.chance(0.5) else COLOURS["Silver"], (90, 90, 90), 0.5)
    return d
