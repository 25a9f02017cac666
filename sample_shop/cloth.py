"""Cloth patterns, as SVG tiles in the colours of a look."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sample_shop.colours import COLOURS, WHITE, Look
from sample_shop.ink import RGB, Drawing, curve, darker, hex_of, lighter, luma, mix


def cloth(drawing: Drawing, look: Look, *, scale: float = 1.0, angle: float = 0.0) -> str:
    """The fill for a piece cut from the look's cloth; `angle` in degrees turns the pattern with the piece."""
    draw = PATTERNS.get(look.pattern)
    if draw is None:
        return hex_of(look.base)
    width, height, markup = draw(look, np.random.default_rng(look.design))
    move = f"rotate({angle:.1f} 180 240) scale({scale:.2f})"
    return drawing.define(
        f'<pattern id="{{id}}" patternUnits="userSpaceOnUse" width="{width:.2f}" height="{height:.2f}" '
        f'patternTransform="{move}"><rect width="{width + 1:.2f}" height="{height + 1:.2f}" '
        f'fill="{hex_of(look.base)}"/>{markup}</pattern>'
    )


Tile = tuple[float, float, str]


def _rect(x: float, y: float, w: float, h: float, colour: RGB, opacity: float = 1.0) -> str:
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{w:.2f}" height="{h:.2f}" fill="{hex_of(colour)}" '
        f'fill-opacity="{opacity:.2f}"/>'
    )


def _striped(look: Look, rng: np.random.Generator) -> Tile:
    step = float(rng.uniform(16, 46))
    kind = int(rng.integers(0, 4))
    a, b = look.accent, look.second
    if kind == 0:
        return 20, step, _rect(0, 0, 21, step * 0.5, a)
    if kind == 1:
        return 20, step, _rect(0, step * 0.3, 21, max(2.0, step * 0.14), a)
    if kind == 2:
        return 20, step, _rect(0, 0, 21, step * 0.3, a) + _rect(0, step * 0.42, 21, step * 0.08, b)
    return 20, step * 1.6, _rect(0, 0, 21, step * 0.5, a) + _rect(0, step * 0.75, 21, step * 0.35, b)


def _pinstriped(look: Look, rng: np.random.Generator) -> Tile:
    step = float(rng.uniform(6, 15))
    extra = _rect(step * 0.55, 0, 0.9, 21, look.second, 0.6) if rng.random() < 0.4 else ""
    return step, 20, _rect(0, 0, float(rng.uniform(0.9, step * 0.35)), 21, look.accent, 0.85) + extra


def _checked(look: Look, rng: np.random.Generator) -> Tile:
    s = float(rng.uniform(22, 46))
    a, b = look.accent, look.second
    bands = "".join(
        _rect(p * s, 0, w * s, s + 1, colour, opacity) + _rect(0, p * s, s + 1, w * s, colour, opacity)
        for p, w, colour, opacity in ((0.0, 0.34, a, 0.55), (0.5, 0.05, b, 0.8), (0.72, 0.1, darker(look.base), 0.45))
    )
    return s, s, bands


def _gingham(look: Look, rng: np.random.Generator) -> Tile:
    s = float(rng.uniform(8, 17))
    pale = WHITE if luma(look.base) < 190 else look.accent
    return s, s, _rect(0, 0, s / 2, s + 1, pale, 0.55) + _rect(0, 0, s + 1, s / 2, pale, 0.55)


def _dots(look: Look, rng: np.random.Generator) -> Tile:
    s = float(rng.uniform(11, 26))
    r = s * float(rng.uniform(0.12, 0.24))
    spots = "".join(
        f'<circle cx="{x * s:.1f}" cy="{y * s:.1f}" r="{r:.1f}" fill="{hex_of(look.accent)}"/>'
        for x, y in ((0.25, 0.25), (0.75, 0.75))
    )
    return s, s, spots


def _flower(x: float, y: float, r: float, turn: float, petals: int, colour: RGB, heart: RGB) -> str:
    parts = [
        f'<ellipse cx="0" cy="{-r * 0.62:.1f}" rx="{r * 0.36:.1f}" ry="{r * 0.5:.1f}" '
        f'fill="{hex_of(lighter(colour, 0.12) if k % 2 else colour)}" '
        f'transform="rotate({turn + k * 360 / petals:.0f})"/>'
        for k in range(petals)
    ]
    parts.append(f'<circle r="{r * 0.26:.1f}" fill="{hex_of(heart)}"/>')
    return f'<g transform="translate({x:.1f} {y:.1f})">{"".join(parts)}</g>'


