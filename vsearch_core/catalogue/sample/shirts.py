"""T-shirts, shirts, tops, kurtas and dresses."""

from __future__ import annotations

from dataclasses import replace

from vsearch_core.catalogue.sample.cloth import COLOURS, WHITE, Look, cloth
from vsearch_core.catalogue.sample.ink import CENTRE, Drawing, curve, darker, hex_of, lighter, luma, symmetric
from vsearch_core.catalogue.sample.prints import chest_print, small_logo
from vsearch_core.catalogue.sample.upper import (
    Cut,
    body_half,
    button,
    hem_stitch,
    inside_back,
    neck_band,
    neck_half,
    patch_pocket,
    placket,
    shirt_collar,
    sized,
    sleeve_band,
    sleeves,
    torso,
)


def colour_block(d: Drawing, look: Look, path: str, cut: Cut) -> None:
    """Lays bands of the other colours over a body: chest, yoke or hem."""
    kind = int(look.rng.integers(0, 3))
    y = cut.pit + look.between(4, 40)
    d.clip(path)
    if kind == 0:
        d.add(f'<rect x="0" y="{y:.0f}" width="360" height="46" fill="{hex_of(look.accent)}"/>')
        d.add(f'<rect x="0" y="{y + 52:.0f}" width="360" height="8" fill="{hex_of(look.second)}"/>')
    elif kind == 1:
        d.add(f'<rect x="0" y="0" width="360" height="{y:.0f}" fill="{hex_of(look.accent)}"/>')
        d.line(f"M0 {y:.0f}H360", look.edge, 1, opacity=0.5)
    else:
        d.add(f'<rect x="0" y="{cut.length - 90:.0f}" width="360" height="120" fill="{hex_of(look.accent)}"/>')
        d.add(f'<rect x="0" y="{cut.length - 104:.0f}" width="360" height="14" fill="{hex_of(look.second)}"/>')
    d.unclip()


def tshirt(look: Look) -> Drawing:
    """A T-shirt: round or V neck, polo, or long sleeves."""
    d = Drawing(volume=0.55)
    cut = Cut(sleeve=84, sleeve_angle=56, neck=34, drop=look.between(26, 38))
    if look.style == "V-Neck":
        cut = replace(cut, neckline="v", drop=look.between(46, 62), neck=32)
    elif look.style == "Polo":
        cut = replace(cut, drop=22, neck=30, top=66)
    elif look.style == "Long Sleeve":
        cut = replace(cut, sleeve=244, sleeve_angle=76, cuff=17, sleeve_width=28)
    cut = sized(look, cut)
    trim = look.accent if look.chance(0.4) or look.style == "Ringer" else darker(look.base, 0.12)
    inside_back(d, look, cut)
    raglan = look.pattern == "Colourblocked" and look.chance(0.5)
    sleeves(d, look, cut, look.accent if raglan else None)
    path = torso(d, look, cut)
    if look.pattern == "Colourblocked" and not raglan:
        colour_block(d, look, path, cut)
    hem_stitch(d, look, cut)
    if look.style == "Polo":
        placket(d, look, cut.top + 20, cut.top + 84, trim if look.chance(0.3) else cloth(d, look), 3, 7.5)
        shirt_collar(d, look, cut, trim, spread=1.15)
        sleeve_band(d, cut, trim, 8)
        small_logo(d, look, CENTRE + cut.chest * 0.5, cut.pit - 8, 6.5)
    else:
        neck_band(d, look, cut, trim)
        if look.style == "Ringer":
            sleeve_band(d, cut, trim, 7)
    if look.pattern == "Graphic":
        chest_print(d, look, cut.pit + 52, width=cut.chest * look.between(0.85, 1.1))
    elif look.style != "Polo" and look.pattern in ("Solid", "Colourblocked") and look.chance(0.6):
        small_logo(d, look, CENTRE + cut.chest * 0.48, cut.pit - 6, 6.5)
    return d


