"""What is sewn on: bows, frills, gathers and bands of another colour."""

from __future__ import annotations

from sample_shop.cloth import cloth
from sample_shop.colours import Look
from sample_shop.ink import CENTRE, Drawing, darker, hex_of, lighter
from sample_shop.upper import (
    Cut,
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


def gathered_waist(d: Drawing, look: Look, cut: Cut, tie: tuple[int, int, int] | None) -> None:
    """Small gathers along the waist, and a tied ribbon if its colour is given."""
    c, y = CENTRE, cut.waist_at
    if tie is not None:
        d.piece(
            f"M{c - cut.waist - 1} {y - 4}Q{c} {y + 3} {c + cut.waist + 1} {y - 4}V{y + 5}Q{c} "
            f"{y + 12} {c - cut.waist - 1} {y + 5}Z",
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
            f"M{CENTRE - 3} {y}Q{CENTRE - 20} {y + 2} {CENTRE - 13} {y + 12}Q{CENTRE} {y + 17} "
            f"{CENTRE + 13} {y + 12}Q{CENTRE + 20} {y + 2} {CENTRE + 3} {y}Z",
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
            f"M{x} {y}C{x + f * s * 0.3} {y + s * 0.6} {x + f * s * 0.5} {y + s * 1.2} "
            f"{x + f * s * 0.5} {y + s * 1.9}L{x + f * s * 0.16} {y + s * 1.7}C{x + f * s * 0.1} "
            f"{y + s} {x} {y + s * 0.6} {x} {y}Z",
            darker(colour, 0.1),
            edge,
        )
        d.piece(
            f"M{x} {y}C{x + f * s * 0.4} {y - s * 0.9} {x + f * s * 1.1} {y - s * 0.7} "
            f"{x + f * s} {y}C{x + f * s * 1.1} {y + s * 0.6} {x + f * s * 0.4} {y + s * 0.6} {x} "
            f"{y}Z",
            colour,
            edge,
        )
        d.line(f"M{x + f * 3} {y}L{x + f * s * 0.7} {y - s * 0.1}", edge, 0.8, opacity=0.5)
    d.circle(x, y, s * 0.24, lighter(colour, 0.1), edge, 0.8)
