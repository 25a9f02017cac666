"""Handles, rings and plates that bags and belts share."""

from __future__ import annotations

from sample_shop.colours import COLOURS, Look
from sample_shop.ink import CENTRE, RGB, Drawing, darker, hex_of, lighter

C = CENTRE


def metal_of(look: Look) -> RGB:
    """Gold or silver fittings."""
    return COLOURS["Gold"] if look.chance(0.6) else COLOURS["Silver"]


def tube(d: Drawing, path: str, colour: RGB, width: float) -> None:
    """A rounded handle along a path."""
    d.line(path, darker(colour, 0.55), width + 2)
    d.line(path, colour, width)
    d.line(path, lighter(colour, 0.4), width * 0.28, opacity=0.7)


def ring(d: Drawing, x: float, y: float, r: float, metal: RGB) -> None:
    """A metal ring."""
    d.add(f'<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="{hex_of(darker(metal, 0.45))}" stroke-width="3.8"/>'
          f'<circle cx="{x}" cy="{y}" r="{r}" fill="none" stroke="{hex_of(metal)}" stroke-width="2.4"/>')  # fmt: skip


def plate(d: Drawing, x: float, y: float, w: float, h: float, metal: RGB, r: float = 3) -> None:
    """A shiny metal plate centred at x, y."""
    fill = d.gradient([(0, lighter(metal, 0.6)), (0.5, metal), (0.55, darker(metal, 0.25)), (1, lighter(metal, 0.2))])
    d.add(f'<rect x="{x - w / 2:.1f}" y="{y - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}" rx="{r}" fill="{fill}" '
          f'stroke="{hex_of(darker(metal, 0.5))}" stroke-width=".8"/>')  # fmt: skip