def _leaf(x: float, y: float, r: float, turn: float, colour: RGB) -> str:
    return (
        f'<path d="M0 0Q{r * 0.5:.1f} {-r * 0.45:.1f} {r:.1f} 0Q{r * 0.5:.1f} {r * 0.45:.1f} 0 0" '
        f'fill="{hex_of(colour)}" transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f})"/>'
    )


def _floral(look: Look, rng: np.random.Generator) -> Tile:
    s = float(rng.uniform(78, 124))
    green = mix(COLOURS["Olive"], look.base, 0.35 if luma(look.base) > 100 else 0.05)
    parts = []
    size = float(rng.uniform(0.8, 1.15))
    for k, cell in enumerate(rng.permutation(9)):
        x = (cell % 3 + 0.5 + (0.2 if cell // 3 % 2 else -0.2) + rng.uniform(-0.15, 0.15)) * s / 3
        y = (cell // 3 + 0.5 + rng.uniform(-0.2, 0.2)) * s / 3
        r = s * size * (0.145, 0.115, 0.075)[k % 3]
        turn = float(rng.uniform(0, 360))
        colour = (look.accent, look.second, lighter(look.accent, 0.35))[k % 3]
        heart = COLOURS["Mustard"] if k % 2 else darker(colour)
        bloom = "".join(_leaf(x, y, r * 1.55, turn + 60 + leaf * 130, green) for leaf in range(2))
        bloom += _flower(x, y, r, turn, 5 + k % 2, colour, heart)
        reach = r * 1.6  # what crosses the tile's edge comes in again on the other side
        for dx in (-s, 0.0, s):
            for dy in (-s, 0.0, s):
                if -reach < x + dx < s + reach and -reach < y + dy < s + reach:
                    parts.append(f'<g transform="translate({dx:.1f} {dy:.1f})">{bloom}</g>')
    return s, s, "".join(parts)


def _printed(look: Look, rng: np.random.Generator) -> Tile:
    s = float(rng.uniform(24, 44))
    kind = int(rng.integers(0, 3))
    a, b = hex_of(look.accent), hex_of(look.second)
    if kind == 0:
        drop = "M0 -9C7 -4 7 6 0 9C-7 6 -5 -2 0 -9Z"
        parts = "".join(
            f'<g transform="translate({x * s:.1f} {y * s:.1f}) rotate({t}) scale({s / 40:.2f})"><path d="{drop}" '
            f'fill="{a}"/><path d="{drop}" fill="{b}" transform="scale(.55)"/></g>'
            for x, y, t in ((0.27, 0.28, 25), (0.75, 0.76, 205))
        )
        return s, s, parts
    if kind == 1:
        q = s / 2
        return (
            s,
            s,
            (
                f'<path d="M{q} 1L{s - 1} {q}L{q} {s - 1}L1 {q}Z" fill="none" stroke="{a}" stroke-width="2.2"/>'
                f'<path d="M{q} {q * 0.5}L{q * 1.5} {q}L{q} {q * 1.5}L{q * 0.5} {q}Z" fill="{b}"/>'
                f'<circle cx="0" cy="0" r="3" fill="{a}"/><circle cx="{s}" cy="0" r="3" fill="{a}"/>'
                f'<circle cx="0" cy="{s}" r="3" fill="{a}"/><circle cx="{s}" cy="{s}" r="3" fill="{a}"/>'
            ),
        )
    waves = "".join(
        f'<path d="M{-s * 0.1:.1f} {y * s:.1f}Q{s * 0.25:.1f} {(y - 0.22) * s:.1f} {s * 0.5:.1f} {y * s:.1f}'
        f'T{s * 1.1:.1f} {y * s:.1f}" fill="none" stroke="{c}" stroke-width="{w}"/>'
        for y, c, w in ((0.25, a, 3.2), (0.75, b, 1.8))
    )
    return s, s, waves


def _camouflage(look: Look, rng: np.random.Generator) -> Tile:
    parts = []
    for k in range(16):
        x, y, r = rng.uniform(0, 90), rng.uniform(0, 90), rng.uniform(9, 17)
        tone = (darker(look.base, 0.4), lighter(look.base, 0.3), mix(look.base, COLOURS["Brown"], 0.5))[k % 3]
        shape = curve(
            [
                (x + r * np.cos(t) * rng.uniform(0.5, 1.4), y + r * np.sin(t) * rng.uniform(0.4, 0.9))
                for t in np.linspace(0, 2 * np.pi, 8)[:-1]
            ]
        )
        for dx in (-90, 0, 90):
            for dy in (-90, 0, 90):
                if -26 < x + dx < 116 and -26 < y + dy < 116:
                    parts.append(f'<path d="{shape}" fill="{hex_of(tone)}" transform="translate({dx} {dy})"/>')
    return 90, 90, "".join(parts)


def _argyle(look: Look, rng: np.random.Generator) -> Tile:
    w = float(rng.uniform(34, 48))
    h = w * 1.5
    diamonds = (
        f'<path d="M{w / 2} 0L{w} {h / 2}L{w / 2} {h}L0 {h / 2}Z" fill="{hex_of(look.accent)}" fill-opacity=".85"/>'
        f'<path d="M0 0L{w} {h}M{w} 0L0 {h}" stroke="{hex_of(look.second)}" stroke-width="1.3" stroke-dasharray="3 2"/>'
    )
    return w, h, diamonds


def _chevron(look: Look, rng: np.random.Generator) -> Tile:
    w = float(rng.uniform(18, 30))
    h = w * 0.75
    band = f"M0 {h * 0.6}L{w / 2} {h * 0.1}L{w} {h * 0.6}L{w} {h}L{w / 2} {h * 0.5}L0 {h}Z"
    return w, h, f'<path d="{band}" fill="{hex_of(look.accent)}"/>'


def _diagonal(look: Look, rng: np.random.Generator) -> Tile:
    s = float(rng.uniform(16, 36))
    a, b = hex_of(look.accent), hex_of(look.second)

    def band(at: float, width: float, colour: str) -> str:
        return "".join(
            f'<path d="M{(at + k) * s} {s * 1.02}L{(at + k + 1.02) * s} 0h{width * s}'
            f'L{(at + k + width) * s} {s * 1.02}Z" '
            f'fill="{colour}"/>'
            for k in (-2, -1, 0, 1)
        )

    return s, s, band(0.0, 0.36, a) + (band(0.55, 0.1, b) if rng.random() < 0.6 else "")


def _herringbone(look: Look, rng: np.random.Generator) -> Tile:
    c = hex_of(lighter(look.base, 0.22) if luma(look.base) < 130 else darker(look.base, 0.2))
    s = float(rng.uniform(9, 14))
    lines = "".join(
        f'<path d="M0 {y * s}L{s / 2} {(y - 0.5) * s}L{s} {y * s}" fill="none" stroke="{c}" stroke-width="1.1"/>'
        for y in (0, 0.33, 0.66, 1, 1.33)
    )
    return s, s, lines


def knit_tile(base: RGB, step: float) -> Tile:
    """A row of plain knit stitches."""
    c, light = hex_of(darker(base, 0.28)), hex_of(lighter(base, 0.1))
    s = step
    vees = (
        f'<path d="M0 0L{s / 2} {s * 0.6}L{s} 0" fill="none" stroke="{light}" stroke-width="{s * 0.3:.2f}"/>'
        f'<path d="M0 {s * 0.25:.2f}L{s / 2} {s * 0.85:.2f}L{s} {s * 0.25:.2f}" fill="none" stroke="{c}" '
        f'stroke-width="{s * 0.14:.2f}" stroke-opacity=".6"/><path d="M0 0V{s}" stroke="{c}" '
        f'stroke-width="{s * 0.12:.2f}" stroke-opacity=".5"/>'
    )
    return s, s * 0.8, vees


def _knit(look: Look, rng: np.random.Generator) -> Tile:
    return knit_tile(look.base, float(rng.uniform(5, 8)))


def _cable(look: Look, rng: np.random.Generator) -> Tile:
    shade, light = hex_of(darker(look.base, 0.3)), hex_of(lighter(look.base, 0.14))
    w, h = 34.0, 30.0
    rope = "".join(
        f'<path d="M{9 + k * 8} {y}C{9 + k * 8} {y + 10} {17 - k * 8} {y + 6} {17 - k * 8} {y + 15}" fill="none" '
        f'stroke="{c}" stroke-width="{sw}" stroke-opacity=".75"/>'
        for y in (-15, 0, 15, 30)
        for k in (0, 1)
        for c, sw in ((shade, 7), (light, 4.4))
    )
    ribs = "".join(
        f'<path d="M{x} 0V{h}" stroke="{shade}" stroke-width="1" stroke-opacity=".45"/>' for x in (2, 24, 29)
    )
    return w, h, rope + ribs


PATTERNS: dict[str, Callable[[Look, np.random.Generator], Tile]] = {
    "Striped": _striped,
    "Pinstriped": _pinstriped,
    "Checked": _checked,
    "Gingham": _gingham,
    "Polka Dot": _dots,
    "Floral": _floral,
    "Printed": _printed,
    "Camouflage": _camouflage,
    "Argyle": _argyle,
    "Chevron": _chevron,
    "Diagonal Striped": _diagonal,
    "Herringbone": _herringbone,
    "Knit": _knit,
    "Cable Knit": _cable,
}
