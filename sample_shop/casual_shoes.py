"""Sneakers, high tops, slip-ons, moccasins and desert boots, in profile with the toe to the right."""

from __future__ import annotations

import numpy as np

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, WHITE, Look
from sample_shop.ink import RGB, Drawing, curve, darker, lighter, luma, pts
from sample_shop.last import GUM, opening, posed, shoe_laces
from sample_shop.prints import small_logo


def casual_shoe(look: Look) -> Drawing:
    """Sneakers, high tops, slip-ons, boat shoes and desert boots."""
    leather = look.style in ("Boat", "Desert Boot", "Loafers")
    d = Drawing(volume=0.55, grain="leather" if leather else "cloth", stands=True)
    posed(d, look)
    {"High-Top": _high_top, "Slip-On": _slip_on, "Loafers": _moccasin, "Boat": _moccasin, "Desert Boot": _desert}.get(
        look.style, _low_top
    )(d, look)
    return d


def _cup_sole(d: Drawing, tone: RGB, stripe: RGB | None, top: float = 290) -> None:
    path = curve(
        [
            (34, top - 4, 1),
            (120, top + 4),
            (230, top + 4),
            (318, top - 4),
            (336, top - 8, 1),
            (341, top + 10),
            (330, top + 26),
            (300, top + 30),
            (170, top + 30),
            (44, top + 29),
            (33, top + 18),
        ]
    )
    d.piece(path, d.gradient([(0, tone), (0.7, darker(tone, 0.06)), (1, darker(tone, 0.3))]), darker(tone, 0.5))
    if stripe:
        d.line(
            curve([(35, top + 9), (120, top + 14), (230, top + 14), (318, top + 7), (339, top + 2)], closed=False),
            stripe,
            3.2,
        )
    d.line(
        curve([(36, top + 2), (120, top + 8), (230, top + 8), (318, top), (337, top - 4)], closed=False),
        darker(tone, 0.35),
        0.9,
        opacity=0.6,
    )
    for k in range(34):
        d.line(f"M{42 + k * 8.6} {top + 25}v4", darker(tone, 0.5), 1, opacity=0.5)
    d.shade(curve([(40, top - 8), (120, top), (230, top), (316, top - 8)], closed=False), -0.5, width=8)


def _low_top(d: Drawing, look: Look) -> None:
    fill = cloth(d, look, scale=0.7)
    sole = WHITE if look.chance(0.7) else GUM
    lace = WHITE if luma(look.base) < 200 or look.chance(0.5) else look.accent
    opening(d, look.accent if look.chance(0.5) else COLOURS["Beige"], (46, 206), (150, 190), 12)
    tongue = curve(pts("126 202! 140 174 160 170 172 180! 204 216 236 240 252 249! 226 256 150 220"))
    d.piece(tongue, lighter(look.base, 0.06) if look.chance(0.5) else look.accent, look.edge)
    upper = curve(
        pts(
            "38 296! 35 262 42 222 48 202! 70 214 100 220 126 205 140 196! 176 221 214 242 252 "
            "248 294 251 326 265 339 290! 180 302"
        )
    )
    d.piece(upper, fill, look.edge, width=1.3)
    d.clip(upper)
    panel = look.accent if look.chance(0.55) else darker(look.base, 0.16)
    d.piece(curve(pts("30 300! 32 230! 48 198! 66 212 72 250 92 300!")), panel, darker(panel, 0.5))
    kind = int(look.rng.integers(0, 4))
    if kind == 0:
        toe = curve(pts("264 310! 262 276 278 236! 304 238 352 266 352 310!"))
        d.piece(toe, WHITE, (150, 150, 150))
    elif kind == 1:
        d.line("M100 300C128 278 150 262 172 228", look.second, 9, cap="butt")
        d.line("M120 302C148 280 170 266 190 238", look.second, 9, cap="butt")
    elif kind == 2:
        d.piece(
            curve(pts("96 258! 150 258! 206 264! 150 280! 96 284! 112 270!")), look.second, darker(look.second, 0.5)
        )
    stay = curve(pts("138 192! 180 226 230 250 240 262! 204 264 150 226 124 208!"))
    d.piece(stay, panel if look.chance(0.5) else look.base, look.edge)
    d.unclip()
    d.stitch(curve(pts("126 212 152 231 204 268 240 266"), closed=False), look.thread)
    d.stitch(curve([(70, 216), (76, 250), (95, 292)], closed=False), look.thread)
    d.line(curve(pts("48 203 70 215 100 221 126 206 140 197"), closed=False), look.edge, 3.4, opacity=0.8)
    d.line(curve(pts("48 203 70 215 100 221 126 206 140 197"), closed=False), lighter(look.base, 0.1), 2)
    shoe_laces(d, (148, 206), (224, 252), 5, lace)
    _cup_sole(d, sole, look.accent if look.chance(0.4) else None)
    d.glow(306, 262, 30, 11, 0.5, turn=20)
    d.glow(110, 240, 40, 20, 0.25)
    d.crease([(214, 292), (228, 272), (236, 258)], 4, 0.3)


