"""Pen and paper of the sample shop: collects vector shapes, renders them with resvg and lights them like a studio shot.

Everything is drawn on a sheet of 360 x 480 units, whatever size it is rendered at. Beside the visible layer there is a
grey relief layer for folds and creases; it is rendered small, softened and turned into light and shade, which costs far
less than SVG's own filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from sample_shop.studio import lit, raster

CENTRE = 180.0

RGB = tuple[int, int, int]
Points = Sequence[Sequence[float]]
"""(x, y) for a smooth point, (x, y, 1) for a corner."""


def hex_of(colour: RGB) -> str:
    """`#rrggbb` of a colour."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """Colour `a` with `share` (0..1) of `b` in it."""
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def darker(colour: RGB, share: float = 0.3) -> RGB:
    """The colour in shade."""
    return mix(colour, (8, 8, 14), share)


def lighter(colour: RGB, share: float = 0.3) -> RGB:
    """The colour in light."""
    return mix(colour, (255, 255, 255), share)


def luma(colour: RGB) -> float:
    """Perceived brightness, 0..255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def curve(points: Points, *, closed: bool = True) -> str:
    """SVG path data of a smooth line through all points, with sharp turns at the corners among them."""
    n = len(points)
    xy = [(float(p[0]), float(p[1])) for p in points]
    corner = [len(p) > 2 and bool(p[2]) for p in points]
    parts = [f"M{xy[0][0]:.1f} {xy[0][1]:.1f}"]
    for i in range(n if closed else n - 1):
        j = (i + 1) % n
        x3, y3 = xy[j]
        before = xy[i - 1] if closed or i > 0 else xy[i]
        after = xy[(j + 1) % n] if closed or j < n - 1 else xy[j]
        x1, y1 = _handle(xy[i], before, xy[j], corner[i])
        x2, y2 = _handle(xy[j], after, xy[i], corner[j])
        if corner[i] and corner[j]:
            parts.append(f"L{x3:.1f} {y3:.1f}")
        else:
            parts.append(f"C{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {x3:.1f} {y3:.1f}")
    return "".join(parts) + ("Z" if closed else "")


def _handle(
    at: tuple[float, float], behind: tuple[float, float], ahead: tuple[float, float], corner: bool
) -> tuple[float, float]:
    reach = float(np.hypot(ahead[0] - at[0], ahead[1] - at[1]))
    if corner or behind == at:
        dx, dy = ahead[0] - at[0], ahead[1] - at[1]
    else:
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
    length = float(np.hypot(dx, dy)) or 1.0
    return at[0] + dx / length * reach * 0.36, at[1] + dy / length * reach * 0.36


@lru_cache(maxsize=512)
def pts(text: str) -> tuple[tuple[float, ...], ...]:
    """Fixed points from text: `"38 296! 35 262 42 222"` are three points, of which the first is a corner."""
    numbers = text.split()
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return tuple((float(x), float(y[:-1]), 1.0) if y[-1] == "!" else (float(x), float(y)) for x, y in pairs)


def mirror(points: Points, axis: float = CENTRE) -> list[list[float]]:
    """The points on the other side of a vertical axis, in reverse order."""
    return [[2 * axis - p[0], *p[1:]] for p in reversed(points)]


def symmetric(half: Points, axis: float = CENTRE) -> list[list[float]]:
    """A closed outline from its right half, given from the top centre to the bottom centre."""
    left = [p for p in mirror(half, axis) if abs(p[0] - axis) > 0.01]
    return [list(p) for p in half] + left


