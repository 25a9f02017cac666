"""Kurtas and dresses."""

from __future__ import annotations

from dataclasses import replace

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, WHITE, Look
from sample_shop.details import button, placket, shirt_collar
from sample_shop.ink import CENTRE, Drawing, curve, darker, hex_of, luma, symmetric
from sample_shop.trimmings import bow, gathered_waist
from sample_shop.upper import (
    Cut,
    body_half,
    inside_back,
    neck_band,
    neck_half,
    sleeve_band,
    sleeves,
    torso,
)


def kurta(look: Look) -> Drawing:
    """A long tunic with a placket, side slits and borders."""
    d = Drawing(volume=0.5)
    cut = Cut(
        top=34,
        neck=30,
        drop=30,
        shoulder=76,
        slope=16,
        pit=118,
        chest=68,
        waist_at=214,
        waist=66,
        hem=86,
        length=448,
        hem_curve=6,
        sleeve=132,
        sleeve_angle=70,
        sleeve_width=22,
        cuff=18,
    )
    if look.style == "Sleeveless":
        cut = replace(cut, sleeve=0.0, shoulder=62, slope=10)
    elif look.style == "Long Sleeve" or not look.womens:
        cut = replace(cut, sleeve=208, sleeve_angle=77, cuff=15)
    if look.womens:
        cut = replace(cut, shoulder=cut.shoulder * 0.9, waist=58, chest=64)
    cut = replace(cut, length=cut.length * look.between(0.86, 1.0), hem=cut.hem * look.between(0.92, 1.08))
    inside_back(d, look, cut, label=False)
    sleeves(d, look, cut)
    path = torso(d, look, cut)
    a, b = look.accent, look.second
    if look.womens and look.chance(0.75):
        d.clip(path)
        depth = look.between(18, 42)
        y = cut.length - depth
        d.add(f'<rect x="0" y="{y:.0f}" width="360" height="80" fill="{hex_of(a)}"/>')
        d.line(f"M0 {y:.0f}H360", b, 3)
        border = "".join(
            f"M{x} {y + depth * 0.62:.0f}l7 -{depth * 0.3:.0f}l7 {depth * 0.3:.0f}l-7 {depth * 0.3:.0f}Z"
            for x in range(74, 290, 15)
        )
        d.fill(border, b)
        d.unclip()
        if cut.sleeve > 0:
            sleeve_band(d, cut, a, 16, rib=False)
    for flip in (1, -1):
        x = CENTRE + flip * (cut.hem - 3)
        d.line(f"M{x:.0f} {cut.length:.0f}L{x - flip * 11:.0f} {cut.length - 86:.0f}", look.edge, 1.6, opacity=0.7)
    if look.womens and look.chance(0.6):
        yoke = symmetric(
            [
                [CENTRE, cut.top + cut.drop],
                *neck_half(cut)[1:],
                [CENTRE + cut.neck + 14, cut.top + 8, 1],
                [CENTRE + cut.neck + 10, cut.pit + 10, 1],
                [CENTRE, cut.pit + 22],
            ]
        )
        d.piece(curve(yoke), a, look.edge)
        for k in range(7):
            d.circle(CENTRE - 30 + k * 10, cut.pit + 8 + (4 - abs(k - 3)) * 1.6, 2, b)
        d.stitch(curve(yoke), b, opacity=0.9, width=1.4)
    else:
        placket(d, look, cut.top + cut.drop - 6, cut.pit + 66, a if look.chance(0.4) else cloth(d, look), 5, 6)
    if look.womens and look.chance(0.5):
        neck_band(d, look, cut, b, width=4)
    else:
        shirt_collar(d, look, cut, a if look.chance(0.3) else look.base, stand=True)
    return d


