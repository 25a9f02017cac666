"""Perfume and body mist."""

from __future__ import annotations

from sample_shop.colours import COLOURS, WHITE, Look
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
from sample_shop.prints import small_logo, word

C = CENTRE


NAMES = ("AURA", "LUNA", "NOIR", "OCEAN", "FLORA", "VELVET", "DAWN", "SOLE")


def cylinder(
    d: Drawing, x: float, top: float, bottom: float, half: float, tone: RGB, *, r: float = 4, glossy: bool = True
) -> None:
    """An upright tube or cap with light along its side."""
    light = lighter(tone, 0.65 if glossy else 0.25)
    fill = d.gradient(
        [
            (0, darker(tone, 0.45)),
            (0.18, tone),
            (0.3, light),
            (0.42, tone),
            (0.78, darker(tone, 0.15)),
            (0.92, lighter(tone, 0.15)),
            (1, darker(tone, 0.5)),
        ],
        line=(0, 0, 1, 0),
    )
    d.add(
        f'<rect x="{x - half:.1f}" y="{top:.1f}" width="{half * 2:.1f}" '
        f'height="{bottom - top:.1f}" rx="{r}" fill="{fill}" '
        f'stroke="{hex_of(darker(tone, 0.55))}" stroke-width=".8"/>'
    )


def glass(d: Drawing, path: str, tone: RGB) -> None:
    d.piece(
        path,
        d.gradient(
            [
                (0, darker(tone, 0.25)),
                (0.12, lighter(tone, 0.35)),
                (0.5, tone),
                (0.86, lighter(tone, 0.2)),
                (1, darker(tone, 0.3)),
            ],
            line=(0, 0, 1, 0),
        ),
        darker(tone, 0.5),
        width=1.4,
    )


def perfume(look: Look) -> Drawing:
    """A glass bottle with its cap and label, or a spray can."""
    d = Drawing(volume=0.25, grain="plain", stands=True)
    metal = COLOURS["Gold"] if look.chance(0.5) else COLOURS["Silver"]
    name = str(look.rng.choice(NAMES))
    if look.style == "Body Mist":
        half, top = look.between(44, 54), look.between(140, 160)
        cylinder(d, C, top - 62, top + 2, half * 0.72, WHITE if look.chance(0.4) else metal, r=10)
        cylinder(d, C, top, 420, half, look.base, r=12)
        ink = WHITE if luma(look.base) < 150 else darker(look.base, 0.6)
        d.line(f"M{C - half} {top + 60}Q{C} {top + 90} {C + half} {top + 54}", look.accent, 14, cap="butt")
        d.line(f"M{C - half} {top + 82}Q{C} {top + 112} {C + half} {top + 76}", look.second, 5, cap="butt")
        word(d, name, C, top + 138, 17, ink, weight=1.2)
        word(d, "BODY MIST"[:4], C, top + 168, 8, ink)
        small_logo(d, look, C, top + 210, 16, look.accent)
        return d
    bottom, top = 410.0, look.between(206, 238)
    half = look.between(72, 100)
    liquid = look.base
    cap_tone = (34, 34, 38) if look.chance(0.45) else metal
    shape = int(look.rng.integers(0, 4))
    cylinder(d, C, top - 24, top + 6, 20, metal, r=2)
    if look.chance(0.4):
        d.circle(
            C,
            top - 52,
            34,
            d.radial([(0, lighter(cap_tone, 0.6)), (0.5, cap_tone), (1, darker(cap_tone, 0.4))], at=(0.35, 0.3, 0.75)),
            darker(cap_tone, 0.5),
        )
    else:
        cylinder(d, C, top - look.between(78, 96), top - 18, look.between(26, 38), cap_tone, r=4)
    if shape == 0:
        halves = [
            [C, top],
            [C + half - 8, top, 1],
            [C + half, top + 8, 1],
            [C + half, bottom - 8, 1],
            [C + half - 8, bottom, 1],
            [C, bottom],
        ]
    elif shape == 1:
        halves = [
            [C, top],
            [C + half * 0.5, top + 4],
            [C + half, top + 78],
            [C + half * 0.86, bottom - 24],
            [C + half * 0.6, bottom, 1],
            [C, bottom],
        ]
    elif shape == 2:
        halves = [
            [C, top],
            [C + half * 0.62, top, 1],
            [C + half * 0.78, top + 60],
            [C + half, bottom - 14],
            [C + half - 12, bottom, 1],
            [C, bottom],
        ]
    else:
        halves = [
            [C, top],
            [C + half * 0.92, top + 2, 1],
            [C + half, top + 30],
            [C + half * 0.74, (top + bottom) / 2],
            [C + half, bottom - 30],
            [C + half * 0.92, bottom, 1],
            [C, bottom],
        ]
    glass(d, curve(symmetric(halves)), mix(liquid, WHITE, 0.72))
    inner = [
        [C + (x - C) * 0.86, top + 26 + (y - top) * (bottom - top - 40) / (bottom - top), *rest]
        for x, y, *rest in halves
    ]
    d.fill(
        curve(symmetric(inner)),
        d.gradient(
            [(0, mix(liquid, WHITE, 0.35), 0.9), (0.2, lighter(liquid, 0.1), 0.9), (1, darker(liquid, 0.2), 0.95)]
        ),
    )
    d.fill(
        f"M{C - half * 0.72:.1f} {top + 40}h{half * 0.16:.1f}v{bottom - top - 76:.1f}h{-half * 0.16:.1f}Z",
        (255, 255, 255),
        opacity=0.28,
    )
    mid = (top + bottom) / 2 + 16
    if look.chance(0.65):
        paper = (30, 30, 34) if look.chance(0.35) else (248, 246, 240)
        w = half * 0.56
        d.add(
            f'<rect x="{C - w:.1f}" y="{mid - 30:.1f}" width="{w * 2:.1f}" height="62" rx="2" '
            f'fill="{hex_of(paper)}" stroke="{hex_of(metal)}" stroke-width="1.6"/>'
        )
        word(
            d, name, C, mid - 12, 13 if len(name) < 6 else 11, WHITE if luma(paper) < 100 else (40, 40, 44), weight=1.0
        )
        d.line(f"M{C - w * 0.5:.1f} {mid + 14}H{C + w * 0.5:.1f}", metal, 1.4)
    else:
        word(
            d,
            name,
            C,
            mid - 12,
            18 if len(name) < 6 else 14,
            WHITE if luma(liquid) < 150 else darker(liquid, 0.6),
            weight=1.2,
        )
    return d
