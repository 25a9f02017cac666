"""Jeans, trousers, track pants, leggings, shorts and skirts."""

from __future__ import annotations

from dataclasses import dataclass

from vsearch_core.catalogue.sample.cloth import COLOURS, Look, cloth
from vsearch_core.catalogue.sample.ink import CENTRE, RGB, Drawing, curve, darker, lighter, mirror, mix, symmetric
from vsearch_core.catalogue.sample.prints import small_logo
from vsearch_core.catalogue.sample.shirts import bow
from vsearch_core.catalogue.sample.upper import button


@dataclass(frozen=True)
class Legs:
    """Measures of a pair of legs in sheet units: half widths at waist and hip, x of the leg's edges from the centre."""

    top: float = 34
    waist: float = 56
    hip: float = 70
    hip_at: float = 112
    crotch: float = 164
    knee_out: float = 66
    knee_in: float = 14
    hem_out: float = 64
    hem_in: float = 22
    length: float = 446


def leg(legs: Legs) -> list[list[float]]:
    """Outline of the right leg, from the waist's centre around."""
    c, g = CENTRE, legs
    knee = g.crotch + (g.length - g.crotch) * 0.45
    return [
        [c - 1, g.top + 4, 1],
        [c + g.waist, g.top, 1],
        [c + g.hip, g.hip_at],
        [c + (g.hip * 0.4 + g.knee_out * 0.6), (g.hip_at + knee) / 2 + 14],
        [c + g.knee_out, knee],
        [c + g.hem_out, g.length, 1],
        [c + (g.hem_out + g.hem_in) / 2, g.length + 4],
        [c + g.hem_in, g.length, 1],
        [c + g.knee_in, knee],
        [c + 5, g.crotch + 18],
        [c - 1, g.crotch, 1],
    ]


def pair(d: Drawing, look: Look, legs: Legs, *, creased: bool = False, loose: float = 1.0) -> None:
    """Both legs with folds at hip, knee and hem."""
    right = leg(legs)
    c, g = CENTRE, legs
    d.piece(
        curve(
            [
                [c - g.waist + 6, g.top - 2],
                [c + g.waist - 6, g.top - 2],
                [c + g.waist - 10, g.top + 14],
                [c - g.waist + 10, g.top + 14],
            ]
        ),
        darker(look.base, 0.5),
        look.edge,
    )
    for points in (mirror(right), right):
        d.piece(curve(points), cloth(d, look), look.edge)
    knee = g.crotch + (g.length - g.crotch) * 0.45
    d.shade(f"M{c} {g.crotch - 4}L{c} {g.crotch + 40}", -0.35, width=14)
    for f in (1, -1):
        d.shade(f"M{c + f * g.knee_in} {knee}L{c + f * g.hem_in} {g.length}", -0.3, width=9)
        d.glow(c + f * (g.knee_in + g.knee_out) * 0.46, (g.crotch + knee) / 2, 24, 110, 0.3)
        for k in range(3):
            y = g.crotch - 14 + k * 13
            d.crease(
                [
                    (c + f * 4, g.crotch + k * 4),
                    (c + f * 26, y - 8),
                    (c + f * look.between(42, 60), y - look.between(10, 34)),
                ],
                4 * loose,
                0.26 * f,
            )
        for k in range(4):
            y = knee + look.between(-26, 30)
            side = g.knee_in + 4 if k % 2 else g.knee_out - 4
            middle = (g.knee_in + g.knee_out) / 2
            d.crease(
                [
                    (c + f * side, y),
                    (c + f * (side + middle) / 2, y + look.between(4, 10)),
                    (c + f * middle, y + look.between(2, 18)),
                ],
                4 * loose,
                0.24,
            )
        for k in range(3):
            y = g.length - 14 - k * 16
            d.crease(
                [
                    (c + f * (g.hem_in + 3), y),
                    (c + f * (g.hem_in + g.hem_out) / 2, y + look.between(3, 9)),
                    (c + f * (g.hem_out - 8), y - 2),
                ],
                3.4 * loose,
                look.between(0.1, 0.26),
            )
        if creased:
            x0, x1 = (g.hip + 8) / 2 + 6, (g.hem_in + g.hem_out) / 2
            line = (
                f"M{c + f * x0} {g.hip_at + 30}Q{c + f * (g.knee_in + g.knee_out) / 2} {knee} {c + f * x1} {g.length}"
            )
            d.line(line, look.edge, 1, opacity=0.35)
            d.shade(line, 0.3, width=5)


