"""Watches and sunglasses."""

from __future__ import annotations

import numpy as np

from vsearch_core.catalogue.sample.cloth import COLOURS, INK, WHITE, Look
from vsearch_core.catalogue.sample.ink import (
    CENTRE,
    RGB,
    Drawing,
    curve,
    darker,
    hex_of,
    lighter,
    luma,
    mirror,
    mix,
    pts,
    symmetric,
)

C, M = CENTRE, 240.0


def watch(look: Look) -> Drawing:
    """A wristwatch from the front: leather, metal or rubber strap; round, square or digital."""
    d = Drawing(volume=0.3, grain="plain")
    metal = COLOURS["Gold"] if look.colour in ("Gold", "Brown", "Copper") or look.style == "Gold" else COLOURS["Steel"]
    strap_tone = look.base if look.style in ("Leather", "Rubber", "Digital") else metal
    dial = (
        look.base
        if look.style == "Bracelet"
        else (look.accent if look.chance(0.35) else (WHITE if look.chance(0.5) else (28, 30, 36)))
    )
    r = look.between(74, 88) * (0.84 if look.womens else 1.0)
    square = look.style == "Digital" or look.chance(0.18)
    w = r * look.between(0.52, 0.66)
    _watch_strap(d, look, strap_tone, w, r)
    shine = d.gradient(
        [
            (0, lighter(metal, 0.75)),
            (0.3, metal),
            (0.5, lighter(metal, 0.5)),
            (0.75, darker(metal, 0.35)),
            (1, lighter(metal, 0.2)),
        ],
        line=(0, 0, 1, 1),
    )
    edge = darker(metal, 0.55)
    for f in (1, -1):
        for g in (1, -1):
            lug = [
                [C + g * w * 0.62, M + f * r * 0.7, 1],
                [C + g * (w + 5), M + f * r * 0.72, 1],
                [C + g * (w + 3), M + f * (r + 16)],
                [C + g * (w - 7), M + f * (r + 14), 1],
            ]
            d.piece(curve(lug), shine, edge)
    d.add(
        f'<rect x="{C + r - 2:.1f}" y="{M - 9}" width="13" height="18" rx="3" fill="{shine}" stroke="{hex_of(edge)}"/>'
    )
    if look.chance(0.4):
        for f in (-1, 1):
            d.add(
                f'<rect x="{C + r * 0.82 - 2:.1f}" y="{M + f * r * 0.5 - 6:.1f}" width="15" height="11" rx="2" fill="{shine}" stroke="{hex_of(edge)}" transform="rotate({f * 28} {C + r * 0.85:.1f} {M + f * r * 0.5:.1f})"/>'
            )
    if square:
        for k, (q, fill) in enumerate(((r, shine), (r - 9, darker(metal, 0.45)), (r - 12, dial))):
            d.add(
                f'<rect x="{C - q * 0.94:.1f}" y="{M - q:.1f}" width="{q * 1.88:.1f}" height="{q * 2:.1f}" rx="{14 - k * 3}" fill="{fill if isinstance(fill, str) else hex_of(fill)}" stroke="{hex_of(edge)}"/>'
            )
    else:
        d.circle(C, M, r, shine, edge, 1.4)
        bezel = look.base if look.chance(0.3) and look.style != "Bracelet" else metal
        d.circle(
            C,
            M,
            r - 4,
            d.gradient(
                [(0, darker(bezel, 0.25)), (0.5, lighter(bezel, 0.3)), (1, darker(bezel, 0.3))], line=(0, 0, 1, 1)
            ),
            edge,
            0.8,
        )
        if bezel != metal:
            for k in range(12):
                a = k * np.pi / 6
                d.line(
                    f"M{C + (r - 7) * np.sin(a):.1f} {M - (r - 7) * np.cos(a):.1f}L{C + (r - 12) * np.sin(a):.1f} {M - (r - 12) * np.cos(a):.1f}",
                    WHITE,
                    2,
                )
        d.circle(
            C,
            M,
            r - 15,
            d.radial([(0, lighter(dial, 0.12)), (0.75, dial), (1, darker(dial, 0.35))], at=(0.45, 0.4, 0.6)),
            edge,
            1.2,
        )
    (_digits if look.style == "Digital" else _dial)(d, look, dial, metal, r - 15)
    d.fill(
        f"M{C - r * 0.7:.1f} {M - r * 0.2:.1f}A{r * 0.74:.1f} {r * 0.74:.1f} 0 0 1 {C + r * 0.3:.1f} {M - r * 0.68:.1f}L{C - r * 0.1:.1f} {M + r * 0.1:.1f}Z",
        (255, 255, 255),
        opacity=0.1,
    )
    return d