class Drawing:
    """One picture in the making.

    `volume` says how much the silhouette bulges in the light, `grain` which texture lies over it, `stands` whether
    it stands on the ground (a shadow below) or lies flat (a shadow around). `pose` is an SVG transform of the whole.
    """

    def __init__(self, *, volume: float = 0.5, grain: str = "cloth", stands: bool = False) -> None:
        self.volume = volume
        self.grain = grain
        self.stands = stands
        self.pose = ""
        self._defs: list[str] = []
        self._art: list[str] = []
        self._relief: list[str] = []
        self._names = 0

    def _name(self) -> str:
        self._names += 1
        return f"n{self._names}"

    def define(self, markup: str) -> str:
        """Adds a definition whose markup has `{id}` in it; returns the `url(#…)` to use as a fill."""
        name = self._name()
        self._defs.append(markup.replace("{id}", name))
        return f"url(#{name})"

    def gradient(
        self,
        stops: Sequence[tuple[float, RGB] | tuple[float, RGB, float]],
        *,
        line: tuple[float, float, float, float] = (0, 0, 0, 1),
        fixed: bool = False,
    ) -> str:
        """A linear gradient; `line` in shares of the shape's box, or in sheet units if `fixed`."""
        units = "userSpaceOnUse" if fixed else "objectBoundingBox"
        x1, y1, x2, y2 = line
        return self.define(
            f'<linearGradient id="{{id}}" gradientUnits="{units}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}">'
            f"{_stops(stops)}</linearGradient>"
        )

    def radial(
        self,
        stops: Sequence[tuple[float, RGB] | tuple[float, RGB, float]],
        *,
        at: tuple[float, float, float] = (0.5, 0.5, 0.5),
    ) -> str:
        """A radial gradient; `at` = (cx, cy, r) in shares of the shape's box."""
        return self.define(
            f'<radialGradient id="{{id}}" cx="{at[0]}" cy="{at[1]}" r="{at[2]}">{_stops(stops)}</radialGradient>'
        )

    def add(self, markup: str) -> None:
        """Adds raw SVG to the visible layer."""
        self._art.append(markup)

    def clip(self, path: str) -> str:
        """Starts drawing inside a shape only; end it with `unclip`."""
        name = self._name()
        self._defs.append(f'<clipPath id="{name}"><path d="{path}"/></clipPath>')
        self._art.append(f'<g clip-path="url(#{name})">')
        return name

    def unclip(self) -> None:
        """Ends the innermost clip or group."""
        self._art.append("</g>")

    def group(self, transform: str) -> None:
        """Starts a transformed group; end it with `unclip`."""
        self._art.append(f'<g transform="{transform}">')

    def fill(self, path: str, fill: str | RGB, *, opacity: float = 1.0, even_odd: bool = False) -> None:
        """A filled shape without an outline."""
        paint = fill if isinstance(fill, str) else hex_of(fill)
        extra = (f' fill-opacity="{opacity:.2f}"' if opacity < 1 else "") + (' fill-rule="evenodd"' if even_odd else "")
        self._art.append(f'<path d="{path}" fill="{paint}"{extra}/>')

    def line(
        self,
        path: str,
        colour: str | RGB,
        width: float = 1.0,
        *,
        opacity: float = 1.0,
        dash: str = "",
        cap: str = "round",
    ) -> None:
        """A stroke without a fill."""
        paint = colour if isinstance(colour, str) else hex_of(colour)
        extra = (f' stroke-opacity="{opacity:.2f}"' if opacity < 1 else "") + (
            f' stroke-dasharray="{dash}"' if dash else ""
        )
        self._art.append(
            f'<path d="{path}" fill="none" stroke="{paint}" stroke-width="{width:.2f}" '
            f'stroke-linecap="{cap}" stroke-linejoin="round"{extra}/>'
        )

    def piece(self, path: str, fill: str | RGB, edge: RGB, *, width: float = 1.0, opacity: float = 0.55) -> None:
        """A piece of cloth or leather: filled, with a thin darker edge."""
        self.fill(path, fill)
        self.line(path, edge, width, opacity=opacity)

    def stitch(self, path: str, colour: RGB, *, width: float = 0.9, opacity: float = 0.7) -> None:
        """A dashed row of stitches."""
        self.line(path, colour, width, opacity=opacity, dash="3 2", cap="butt")

    def circle(
        self, x: float, y: float, r: float, fill: str | RGB, edge: RGB | None = None, width: float = 0.8
    ) -> None:
        """A disc, with an edge if one is given."""
        paint = fill if isinstance(fill, str) else hex_of(fill)
        stroke = f' stroke="{hex_of(edge)}" stroke-width="{width}"' if edge else ""
        self._art.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.2f}" fill="{paint}"{stroke}/>')

    def crease(self, points: Points, width: float, depth: float) -> None:
        """A fold in the relief: a dark and a light leaf side by side; `depth` 0..1, negative swaps the sides."""
        ahead, back = _leaf(points, width)
        first, second = ("#000", "#fff") if depth > 0 else ("#fff", "#000")
        strength = min(1.0, abs(depth))
        self._relief.append(f'<path d="{ahead}" fill="{first}" fill-opacity="{strength:.2f}"/>')
        self._relief.append(f'<path d="{back}" fill="{second}" fill-opacity="{strength * 0.8:.2f}"/>')

    def shade(self, path: str, amount: float, *, width: float = 0.0) -> None:
        """Soft light (amount > 0) or shade (< 0) in the relief: along a line if `width` is given, else in a shape."""
        tone = "#fff" if amount > 0 else "#000"
        how = (
            f'fill="none" stroke="{tone}" stroke-width="{width}" stroke-linecap="round" '
            f'stroke-opacity="{abs(amount):.2f}"'
            if width
            else f'fill="{tone}" fill-opacity="{abs(amount):.2f}"'
        )
        self._relief.append(f'<path d="{path}" {how}/>')

    def glow(self, x: float, y: float, rx: float, ry: float, amount: float, *, turn: float = 0.0) -> None:
        """A soft round patch of light (amount > 0) or shade (< 0) in the relief, without an edge."""
        name = self._name()
        tone = (255, 255, 255) if amount > 0 else (0, 0, 0)
        stops = _stops([(0, tone, min(1.0, abs(amount))), (0.5, tone, min(1.0, abs(amount)) * 0.45), (1, tone, 0.0)])
        self._relief.append(
            f'<radialGradient id="{name}">{stops}</radialGradient><ellipse rx="{rx:.1f}" '
            f'ry="{ry:.1f}" fill="url(#{name})" '
            f'transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})"/>'
        )

    def render(self, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
        """The drawing lit and textured on transparent ground: (h, w, 4) uint8, straight alpha."""
        around = f'<g transform="{self.pose}">' if self.pose else "<g>"
        art = raster(f"<defs>{''.join(self._defs)}</defs>{around}{''.join(self._art)}</g>", size)
        ground = '<rect width="360" height="480" fill="#808080"/>'
        relief = raster(f"{ground}{around}{''.join(self._relief)}</g>", (size[0] // 2, size[1] // 2))
        return lit(art, relief[..., 0], self.volume, self.grain, rng)


def _stops(stops: Sequence[tuple[float, RGB] | tuple[float, RGB, float]]) -> str:
    parts = []
    for stop in stops:
        opacity = f' stop-opacity="{stop[2]:.2f}"' if len(stop) > 2 else ""
        parts.append(f'<stop offset="{stop[0]:.3f}" stop-color="{hex_of(stop[1])}"{opacity}/>')
    return "".join(parts)


def _leaf(points: Points, width: float) -> tuple[str, str]:
    xy = np.asarray([p[:2] for p in points], dtype=float)
    along = np.gradient(xy, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    normal /= np.maximum(np.hypot(normal[:, 0], normal[:, 1])[:, None], 1e-6)
    swell = np.sin(np.linspace(0.35, np.pi - 0.05, len(xy)))[:, None] * width
    sides = []
    for sign in (1, -1):
        edge = xy + normal * swell * sign
        sides.append(curve([*xy.tolist(), *edge[::-1].tolist()]))
    return sides[0], sides[1]