def waistband(d: Drawing, look: Look, legs: Legs, depth: float, fill: RGB, *, loops: bool = True) -> None:
    """The waistband with belt loops and a fly."""
    c, g = CENTRE, legs
    wide = g.waist + 1.5
    band = symmetric(
        [[c, g.top + 3], [c + g.waist, g.top - 2, 1], [c + wide, g.top + depth, 1], [c, g.top + depth + 5]]
    )
    d.piece(curve(band), fill, look.edge)
    d.shade(f"M{c - wide} {g.top + depth + 2}Q{c} {g.top + depth + 8} {c + wide} {g.top + depth + 2}", -0.3, width=5)
    if loops:
        for x in (-g.waist * 0.55, g.waist * 0.55, -g.waist + 5, g.waist - 5):
            d.piece(f"M{c + x - 3} {g.top - 3}h6v{depth + 6}h-6Z", fill, look.edge, opacity=0.7)


def fly(d: Drawing, look: Look, legs: Legs, depth: float, thread: RGB) -> None:
    """Fly seam and its curved stitching."""
    c, g = CENTRE, legs
    y = g.top + depth + 4
    d.line(f"M{c} {y}V{g.crotch}", look.edge, 1.3, opacity=0.65)
    d.stitch(f"M{c + 14} {y}V{g.crotch - 44}Q{c + 14} {g.crotch - 26} {c + 1} {g.crotch - 22}", thread)
    d.shade(f"M{c + 2} {y}V{g.crotch}", -0.25, width=4)


def slant_pockets(d: Drawing, look: Look, legs: Legs, depth: float, thread: RGB, *, curved: bool = False) -> None:
    """Front pockets, slanted or curved as on jeans."""
    c, g = CENTRE, legs
    y = g.top + depth + 3
    for f in (1, -1):
        edge = c + f * (g.waist + (g.hip - g.waist) * 0.75)
        bend = f"Q{c + f * g.waist * 0.5} {y + 42}" if curved else f"Q{c + f * g.waist * 0.76} {y + 24}"
        for shift, tone, width in ((0, look.edge, 1.4), (4, thread, 0)):
            path = f"M{c + f * (g.waist * (0.48 if curved else 0.62) - shift * 0.8)} {y}{bend} {edge} {y + 44 + shift}"
            if width:
                d.line(path, tone, width, opacity=0.7)
            else:
                d.stitch(path, thread)
        d.shade(f"M{c + f * g.waist * 0.55} {y + 2}{bend} {edge} {y + 46}", -0.3, width=5)


def fitted(look: Look, style: str) -> Legs:
    """The legs' cut by its name: skinny, slim, straight, loose or flared."""
    outs = {"Skinny": (55, 16, 44, 20), "Slim": (60, 14, 54, 20), "Straight": (65, 11, 64, 17), "Loose": (72, 9, 74, 13),
            "Flared": (57, 15, 82, 8)}  # fmt: skip
    knee_out, knee_in, hem_out, hem_in = outs.get(style, outs["Straight"])
    waist, hip = (50, 70) if look.womens else (57, 68)
    wob = look.between(0.97, 1.03)
    return Legs(
        waist=waist * wob, hip=hip * wob, knee_out=knee_out * wob, knee_in=knee_in, hem_out=hem_out * wob,
        hem_in=hem_in, length=look.between(438, 450) - (36 if look.child else 0), top=34 + (22 if look.child else 0),
    )  # fmt: skip