def _watch_strap(d: Drawing, look: Look, tone: RGB, w: float, r: float) -> None:
    for f in (1, -1):
        end = M + f * 204
        near = M + f * (r - 6)
        taper = w * 0.84
        path = curve(
            [
                [C - w, near, 1],
                [C + w, near, 1],
                [C + taper, end - f * 14],
                [C + taper * 0.9, end, 1],
                [C, end + f * 4],
                [C - taper * 0.9, end, 1],
                [C - taper, end - f * 14],
            ]
        )
        shade = d.gradient(
            [(0, darker(tone, 0.35)), (0.25, tone), (0.5, lighter(tone, 0.14)), (0.75, tone), (1, darker(tone, 0.4))],
            line=(0, 0, 1, 0),
        )
        d.piece(path, shade, darker(tone, 0.6), width=1.3)
        d.clip(path)
        if look.style in ("Bracelet", "Gold"):
            for k in range(14):
                y = near + f * k * 11
                d.line(f"M{C - w} {y}H{C + w}", darker(tone, 0.5), 1.6)
                d.line(f"M{C - w} {y + 3}H{C + w}", lighter(tone, 0.6), 1.4, opacity=0.8)
                if k % 2 == 0:
                    d.fill(f"M{C - w * 0.36} {y}h{w * 0.72}v{f * 11}h{-w * 0.72}Z", lighter(tone, 0.35), opacity=0.6)
            for x in (-0.36, 0.36):
                d.line(f"M{C + x * w} {near}V{end}", darker(tone, 0.5), 1.4)
        elif look.style == "Leather":
            d.stitch(
                curve(
                    [
                        [C - w + 6, near],
                        [C - taper + 6, end - f * 12],
                        [C, end - f * 3],
                        [C + taper - 6, end - f * 12],
                        [C + w - 6, near],
                    ],
                    closed=False,
                ),
                lighter(tone, 0.5),
                width=1.3,
            )
            if look.design % 2:
                for k in range(12):
                    d.line(
                        f"M{C - w} {near + f * (16 + k * 11)}Q{C} {near + f * (20 + k * 11)} {C + w} {near + f * (16 + k * 11)}",
                        darker(tone, 0.45),
                        1,
                        opacity=0.5,
                    )
        else:
            for x in (-0.45, 0, 0.45):
                d.line(f"M{C + x * w} {near}V{end}", darker(tone, 0.35), 4, opacity=0.6)
        if look.style != "Bracelet" and look.style != "Gold" and f > 0:
            for k in range(5):
                d.add(
                    f'<ellipse cx="{C}" cy="{near + 48 + k * 17:.1f}" rx="3" ry="3.6" fill="{hex_of(darker(tone, 0.75))}"/>'
                )
        d.unclip()
        d.glow(C, near + f * 18, w, 18, -0.5)
        d.glow(C, end, w, 30, -0.4)


