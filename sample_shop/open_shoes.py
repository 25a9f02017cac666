"""Flats, sandals and flip flops."""

from __future__ import annotations

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, Look
from sample_shop.heels import strap
from sample_shop.ink import RGB, Drawing, curve, darker, hex_of, lighter, luma, pts
from sample_shop.last import GUM, posed
from sample_shop.trimmings import bow


def flat(look: Look) -> Drawing:
    """Ballerinas and flat sandals."""
    d = Drawing(volume=0.55, grain="plain", stands=True)
    posed(d, look)
    base, inner = look.base, COLOURS["Nude"] if look.chance(0.5) else COLOURS["Beige"]
    if look.style == "Ballerina":
        _ballerina(d, look, base, inner)
    else:
        bed = curve(pts("34 282! 60 268 150 276 250 272 320 282 338 294! 320 304 180 306 44 304"))
        d.piece(bed, d.gradient([(0, inner), (1, darker(inner, 0.15))]), darker(inner, 0.5))
        far_x = (226, 262)
        for x in far_x:
            strap(d, [(x + 26, 276), (x + 22, 254), (x + 8, 246)], base, 9, far=True)
        strap(d, [(57, 222), (84, 205), (111, 216)], base, 8, far=True)
        strap(d, [(292, 290), (272, 262), (238, 244)], base, 8)
        for x in far_x:
            strap(d, [(x - 26, 300), (x - 20, 262), (x + 10, 245)], base, look.between(9, 15))
        strap(d, [(54, 298), (46, 258), (57, 222)], base, 9)
        strap(d, [(54, 220), (84, 238), (112, 216)], base, 8)
        if look.chance(0.6):
            strap(d, [(238, 246), (170, 226), (106, 218)], base, 8)
        for k in range(int(look.rng.integers(0, 6))):
            d.circle(
                206 + k * 11,
                262 - k * 3,
                3.4,
                COLOURS["Gold"] if luma(base) < 140 else COLOURS["Turquoise Blue"],
                (90, 70, 40),
                0.6,
            )
        d.add(
            '<rect x="84" y="226" width="13" height="12" rx="2" fill="none" '
            f'stroke="{hex_of(COLOURS["Gold"])}" stroke-width="2.6"/>'
        )
        sole = curve(pts("34 290! 44 302 180 305 320 303 340 292! 336 306 318 312 180 314 40 312!"))
        d.piece(sole, darker(GUM, 0.35), darker(GUM, 0.7))
    return d


def _ballerina(d: Drawing, look: Look, base: RGB, inner: RGB) -> None:
    d.piece(
        curve(pts("46 246! 90 250 160 252 216 238 240 246! 216 284 120 296 52 286")),
        d.gradient([(0, darker(inner, 0.3)), (1, inner)]),
        darker(inner, 0.6),
    )
    upper = curve(
        pts("38 298! 36 270 44 244! 66 268 120 284 180 280 222 262 240 246! 288 256 324 276 338 296! 180 304")
    )
    d.piece(upper, cloth(d, look, scale=0.55), look.edge, width=1.3)
    d.line(curve(pts("44 245 66 269 120 285 180 281 222 263 240 247"), closed=False), darker(base, 0.3), 3.6)
    if look.chance(0.4):
        d.piece(curve(pts("288 257! 324 276 338 296! 286 302! 278 276")), look.accent, darker(look.accent, 0.5))
    bow(d, look, 246, 252, look.between(13, 19), look.accent if look.chance(0.4) else lighter(base, 0.1))
    sole = curve(pts("34 292! 120 300 240 300 340 291! 336 306 250 309 110 310 98 316 38 316!"))
    d.piece(sole, darker(GUM, 0.45), darker(GUM, 0.7))
    d.glow(296, 270, 32, 12, 0.65, turn=22)
    d.glow(52, 276, 10, 18, 0.4)


