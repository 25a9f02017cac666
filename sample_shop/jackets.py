"""Jackets."""

from __future__ import annotations

from dataclasses import replace

from sample_shop.colours import COLOURS, Look
from sample_shop.details import button, patch_pocket, shirt_collar, zip_line
from sample_shop.ink import CENTRE, Drawing, curve, darker, hex_of, lighter, luma, mirror, symmetric
from sample_shop.prints import small_logo
from sample_shop.upper import (
    Cut,
    hem_band,
    inside_back,
    sized,
    sleeve_band,
    sleeve_points,
    sleeves,
    torso,
)
from sample_shop.warm import LONG, hood


def jacket(look: Look) -> Drawing:
    """A jacket: bomber, puffer, denim or biker."""
    style = look.style
    d = Drawing(volume=0.65, grain={"Denim": "denim", "Leather": "leather"}.get(style, "cloth"))
    cut = sized(look, replace(LONG, chest=94, waist=92, hem=90, sleeve_width=36, cuff=22, length=380, neck=34, top=70))
    inside_back(d, look, cut)
    sleeves(d, look, cut, look.accent if look.pattern == "Colourblocked" else None)
    if style == "Puffer":
        _ring_folds(d, look, cut)
    path = torso(d, look, cut)
    if look.pattern == "Colourblocked":
        d.clip(path)
        d.add(f'<rect x="0" y="0" width="360" height="{cut.pit - 12}" fill="{hex_of(look.accent)}"/>')
        d.line(f"M0 {cut.pit - 12}H360", look.second, 5)
        d.unclip()
    {"Puffer": _puffer, "Denim": _denim, "Leather": _biker}.get(style, _bomber)(d, look, cut, path)
    return d


def _bomber(d: Drawing, look: Look, cut: Cut, path: str) -> None:
    trim = look.accent if look.chance(0.5) else darker(look.base, 0.2)
    sleeve_band(d, cut, trim, 20)
    hem_band(d, cut, trim, 22)
    zip_line(
        d, cut.top + 20, cut.length + 22, darker(look.base, 0.3), COLOURS["Gold" if look.chance(0.3) else "Silver"]
    )
    for f in (1, -1):
        x = CENTRE + f * cut.waist * 0.52
        d.line(f"M{x} {cut.waist_at}L{x + f * 14} {cut.waist_at + 54}", look.edge, 5, opacity=0.75)
        d.line(f"M{x} {cut.waist_at}L{x + f * 14} {cut.waist_at + 54}", look.thread, 1)
    shirt_collar(d, look, cut, trim, stand=True)
    small_logo(d, look, CENTRE + cut.chest * 0.5, cut.pit - 2, 7, None if trim != look.accent else look.second)


def _puffer(d: Drawing, look: Look, cut: Cut, path: str) -> None:
    d.volume = 0.8
    y = cut.top + 46
    while y < cut.length + 10:
        d.clip(path)
        d.line(f"M60 {y}Q{CENTRE} {y + 9} 300 {y}", look.edge, 1.4, opacity=0.75)
        d.unclip()
        d.shade(f"M84 {y + 4}Q{CENTRE} {y + 13} 276 {y + 4}", 0.5, width=7)
        d.shade(f"M84 {y - 5}Q{CENTRE} {y + 4} 276 {y - 5}", -0.5, width=7)
        y += 31
    sleeve_band(d, cut, darker(look.base, 0.25), 10)
    zip_line(d, cut.top + 20, cut.length + 4, darker(look.base, 0.3), COLOURS["Silver"])
    if look.chance(0.6):
        hood(d, look, replace(cut, neck=cut.neck + 2, drop=24), look.accent)
    else:
        shirt_collar(d, look, cut, look.base, stand=True)


def _ring_folds(d: Drawing, look: Look, cut: Cut) -> None:
    """The quilting of a puffer's sleeves; drawn before the body, which covers their inner ends."""
    points, end, way, side = sleeve_points(cut)
    for f in (1, -1):
        d.clip(curve(points if f > 0 else mirror(points)))
        for k in range(8):
            at = end - way * (16 + k * 28)
            wide = cut.cuff + (cut.sleeve_width + 8 - cut.cuff) * k / 7
            (ax, ay), (bx, by) = at + side * (wide + 14), at - side * (wide + 14)
            ax, bx = CENTRE + f * (ax - CENTRE), CENTRE + f * (bx - CENTRE)
            d.line(f"M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}", look.edge, 1.3, opacity=0.65)
            (ax, ay), (bx, by) = at + side * (wide - 6), at - side * (wide - 8)
            ax, bx = CENTRE + f * (ax - CENTRE), CENTRE + f * (bx - CENTRE)
            d.shade(f"M{ax:.1f} {ay + 5:.1f}L{bx:.1f} {by + 5:.1f}", 0.4, width=6)
            d.shade(f"M{ax:.1f} {ay - 4:.1f}L{bx:.1f} {by - 4:.1f}", -0.4, width=6)
        d.unclip()