def _high_top(d: Drawing, look: Look) -> None:
    fill = cloth(d, look, scale=0.75)
    opening(d, COLOURS["Cream"], (58, 134), (150, 122), 12)
    d.piece(
        curve(pts("126 140! 138 108 160 104 172 118! 190 176 216 222 256 248! 228 258 150 200")),
        lighter(look.base, 0.08),
        look.edge,
    )
    upper = curve(
        pts(
            "38 296! 38 250 52 190 56 132! 90 140 128 136 142 132! 158 182 190 226 232 247 286 "
            "252 326 266 339 290! 180 302"
        )
    )
    d.piece(upper, fill, look.edge, width=1.3)
    d.clip(upper)
    d.piece(curve(pts("258 312! 256 276 274 236! 304 238 352 268 352 312!")), WHITE, (150, 150, 150))
    d.piece(
        curve(pts("128 130! 146 128! 160 178 198 230 244 254 238 266! 188 246 144 190")),
        look.accent if look.chance(0.3) else look.base,
        look.edge,
    )
    d.line("M36 296C70 280 76 170 64 128", look.edge, 1.2, opacity=0.6)
    d.stitch("M42 296C76 280 82 170 70 128", look.thread)
    d.unclip()
    d.circle(96, 190, 19, WHITE, darker(look.base, 0.4), 1.2)
    small_logo(d, look, 96, 190, 10, look.base if luma(look.base) < 200 else look.accent)
    for k in range(7):
        t = k / 6
        x, y = 138 + 84 * t**1.5, 146 + 102 * t
        bar = f"M{x} {y}q8 -14 20 -9"
        d.line(bar, darker(WHITE, 0.45), 6)
        d.line(bar, WHITE, 4.6)
        d.circle(x - 1, y + 1, 1.8, COLOURS["Steel"], (80, 80, 80), 0.5)
    for loop in (
        "M150 132c-22 -10 -36 4 -24 11c9 5 18 -4 24 -11",
        "M150 132c18 -14 36 -4 26 5c-7 6 -18 1 -26 -5",
        "M150 132c-4 14 -14 22 -20 34",
        "M150 132c8 12 14 16 20 30",
    ):
        d.line(loop, darker(WHITE, 0.45), 5)
        d.line(loop, WHITE, 3.6)
    _cup_sole(d, WHITE, look.accent if look.chance(0.6) else look.base)
    d.glow(100, 220, 40, 40, 0.2)
    d.crease([(60, 240), (86, 226), (112, 230)], 4, 0.35)
    d.crease([(200, 286), (220, 262), (230, 252)], 4, 0.35)


def _slip_on(d: Drawing, look: Look) -> None:
    sole = WHITE if look.chance(0.6) else GUM
    opening(d, COLOURS["Beige"], (46, 222), (190, 226), 10)
    upper = curve(
        pts("38 296! 36 262 44 218! 80 238 130 246 170 240 192 224! 240 236 296 246 328 262 339 290! 180 302")
    )
    d.piece(upper, cloth(d, look, scale=0.6), look.edge, width=1.3)
    gore = curve(pts("136 246! 172 240! 176 262 164 276 146 268"))
    d.piece(gore, look.accent, darker(look.accent, 0.5))
    d.line("M152 246L160 272M162 244L168 268", darker(look.accent, 0.5), 1)
    d.line(curve(pts("44 219 80 239 130 247 170 241 192 225"), closed=False), darker(look.base, 0.35), 4.4)
    d.line(curve(pts("44 219 80 239 130 247 170 241 192 225"), closed=False), lighter(look.base, 0.16), 2.6)
    d.stitch(curve([(192, 230), (204, 262), (192, 298)], closed=False), look.thread)
    _cup_sole(d, sole, look.accent if look.chance(0.5) else None)
    d.glow(290, 256, 40, 9, 0.5, turn=14)


