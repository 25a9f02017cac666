"""Backpacks and duffel bags."""

from __future__ import annotations

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, Look
from sample_shop.fittings import tube
from sample_shop.ink import CENTRE, Drawing, curve, darker, hex_of, lighter, luma, symmetric
from sample_shop.prints import small_logo

C = CENTRE


def backpack(look: Look) -> Drawing:
    """A backpack from the front."""
    d = Drawing(volume=0.7, stands=True)
    w, top, bottom = look.between(104, 120), look.between(96, 116), 416.0
    trim = look.accent if look.chance(0.6) else darker(look.base, 0.35)
    dark = darker(look.base, 0.4)
    for f in (1, -1):
        d.line(
            f"M{C + f * (w - 18)} {top + 46}C{C + f * (w + 26)} {top + 130} {C + f * (w + 22)} "
            f"{bottom - 90} {C + f * (w - 4)} {bottom - 30}",
            (30, 30, 34),
            15,
        )
        d.line(
            f"M{C + f * (w - 18)} {top + 46}C{C + f * (w + 26)} {top + 130} {C + f * (w + 22)} "
            f"{bottom - 90} {C + f * (w - 4)} {bottom - 30}",
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
    arch = curve(
        [
            *[[2 * C - x, y] for x, y in ((C + w * 0.88, top + 150), (C + w * 0.8, top + 70), (C + w * 0.5, top + 28))],
            [C, top + 20],
            [C + w * 0.5, top + 28],
            [C + w * 0.8, top + 70],
            [C + w * 0.88, top + 150],
        ],
        closed=False,
    )
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
                f'<rect x="{C + f * 46 - 11}" y="{top + 132:.0f}" width="22" height="18" rx="3" '
                f'fill="none" stroke="{hex_of(COLOURS["Gold"])}" stroke-width="3"/>'
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
