"""Handbags: tote, satchel, hobo and shoulder bag."""

from __future__ import annotations

from sample_shop.cloth import cloth
from sample_shop.colours import Look
from sample_shop.fittings import metal_of, plate, ring, tube
from sample_shop.ink import CENTRE, RGB, Drawing, curve, darker, lighter, symmetric
from sample_shop.prints import small_logo

C = CENTRE


def handbag(look: Look) -> Drawing:
    """A tote, satchel, hobo or shoulder bag."""
    d = Drawing(volume=0.65, grain="leather" if look.pattern == "Solid" else "cloth", stands=True)
    metal = metal_of(look)
    {"Hobo": _hobo, "Satchel": _satchel, "Shoulder": _shoulder}.get(look.style, _tote)(d, look, metal)
    return d


def _tote(d: Drawing, look: Look, metal: RGB) -> None:
    w0, w1 = look.between(100, 118), look.between(118, 140)
    top, bottom = 214.0, look.between(392, 416)
    dark = darker(look.base, 0.35)
    tube(d, f"M{C - 52} {top + 4}C{C - 56} 92 {C + 56} 92 {C + 52} {top + 4}", dark, 9)
    d.piece(
        curve(symmetric([[C, top - 7], [C + w0 - 4, top - 8, 1], [C + w0, top + 8, 1], [C, top + 10]])),
        darker(look.base, 0.55),
        look.edge,
    )
    body = curve(
        symmetric(
            [
                [C, top + 4],
                [C + w0, top, 1],
                [C + (w0 + w1) / 2 + 3, (top + bottom) / 2],
                [C + w1, bottom - 8],
                [C + w1 - 12, bottom],
                [C, bottom + 3],
            ]
        )
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    d.clip(body)
    trim = look.accent if look.chance(0.45) else darker(look.base, 0.2)
    if look.chance(0.6):
        d.piece(f"M0 {bottom - 52}Q{C} {bottom - 40} 360 {bottom - 52}V480H0Z", trim, darker(trim, 0.5))
        d.stitch(f"M0 {bottom - 47}Q{C} {bottom - 35} 360 {bottom - 47}", lighter(trim, 0.4))
    d.stitch(f"M{C - w0} {top + 9}Q{C} {top + 13} {C + w0} {top + 9}", look.thread)
    d.unclip()
    for f in (1, -1):
        x = C + f * 52
        tab = f"M{x - 10} {top - 2}h20v34l-10 10l-10 -10Z"
        d.piece(tab, trim, darker(trim, 0.5))
        d.stitch(f"M{x - 7} {top + 2}v27l7 8l7 -8v-27", lighter(trim, 0.4))
        d.circle(x, top + 28, 3, metal, darker(metal, 0.5))
        d.crease(
            [(C + f * (w1 - 8), bottom - 40), (C + f * (w1 - 22), bottom - 90), (C + f * (w0 - 14), top + 40)],
            7,
            0.3 * f,
        )
    tube(d, f"M{C - 52} {top + 22}C{C - 60} 118 {C + 60} 118 {C + 52} {top + 22}", trim, 9)
    if look.chance(0.6):
        plate(d, C, top + 70, 40, 15, metal)
    else:
        small_logo(d, look, C, top + 74, 18, metal)
    for _ in range(4):
        x = C + look.between(-70, 70)
        d.crease(
            [(x, top + 22), (x + look.between(-8, 8), top + 50), (x + look.between(-20, 20), top + 100)],
            6,
            look.between(-0.25, 0.25),
        )


def _satchel(d: Drawing, look: Look, metal: RGB) -> None:
    w, top, bottom = look.between(116, 134), 222.0, 398.0
    dark = darker(look.base, 0.3)
    tube(d, f"M{C - 56} {top + 6}C{C - 50} 138 {C + 50} 138 {C + 56} {top + 6}", dark, 11)
    body = curve(
        symmetric(
            [
                [C, top - 6],
                [C + w * 0.62, top - 2],
                [C + w * 0.9, top + 36],
                [C + w, bottom - 22],
                [C + w - 8, bottom - 3],
                [C, bottom],
            ]
        )
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    trim = look.accent if look.chance(0.4) else darker(look.base, 0.22)
    d.clip(body)
    for f in (1, -1):
        d.piece(
            curve(
                [
                    [C + f * (w + 4), top + 60, 1],
                    [C + f * (w - 34), bottom - 40],
                    [C + f * (w - 44), bottom + 6, 1],
                    [C + f * (w + 10), bottom + 6, 1],
                ]
            ),
            trim,
            darker(trim, 0.5),
        )
    d.line(f"M{C - w} {top + 38}Q{C} {top + 22} {C + w} {top + 38}", darker(look.base, 0.5), 5)
    d.line(f"M{C - w} {top + 38}Q{C} {top + 22} {C + w} {top + 38}", metal, 2, dash="1.4 1.4", cap="butt")
    pocket = (
        f"M{C - 66} {top + 72}H{C + 66}Q{C + 72} {top + 72} {C + 72} {top + 80}V{bottom - 22}"
        f"Q{C + 72} {bottom - 14} {C + 64} {bottom - 14}H{C - 64}Q{C - 72} {bottom - 14} "
        f"{C - 72} {bottom - 22}V{top + 80}Q{C - 72} {top + 72} {C - 66} {top + 72}Z"
    )
    d.piece(pocket, cloth(d, look), look.edge, width=1.3)
    d.shade(pocket, -0.25, width=8)
    d.stitch(f"M{C - 66} {top + 80}H{C + 66}V{bottom - 22}H{C - 66}Z", look.thread)
    d.unclip()
    for f in (1, -1):
        x = C + f * 56
        d.piece(f"M{x - 9} {top}h18v62h-18Z", trim, darker(trim, 0.5))
        d.stitch(f"M{x - 6} {top + 3}v56h12v-56", lighter(trim, 0.4))
        ring(d, x, top + 2, 8, metal)
        plate(d, x, top + 56, 22, 13, metal)
        d.circle(C + f * (w - 14), bottom - 2, 4, metal, darker(metal, 0.5))
    tube(d, f"M{C - 56} {top - 6}C{C - 54} 152 {C + 54} 152 {C + 56} {top - 6}", trim, 11)
    plate(d, C, top + 94, 36, 12, metal)
    d.glow(C - 60, top + 50, 60, 24, 0.4)


def _hobo(d: Drawing, look: Look, metal: RGB) -> None:
    top, bottom = 190.0, look.between(380, 402)
    w = look.between(122, 138)
    tube(d, f"M{C - 84} {top + 8}C{C - 84} 66 {C + 84} 66 {C + 84} {top + 8}", darker(look.base, 0.12), 14)
    body = curve(
        symmetric(
            [
                [C, top + 46],
                [C + 52, top + 32],
                [C + 78, top, 1],
                [C + 94, top + 2, 1],
                [C + w - 4, top + 84],
                [C + w, bottom - 60],
                [C + w * 0.72, bottom - 8],
                [C, bottom],
            ]
        )
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    d.line(
        curve(
            [[C - 82, top + 2], [C - 52, top + 33], [C, top + 47], [C + 52, top + 33], [C + 82, top + 2]], closed=False
        ),
        darker(look.base, 0.3),
        6,
    )
    for f in (1, -1):
        ring(d, C + f * 85, top + 4, 11, metal)
        for k in range(4):
            x = C + f * (84 - k * 16)
            d.crease(
                [(x, top + 26 + k * 6), (x + f * 8 - f * k * 4, top + 70), (x + f * 4 - f * k * 8, top + 130)],
                7,
                look.between(0.22, 0.42) * f,
            )
        d.crease([(C + f * (w - 10), bottom - 60), (C + f * 70, bottom - 34), (C + f * 20, bottom - 30)], 7, 0.3)
    trim = look.rng.random()
    if trim < 0.35:
        d.line(
            f"M{C + 52} {top + 40}C{C + 60} {top + 80} {C + 50} {top + 92} {C + 54} {top + 112}",
            darker(look.accent, 0.2),
            4,
        )
        for k in range(9):
            d.line(f"M{C + 54} {top + 108}Q{C + 46 + k * 2} {top + 130} {C + 44 + k * 2.6} {top + 150}", look.accent, 2)
        d.circle(C + 54, top + 108, 6, metal, darker(metal, 0.5))
    elif trim < 0.7:
        plate(d, C, top + 74, 42, 14, metal)
    else:
        d.line(f"M{C - w + 14} {top + 110}Q{C} {top + 150} {C + w - 14} {top + 110}", look.edge, 4.5)
        d.line(
            f"M{C - w + 14} {top + 110}Q{C} {top + 150} {C + w - 14} {top + 110}", metal, 2, dash="1.4 1.4", cap="butt"
        )


def _shoulder(d: Drawing, look: Look, metal: RGB) -> None:
    top, bottom, w = 250.0, 402.0, look.between(100, 120)
    tube(
        d, f"M{C - w + 8} {top + 10}C{C - w + 20} 40 {C + w - 20} 40 {C + w - 8} {top + 10}", darker(look.base, 0.15), 7
    )
    body = (
        f"M{C - w} {top + 12}Q{C - w} {top} {C - w + 12} {top}H{C + w - 12}Q{C + w} {top} "
        f"{C + w} {top + 12}L{C + w + 5} {bottom - 14}Q{C + w + 5} {bottom} {C + w - 10} "
        f"{bottom}H{C - w + 10}Q{C - w - 5} {bottom} {C - w - 5} {bottom - 14}Z"
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    deep = look.between(70, 112)
    flap_fill: str | RGB = look.accent if look.pattern == "Colourblocked" else cloth(d, look)
    flap = curve(
        symmetric(
            [
                [C, top - 6],
                [C + w - 8, top - 5],
                [C + w + 3, top + 10],
                [C + w + 2, top + deep * 0.62],
                [C + w * 0.7, top + deep * 0.95],
                [C, top + deep],
            ]
        )
    )
    d.shade(flap, -0.4, width=10)
    d.piece(flap, flap_fill, look.edge, width=1.3)
    if look.chance(0.4):
        d.clip(flap)
        for k in range(-12, 13):
            d.line(
                f"M{C + k * 20 - 120} {top - 10}l200 200M{C + k * 20 + 120} {top - 10}l-200 200",
                look.edge,
                1,
                opacity=0.4,
            )
            d.shade(f"M{C + k * 20 - 120} {top - 10}l200 200", -0.1, width=4)
        d.unclip()
    else:
        d.stitch(
            curve(
                symmetric(
                    [
                        [C, top - 1],
                        [C + w - 10, top],
                        [C + w - 3, top + 12],
                        [C + w - 4, top + deep * 0.6],
                        [C + w * 0.68, top + deep * 0.88],
                        [C, top + deep - 6],
                    ]
                )
            ),
            look.thread,
        )
    plate(d, C, top + deep - 8, 24, 30, metal, 4)
    d.circle(C, top + deep - 8, 5, darker(metal, 0.3), darker(metal, 0.6))
    for f in (1, -1):
        ring(d, C + f * (w - 8), top + 8, 8, metal)