def sandal(look: Look) -> Drawing:
    """Strapped sandals with a thick sole."""
    d = Drawing(volume=0.55, grain="leather", stands=True)
    posed(d, look)
    base = look.base
    bed_tone = darker(base, 0.3) if look.chance(0.5) else COLOURS["Tan"]
    d.piece(
        curve(pts("34 272! 58 254 140 264 240 260 316 266 340 284! 300 296 60 296")),
        d.gradient([(0, lighter(bed_tone, 0.1)), (1, darker(bed_tone, 0.25))]),
        darker(bed_tone, 0.5),
    )
    w = look.between(20, 30)
    trim = look.accent if look.chance(0.6) else lighter(base, 0.15)
    fisherman = look.style == "Fisherman"
    slide = look.style == "Slide"
    if not slide:
        strap(d, pts("62 204 108 192 158 200 190 228"), base, w * 0.6, far=True)
    crests = [
        (x, 214 + (x - 156) * 0.2, w * (0.8 if fisherman else 1.9 if slide else 1.0))
        for x in ((156, 204, 250) if fisherman else (196,) if slide else (172, 240))
    ]
    for x, crest, wide in crests:
        far = [
            (x + 26, crest, 1),
            (x + 26 + wide * 1.2, crest + 8, 1),
            (x + 44 + wide, crest + 34),
            (x + 50 + wide, 276, 1),
            (x + 40, 276, 1),
            (x + 36, crest + 34),
        ]
        d.piece(curve(far), darker(base, 0.42), look.edge)
    if not slide:
        d.piece(curve(pts("44 290! 40 240 52 196! 72 192! 76 240 96 290!")), base, look.edge)
        d.stitch(curve(pts("50 286 46 240 57 200 68 198 71 240 88 286"), closed=False), look.thread)
    for x, crest, wide in crests:
        band = curve(
            [
                (x - wide * 0.6, 296, 1),
                (x - wide * 0.3, 250),
                (x + 26, crest, 1),
                (x + 26 + wide * 1.2, crest + 8, 1),
                (x + wide, 256),
                (x + wide * 0.8, 296, 1),
            ]
        )
        d.piece(band, base, look.edge, width=1.2)
        d.line(
            curve([(x - wide * 0.15, 290), (x + wide * 0.1, 252), (x + 30 + wide * 0.2, crest + 6)], closed=False),
            trim,
            3,
        )
        d.stitch(
            curve([(x + wide * 0.5, 292), (x + wide * 0.75, 256), (x + 24 + wide, crest + 10)], closed=False),
            look.thread,
        )
        d.glow(x + 16, 248, 14, 30, 0.4, turn=20)
    if fisherman:
        strap(d, pts("118 250 180 240 240 246 300 274"), base, 15)
    if not slide:
        strap(d, pts("60 212 92 230 140 226 186 226"), base, w * 0.62)
        steel = hex_of(COLOURS["Steel"])
        d.add(f'<rect x="112" y="214" width="17" height="25" rx="3" fill="none" stroke="{steel}" stroke-width="3"/>')
    tone = (48, 46, 48) if look.chance(0.7) else darker(GUM, 0.3)
    sole = curve(pts("32 280! 60 290 140 294 240 290 318 288 344 280! 346 298 326 316 240 314 150 320 44 322 32 306"))
    d.piece(sole, d.gradient([(0, lighter(tone, 0.15)), (0.4, tone), (1, darker(tone, 0.5))]), darker(tone, 0.6))
    d.line(curve(pts("34 292 140 304 240 300 344 290"), closed=False), trim, 2.4)
    d.clip(sole)
    for k in range(20):
        d.line(f"M{48 + k * 14.6} 324l3 -10", darker(tone, 0.6), 2)
    d.unclip()
    return d


