"""Shorts and skirts."""

from __future__ import annotations

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, Look
from sample_shop.details import button
from sample_shop.ink import CENTRE, Drawing, curve, darker, lighter, symmetric
from sample_shop.legs import Legs, fly, pair, slant_pockets, waistband
from sample_shop.prints import small_logo
from sample_shop.trimmings import bow


def shorts(look: Look) -> Drawing:
    """Shorts: chino, denim or for sports."""
    d = Drawing(volume=0.55, grain="denim" if look.style == "Denim" else "cloth")
    women = look.womens
    g = Legs(
        top=96,
        waist=74 if not women else 68,
        hip=98 if not women else 92,
        hip_at=200,
        crotch=238 if not women else 226,
        knee_out=106,
        knee_in=14,
        hem_out=look.between(108, 116),
        hem_in=12,
        length=look.between(352, 388) if not women else look.between(292, 330),
    )
    pair(d, look, g, loose=1.4)
    c = CENTRE
    thread = COLOURS["Tan"] if look.style == "Denim" else look.thread
    for f in (1, -1):
        d.stitch(
            f"M{c + f * (g.hem_in + 2)} {g.length - 10}Q{c + f * 60} {g.length - 5} "
            f"{c + f * (g.hem_out - 2)} {g.length - 10}",
            thread,
        )
    if look.style == "Sports":
        panel = look.chance(0.7)
        for f in (1, -1):
            if panel:
                d.piece(
                    curve(
                        [
                            [c + f * (g.waist - 2), g.top + 20, 1],
                            [c + f * (g.hip - 10), g.hip_at],
                            [c + f * (g.hem_out - 26), g.length, 1],
                            [c + f * g.hem_out, g.length, 1],
                            [c + f * g.hip, g.hip_at],
                            [c + f * g.waist, g.top + 18, 1],
                        ]
                    ),
                    look.accent,
                    look.edge,
                )
        waistband(d, look, g, 22, look.base, loops=False)
        d.line(
            f"M{c - g.waist} {g.top + 10}Q{c} {g.top + 16} {c + g.waist} {g.top + 10}",
            look.edge,
            18,
            cap="butt",
            dash="1.2 3.4",
            opacity=0.35,
        )
        for f in (1, -1):
            d.line(
                f"M{c + f * 5} {g.top + 18}Q{c + f * 16} {g.top + 44} {c + f * 9} {g.top + 72}", (238, 236, 230), 2.8
            )
        small_logo(d, look, c - g.hip * 0.55, g.length - 34, 9)
        return d
    slant_pockets(d, look, g, 22, thread, curved=look.style == "Denim")
    if look.style == "Cargo":
        for f in (1, -1):
            x, y = c + f * (g.knee_out - 26), g.crotch + 22
            d.piece(f"M{x - 24} {y}h48v54h-48Z", cloth(d, look), look.edge)
            d.piece(f"M{x - 25} {y - 4}h50v19h-50Z", cloth(d, look), look.edge)
            button(d, x, y + 9, 3, darker(look.base, 0.3))
    if look.style == "Denim":
        for f in (1, -1):
            d.glow(c + f * 58, g.crotch + 30, 44, 110, look.between(0.3, 0.8))
            d.piece(
                f"M{c + f * g.hem_in} {g.length - 20}Q{c + f * 60} {g.length - 14} "
                f"{c + f * (g.hem_out - 0.5)} {g.length - 20}L{c + f * (g.hem_out + 1)} {g.length + 2}"
                f"Q{c + f * 60} {g.length + 8} {c + f * g.hem_in} {g.length + 2}Z",
                lighter(look.base, 0.1),
                look.edge,
            )
    waistband(d, look, g, 22, look.base)
    fly(d, look, g, 22, thread)
    button(d, c, g.top + 15, 4.6, COLOURS["Copper"] if look.style == "Denim" else darker(look.base, 0.35))
    return d


def skirt(look: Look) -> Drawing:
    """A skirt: A-line, pencil, pleated or tiered."""
    d = Drawing(volume=0.55, grain="denim" if look.style == "Denim" else "cloth")
    c, top = CENTRE, 84.0
    flare = {"Pencil": 64, "A-Line": 118, "Pleated": 128, "Tiered": 122, "Denim": 96}.get(
        look.style, 110
    ) * look.between(0.95, 1.06)
    length = {"Pencil": 408, "Denim": 330}.get(look.style, look.between(340, 420))
    waist = 58.0
    half = [
        [c, top],
        [c + waist, top - 3, 1],
        [c + (80 if look.style in ("Pencil", "Denim") else waist + (flare - waist) * 0.45), top + 88],
        [c + flare, length, 1],
        [c + flare * 0.5, length + 10],
        [c, length + 13],
    ]
    path = curve(symmetric(half))
    d.piece(path, cloth(d, look), look.edge)
    straight = look.style in ("Pencil", "Denim")
    folds = 4 if straight else 13
    for k in range(folds):
        share = (k + 0.5) / folds * 2 - 1
        x0, x1 = c + share * waist * 0.95, c + share * flare * 0.97
        depth = look.between(0.12, 0.24) if straight else look.between(0.22, 0.4)
        d.crease(
            [
                (x1, length + 8),
                ((x0 + x1) / 2 + share * 6, (top + length) / 2),
                (x0, top + (18 if not straight else look.between(60, 160))),
            ],
            5 if straight else 8,
            depth * (1 if share > 0 else -1),
        )
        if look.style == "Pleated":
            d.line(f"M{x0} {top + 16}L{x1} {length + 9}", look.edge, 1, opacity=0.5)
    if look.style == "Tiered":
        for k in (1, 2):
            share = k / 3
            y, w = top + (length - top) * share, waist + (flare - waist) * share**0.7 + 1
            d.line(f"M{c - w} {y}Q{c} {y + 20} {c + w} {y}", look.edge, 1.8, opacity=0.6)
            d.shade(f"M{c - w} {y + 6}Q{c} {y + 26} {c + w} {y + 6}", -0.5, width=9)
    band = look.accent if look.chance(0.3) else darker(look.base, 0.18)
    d.piece(
        curve(symmetric([[c, top - 6], [c + waist - 1, top - 12, 1], [c + waist + 2, top + 10, 1], [c, top + 15]])),
        band if look.style != "Denim" else look.base,
        look.edge,
    )
    d.shade(f"M{c - waist} {top + 12}Q{c} {top + 18} {c + waist} {top + 12}", -0.35, width=6)
    if look.style == "Denim":
        legs = Legs(top=top - 10, waist=waist, hip=82, crotch=230)
        slant_pockets(d, look, legs, 24, COLOURS["Tan"], curved=True)
        fly(d, look, legs, 24, COLOURS["Tan"])
        button(d, c, top + 4, 4.6, COLOURS["Copper"])
        d.stitch(f"M{c - flare + 2} {length - 10}Q{c} {length + 14} {c + flare - 2} {length - 10}", COLOURS["Tan"])
        for f in (1, -1):
            d.glow(c + f * 42, (top + length) / 2 + 30, 40, 100, 0.6)
    elif look.chance(0.35):
        bow(d, look, c + look.between(-24, 24), top + 3, 17, band)
    if look.style in ("A-Line", "Tiered") and look.chance(0.4):
        d.clip(path)
        d.line(f"M{c - flare} {length - 16}Q{c} {length + 12} {c + flare} {length - 16}", look.accent, 7)
        d.unclip()
    return d
