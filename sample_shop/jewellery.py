"""Earrings, necklaces, rings and bracelets."""

from __future__ import annotations

import numpy as np

from sample_shop.colours import COLOURS, Look
from sample_shop.ink import CENTRE, RGB, Drawing, curve, darker, hex_of, lighter

C = CENTRE
GEMS: tuple[RGB, ...] = (
    (170, 20, 50),
    (24, 70, 160),
    (20, 120, 80),
    (228, 232, 238),
    (120, 40, 140),
    (40, 170, 180),
    (236, 226, 208),
)


def metal(look: Look) -> RGB:
    """The metal of a piece: its colour if that is one, else gold."""
    return look.base if look.colour in ("Gold", "Silver", "Steel", "Copper", "Bronze") else COLOURS["Gold"]


def gem_colour(look: Look) -> RGB:
    """The stones' colour: the look's own if it is not a metal."""
    pick = GEMS[int(look.rng.integers(0, len(GEMS)))]
    return pick if look.colour in ("Gold", "Silver", "Steel", "Copper", "Bronze") else look.base


def bead(d: Drawing, x: float, y: float, r: float, tone: RGB) -> None:
    """A shining ball."""
    d.circle(
        x,
        y,
        r,
        d.radial([(0, lighter(tone, 0.75)), (0.45, tone), (1, darker(tone, 0.45))], at=(0.35, 0.32, 0.75)),
        darker(tone, 0.55),
        0.7,
    )


def gem(d: Drawing, x: float, y: float, r: float, tone: RGB, setting: RGB) -> None:
    """A cut stone in its setting."""
    d.circle(x, y, r * 1.18, d.gradient([(0, lighter(setting, 0.6)), (1, darker(setting, 0.3))]), darker(setting, 0.5))
    d.circle(x, y, r, d.radial([(0, lighter(tone, 0.5)), (1, darker(tone, 0.35))], at=(0.4, 0.35, 0.75)))
    for k in range(8):
        a, b = k * np.pi / 4, (k + 0.5) * np.pi / 4
        fan = (
            f"M{x:.1f} {y:.1f}L{x + r * np.cos(a):.1f} {y + r * np.sin(a):.1f}"
            f"L{x + r * np.cos(b):.1f} {y + r * np.sin(b):.1f}Z"
        )
        d.fill(fan, (255, 255, 255) if k % 2 else (0, 0, 0), opacity=0.2)
    d.fill(
        f"M{x - r * 0.5:.1f} {y - r * 0.4:.1f}l{r * 0.4:.1f} {-r * 0.25:.1f}l{r * 0.15:.1f} {r * 0.25:.1f}Z",
        (255, 255, 255),
        opacity=0.8,
    )


def shiny(d: Drawing, tone: RGB, *, across: bool = False) -> str:
    """A metal gradient."""
    line = (0, 0, 1, 0) if across else (0, 0, 1, 1)
    return d.gradient(
        [
            (0, lighter(tone, 0.7)),
            (0.3, tone),
            (0.5, lighter(tone, 0.45)),
            (0.72, darker(tone, 0.35)),
            (1, lighter(tone, 0.3)),
        ],
        line=line,
    )