def dress(look: Look) -> Drawing:
    """A dress: fitted bodice and a flared, straight or tiered skirt."""
    d = Drawing(volume=0.55)
    neckline = str(look.rng.choice(["round", "v", "square", "boat"]))
    flared = look.style != "Sheath"
    long = look.style == "Maxi"
    s = 0.9 if look.child else 1.0
    cut = Cut(
        top=34,
        neck=34,
        drop={"v": 50, "boat": 14, "square": 34}.get(neckline, 32),
        neckline=neckline,
        slope=12,
        shoulder=60 * s,
        pit=112,
        chest=59 * s,
        waist_at=186,
        waist=(47 if not look.child else 54),
        hem=(104 if flared else 62),
        length=448 if long else (look.between(378, 412) if not look.child else 380),
        hem_curve=12,
    )
    if look.chance(0.5):
        short = look.chance(0.6)
        cut = replace(
            cut,
            sleeve=50 if short else 130,
            sleeve_angle=52 if short else 70,
            cuff=22 if short else 14,
            sleeve_width=22,
            puff=6 if short else 0,
            shoulder=66 * s,
        )
    inside_back(d, look, cut, label=False)
    sleeves(d, look, cut)
    c = CENTRE
    skirt_fill = look.accent if look.pattern == "Colourblocked" else cloth(d, look)
    bodice = body_half(cut)[:7]
    bodice = [*bodice[:-1], [c + cut.waist, cut.waist_at, 1], [c, cut.waist_at + 3]]
    fall = cut.length - cut.waist_at
    spread = cut.hem - cut.waist
    skirt = symmetric(
        [
            [c, cut.waist_at],
            [c + cut.waist, cut.waist_at - 1, 1],
            [c + cut.waist + spread * (0.42 if flared else 0.9), cut.waist_at + fall * 0.3],
            [c + cut.waist + spread * 0.76, cut.waist_at + fall * 0.65],
            [c + cut.hem, cut.length, 1],
            [c + cut.hem * 0.5, cut.length + cut.hem_curve * 0.8],
            [c, cut.length + cut.hem_curve],
        ]
    )
    path = curve(skirt)
    d.piece(path, skirt_fill, look.edge)
    folds = 9 if flared else 4
    for k in range(folds):
        share = (k + 0.5) / folds * 2 - 1
        x0, x1 = c + share * cut.waist * 0.9, c + share * cut.hem * 0.95
        d.crease(
            [
                (x1, cut.length + 4),
                ((x0 + x1) / 2 + share * 8, cut.waist_at + fall * 0.5),
                (x0, cut.waist_at + look.between(4, 40)),
            ],
            look.between(5, 9) if flared else 4,
            look.between(0.16, 0.34) * (1 if share > 0 else -1),
        )
    if look.style == "Tiered":
        for k in (1, 2):
            y = cut.waist_at + fall * k / 3
            half = cut.waist + spread * (k / 3) ** 0.8 + 2
            d.line(f"M{c - half} {y}Q{c} {y + 16} {c + half} {y}", look.edge, 1.6, opacity=0.6)
            d.shade(f"M{c - half} {y + 5}Q{c} {y + 21} {c + half} {y + 5}", -0.45, width=8)
    d.piece(curve(symmetric(bodice)), cloth(d, look), look.edge)
    for flip in (1, -1):
        d.crease(
            [
                (c + flip * (cut.chest - 3), cut.pit + 4),
                (c + flip * cut.chest * 0.6, cut.pit + 16),
                (c + flip * cut.chest * 0.4, cut.pit + 22),
            ],
            5,
            0.3 * flip,
        )
        d.line(
            f"M{c + flip * cut.chest * 0.5} {cut.waist_at + 2}Q{c + flip * cut.chest * 0.58} "
            f"{cut.pit + 40} {c + flip * cut.chest * 0.46} {cut.pit + 20}",
            look.edge,
            0.8,
            opacity=0.35,
        )
    trim = look.accent if look.chance(0.55) else darker(look.base, 0.3)
    belt = look.rng.random()
    if belt < 0.4:
        band = symmetric(
            [
                [c, cut.waist_at - 4],
                [c + cut.waist + 1, cut.waist_at - 7, 1],
                [c + cut.waist + 1.5, cut.waist_at + 6, 1],
                [c, cut.waist_at + 9],
            ]
        )
        d.piece(curve(band), trim, darker(trim, 0.5))
        d.shade(
            f"M{c - cut.waist} {cut.waist_at + 10}Q{c} {cut.waist_at + 13} {c + cut.waist} {cut.waist_at + 10}",
            -0.4,
            width=6,
        )
        if belt < 0.2:
            bow(d, look, c, cut.waist_at + 2, 17, trim)
    else:
        gathered_waist(d, look, replace(cut, waist_at=cut.waist_at), None)
    neck_band(d, look, cut, trim, width=4)
    if cut.sleeve > 0:
        sleeve_band(d, cut, trim, 5, rib=False)
    if look.chance(0.3):
        for k in range(5):
            button(d, c, cut.top + cut.drop + 12 + k * 15, 2.4, WHITE if luma(look.base) < 150 else COLOURS["Brown"])
    return d
