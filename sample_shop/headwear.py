"""Caps and beanies."""

from __future__ import annotations

import numpy as np

from sample_shop.cloth import cloth
from sample_shop.colours import WHITE, Look
from sample_shop.ink import CENTRE, Drawing, curve, darker, hex_of, lighter, luma, pts
from sample_shop.prints import small_logo, word

C = CENTRE


def cap(look: Look) -> Drawing:
    """A baseball cap or a knitted beanie."""
    if look.style == "Beanie":
        return _beanie(look)
    d = Drawing(volume=0.6)
    peak = look.accent if look.chance(0.45) else look.base
    crown = curve(pts("62 292! 58 236 82 172 136 132 180 126 226 134 276 174 300 236 298 292! 240 262 180 254 118 262"))
    if look.style == "Trucker":
        d.piece(crown, look.accent, darker(look.accent, 0.5), width=1.3)
        d.clip(crown)
        d.add(
            "".join(
                f'<path d="M{50 + k * 8} 110V300M50 {118 + k * 8}H310" '
                f'stroke="{hex_of(darker(look.accent, 0.3))}" stroke-width="1" stroke-opacity=".5"/>'
                for k in range(34)
            )
        )
        d.piece(curve(pts("96 300! 100 220 132 146 180 124! 228 146 260 220 264 300!")), cloth(d, look), look.edge)
        d.unclip()
    else:
        d.piece(crown, cloth(d, look), look.edge, width=1.3)
        for path in (
            "M180 127C150 160 134 210 132 258",
            "M180 127C212 160 226 210 228 258",
            "M180 127C120 140 86 190 76 270",
            "M180 127C240 140 276 190 286 270",
        ):
            d.line(path, look.edge, 1.1, opacity=0.5)
            d.stitch(path.replace("M180", "M184"), look.thread, opacity=0.5)
            d.shade(path, -0.2, width=6)
    d.piece("M170 130Q180 118 190 130Q180 135 170 130Z", peak, darker(peak, 0.5))
    visor = curve(pts("58 290! 90 262 180 248 270 262 302 290! 318 326 304 348 250 334 180 328 110 334 56 348 42 326"))
    d.shade(visor, -0.4, width=10)
    d.piece(
        visor,
        d.gradient([(0, darker(peak, 0.1)), (0.4, lighter(peak, 0.08)), (1, darker(peak, 0.2))]),
        darker(peak, 0.55),
        width=1.3,
    )
    for k in range(4):
        y = 268 + k * 14
        d.stitch(
            f"M{62 - k * 4} {y + 28}C{100} {y - 2} {260} {y - 2} {298 + k * 4} {y + 28}",
            darker(peak, 0.35) if luma(peak) > 90 else lighter(peak, 0.3),
            opacity=0.6,
        )
    if look.chance(0.6):
        small_logo(d, look, 180, 206, look.between(20, 30), look.accent if peak == look.base else look.second)
    else:
        word(d, str(look.rng.choice(["PEAK", "ROAM", "CITY", "WILD"])), 180, 192, 30, look.accent, weight=1.6)
    d.glow(138, 176, 34, 40, 0.35)
    return d


def _beanie(look: Look) -> Drawing:
    d = Drawing(volume=0.75, grain="fleece")
    dome = curve(pts("70 330! 66 262 84 186 132 134 180 122 228 134 276 186 294 262 290 330! 180 340"))
    d.piece(dome, cloth(d, look), look.edge, width=1.3)
    d.clip(dome)
    if look.pattern == "Solid" and look.chance(0.6):
        d.add(
            f'<rect x="0" y="214" width="360" height="26" fill="{hex_of(look.accent)}"/><rect '
            f'x="0" y="248" width="360" height="10" fill="{hex_of(look.second)}"/>'
        )
    for k in range(-12, 13):
        path = f"M{C + k * 3} 124C{C + k * 8.4} 150 {C + k * 10} 220 {C + k * 9.6} 340"
        d.line(path, look.edge, 1.3, opacity=0.3)
    d.unclip()
    cuff = curve(pts("62 294! 120 304 180 306 240 304 298 294! 300 352! 240 364 180 366 120 364 60 352!"))
    trim = look.accent if look.chance(0.3) else darker(look.base, 0.1)
    d.shade(cuff, -0.35, width=9)
    d.piece(cuff, trim, darker(trim, 0.5), width=1.3)
    d.clip(cuff)
    for k in range(-24, 25):
        d.line(f"M{C + k * 5.2} 290V370", darker(trim, 0.4), 1.6, opacity=0.45)
    d.unclip()
    if look.chance(0.5):
        pom = look.second
        d.fill(
            curve(
                [
                    (180 + 34 * np.cos(t) * (1 + 0.08 * (-1) ** k), 108 + 32 * np.sin(t) * (1 + 0.08 * (-1) ** k))
                    for k, t in enumerate(np.linspace(0, 2 * np.pi, 33)[:-1])
                ]
            ),
            d.radial([(0, lighter(pom, 0.3)), (1, darker(pom, 0.2))], at=(0.4, 0.35, 0.65)),
        )
    d.piece("M160 322h40v22h-40Z", darker(look.base, 0.3), look.edge)
    small_logo(d, look, 180, 333, 9, WHITE)
    return d
