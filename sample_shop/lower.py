"""Jeans, trousers, track pants and leggings."""

from __future__ import annotations

from sample_shop.colours import COLOURS, Look
from sample_shop.details import button
from sample_shop.ink import CENTRE, Drawing, curve, darker, lighter, mirror, mix
from sample_shop.legs import Legs, fitted, fly, leg, pair, slant_pockets, waistband
from sample_shop.prints import small_logo


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
        side = (
            f"M{c + f * (g.hip - 3)} {g.hip_at + 10}Q{c + f * (g.knee_out - 2)} {knee} "
            f"{c + f * (g.hem_out - 4)} {g.length}"
        )
        d.clip(curve(leg(g) if f > 0 else mirror(leg(g))))
        d.line(side, look.edge, 1, opacity=0.4)
        d.unclip()
        d.stitch(
            f"M{c + f * (g.hem_in + 1)} {g.length - 8}Q{c + f * (g.hem_in + g.hem_out) / 2} "
            f"{g.length - 4} {c + f * (g.hem_out - 1)} {g.length - 8}",
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
                    f"M{c + f * (g.waist - s)} {g.top + 16}C{c + f * (g.hip - s)} {g.hip_at} "
                    f"{c + f * (g.knee_out - s)} {knee - 60} {c + f * (g.knee_out - s)} {knee}"
                    f"L{c + f * (g.hem_out - s)} {g.length + 6}",
                    look.accent if k != 1 or stripes != 2 else look.second,
                    3.6,
                    cap="butt",
                )
            d.unclip()
        d.line(
            f"M{c + f * (g.waist - 6)} {g.top + 34}Q{c + f * (g.hip - 8)} {g.top + 54} "
            f"{c + f * (g.hip - 8)} {g.top + 80}",
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
    g = Legs(
        waist=45,
        hip=62,
        knee_out=46,
        knee_in=13,
        hem_out=35,
        hem_in=17,
        top=30,
        hip_at=116,
        crotch=168,
        length=look.between(380, 400) if look.style == "Cropped" else look.between(438, 450),
    )
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