def shirt(look: Look) -> Drawing:
    """A buttoned shirt with a collar."""
    d = Drawing(volume=0.55)
    half = look.style == "Half Sleeve"
    cut = Cut(neck=30, drop=26, top=64, hem_curve=14, length=424, sleeve=78 if half else 252,
              sleeve_angle=58 if half else 77, cuff=28 if half else 17, sleeve_width=29)  # fmt: skip
    cut = sized(look, cut)
    inside_back(d, look, cut)
    sleeves(d, look, cut)
    path = torso(d, look, cut)
    fill = cloth(d, look)
    d.clip(path)
    for flip in (1, -1):
        d.line(
            f"M{CENTRE} {cut.top + 30}Q{CENTRE + flip * 60} {cut.top + 26} {CENTRE + flip * cut.shoulder} {cut.top + 42}",
            look.edge,
            0.9,
            opacity=0.35,
        )
    d.unclip()
    hem_stitch(d, look, cut)
    contrast = look.chance(0.18)
    placket(d, look, cut.top + 22, cut.length + cut.hem_curve - 3, look.accent if contrast else fill, 6)
    plain = (
        look.accent
        if contrast
        else (fill if look.pattern in ("Checked", "Solid", "Gingham", "Denim") else cloth(d, look, angle=40))
    )
    shirt_collar(d, look, cut, plain, spread=look.between(0.85, 1.2), stand=look.style == "Mandarin Collar")
    if half:
        hem = darker(look.base, 0.2)
        d.shade(f"M{CENTRE - 1} {cut.top}h2", -0.1, width=2)
        if contrast:
            sleeve_band(d, cut, hem, 9, rib=False)
    else:
        sleeve_band(d, cut, look.accent if contrast else look.base, 22, rib=False)
    pockets = int(look.rng.integers(0, 3))
    sides = (1, -1) if pockets == 2 else (1,) if pockets == 1 else ()
    flap = look.chance(0.6)
    for side in sides:
        patch_pocket(d, look, CENTRE + side * cut.chest * 0.5, cut.pit + 6, 36, 42, fill, flap=flap and pockets == 2)
    return d


def top(look: Look) -> Drawing:
    """A woman's top: sleeveless, puffed or flounced sleeves, tied waist."""
    d = Drawing(volume=0.6)
    neckline = str(look.rng.choice(["round", "v", "boat", "square"]))
    cut = Cut(neck=40, drop={"v": 54, "boat": 16, "square": 36}.get(neckline, 40), neckline=neckline, length=396,
              hem=98, waist=80, hem_curve=9)  # fmt: skip
    if look.style == "Sleeveless":
        cut = replace(cut, shoulder=76, slope=12)
    elif look.style == "Puff Sleeve":
        cut = replace(cut, sleeve=62, sleeve_angle=52, puff=13, cuff=22, sleeve_width=34)
    elif look.style == "Bell Sleeve":
        cut = replace(cut, sleeve=150, sleeve_angle=66, cuff=44, sleeve_width=24)
    else:
        cut = replace(cut, sleeve=58, sleeve_angle=50, cuff=30)
    cut = sized(look, cut)
    peplum = look.chance(0.35)
    if peplum:
        cut = replace(cut, waist=cut.waist * 0.9, hem=cut.hem * 1.12)
    inside_back(d, look, cut, label=False)
    sleeves(d, look, cut)
    path = torso(d, look, cut)
    trim = darker(look.base, 0.25) if look.chance(0.5) else look.accent
    if look.pattern == "Colourblocked":
        colour_block(d, look, path, cut)
    if look.style == "Puff Sleeve":
        sleeve_band(d, cut, trim, 7, rib=False)
    if peplum or look.chance(0.4):
        gathered_waist(d, look, cut, trim if look.chance(0.6) else None)
    hem_stitch(d, look, cut)
    neck_band(d, look, cut, trim, width=4)
    kind = int(look.rng.integers(0, 4))
    if look.pattern == "Graphic":
        chest_print(d, look, cut.pit + 40, width=cut.chest * 0.95)
    elif kind == 0:
        bow(d, look, CENTRE, cut.top + cut.drop + 6, 15, trim)
    elif kind == 1:
        frill(d, look, cut)
    elif kind == 2:
        for k in range(4):
            button(d, CENTRE, cut.top + cut.drop + 14 + k * 15, 2.6, lighter(look.base, 0.5))
    return d