def jeans(look: Look) -> Drawing:
    """Five-pocket jeans with washes, whiskers and tan stitches."""
    d = Drawing(volume=0.5, grain="denim")
    g = fitted(look, look.style)
    thread = COLOURS["Tan"] if look.chance(0.75) else lighter(look.base, 0.4)
    pair(d, look, g)
    c = CENTRE
    wash = look.between(0.0, 0.75)
    knee = g.crotch + (g.length - g.crotch) * 0.45
    for f in (1, -1):
        x = c + f * (g.knee_in + g.knee_out) * 0.5
        d.glow(x, knee - 20, 26, 120, wash)
        d.glow(x, g.crotch + 40, 20, 60, wash * 0.8)
        d.glow(x, knee + 90, 16, 60, wash * 0.4)
        for k in range(3):
            y = g.crotch - 34 + k * 13
            d.shade(f"M{c + f * 12} {y + 10}Q{c + f * 34} {y + 4} {c + f * (g.hip - 6)} {y - 10}", wash * 0.5, width=3)
        side = f"M{c + f * (g.hip - 3)} {g.hip_at + 10}Q{c + f * (g.knee_out - 2)} {knee} {c + f * (g.hem_out - 4)} {g.length}"
        d.line(side, look.edge, 1, opacity=0.4)
        d.stitch(
            f"M{c + f * (g.hem_in + 1)} {g.length - 8}Q{c + f * (g.hem_in + g.hem_out) / 2} {g.length - 4} {c + f * (g.hem_out - 1)} {g.length - 8}",
            thread,
        )
        if look.chance(0.22):
            _ripped(d, look, x, knee + look.between(-30, 20))
    slant_pockets(d, look, g, 18, thread, curved=True)
    y = g.top + 30
    d.stitch(f"M{c + g.waist * 0.66} {y}v10l14 8", thread)
    waistband(d, look, g, 18, look.base)
    d.stitch(f"M{c - g.waist} {g.top + 2}Q{c} {g.top + 7} {c + g.waist} {g.top + 2}", thread)
    fly(d, look, g, 18, thread)
    button(d, c, g.top + 12, 4.6, COLOURS["Copper"])
    for f in (1, -1):
        d.circle(c + f * (g.waist * 0.5), g.top + 25, 1.5, COLOURS["Copper"])
    return d


def _ripped(d: Drawing, look: Look, x: float, y: float) -> None:
    d.fill(
        curve([(x - 17, y), (x - 6, y - 6), (x + 8, y - 5), (x + 17, y + 1), (x + 6, y + 6), (x - 9, y + 6)]),
        mix(look.base, (250, 250, 250), 0.8),
    )
    for k in range(4):
        d.line(
            f"M{x - 15 + k * 2} {y - 3 + k * 2}Q{x} {y - 1 + k * 2.4} {x + 15} {y - 4 + k * 2.6}",
            mix(look.base, (250, 250, 250), 0.4),
            0.8,
        )


def trousers(look: Look) -> Drawing:
    """Formal trousers with creases, or chinos."""
    d = Drawing(volume=0.5)
    formal = look.style in ("Formal", "Pleated")
    g = fitted(look, "Straight" if formal else "Flared" if look.style == "Wide Leg" else "Slim")
    pair(d, look, g, creased=formal)
    slant_pockets(d, look, g, 17, look.thread)
    waistband(d, look, g, 17, look.base if look.pattern == "Solid" else darker(look.base, 0.1))
    fly(d, look, g, 17, look.thread)
    c = CENTRE
    if look.style == "Pleated":
        for f in (1, -1):
            d.crease([(c + f * 26, g.top + 22), (c + f * 30, g.top + 52), (c + f * 33, g.top + 92)], 4, 0.5 * f)
    if look.style == "Cargo":
        for f in (1, -1):
            x, y = c + f * (g.knee_out - 8), g.crotch + 62
            d.piece(f"M{x - 20} {y}h40v48h-40Z", look.base, look.edge)
            d.piece(f"M{x - 21} {y - 3}h42v16h-42Z", look.base, look.edge)
            button(d, x, y + 8, 2.6, darker(look.base, 0.3))
            d.shade(f"M{x - 20} {y + 52}h40", -0.4, width=6)
    button(d, c, g.top + 12, 3.6, darker(look.base, 0.35))
    return d


