"""Sweaters and sweatshirts."""

from __future__ import annotations

from dataclasses import replace

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, Look
from sample_shop.details import button, patch_pocket, shirt_collar, zip_line
from sample_shop.ink import CENTRE, Drawing, curve, darker, luma, symmetric
from sample_shop.prints import chest_print, small_logo
from sample_shop.trimmings import colour_block
from sample_shop.upper import (
    Cut,
    hem_band,
    inside_back,
    neck_band,
    sized,
    sleeve_band,
    sleeves,
    torso,
)

LONG = Cut(
    neck=33,
    drop=27,
    top=66,
    sleeve=236,
    sleeve_angle=76,
    cuff=19,
    sleeve_width=32,
    length=388,
    hem=86,
    chest=90,
    waist=88,
    shoulder=90,
    hem_curve=3,
)


def sweater(look: Look) -> Drawing:
    """A knitted sweater or cardigan with ribbed ends."""
    d = Drawing(volume=0.6, grain="fleece")
    cut = LONG
    if look.style == "V-Neck":
        cut = replace(cut, neckline="v", drop=58)
    elif look.style == "Cardigan":
        cut = replace(cut, neckline="v", drop=104, neck=32)
    elif look.style == "Turtleneck":
        cut = replace(cut, drop=14, neck=28)
    cut = sized(look, cut)
    trim = look.accent if look.chance(0.3) else darker(look.base, 0.14)
    inside_back(d, look, cut)
    sleeves(d, look, cut)
    path = torso(d, look, cut)
    if look.pattern == "Colourblocked":
        colour_block(d, look, path, cut)
    if look.pattern == "Fair Isle":
        fair_isle(d, look, path, cut.pit - 6)
    sleeve_band(d, cut, trim, 24)
    hem_band(d, cut, trim, 24)
    if look.style == "Turtleneck":
        n, t = cut.neck, cut.top
        collar = symmetric(
            [[CENTRE, t - 24], [CENTRE + n - 3, t - 21, 1], [CENTRE + n + 3, t + 6, 1], [CENTRE, t + 17]]
        )
        d.piece(curve(collar), trim, look.edge)
        d.line(
            f"M{CENTRE - n} {t - 6}Q{CENTRE} {t + 4} {CENTRE + n} {t - 6}",
            darker(trim, 0.4),
            32,
            cap="butt",
            dash="1.2 2.6",
            opacity=0.35,
        )
        d.shade(f"M{CENTRE - n - 2} {t + 8}Q{CENTRE} {t + 22} {CENTRE + n + 2} {t + 8}", -0.4, width=6)
    else:
        neck_band(d, look, cut, trim, width=11)
    if look.style == "Cardigan":
        top, bottom = cut.top + cut.drop - 4, cut.length + 23
        d.piece(f"M{CENTRE - 8} {top}H{CENTRE + 8}V{bottom}H{CENTRE - 8}Z", trim, look.edge)
        for k in range(5):
            button(
                d,
                CENTRE,
                top + 18 + k * (bottom - top - 34) / 4,
                4,
                look.accent if luma(look.base) < 120 else COLOURS["Brown"],
            )
        d.shade(f"M{CENTRE + 11} {top}V{bottom}", -0.3, width=6)
        if look.chance(0.6):
            for side in (1, -1):
                patch_pocket(d, look, CENTRE + side * cut.waist * 0.55, cut.waist_at + 26, 46, 46, cloth(d, look))
    return d


def fair_isle(d: Drawing, look: Look, path: str, y: float) -> None:
    """Bands of small knitted motifs across the chest."""
    a, b = look.accent, look.second
    d.clip(path)
    for row, (tone, kind) in enumerate(((a, 0), (b, 1), (a, 2), (b, 1), (a, 0))):
        yy = y + row * 17
        for k in range(-2, 30):
            x = 30 + k * 12
            if kind == 0:
                d.fill(f"M{x} {yy}h6v4h-6ZM{x + 6} {yy + 4}h6v4h-6Z", tone)
            elif kind == 1:
                d.fill(f"M{x + 6} {yy - 5}l6 6l-6 6l-6 -6ZM{x} {yy + 8}h2v2h-2Z", tone)
            else:
                d.fill(f"M{x} {yy + 8}l6 -10l6 10h-3l-3 -5l-3 5Z", tone)
    d.unclip()


