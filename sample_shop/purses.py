"""Clutches and wallets."""

from __future__ import annotations

from sample_shop.cloth import cloth
from sample_shop.colours import Look
from sample_shop.fittings import metal_of, plate
from sample_shop.ink import CENTRE, RGB, Drawing, curve, darker, lighter, luma, symmetric
from sample_shop.prints import small_logo
from sample_shop.trimmings import bow

C = CENTRE


def clutch(look: Look) -> Drawing:
    """A clutch: envelope, box with a clasp, or pleated."""
    d = Drawing(volume=0.6, grain="plain" if look.style == "Box" else "leather")
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


def wallet(look: Look) -> Drawing:
    """A folded wallet, or a long one with a flap."""
    d = Drawing(volume=0.55, grain="leather")
    metal = metal_of(look)
    if look.style == "Bifold":
        w, h = look.between(112, 126), look.between(150, 172)
        top = 240 - h / 2
        left, right = C - w, C + w
        back = (
            f"M{left + 6} {top - 14}L{right - 4} {top - 22}Q{right + 2} {top - 22} {right + 2} "
            f"{top - 14}V{top + h * 0.5}H{left}Z"
        )
        d.piece(back, darker(look.base, 0.3), look.edge, width=1.3)
        inner = look.accent if look.chance(0.4) else darker(look.base, 0.15)
        d.piece(f"M{left + 10} {top - 8}L{right - 6} {top - 15}V{top + 30}H{left + 10}Z", inner, darker(inner, 0.5))
        front = (
            f"M{left} {top + 4}Q{left} {top - 2} {left + 8} {top - 2}H{right - 8}Q{right} "
            f"{top - 2} {right} {top + 6}V{top + h - 8}Q{right} {top + h} {right - 8} {top + h}"
            f"H{left + 6}Q{left} {top + h} {left} {top + h - 8}Z"
        )
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
    body = (
        f"M{C - w} {top + 8}Q{C - w} {top} {C - w + 9} {top}H{C + w - 9}Q{C + w} {top} "
        f"{C + w} {top + 8}V{top + h - 8}Q{C + w} {top + h} {C + w - 9} {top + h}H{C - w + 9}"
        f"Q{C - w} {top + h} {C - w} {top + h - 8}Z"
    )
    d.piece(body, cloth(d, look), look.edge, width=1.3)
    if look.style == "Zip Around":
        d.line(body, darker(look.base, 0.4), 9)
        d.line(body, metal, 3, dash="1.6 1.4", cap="butt")
        d.line(f"M{C + w - 4} {top + 20}l-12 26", metal, 5)
        d.line(f"M{C - w + 20} {top + h / 2}H{C + w - 20}", look.edge, 1, opacity=0.4)
        small_logo(d, look, C, top + h * 0.5, 20, metal)
    else:
        deep = h * look.between(0.45, 0.62)
        flap = (
            f"M{C - w - 1} {top + 8}Q{C - w - 1} {top - 2} {C - w + 9} {top - 2}H{C + w - 9}"
            f"Q{C + w + 1} {top - 2} {C + w + 1} {top + 8}V{top + deep - 14}Q{C + w} {top + deep} "
            f"{C + w - 16} {top + deep}H{C - w + 16}Q{C - w} {top + deep} {C - w - 1} "
            f"{top + deep - 14}Z"
        )
        d.shade(flap, -0.45, width=9)
        d.piece(flap, look.accent if look.pattern == "Colourblocked" else cloth(d, look), look.edge, width=1.3)
        d.stitch(f"M{C - w + 6} {top + 6}H{C + w - 6}V{top + deep - 8}H{C - w + 6}Z", look.thread)
        if look.chance(0.3):
            bow(d, look, C, top + deep - 8, 24, lighter(look.base, 0.2))
        else:
            plate(d, C, top + deep - 4, 34, 20, metal)
    d.glow(C - w * 0.5, top + h * 0.3, 80, 40, 0.3)
    return d
