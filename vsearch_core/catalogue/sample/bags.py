"""Handbags, backpacks, clutches, duffel bags and wallets."""

from __future__ import annotations

from vsearch_core.catalogue.sample.cloth import COLOURS, Look, cloth
from vsearch_core.catalogue.sample.ink import CENTRE, RGB, Drawing, curve, darker, hex_of, lighter, luma, symmetric
from vsearch_core.catalogue.sample.prints import small_logo
from vsearch_core.catalogue.sample.shirts import bow

C = CENTRE


def metal_of(look: Look) -> RGB:
    """Gold or silver fittings."""
    return COLOURS["Gold"] if look.chance(0.6) else COLOURS["Silver"]


def tube(d: Drawing, path: str, colour: RGB, width: float) -> None:
    """A rounded handle along a path."""
    d.line(path, darker(colour, 0.55), width + 2)
    d.line(path, colour, width)
    d.line(path, lighter(colour, 0.4), width * 0.28, opacity=0.7)


def ring(d: Drawing, x: float, y: float, r: float, metal: RGB) -> None:
    """A metal ring."""
    d.add(f'<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="{hex_of(darker(metal, 0.45))}" stroke-width="3.8"/>'
          f'<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="{hex_of(metal)}" stroke-width="2.4"/>')  # fmt: skip


def plate(d: Drawing, x: float, y: float, w: float, h: float, metal: RGB, r: float = 3) -> None:
    """A shiny metal plate centred at x, y."""
    fill = d.gradient([(0, lighter(metal, 0.6)), (0.5, metal), (0.55, darker(metal, 0.25)), (1, lighter(metal, 0.2))])
    d.add(f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r}" fill="{fill}" '
          f'stroke="{hex_of(darker(metal, 0.5))}" stroke-width=".8"/>')  # fmt: skip


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
    pocket = f"M{C - 66} {top + 72}H{C + 66}Q{C + 72} {top + 72} {C + 72} {top + 80}V{bottom - 22}Q{C + 72} {bottom - 14} {C + 64} {bottom - 14}H{C - 64}Q{C - 72} {bottom - 14} {C - 72} {bottom - 22}V{top + 80}Q{C - 72} {top + 72} {C - 66} {top + 72}Z"
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
    body = f"M{C - w} {top + 12}Q{C - w} {top} {C - w + 12} {top}H{C + w - 12}Q{C + w} {top} {C + w} {top + 12}L{C + w + 5} {bottom - 14}Q{C + w + 5} {bottom} {C + w - 10} {bottom}H{C - w + 10}Q{C - w - 5} {bottom} {C - w - 5} {bottom - 14}Z"
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


