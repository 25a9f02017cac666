"""Watches."""

from __future__ import annotations

import numpy as np

from sample_shop.colours import COLOURS, INK, WHITE, Look
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
                f'<rect x="{C + r * 0.82 - 2:.1f}" y="{M + f * r * 0.5 - 6:.1f}" width="15" '
                f'height="11" rx="2" fill="{shine}" stroke="{hex_of(edge)}" '
                f'transform="rotate({f * 28} {C + r * 0.85:.1f} {M + f * r * 0.5:.1f})"/>'
            )
    if square:
        for k, (q, fill) in enumerate(((r, shine), (r - 9, hex_of(darker(metal, 0.45))), (r - 12, hex_of(dial)))):
            d.add(
                f'<rect x="{C - q * 0.94:.1f}" y="{M - q:.1f}" width="{q * 1.88:.1f}" '
                f'height="{q * 2:.1f}" rx="{14 - k * 3}" fill="{fill}" stroke="{hex_of(edge)}"/>'
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
                    f"M{C + (r - 7) * np.sin(a):.1f} {M - (r - 7) * np.cos(a):.1f}"
                    f"L{C + (r - 12) * np.sin(a):.1f} {M - (r - 12) * np.cos(a):.1f}",
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
        f"M{C - r * 0.7:.1f} {M - r * 0.2:.1f}A{r * 0.74:.1f} {r * 0.74:.1f} 0 0 1 "
        f"{C + r * 0.3:.1f} {M - r * 0.68:.1f}L{C - r * 0.1:.1f} {M + r * 0.1:.1f}Z",
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
                        f"M{C - w} {near + f * (16 + k * 11)}q{w} {f * 4} {2 * w} 0",
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
                    f'<ellipse cx="{C}" cy="{near + 48 + k * 17:.1f}" rx="3" ry="3.6" '
                    f'fill="{hex_of(darker(tone, 0.75))}"/>'
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
                f"M{C + inner * np.sin(a):.1f} {M - inner * np.cos(a):.1f}"
                f"L{C + r * 0.96 * np.sin(a):.1f} {M - r * 0.96 * np.cos(a):.1f}",
                metal if hour and marks == 2 else ink,
                3.2 if hour else 0.8,
                cap="butt",
            )
    if not chrono:
        d.add(
            f'<rect x="{C + r * 0.5:.1f}" y="{M - 7}" width="17" height="14" rx="1.5" '
            'fill="#fafafa" stroke="#666" stroke-width=".8"/>'
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
            f"M{C - nx:.1f} {M - ny:.1f}L{x:.1f} {y:.1f}L{C + nx:.1f} {M + ny:.1f}"
            f"L{C - np.sin(angle) * 9:.1f} {M + np.cos(angle) * 9:.1f}Z",
            hand,
            darker(hand, 0.5),
            width=0.6,
        )
    second = COLOURS["Red"] if look.chance(0.5) else hand
    a = look.between(2.2, 4.0)
    d.line(
        f"M{C - 16 * np.sin(a):.1f} {M + 16 * np.cos(a):.1f}"
        f"L{C + r * 0.86 * np.sin(a):.1f} {M - r * 0.86 * np.cos(a):.1f}",
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
        f'<rect x="{C - r * 0.74:.1f}" y="{M - r * 0.42:.1f}" width="{r * 1.48:.1f}" '
        f'height="{r * 0.86:.1f}" rx="5" fill="{hex_of(glass)}" stroke="#222" '
        'stroke-width="2"/>'
    )
    for k, digit in enumerate("1008"):
        x = C - r * 0.62 + k * r * 0.33 + (r * 0.06 if k > 1 else 0)
        path = "".join(_STROKES[s] for s in _SEGMENTS[digit])
        d.add(
            f'<path d="{path}" transform="translate({x:.1f} {M - r * 0.22:.1f}) skewX(-5) '
            f'scale({r * 0.022:.2f})" fill="none" stroke="{hex_of(ink)}" stroke-width="2.4" '
            'stroke-linecap="round"/>'
        )
    for y in (-0.08, 0.1):
        d.circle(C + r * 0.03, M + y * r, 2, ink)
    d.line(f"M{C - r * 0.5:.1f} {M - r * 0.68:.1f}H{C + r * 0.5:.1f}", look.accent, 4)
    d.line(f"M{C - r * 0.5:.1f} {M + r * 0.7:.1f}H{C + r * 0.5:.1f}", look.accent, 2)