def earrings(look: Look) -> Drawing:
    """A pair: drops, hoops, studs or bell-shaped jhumkas."""
    d = Drawing(volume=0.3, grain="plain")
    m, g = metal(look), gem_colour(look)
    size, long = look.between(0.9, 1.15), look.between(0.9, 1.2)
    petals = int(look.rng.integers(6, 11))
    for x, y in ((104.0, 150.0), (256.0, 186.0)):
        d.group(f"translate({x} {y}) scale({size:.2f})")
        if look.style == "Hoop":
            for tone, w in ((hex_of(darker(m, 0.5)), 11.0), (shiny(d, m), 9.0)):
                d.add(
                    f'<ellipse cx="0" cy="70" rx="54" ry="{62 * long:.0f}" fill="none" stroke="{tone}" '
                    f'stroke-width="{w}"/>'
                )
            for k in range(7):
                a = np.pi * (0.2 + 0.1 * k)
                bead(d, 54 * np.cos(a), 70 + 62 * long * np.sin(a), 6, g)
            d.line("M0 2q-12 -14 0 -22", darker(m, 0.3), 2.6)
        elif look.style == "Stud":
            for k in range(petals):
                a = 2 * np.pi * k / petals
                bead(d, 34 * np.cos(a), 70 + 34 * np.sin(a), 62 / petals * 1.5, m)
            gem(d, 0, 70, 24, g, m)
        else:
            d.line("M0 14C-2 -24 24 -28 20 2", darker(m, 0.3), 2.8)
            bead(d, 0, 18, 7, m)
            if look.style == "Jhumka":
                gem(d, 0, 44, 17, g, m)
                dome = f"M-44 {118 * long:.0f}C-44 78 -20 64 0 64C20 64 44 78 44 {118 * long:.0f}Z"
                d.piece(dome, shiny(d, m, across=True), darker(m, 0.5))
                for k in range(-4, 5):
                    d.circle(k * 9, 96 * long - abs(k) * 0.5, 3, g, darker(m, 0.5), 0.6)
                    d.line(f"M{k * 10.6:.1f} {118 * long:.0f}v9", darker(m, 0.3), 1.6)
                    bead(d, k * 10.6, 132 * long, 5, g if k % 2 else (240, 236, 226))
            else:
                for k in range(3):
                    d.line(f"M0 {26 + k * 22}v14", darker(m, 0.3), 2.2)
                gem(d, 0, 44, 12, g, m)
                drop = curve([(0, 62, 1), (26, 118 * long), (0, 152 * long), (-26, 118 * long)])
                d.piece(drop, shiny(d, m), darker(m, 0.5), width=1.3)
                inner = curve([(0, 82, 1), (16, 118 * long), (0, 140 * long), (-16, 118 * long)])
                d.piece(
                    inner, d.radial([(0, lighter(g, 0.55)), (1, darker(g, 0.3))], at=(0.4, 0.35, 0.75)), darker(g, 0.6)
                )
        d.unclip()
    return d