def backpack(look: Look) -> Drawing:
    """A backpack from the front."""
    d = Drawing(volume=0.7, stands=True)
    w, top, bottom = look.between(104, 120), look.between(96, 116), 416.0
    trim = look.accent if look.chance(0.6) else darker(look.base, 0.35)
    dark = darker(look.base, 0.4)
    for f in (1, -1):
        d.line(
            f"M{C + f * (w - 18)} {top + 46}C{C + f * (w + 26)} {top + 130} {C + f * (w + 22)} {bottom - 90} {C + f * (w - 4)} {bottom - 30}",
            (30, 30, 34),
            15,
        )
        d.line(
            f"M{C + f * (w - 18)} {top + 46}C{C + f * (w + 26)} {top + 130} {C + f * (w + 22)} {bottom - 90} {C + f * (w - 4)} {bottom - 30}",
            dark,
            11,
        )
    tube(d, f"M{C - 24} {top + 8}C{C - 22} {top - 30} {C + 22} {top - 30} {C + 24} {top + 8}", trim, 9)
    body = curve(
        symmetric(
            [
                [C, top - 4],
                [C + w * 0.55, top + 4],
                [C + w * 0.92, top + 56],
                [C + w, top + 150],
                [C + w + 4, bottom - 40],
                [C + w - 10, bottom - 2],
                [C, bottom + 2],
            ]
        )
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    d.clip(body)
    if look.pattern == "Colourblocked":
        d.add(f'<rect x="0" y="{top + 150:.0f}" width="360" height="300" fill="{hex_of(look.accent)}"/>')
    arch = curve(
        symmetric([[C, top + 20], [C + w * 0.5, top + 28], [C + w * 0.8, top + 70], [C + w * 0.88, top + 150]]),
        closed=False,
    )
    arch = curve([*[[2 * C - x, y] for x, y in ((C + w * 0.88, top + 150), (C + w * 0.8, top + 70), (C + w * 0.5, top + 28))], [C, top + 20],
                  [C + w * 0.5, top + 28], [C + w * 0.8, top + 70], [C + w * 0.88, top + 150]], closed=False)  # fmt: skip
    d.line(arch, (24, 24, 28), 5.4)
    d.line(arch, trim, 2, dash="1.6 1.2", cap="butt")
    d.unclip()
    if look.style == "Laptop":
        d.line(f"M{C - w + 14} {top + 130}H{C + w - 14}", (24, 24, 28), 5)
        d.line(f"M{C - w + 14} {top + 130}H{C + w - 14}", trim, 1.8, dash="1.6 1.2", cap="butt")
    py = top + look.between(150, 176)
    pocket = curve(
        symmetric(
            [
                [C, py - 6],
                [C + w * 0.55, py - 2],
                [C + w * 0.76, py + 24],
                [C + w * 0.8, bottom - 48],
                [C + w * 0.7, bottom - 16],
                [C, bottom - 13],
            ]
        )
    )
    d.shade(pocket, -0.35, width=9)
    d.piece(
        pocket, look.accent if look.chance(0.3) and look.pattern == "Solid" else cloth(d, look), look.edge, width=1.3
    )
    zp = curve(
        [
            [C - w * 0.74, py + 40],
            [C - w * 0.62, py + 12],
            [C, py + 6],
            [C + w * 0.62, py + 12],
            [C + w * 0.74, py + 40],
        ],
        closed=False,
    )
    d.line(zp, (24, 24, 28), 5)
    d.line(zp, trim, 1.8, dash="1.6 1.2", cap="butt")
    for x, y in ((C - w * 0.7, py + 22), (C + w * 0.86, top + 120)):
        d.line(f"M{x:.0f} {y:.0f}l2 20", trim, 4)
    d.piece(f"M{C - 26} {py + 56}h52v26h-52Z", darker(look.base, 0.3), look.edge)
    small_logo(d, look, C, py + 69, 12, trim if luma(trim) > 60 else (240, 240, 240))
    if look.style == "Rucksack":
        flap = curve(
            symmetric(
                [[C, top - 8], [C + w * 0.6, top], [C + w * 0.94, top + 50], [C + w * 0.95, top + 108], [C, top + 122]]
            )
        )
        d.shade(flap, -0.4, width=10)
        d.piece(flap, cloth(d, look), look.edge, width=1.3)
        for f in (1, -1):
            d.piece(f"M{C + f * 46 - 8} {top + 70}h16v112h-16Z", COLOURS["Tan"], darker(COLOURS["Brown"], 0.3))
            d.add(
                f'<rect x="{C + f * 46 - 11}" y="{top + 132:.0f}" width="22" height="18" rx="3" fill="none" stroke="{hex_of(COLOURS["Gold"])}" stroke-width="3"/>'
            )
    for f in (1, -1):
        d.piece(
            curve(
                [
                    [C + f * (w + 2), top + 190, 1],
                    [C + f * (w - 18), top + 200],
                    [C + f * (w - 20), bottom - 20, 1],
                    [C + f * (w - 2), bottom - 8],
                ]
            ),
            dark,
            look.edge,
        )
        d.crease(
            [(C + f * (w - 24), top + 80), (C + f * (w - 34), top + 110), (C + f * (w - 50), top + 140)], 6, 0.25 * f
        )
    d.glow(C - w * 0.4, top + 80, 40, 50, 0.35)
    return d


def clutch(look: Look) -> Drawing:
    """A clutch: envelope, box with a clasp, or pleated."""
    d = Drawing(volume=0.6, grain="plain" if look.style == "Box" else "leather", stands=True)
    metal = metal_of(look)
    w, h, cy = look.between(128, 146), look.between(84, 112), 270.0
    top, bottom = cy - h / 2, cy + h / 2
    if look.chance(0.35):
        d.line(
            f"M{C - 70} {top + 4}C{C - 110} {bottom + 66} {C + 110} {bottom + 66} {C + 70} {top + 4}",
            darker(metal, 0.4),
            3.6,
            dash="4 2.4",
        )
        d.line(
            f"M{C - 70} {top + 4}C{C - 110} {bottom + 66} {C + 110} {bottom + 66} {C + 70} {top + 4}",
            metal,
            2.4,
            dash="4 2.4",
        )
    slope = look.between(-3, 10)
    body = curve(
        symmetric(
            [
                [C, top],
                [C + w - 8, top + 1, 1],
                [C + w, top + 8, 1],
                [C + w + slope, bottom - 8, 1],
                [C + w - 6 + slope, bottom, 1],
                [C, bottom + 2],
            ]
        )
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    if look.style == "Envelope":
        flap = curve(
            symmetric(
                [
                    [C, top - 3],
                    [C + w - 8, top - 2, 1],
                    [C + w, top + 7, 1],
                    [C + 14, top + h * 0.62, 1],
                    [C, top + h * 0.68],
                ]
            )
        )
        d.shade(flap, -0.45, width=9)
        d.piece(flap, look.accent if look.pattern == "Colourblocked" else cloth(d, look), look.edge, width=1.3)
        d.stitch(
            curve([[C - w + 8, top + 8, 1], [C, top + h * 0.62], [C + w - 8, top + 8, 1]], closed=False), look.thread
        )
        d.circle(
            C,
            top + h * 0.52,
            6,
            d.radial([(0, lighter(metal, 0.6)), (1, metal)], at=(0.35, 0.35, 0.7)),
            darker(metal, 0.5),
        )
    elif look.style == "Box":
        for k in range(-13, 14):
            for j in range(6):
                x, y = C + k * 10.4 + (5 if j % 2 else 0), top + 12 + j * (h - 20) / 5.2
                if abs(x - C) < w - 6:
                    tone = lighter(look.base, 0.5) if (k + j) % 3 else look.accent
                    d.circle(
                        x,
                        y,
                        4.2,
                        d.radial([(0, lighter(tone, 0.6)), (1, darker(tone, 0.15))], at=(0.35, 0.35, 0.8)),
                        darker(look.base, 0.5),
                        0.6,
                    )
        _frame(d, w, top, metal)
    else:
        for k in range(-9, 10):
            x = C + k * w / 9.6
            d.crease([(x, top + 10), (x + k * 0.3, cy), (x + k * slope * 0.08, bottom - 2)], 6, 0.4)
            d.line(f"M{x} {top + 10}L{x + k * slope * 0.1} {bottom}", look.edge, 0.9, opacity=0.4)
        _frame(d, w, top, metal)
        if look.chance(0.5):
            bow(d, look, C + w * 0.4, cy + 4, 26, look.accent if look.chance(0.4) else lighter(look.base, 0.12))
    d.glow(C - w * 0.5, top + h * 0.3, 70, 20, 0.4)
    return d


def _frame(d: Drawing, w: float, top: float, metal: RGB) -> None:
    fill = d.gradient([(0, lighter(metal, 0.6)), (0.5, metal), (1, darker(metal, 0.4))])
    d.piece(f"M{C - w - 1} {top - 3}H{C + w + 1}V{top + 8}H{C - w - 1}Z", fill, darker(metal, 0.5))
    for f in (1, -1):
        d.circle(
            C + f * 6,
            top - 7 + f,
            6,
            d.radial([(0, lighter(metal, 0.7)), (1, darker(metal, 0.1))], at=(0.35, 0.35, 0.7)),
            darker(metal, 0.5),
        )


def duffel_bag(look: Look) -> Drawing:
    """A barrel-shaped travel bag."""
    d = Drawing(volume=0.75, stands=True)
    w, top, bottom = 146.0, 214.0, look.between(356, 376)
    trim = look.accent if look.chance(0.6) else darker(look.base, 0.35)
    tube(d, f"M{C - 62} {top + 20}C{C - 58} 116 {C + 58} 116 {C + 62} {top + 20}", darker(trim, 0.25), 10)
    body = curve(
        symmetric(
            [
                [C, top - 4],
                [C + w - 40, top],
                [C + w - 6, top + 28],
                [C + w, (top + bottom) / 2],
                [C + w - 6, bottom - 22],
                [C + w - 34, bottom],
                [C, bottom + 3],
            ]
        )
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    d.clip(body)
    for f in (1, -1):
        d.piece(
            curve(
                [
                    [C + f * (w + 6), top - 10, 1],
                    [C + f * (w - 32), top - 8, 1],
                    [C + f * (w - 24), (top + bottom) / 2],
                    [C + f * (w - 32), bottom + 8, 1],
                    [C + f * (w + 6), bottom + 8, 1],
                ]
            ),
            trim if look.pattern == "Colourblocked" else darker(look.base, 0.2),
            look.edge,
        )
    d.line(f"M{C - w} {top + 16}Q{C} {top + 8} {C + w} {top + 16}", (26, 26, 30), 6)
    d.line(f"M{C - w} {top + 16}Q{C} {top + 8} {C + w} {top + 16}", COLOURS["Silver"], 2, dash="1.4 1.4", cap="butt")
    for f in (1, -1):
        x = C + f * 62
        d.piece(f"M{x - 9} {top - 6}h18V{bottom + 10}h-18Z", trim, darker(trim, 0.5))
        d.stitch(f"M{x - 6} {top}V{bottom}M{x + 6} {top}V{bottom}", lighter(trim, 0.4))
        d.shade(f"M{x + 12} {top}V{bottom}", -0.35, width=6)
    d.unclip()
    d.piece(f"M{C - 44} {top + 50}h88v{bottom - top - 76}h-88Z", cloth(d, look), look.edge)
    small_logo(d, look, C, top + 82, 16, trim)
    tube(d, f"M{C - 62} {top + 6}C{C - 64} 138 {C + 64} 138 {C + 62} {top + 6}", trim, 10)
    d.piece(f"M{C - 20} {136}h40v16h-40Z", darker(trim, 0.2), darker(trim, 0.6))
    for f in (1, -1):
        d.crease([(C + f * 100, top + 30), (C + f * 96, top + 70), (C + f * 104, top + 110)], 8, 0.3 * f)
    return d


def wallet(look: Look) -> Drawing:
    """A folded wallet, or a long one with a flap."""
    d = Drawing(volume=0.55, grain="leather")
    metal = metal_of(look)
    if look.style == "Bifold":
        w, h = look.between(112, 126), look.between(150, 172)
        top = 240 - h / 2
        left, right = C - w, C + w
        back = f"M{left + 6} {top - 14}L{right - 4} {top - 22}Q{right + 2} {top - 22} {right + 2} {top - 14}V{top + h * 0.5}H{left}Z"
        d.piece(back, darker(look.base, 0.3), look.edge, width=1.3)
        inner = look.accent if look.chance(0.4) else darker(look.base, 0.15)
        d.piece(f"M{left + 10} {top - 8}L{right - 6} {top - 15}V{top + 30}H{left + 10}Z", inner, darker(inner, 0.5))
        front = f"M{left} {top + 4}Q{left} {top - 2} {left + 8} {top - 2}H{right - 8}Q{right} {top - 2} {right} {top + 6}V{top + h - 8}Q{right} {top + h} {right - 8} {top + h}H{left + 6}Q{left} {top + h} {left} {top + h - 8}Z"
        d.shade(front, -0.3, width=8)
        d.piece(front, cloth(d, look), look.edge, width=1.3)
        d.stitch(
            f"M{left + 7} {top + 6}H{right - 7}V{top + h - 7}H{left + 7}Z",
            look.thread if look.chance(0.7) else lighter(look.base, 0.5),
        )
        kind = int(look.rng.integers(0, 4))
        if kind == 0:
            d.piece(
                f"M{right - 62} {top - 2}H{right - 34}V{top + h}H{right - 62}Z",
                look.accent,
                darker(look.accent, 0.5),
                opacity=0.4,
            )
        elif kind == 1:
            plate(d, right - 36, top + h - 26, 36, 12, metal)
        elif kind == 2:
            d.line(f"M{left + 8} {top + h * 0.5}H{right - 8}", look.edge, 1.4, opacity=0.6)
            d.stitch(f"M{left + 8} {top + h * 0.5 + 5}H{right - 8}", look.thread)
        else:
            small_logo(
                d,
                look,
                right - 34,
                top + h - 28,
                12,
                darker(look.base, 0.35) if luma(look.base) > 70 else lighter(look.base, 0.25),
            )
        d.glow(C - w * 0.4, top + h * 0.3, 80, 50, 0.3)
        return d
    w, h = look.between(138, 148), look.between(124, 150)
    top = 240 - h / 2
    body = f"M{C - w} {top + 8}Q{C - w} {top} {C - w + 9} {top}H{C + w - 9}Q{C + w} {top} {C + w} {top + 8}V{top + h - 8}Q{C + w} {top + h} {C + w - 9} {top + h}H{C - w + 9}Q{C - w} {top + h} {C - w} {top + h - 8}Z"
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    if look.style == "Zip Around":
        d.line(body, darker(look.base, 0.4), 9)
        d.line(body, metal, 3, dash="1.6 1.4", cap="butt")
        d.line(f"M{C + w - 4} {top + 20}l-12 26", metal, 5)
        d.line(f"M{C - w + 20} {top + h / 2}H{C + w - 20}", look.edge, 1, opacity=0.4)
        small_logo(d, look, C, top + h * 0.5, 20, metal)
    else:
        deep = h * look.between(0.45, 0.62)
        flap = f"M{C - w - 1} {top + 8}Q{C - w - 1} {top - 2} {C - w + 9} {top - 2}H{C + w - 9}Q{C + w + 1} {top - 2} {C + w + 1} {top + 8}V{top + deep - 14}Q{C + w} {top + deep} {C + w - 16} {top + deep}H{C - w + 16}Q{C - w} {top + deep} {C - w - 1} {top + deep - 14}Z"
        d.shade(flap, -0.45, width=9)
        d.piece(flap, look.accent if look.pattern == "Colourblocked" else cloth(d, look), look.edge, width=1.3)
        d.stitch(f"M{C - w + 6} {top + 6}H{C + w - 6}V{top + deep - 8}H{C - w + 6}Z", look.thread)
        if look.chance(0.3):
            bow(d, look, C, top + deep - 8, 24, lighter(look.base, 0.2))
        else:
            plate(d, C, top + deep - 4, 34, 20, metal)
    d.glow(C - w * 0.5, top + h * 0.3, 80, 40, 0.3)
    return d
