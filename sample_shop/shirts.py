"""T-shirts, shirts and tops."""

from __future__ import annotations

from dataclasses import replace

from sample_shop.cloth import cloth
from sample_shop.colours import Look
from sample_shop.details import button, patch_pocket, placket, shirt_collar
from sample_shop.ink import CENTRE, Drawing, darker, lighter
from sample_shop.prints import chest_print, small_logo
from sample_shop.trimmings import bow, colour_block, frill, gathered_waist
from sample_shop.upper import (
    Cut,
    hem_stitch,
    inside_back,
    neck_band,
    sized,
    sleeve_band,
    sleeves,
    torso,
)


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
            f"M{CENTRE} {cut.top + 30}Q{CENTRE + flip * 60} {cut.top + 26} "
            f"{CENTRE + flip * cut.shoulder} {cut.top + 42}",
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