def necklace(look: Look) -> Drawing:
    """A chain with a pendant, a row of beads, or a collar with drops."""
    d = Drawing(volume=0.25, grain="plain")
    m, g = metal(look), gem_colour(look)
    deep, wide = look.between(330, 370), look.between(92, 108)

    def at(t: float) -> tuple[float, float]:
        """A point on the necklace; t from -1 (left end) over 0 (bottom) to 1."""
        a = t * np.pi * 0.86
        return C + wide * np.sin(a) * (1 + 0.12 * np.cos(a)), 60 + (deep - 60) * (0.5 + 0.5 * np.cos(a)) ** 0.85

    if look.style == "Beaded":
        n = int(look.rng.integers(34, 48))
        d.line(curve([at(t) for t in np.linspace(-1, 1, 25)], closed=False), darker(m, 0.3), 1.6)
        second = look.accent if look.chance(0.5) else m
        for k in range(n + 1):
            t = -1 + 2 * k / n
            x, y = at(t)
            bead(d, x, y, (5 + 5.5 * (1 - abs(t))) * (1 if k % 4 else 0.8), g if k % 4 else second)
    else:
        for tone, w in ((darker(m, 0.5), 4.6), (m, 3.2)):
            d.line(curve([at(t) for t in np.linspace(-1, 1, 25)], closed=False), tone, w, dash="5 2.6", cap="round")
        if look.style == "Statement":
            n = int(look.rng.integers(9, 14))
            for k in range(n):
                t = (-0.5 + k / (n - 1)) * 1.1
                x, y = at(t)
                size = 8 + 7 * (1 - abs(t) * 1.6)
                d.line(f"M{x:.1f} {y:.1f}v{size * 1.2:.1f}", darker(m, 0.3), 2)
                gem(d, x, y + size * 1.3, size, g if k % 2 else look.accent, m)
                bead(d, x, y + size * 2.9, size * 0.4, m)
        else:
            x, y = at(0)
            d.circle(x, y + 3, 6, shiny(d, m), darker(m, 0.5))
            kind = int(look.rng.integers(0, 3))
            d.line(f"M{x} {y}V{y + 20}", darker(m, 0.3), 3)
            if kind == 0:
                heart = (
                    f"M{x} {y + 62}C{x - 46} {y + 34} {x - 30} {y + 2} {x} {y + 20}C{x + 30} {y + 2} "
                    f"{x + 46} {y + 34} {x} {y + 62}Z"
                )
                d.piece(heart, shiny(d, m), darker(m, 0.5), width=1.3)
                gem(d, x, y + 34, 9, g, m)
            elif kind == 1:
                for k in range(12):
                    bead(d, x + 24 * np.cos(k * np.pi / 6), y + 36 + 24 * np.sin(k * np.pi / 6), 6, m)
                gem(d, x, y + 36, 17, g, m)
            else:
                d.piece(
                    curve([(x, y + 8, 1), (x + 22, y + 50), (x, y + 76), (x - 22, y + 50)]),
                    d.radial([(0, lighter(g, 0.5)), (1, darker(g, 0.3))], at=(0.4, 0.35, 0.75)),
                    darker(g, 0.6),
                    width=1.3,
                )
                d.circle(x, y + 14, 7, shiny(d, m), darker(m, 0.5))
    for t in (-1.0, 1.0):
        x, y = at(t)
        bead(d, x, y, 5, m)
    d.circle(C, 58, 7, shiny(d, m), darker(m, 0.5))
    d.line(f"M{at(-1)[0]:.1f} {at(-1)[1]:.1f}Q{C} 46 {at(1)[0]:.1f} {at(1)[1]:.1f}", m, 2.4, dash="4 2")
    return d


def ring(look: Look) -> Drawing:
    """A finger ring at an angle: solitaire, halo, band or cocktail."""
    d = Drawing(volume=0.25, grain="plain")
    m, g = metal(look), gem_colour(look)
    d.pose = f"translate(180 250) rotate({look.between(-16, 16):.0f}) translate(-180 -250)"
    rx, ry, thick = 84.0, 92.0, look.between(11, 20) if look.style != "Band" else look.between(26, 38)
    cy = 280.0
    outer = f"M{C - rx} {cy}A{rx} {ry} 0 1 1 {C + rx} {cy}A{rx} {ry} 0 1 1 {C - rx} {cy}Z"
    hole = (
        f"M{C - rx + thick * 0.6} {cy + 3}A{rx - thick * 0.6} {ry - thick} 0 1 0 "
        f"{C + rx - thick * 0.6} {cy + 3}A{rx - thick * 0.6} {ry - thick} 0 1 0 "
        f"{C - rx + thick * 0.6} {cy + 3}Z"
    )
    d.fill(outer + hole, shiny(d, m), even_odd=True)
    d.line(outer, darker(m, 0.5), 1.3)
    d.line(hole, darker(m, 0.6), 1.6)
    inner = (
        f"M{C - rx + thick * 0.6} {cy + 3}A{rx - thick * 0.6} {ry - thick} 0 0 1 "
        f"{C + rx - thick * 0.6} {cy + 3}A{rx - thick * 0.6} {ry - thick - 13} 0 0 0 "
        f"{C - rx + thick * 0.6} {cy + 3}Z"
    )
    d.piece(inner, d.gradient([(0, darker(m, 0.55)), (1, lighter(m, 0.2))], line=(0, 0, 1, 0)), darker(m, 0.6))
    top = cy - ry
    if look.style == "Band":
        for k in range(-4, 5):
            a = k * 0.19
            gem(d, C + (rx - thick * 0.3) * np.sin(a), cy - (ry - thick / 2) * np.cos(a), thick * 0.26, g, m)
    elif look.style == "Halo":
        for k in range(14):
            a = 2 * np.pi * k / 14
            gem(d, C + 37 * np.cos(a), top - 4 + 37 * np.sin(a), 6.4, (228, 232, 238), m)
        gem(d, C, top - 4, 27, g, m)
    elif look.style == "Cocktail":
        petals = int(look.rng.integers(6, 10))
        for k in range(petals):
            a = 2 * np.pi * k / petals
            d.add(
                f'<ellipse cx="0" cy="-38" rx="15" ry="24" fill="{shiny(d, m)}" '
                f'stroke="{hex_of(darker(m, 0.5))}" transform="translate({C} {top - 4}) '
                f'rotate({np.degrees(a):.0f})"/>'
            )
        gem(d, C, top - 4, 22, g, m)
    else:
        for f in (1, -1):
            d.line(f"M{C + f * 22} {top + 8}L{C + f * 18} {top - 24}", darker(m, 0.3), 5)
            gem(d, C + f * 34, top + 12, 8, (228, 232, 238), m)
        gem(d, C, top - 12, look.between(24, 31), g, m)
    return d