def _denim(d: Drawing, look: Look, cut: Cut, path: str) -> None:
    thread = COLOURS["Tan"] if luma(look.base) < 150 else COLOURS["Brown"]
    fill = hex_of(look.base)
    d.clip(path)
    y = cut.pit - 24
    d.line(f"M60 {y}H300", look.edge, 1.2, opacity=0.6)
    d.stitch(f"M60 {y + 4}H300M60 {y - 4}H300", thread)
    for f in (1, -1):
        x = CENTRE + f * 38
        d.line(f"M{x} {y}L{CENTRE + f * 22} {cut.length}", look.edge, 1, opacity=0.6)
        d.stitch(f"M{x + f * 4} {y}L{CENTRE + f * 26} {cut.length}", thread)
        d.shade(f"M{CENTRE + f * 60} {y + 20}L{CENTRE + f * 46} {cut.length - 30}", 0.4, width=26)
    d.unclip()
    for f in (1, -1):
        patch_pocket(d, look, CENTRE + f * cut.chest * 0.5, y + 2, 40, 44, fill, flap=True)
        d.stitch(
            f"M{CENTRE + f * cut.waist * 0.68} {cut.waist_at - 10}L{CENTRE + f * cut.waist * 0.8} {cut.waist_at + 42}",
            thread,
        )
    d.piece(f"M{CENTRE - 8} {cut.top + 22}H{CENTRE + 8}V{cut.length + 16}H{CENTRE - 8}Z", fill, look.edge)
    d.stitch(f"M{CENTRE - 5} {cut.top + 22}V{cut.length}M{CENTRE + 5} {cut.top + 22}V{cut.length}", thread)
    hem_band(d, cut, look.base, 18)
    sleeve_band(d, cut, look.base, 18, rib=False)
    for k in range(6):
        button(d, CENTRE, cut.top + 48 + k * (cut.length - cut.top - 44) / 5.4, 3.4, COLOURS["Copper"])
    shirt_collar(d, look, cut, fill, spread=1.3)


def _biker(d: Drawing, look: Look, cut: Cut, path: str) -> None:
    metal = COLOURS["Silver"]
    hem_band(d, cut, look.base, 14)
    sleeve_band(d, cut, look.base, 10, rib=False)
    x0, x1 = CENTRE + 10, CENTRE + 26
    d.line(f"M{CENTRE} {cut.top + 90}L{x0} {cut.pit + 30}L{x1} {cut.length + 12}", darker(look.base, 0.5), 8)
    d.line(f"M{CENTRE} {cut.top + 90}L{x0} {cut.pit + 30}L{x1} {cut.length + 12}", metal, 3, dash="1.2 1.2", cap="butt")
    c, t, n = CENTRE, cut.top, cut.neck
    back = symmetric([[c, t - 14], [c + n, t - 11, 1], [c + n - 3, t + 8, 1], [c, t + 10]])
    d.piece(curve(back), darker(look.base, 0.2), look.edge)
    for f in (1, -1):
        lapel = [(n - 2, t + 36, 1), (n + 32, t + 58, 1), (9, t + 116, 1), (2, t + 70), (n - 18, t + 30, 1)]
        collar = [(n - 4, t - 12, 1), (n + 13, t + 2), (n + 33, t + 38, 1), (n + 2, t + 44, 1), (n - 14, t + 24)]
        for shape in (lapel, collar):
            outline = curve([[c + f * p[0], p[1], *p[2:]] for p in shape])
            d.shade(outline, -0.35, width=8)
            d.piece(outline, lighter(look.base, 0.06), look.edge, width=1.3, opacity=0.85)
        d.stitch(curve([[c + f * x, y, 1] for x, y in ((n + 27, t + 59), (12, t + 108))], closed=False), look.thread)
        d.circle(c + f * (n + 25), t + 58, 2.2, metal, (60, 60, 60), 0.5)
        x = c + f * cut.waist * 0.5
        pocket = f"M{x} {cut.waist_at - 6}L{x + f * 22} {cut.waist_at + 40}"
        d.line(pocket, darker(look.base, 0.6), 6)
        d.line(pocket, metal, 2.2, dash="1.2 1.2", cap="butt")
    d.line(f"M{c - 66} {cut.pit + 44}L{c - 30} {cut.pit + 30}", metal, 2.4, dash="1.2 1.2", cap="butt")
    d.glow(c - 56, cut.pit + 40, 16, 70, 0.5, turn=6)
    d.glow(c + 60, cut.pit + 60, 12, 60, 0.4, turn=-4)
    d.glow(c + 110, cut.pit + 40, 10, 60, 0.4, turn=-14)
    d.glow(c - 116, cut.pit + 40, 10, 60, 0.4, turn=14)