def track_pants(look: Look) -> Drawing:
    """Track pants with an elastic waist, a drawstring and side stripes."""
    d = Drawing(volume=0.55)
    cuffed = look.style == "Cuffed"
    g = fitted(look, "Slim" if cuffed else "Loose" if look.style == "Relaxed" else "Straight")
    pair(d, look, g, loose=1.5)
    c = CENTRE
    knee = g.crotch + (g.length - g.crotch) * 0.45
    stripes = int(look.rng.integers(0, 3))
    for f in (1, -1):
        if stripes:
            d.clip(curve(leg(g) if f > 0 else mirror(leg(g))))
            for k in range(stripes):
                s = 5 + k * 7
                d.line(
                    f"M{c + f * (g.waist - s)} {g.top + 16}C{c + f * (g.hip - s)} {g.hip_at} {c + f * (g.knee_out - s)} {knee - 60} {c + f * (g.knee_out - s)} {knee}L{c + f * (g.hem_out - s)} {g.length + 6}",
                    look.accent if k != 1 or stripes != 2 else look.second,
                    3.6,
                    cap="butt",
                )
            d.unclip()
        d.line(
            f"M{c + f * (g.waist - 6)} {g.top + 34}Q{c + f * (g.hip - 8)} {g.top + 54} {c + f * (g.hip - 8)} {g.top + 80}",
            look.edge,
            2.4,
            opacity=0.7,
        )
        if cuffed:
            quad = [
                [c + f * (g.hem_in + 2), g.length - 14, 1],
                [c + f * (g.hem_out - 1), g.length - 14, 1],
                [c + f * (g.hem_out - 5), g.length + 6, 1],
                [c + f * (g.hem_in + 6), g.length + 6, 1],
            ]
            d.piece(curve(quad), darker(look.base, 0.15), look.edge)
            d.line(
                f"M{c + f * (g.hem_in + 3)} {g.length - 4}L{c + f * (g.hem_out - 3)} {g.length - 4}",
                look.edge,
                19,
                cap="butt",
                dash="1 2.4",
                opacity=0.4,
            )
    waistband(d, look, g, 18, look.accent if look.chance(0.15) else look.base, loops=False)
    d.line(
        f"M{c - g.waist} {g.top + 8}Q{c} {g.top + 14} {c + g.waist} {g.top + 8}",
        look.edge,
        15,
        cap="butt",
        dash="1.2 3",
        opacity=0.35,
    )
    for f in (1, -1):
        d.line(f"M{c + f * 4} {g.top + 14}Q{c + f * 12} {g.top + 34} {c + f * 7} {g.top + 58}", (238, 236, 230), 2.4)
    d.line(f"M{c} {g.top + 24}V{g.crotch}", look.edge, 1.1, opacity=0.6)
    small_logo(d, look, c + g.hip * 0.5, g.hip_at + 24, 7)
    return d


def leggings(look: Look) -> Drawing:
    """Close-fitting leggings."""
    d = Drawing(volume=0.6)
    g = Legs(waist=45, hip=62, knee_out=46, knee_in=13, hem_out=35, hem_in=17, top=30, hip_at=116, crotch=168,
             length=look.between(380, 400) if look.style == "Cropped" else look.between(438, 450))  # fmt: skip
    pair(d, look, g, loose=0.7)
    waistband(
        d,
        look,
        g,
        15 if look.chance(0.5) else 30,
        look.accent if look.chance(0.2) else lighter(look.base, 0.05),
        loops=False,
    )
    for f in (1, -1):
        d.stitch(
            f"M{CENTRE + f * (g.hem_in + 1)} {g.length - 7}L{CENTRE + f * (g.hem_out - 1)} {g.length - 7}", look.thread
        )
        d.shade(
            f"M{CENTRE + f * 32} {g.hip_at}Q{CENTRE + f * 34} {g.crotch + 60} {CENTRE + f * 27} {g.length - 60}",
            0.3,
            width=12,
        )
    d.line(f"M{CENTRE} {g.top + 20}V{g.crotch}", look.edge, 1.1, opacity=0.6)
    return d


def shorts(look: Look) -> Drawing:
    """Shorts: chino, denim or for sports."""
    d = Drawing(volume=0.55, grain="denim" if look.style == "Denim" else "cloth")
    women = look.womens
    g = Legs(top=96, waist=74 if not women else 68, hip=98 if not women else 92, hip_at=200, crotch=238 if not women else 226,
             knee_out=106, knee_in=14, hem_out=look.between(108, 116), hem_in=12,
             length=look.between(352, 388) if not women else look.between(292, 330))  # fmt: skip
    pair(d, look, g, loose=1.4)
    c = CENTRE
    thread = COLOURS["Tan"] if look.style == "Denim" else look.thread
    for f in (1, -1):
        d.stitch(
            f"M{c + f * (g.hem_in + 2)} {g.length - 10}Q{c + f * 60} {g.length - 5} {c + f * (g.hem_out - 2)} {g.length - 10}",
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
                f"M{c + f * g.hem_in} {g.length - 20}Q{c + f * 60} {g.length - 14} {c + f * (g.hem_out - 0.5)} {g.length - 20}L{c + f * (g.hem_out + 1)} {g.length + 2}Q{c + f * 60} {g.length + 8} {c + f * g.hem_in} {g.length + 2}Z",
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