def _moccasin(d: Drawing, look: Look) -> None:
    lace = COLOURS["Cream"] if luma(look.base) < 120 else COLOURS["Coffee Brown"]
    opening(d, COLOURS["Tan"], (46, 214), (178, 214), 12)
    upper = curve(
        pts("38 298! 35 262 43 212! 76 228 120 236 160 228 178 214! 212 216 262 232 312 248 338 270 342 294! 180 304")
    )
    d.piece(upper, look.base, look.edge, width=1.3)
    apron = curve(pts("176 214! 214 215 262 230 308 247! 288 256 240 253 196 240"))
    d.piece(apron, lighter(look.base, 0.1), look.edge, width=1.4)
    for k in range(14):
        x, y = 200 + k * 6.8, 238 + 15 * np.sin(k * 0.12)
        d.line(f"M{x} {y}l-3 7", look.thread, 1.8)
    if look.style == "Boat":
        d.line("M48 246C90 256 130 262 178 246", lace, 3)
        for k in range(8):
            d.circle(54 + k * 16, 247 + (k * 2 if k < 5 else 10 - (k - 5) * 3), 1.6, COLOURS["Copper"])
        for x, y in ((190, 222), (206, 228)):
            d.line(f"M{x} {y}q-2 -8 14 -6", darker(lace, 0.4), 5.2)
            d.line(f"M{x} {y}q-2 -8 14 -6", lace, 3.8)
        d.line(
            "M202 220c-16 -10 -30 2 -20 8c8 4 14 -4 20 -8c14 -14 30 -6 22 2c-6 5 -14 1 -22 -2c-4 10 -14 12 -20 24",
            lace,
            3,
        )
    else:
        strap = curve(pts("176 214! 202 216 222 226! 206 262 186 276 166 272! 172 240"))
        d.piece(strap, darker(look.base, 0.12), look.edge, width=1.3)
        d.stitch(curve(pts("180 218 176 242 171 268 186 271 202 260 216 229"), closed=False), look.thread)
        d.line("M186 240L208 246", darker(look.base, 0.7), 5)
    d.line(curve(pts("43 213 76 229 120 237 160 229 178 215"), closed=False), darker(look.base, 0.4), 3)
    sole = COLOURS["Cream"] if look.style == "Boat" and look.chance(0.6) else (70, 52, 42)
    path = curve(pts("34 292! 120 300 240 300 336 286! 340 300 326 312 180 316 40 314!"))
    d.piece(path, d.gradient([(0, sole), (1, darker(sole, 0.4))]), darker(sole, 0.5))
    d.shade(curve(pts("40 286 120 294 240 294 330 282"), closed=False), -0.45, width=8)
    d.glow(100, 258, 50, 18, 0.35)
    d.glow(300, 276, 26, 14, 0.5, turn=30)


def _desert(d: Drawing, look: Look) -> None:
    opening(d, darker(look.base, 0.2), (52, 152), (144, 142), 12)
    d.piece(
        curve(pts("126 160! 140 132 160 132 172 146! 192 190 216 228! 180 230")), lighter(look.base, 0.05), look.edge
    )
    upper = curve(
        pts(
            "38 298! 38 250 50 196 52 150! 84 162 124 158 140 154! 160 194 198 222 250 236 304 "
            "248 334 268 341 292! 180 304"
        )
    )
    d.piece(upper, look.base, look.edge, width=1.3)
    d.line(curve(pts("140 158 150 206 136 250 128 300"), closed=False), look.edge, 1.3, opacity=0.7)
    d.stitch(curve(pts("134 160 144 206 130 250 122 300"), closed=False), look.thread)
    d.line("M40 262C60 250 66 200 62 154", look.edge, 1, opacity=0.6)
    lace = look.accent if look.chance(0.4) else darker(look.base, 0.4)
    shoe_laces(d, (146, 172), (166, 206), 3, lace, reach=(20, -9))
    sole = COLOURS["Cream"] if look.chance(0.5) else (60, 46, 38)
    path = curve(pts("32 290! 120 298 240 298 338 284! 342 302 330 316 180 320 42 319 32 310"))
    d.piece(path, d.gradient([(0, sole), (1, darker(sole, 0.4))]), darker(sole, 0.5))
    d.shade(curve(pts("40 284 120 292 240 292 332 280"), closed=False), -0.45, width=8)
    d.glow(270, 258, 50, 16, 0.45, turn=16)
    d.glow(90, 210, 30, 36, 0.25)
    d.crease([(60, 236), (90, 224), (124, 232)], 4, 0.3)