def flip_flop(look: Look) -> Drawing:
    """A pair of flip flops seen from above, or one at an angle."""
    lone = look.chance(0.5)
    d = Drawing(volume=0.3, grain="fleece")
    if lone:
        turn = look.between(64, 76)
        for drop in (16, 12, 8, 4):
            d.group(_lying(turn, drop))
            d.piece(curve(_OUTLINE), darker(look.accent, 0.12 * (drop / 4 - 1)), darker(look.accent, 0.5), opacity=0.25)
            d.unclip()
        d.group(_lying(turn, 0))
        _sole_from_above(d, look, 1.0, 0, lone=True)
        d.unclip()
        return d
    turn = look.between(3, 9)
    d.pose = "translate(180 240) scale(0.9) translate(-180 -240)"
    for f in (-1, 1):
        d.group(f"translate({f * 86} 0) rotate({f * turn:.1f} 180 240)")
        _sole_from_above(d, look, f, 5)
        d.unclip()
    return d


def _lying(turn: float, drop: float) -> str:
    """The transform that lays a sole down on the floor, its toe to the right; `drop` lowers it on the sheet."""
    return f"translate(180 {262 + drop}) skewX(-14) scale(0.84 0.46) rotate({turn:.0f}) translate(-180 -240)"


_FOOT = ((-4, 58), (34, 68), (56, 112), (58, 170), (44, 244), (46, 330), (40, 392), (4, 420), (-36, 398), (-46, 336),
         (-48, 262), (-60, 180), (-54, 104), (-34, 66))  # fmt: skip


_OUTLINE = [(180.0 + x, float(y)) for x, y in _FOOT]


def _sole_from_above(d: Drawing, look: Look, side: float, thick: float, *, lone: bool = False) -> None:
    x = 180.0
    outline = [(x + px * side, float(py)) for px, py in _FOOT]
    if thick:
        edge = look.accent
        foot = curve([(px + thick * 0.4, py + thick) for px, py in outline])
        d.piece(foot, d.gradient([(0, edge), (1, darker(edge, 0.3))]), darker(edge, 0.5))
        d.line(curve([(px + thick * 0.2, py + thick * 0.5) for px, py in outline]), darker(look.base, 0.3), 3)
    path = curve(outline)
    d.piece(path, cloth(d, look), look.edge, width=1.2)
    d.clip(path)
    d.line(
        curve([(x + (px - x) * 0.9, 240 + (py - 240) * 0.94) for px, py in outline]),
        look.thread,
        1,
        dash="2 2",
        opacity=0.5,
    )
    for cy, rx, ry in ((362, 30, 38), (136, 40, 46)):
        hollow = d.radial([(0, (0, 0, 0), 0.16), (1, (0, 0, 0), 0.0)])
        d.add(f'<ellipse cx="{x}" cy="{cy}" rx="{rx}" ry="{ry}" fill="{hollow}"/>')
    d.unclip()
    tone = look.second if luma(look.second) != luma(look.base) else look.accent
    for f in (-1, 1):
        toe = x - side * 6
        band = [
            (toe, 118, 1),
            (x + f * 30, 148),
            (x + f * 58, 214, 1),
            (x + f * 50, 232, 1),
            (x + f * 22, 180),
            (toe, 146, 1),
        ]
        if not lone:
            d.shade(curve([(p[0] + 3, p[1] + 7) for p in band]), -0.2)
        d.line(curve([(p[0] + 2, p[1] + 6) for p in band]), (0, 0, 0), 3, opacity=0.14)
        d.piece(
            curve(band), d.gradient([(0, lighter(tone, 0.15)), (1, darker(tone, 0.2))]), darker(tone, 0.55), width=1.2
        )
        d.line(
            curve([(toe, 128), (x + f * 30, 162), (x + f * 52, 220)], closed=False),
            lighter(tone, 0.4),
            2.4,
            opacity=0.5,
        )
    d.circle(
        x - 6 * side,
        122,
        8,
        d.radial([(0, lighter(tone, 0.4)), (1, darker(tone, 0.2))], at=(0.4, 0.35, 0.7)),
        darker(tone, 0.5),
    )