def kurta(look: Look) -> Drawing:
    """A long tunic with a placket, side slits and borders."""
    d = Drawing(volume=0.5)
    cut = Cut(top=34, neck=30, drop=30, shoulder=76, slope=16, pit=118, chest=68, waist_at=214, waist=66, hem=86,
              length=448, hem_curve=6, sleeve=132, sleeve_angle=70, sleeve_width=22, cuff=18)  # fmt: skip
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
        yoke = symmetric([[CENTRE, cut.top + cut.drop], *neck_half(cut)[1:], [CENTRE + cut.neck + 14, cut.top + 8, 1],
                          [CENTRE + cut.neck + 10, cut.pit + 10, 1], [CENTRE, cut.pit + 22]])  # fmt: skip
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
    cut = Cut(top=34, neck=34, drop={"v": 50, "boat": 14, "square": 34}.get(neckline, 32), neckline=neckline, slope=12,
              shoulder=60 * s, pit=112, chest=59 * s, waist_at=186, waist=(47 if not look.child else 54), hem=(104 if flared else 62),
              length=448 if long else (look.between(378, 412) if not look.child else 380), hem_curve=12)  # fmt: skip
    if look.chance(0.5):
        short = look.chance(0.6)
        cut = replace(cut, sleeve=50 if short else 130, sleeve_angle=52 if short else 70, cuff=22 if short else 14,
                      sleeve_width=22, puff=6 if short else 0, shoulder=66 * s)  # fmt: skip
    inside_back(d, look, cut, label=False)
    sleeves(d, look, cut)
    c = CENTRE
    skirt_fill = look.accent if look.pattern == "Colourblocked" else cloth(d, look)
    bodice = body_half(cut)[:7]
    bodice = [*bodice[:-1], [c + cut.waist, cut.waist_at, 1], [c, cut.waist_at + 3]]
    fall = cut.length - cut.waist_at
    spread = cut.hem - cut.waist
    skirt = symmetric([
        [c, cut.waist_at], [c + cut.waist, cut.waist_at - 1, 1],
        [c + cut.waist + spread * (0.42 if flared else 0.9), cut.waist_at + fall * 0.3],
        [c + cut.waist + spread * 0.76, cut.waist_at + fall * 0.65],
        [c + cut.hem, cut.length, 1], [c + cut.hem * 0.5, cut.length + cut.hem_curve * 0.8], [c, cut.length + cut.hem_curve],
    ])  # fmt: skip
    path = curve(skirt)
    d.piece(path, skirt_fill, look.edge)
    folds = 9 if flared else 4
    for k in range(folds):
        share = (k + 0.5) / folds * 2 - 1
        x0, x1 = c + share * cut.waist * 0.9, c + share * cut.hem * 0.95
        d.crease([(x1, cut.length + 4), ((x0 + x1) / 2 + share * 8, cut.waist_at + fall * 0.5), (x0, cut.waist_at + look.between(4, 40))],
                 look.between(5, 9) if flared else 4, look.between(0.16, 0.34) * (1 if share > 0 else -1))  # fmt: skip
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
            f"M{c + flip * cut.chest * 0.5} {cut.waist_at + 2}Q{c + flip * cut.chest * 0.58} {cut.pit + 40} {c + flip * cut.chest * 0.46} {cut.pit + 20}",
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


def gathered_waist(d: Drawing, look: Look, cut: Cut, tie: tuple[int, int, int] | None) -> None:
    """Small gathers along the waist, and a tied ribbon if its colour is given."""
    c, y = CENTRE, cut.waist_at
    if tie is not None:
        d.piece(
            f"M{c - cut.waist - 1} {y - 4}Q{c} {y + 3} {c + cut.waist + 1} {y - 4}V{y + 5}Q{c} {y + 12} {c - cut.waist - 1} {y + 5}Z",
            tie,
            darker(tie, 0.5),
        )
        bow(d, look, c + cut.waist * 0.35, y + 5, 13, tie)
    else:
        d.line(f"M{c - cut.waist} {y}Q{c} {y + 6} {c + cut.waist} {y}", look.edge, 1.2, opacity=0.5)
    for k in range(11):
        x = c + (k - 5) / 5.4 * cut.waist
        d.crease([(x, y + 3), (x + (k - 5) * 0.6, y + 16), (x + (k - 5) * 1.4, y + look.between(24, 44))], 2.6, 0.35)


def frill(d: Drawing, look: Look, cut: Cut) -> None:
    """A ruffle down the front."""
    y = cut.top + cut.drop
    while y < cut.waist_at - 16:
        d.piece(
            f"M{CENTRE - 3} {y}Q{CENTRE - 20} {y + 2} {CENTRE - 13} {y + 12}Q{CENTRE} {y + 17} {CENTRE + 13} {y + 12}Q{CENTRE + 20} {y + 2} {CENTRE + 3} {y}Z",
            cloth(d, look),
            look.edge,
        )
        d.shade(f"M{CENTRE - 13} {y + 13}H{CENTRE + 13}", -0.35, width=4)
        y += 11


def bow(d: Drawing, look: Look, x: float, y: float, s: float, colour: tuple[int, int, int]) -> None:
    """A tied bow, s units wide on each side."""
    edge = darker(colour, 0.5)
    for f in (1, -1):
        d.piece(
            f"M{x} {y}C{x + f * s * 0.3} {y + s * 0.6} {x + f * s * 0.5} {y + s * 1.2} {x + f * s * 0.5} {y + s * 1.9}L{x + f * s * 0.16} {y + s * 1.7}C{x + f * s * 0.1} {y + s} {x} {y + s * 0.6} {x} {y}Z",
            darker(colour, 0.1),
            edge,
        )
        d.piece(
            f"M{x} {y}C{x + f * s * 0.4} {y - s * 0.9} {x + f * s * 1.1} {y - s * 0.7} {x + f * s} {y}C{x + f * s * 1.1} {y + s * 0.6} {x + f * s * 0.4} {y + s * 0.6} {x} {y}Z",
            colour,
            edge,
        )
        d.line(f"M{x + f * 3} {y}L{x + f * s * 0.7} {y - s * 0.1}", edge, 0.8, opacity=0.5)
    d.circle(x, y, s * 0.24, lighter(colour, 0.1), edge, 0.8)