def bracelet(look: Look) -> Drawing:
    """A bangle, a chain or a row of beads, seen from a little above."""
    d = Drawing(volume=0.3, grain="plain")
    m, g = metal(look), gem_colour(look)
    rx, ry, cy = look.between(120, 136), look.between(64, 84), 244.0
    if look.style == "Bangle":
        h = look.between(20, 44)
        d.piece(
            f"M{C - rx} {cy}A{rx} {ry} 0 0 1 {C + rx} {cy}V{cy + h * 0.6}A{rx} {ry} 0 0 0 {C - rx} {cy + h * 0.6}Z",
            d.gradient([(0, darker(m, 0.2)), (0.5, darker(m, 0.5)), (1, darker(m, 0.2))], line=(0, 0, 1, 0)),
            darker(m, 0.6),
        )
        front = f"M{C - rx} {cy}A{rx} {ry} 0 0 0 {C + rx} {cy}V{cy + h}A{rx} {ry} 0 0 1 {C - rx} {cy + h}Z"
        d.piece(front, shiny(d, m, across=True), darker(m, 0.6), width=1.3)
        for k in range(-6, 7):
            a = k * 0.21
            gem(d, C + rx * np.sin(a), cy + h / 2 + ry * np.cos(a), h * 0.2, g if k % 2 else look.accent, m)
        return d
    n = int(look.rng.integers(26, 38))
    order = sorted(range(n), key=lambda k: np.sin(2 * np.pi * k / n))
    for k in order:
        a = 2 * np.pi * k / n
        x, y = C + rx * np.cos(a), cy + ry * np.sin(a)
        near = 0.78 + 0.22 * np.sin(a)
        if look.style == "Beaded":
            bead(d, x, y, 14.5 * near, g if k % 5 else m)
        else:
            d.add(
                f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{15 * near:.1f}" ry="{8 * near:.1f}" '
                f'fill="none" stroke="{hex_of(darker(m, 0.5))}" stroke-width="6.4" '
                f'transform="rotate({np.degrees(np.arctan2(ry * np.cos(a), -rx * np.sin(a))):.0f} '
                f'{x:.1f} {y:.1f})"/>'
            )
            d.add(
                f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{15 * near:.1f}" ry="{8 * near:.1f}" '
                f'fill="none" stroke="{hex_of(lighter(m, 0.15))}" stroke-width="4.4" '
                f'transform="rotate({np.degrees(np.arctan2(ry * np.cos(a), -rx * np.sin(a))):.0f} '
                f'{x:.1f} {y:.1f})"/>'
            )
    return d