def hood(d: Drawing, look: Look, cut: Cut, lining: tuple[int, int, int]) -> None:
    """A hood lying around the neck, its lining showing."""
    c, t, n = CENTRE, cut.top, cut.neck
    outer = symmetric(
        [
            [c, t - 44],
            [c + n * 0.9, t - 36],
            [c + n + 15, t - 6],
            [c + n + 16, t + 16],
            [c + n * 0.75, t + 40],
            [c + 6, t + 58, 1],
            [c, t + 56],
        ]
    )
    d.shade(curve(outer), -0.2, width=8)
    d.piece(curve(outer), cloth(d, look), look.edge)
    inner = symmetric([[c, t - 30], [c + n * 0.7, t - 24], [c + n - 1, t + 2], [c + n * 0.55, t + 28], [c, t + 50, 1]])
    d.piece(curve(inner), d.gradient([(0, darker(lining, 0.35)), (1, darker(lining, 0.12))]), darker(lining, 0.6))
    d.line(
        curve([[c + n * 0.5, t - 22], [c, t + 2], [c - n * 0.5, t - 22]], closed=False),
        darker(lining, 0.55),
        1,
        opacity=0.5,
    )
    d.shade(f"M{c} {t + 50}L{c - n * 0.6} {t + 26}M{c} {t + 50}L{c + n * 0.6} {t + 26}", 0.25, width=4)


def sweatshirt(look: Look) -> Drawing:
    """A sweatshirt: crew neck, hooded, or with a zip."""
    d = Drawing(volume=0.65, grain="fleece")
    cut = replace(LONG, sleeve_width=35, cuff=21)
    hooded = look.style in ("Hooded", "Zip Hooded")
    if hooded:
        cut = replace(cut, top=76, drop=30)
    cut = sized(look, cut)
    trim = look.accent if look.chance(0.3) else darker(look.base, 0.15)
    inside_back(d, look, cut)
    sleeves(d, look, cut, look.accent if look.pattern == "Colourblocked" else None)
    torso(d, look, cut)
    sleeve_band(d, cut, trim, 22)
    hem_band(d, cut, trim, 22)
    c, y = CENTRE, cut.waist_at + 12
    if hooded:
        pocket = symmetric(
            [[c, y], [c + 34, y, 1], [c + 58, y + 48, 1], [c + 60, cut.length - 6, 1], [c, cut.length - 4]]
        )
        d.shade(curve(pocket), -0.2, width=5)
        d.piece(curve(pocket), cloth(d, look), look.edge)
        for f in (1, -1):
            d.stitch(f"M{c + f * 37} {y + 1}L{c + f * 61} {y + 48}", look.thread, opacity=0.7)
            d.line(f"M{c + f * 34} {y}L{c + f * 58} {y + 48}", look.edge, 1.5, opacity=0.6)
    if look.style == "Zip Hooded" or look.style == "Half Zip":
        bottom = cut.length + 20 if look.style == "Zip Hooded" else cut.pit + 34
        zip_line(d, cut.top + (44 if hooded else 8), bottom, darker(look.base, 0.3), COLOURS["Silver"])
    if hooded:
        hood(d, look, cut, look.accent if look.chance(0.5) else look.base)
        for f in (1, -1):
            x = c + f * 11
            d.line(f"M{x} {cut.top + 48}Q{x + f * 5} {cut.top + 76} {x + f * 2} {cut.top + 100}", (236, 234, 228), 2.6)
            d.line(f"M{x + f * 2} {cut.top + 98}v9", COLOURS["Steel"], 3.2)
    elif look.style == "Half Zip":
        shirt_collar(d, look, cut, trim, stand=True)
    else:
        neck_band(d, look, cut, trim, width=10)
        d.line(
            f"M{c - 10} {cut.top + cut.drop + 5}L{c} {cut.top + cut.drop + 20}L{c + 10} {cut.top + cut.drop + 5}",
            look.edge,
            1,
            opacity=0.5,
        )
    if look.pattern == "Graphic" and look.style != "Zip Hooded":
        chest_print(d, look, cut.pit + (50 if not hooded else 34), width=cut.chest * (0.95 if not hooded else 0.72))
    elif look.chance(0.7):
        small_logo(d, look, c + cut.chest * 0.5, cut.pit, 7)
    return d