def _dial(d: Drawing, look: Look, dial: RGB, metal: RGB, r: float) -> None:
    ink = INK if luma(dial) > 110 else WHITE
    marks = int(look.rng.integers(0, 4))
    chrono = look.chance(0.4)
    if chrono:
        for dx, dy in ((-0.45, 0), (0.45, 0), (0, 0.45)):
            x, y, q = C + dx * r, M + dy * r, r * 0.22
            d.circle(x, y, q, d.radial([(0, mix(dial, ink, 0.1)), (1, mix(dial, ink, 0.25))]), metal, 1)
            a = look.between(0, 6.2)
            d.line(f"M{x:.1f} {y:.1f}L{x + q * 0.8 * np.sin(a):.1f} {y - q * 0.8 * np.cos(a):.1f}", ink, 1)
    for k in range(60):
        a = k * np.pi / 30
        hour = k % 5 == 0
        if marks == 3 and not hour:
            continue
        inner = r * (0.8 if hour else 0.92)
        if hour and marks == 1:
            d.circle(C + r * 0.85 * np.sin(a), M - r * 0.85 * np.cos(a), 3.2, metal if luma(dial) < 110 else ink)
        else:
            d.line(
                f"M{C + inner * np.sin(a):.1f} {M - inner * np.cos(a):.1f}L{C + r * 0.96 * np.sin(a):.1f} {M - r * 0.96 * np.cos(a):.1f}",
                metal if hour and marks == 2 else ink,
                3.2 if hour else 0.8,
                cap="butt",
            )
    if not chrono:
        d.add(
            f'<rect x="{C + r * 0.5:.1f}" y="{M - 7}" width="17" height="14" rx="1.5" fill="#fafafa" stroke="#666" stroke-width=".8"/>'
        )
        d.line(f"M{C + r * 0.5 + 5:.1f} {M + 4}l3 -8M{C + r * 0.5 + 10:.1f} {M + 4}v-8", INK, 1.3)
    hour_angle, minute = np.radians(305 + look.between(-3, 3)), np.radians(50)
    hand = metal if luma(dial) < 110 and look.chance(0.6) else ink
    for angle, length, wide in ((hour_angle, 0.52, 5.2), (minute, 0.78, 4.0)):
        x, y = C + length * r * np.sin(angle), M - length * r * np.cos(angle)
        nx, ny = np.cos(angle) * wide / 2, np.sin(angle) * wide / 2
        d.fill(
            f"M{C - nx + 1.5:.1f} {M - ny + 2:.1f}L{x + 1.5:.1f} {y + 2:.1f}L{C + nx + 1.5:.1f} {M + ny + 2:.1f}Z",
            (0, 0, 0),
            opacity=0.25,
        )
        d.piece(
            f"M{C - nx:.1f} {M - ny:.1f}L{x:.1f} {y:.1f}L{C + nx:.1f} {M + ny:.1f}L{C - np.sin(angle) * 9:.1f} {M + np.cos(angle) * 9:.1f}Z",
            hand,
            darker(hand, 0.5),
            width=0.6,
        )
    second = COLOURS["Red"] if look.chance(0.5) else hand
    a = look.between(2.2, 4.0)
    d.line(
        f"M{C - 16 * np.sin(a):.1f} {M + 16 * np.cos(a):.1f}L{C + r * 0.86 * np.sin(a):.1f} {M - r * 0.86 * np.cos(a):.1f}",
        second,
        1.2,
    )
    d.circle(C, M, 4.2, metal, darker(metal, 0.6))
    d.add(f'<rect x="{C - 13}" y="{M - r * 0.48:.1f}" width="26" height="2.4" fill="{hex_of(ink)}" fill-opacity=".7"/>')
    d.add(
        f'<rect x="{C - 8}" y="{M - r * 0.48 + 5:.1f}" width="16" height="1.6" fill="{hex_of(ink)}" fill-opacity=".5"/>'
    )


_SEGMENTS = {
    "0": "abcdef",
    "1": "bc",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "5": "afgcd",
    "6": "afgedc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
}
_STROKES = {
    "a": "M1 0H9",
    "b": "M10 1V9",
    "c": "M10 11V19",
    "d": "M1 20H9",
    "e": "M0 11V19",
    "f": "M0 1V9",
    "g": "M1 10H9",
}


def _digits(d: Drawing, look: Look, dial: RGB, metal: RGB, r: float) -> None:
    glass = (172, 184, 160) if look.chance(0.7) else (30, 34, 40)
    ink = (34, 40, 34) if luma(glass) > 100 else COLOURS["Turquoise Blue"]
    d.add(
        f'<rect x="{C - r * 0.74:.1f}" y="{M - r * 0.42:.1f}" width="{r * 1.48:.1f}" height="{r * 0.86:.1f}" rx="5" fill="{hex_of(glass)}" stroke="#222" stroke-width="2"/>'
    )
    for k, digit in enumerate("1008"):
        x = C - r * 0.62 + k * r * 0.33 + (r * 0.06 if k > 1 else 0)
        path = "".join(_STROKES[s] for s in _SEGMENTS[digit])
        d.add(
            f'<path d="{path}" transform="translate({x:.1f} {M - r * 0.22:.1f}) skewX(-5) scale({r * 0.022:.2f})" fill="none" stroke="{hex_of(ink)}" stroke-width="2.4" stroke-linecap="round"/>'
        )
    for y in (-0.08, 0.1):
        d.circle(C + r * 0.03, M + y * r, 2, ink)
    d.line(f"M{C - r * 0.5:.1f} {M - r * 0.68:.1f}H{C + r * 0.5:.1f}", look.accent, 4)
    d.line(f"M{C - r * 0.5:.1f} {M + r * 0.7:.1f}H{C + r * 0.5:.1f}", look.accent, 2)


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
                f'<ellipse cx="{C + f * 17}" cy="{y + 8}" rx="5" ry="10" fill="#e8e4dc" fill-opacity=".8" stroke="#999" transform="rotate({-f * 16} {C + f * 17} {y + 8})"/>'
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
