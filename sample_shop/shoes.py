"""Sports shoes and formal shoes, in profile with the toe to the right."""

from __future__ import annotations

from sample_shop.colours import COLOURS, WHITE, Look
from sample_shop.ink import RGB, Drawing, curve, darker, lighter, luma, mix, pts
from sample_shop.last import opening, posed, shoe_laces


def sports_shoe(look: Look) -> Drawing:
    """Running and training shoes: mesh, overlays and a shaped midsole."""
    d = Drawing(volume=0.5, grain="fleece", stands=True)
    posed(d, look)
    a, b = look.accent, look.second
    opening(d, a, (44, 190), (146, 182), 14)
    d.piece(
        curve(pts("124 194! 140 162 160 158 174 172! 204 208 238 234 256 243! 226 250 150 212")),
        a if look.chance(0.5) else darker(look.base, 0.15),
        darker(look.base, 0.5),
    )
    upper = curve(
        pts(
            "40 280! 34 244 36 206 44 184! 68 204 96 210 122 200 140 188! 176 214 218 237 256 "
            "242 300 244 332 260 342 282! 180 294"
        )
    )
    mesh = d.define(
        '<pattern id="{id}" patternUnits="userSpaceOnUse" width="5" height="5" patternTransform="rotate(30)">'
        f'<rect width="6" height="6" fill="rgb{look.base}"/><circle cx="1.6" cy="1.6" r="1" '
        f'fill="rgb{darker(look.base, 0.3)}"/>'
        f'<circle cx="4.1" cy="4.1" r="1" fill="rgb{darker(look.base, 0.3)}"/></pattern>'
    )
    d.piece(upper, mesh, look.edge, width=1.3)
    d.clip(upper)
    solid = lighter(look.base, 0.08)
    d.piece(curve(pts("30 290! 26 180! 44 180! 62 202 74 238 112 262 116 296!")), a, darker(a, 0.5))
    d.piece(
        curve(pts("266 300! 258 270 274 230! 306 232 358 262 358 300!")), solid if look.chance(0.6) else b, look.edge
    )
    kind = int(look.rng.integers(0, 4))
    if kind == 0:
        for k in range(2):
            d.line(f"M{118 + k * 30} {290 - k * 2}L{156 + k * 28} {220 + k * 12}", b, 13 - k * 5, cap="butt")
    elif kind == 1:
        d.piece(curve(pts("98 252! 216 258! 98 282! 120 268!")), b, darker(b, 0.5))
    elif kind == 2:
        d.line("M86 250L120 274L150 238L184 276L212 246", b, 7)
    else:
        d.piece(curve(pts("110 300! 146 218! 172 234! 160 300!")), b, darker(b, 0.5))
        d.piece(curve(pts("178 300! 190 244! 208 252! 212 300!")), b, darker(b, 0.5))
    d.piece(
        curve(pts("136 184! 180 214 238 240 250 254! 212 256 154 222 122 202!")),
        solid if look.chance(0.5) else a,
        look.edge,
    )
    d.unclip()
    d.line(curve(pts("44 186 68 205 96 211 122 201 140 189"), closed=False), darker(a, 0.2), 5)
    shoe_laces(d, (146, 197), (228, 243), 6, WHITE if luma(look.base) < 190 else b, reach=(16, -13), width=4.2)
    _midsole(d, look, a, b)
    d.glow(298, 260, 30, 10, 0.5, turn=20)
    d.glow(60, 236, 18, 30, 0.3)
    return d


def _midsole(d: Drawing, look: Look, a: RGB, b: RGB) -> None:
    tone = WHITE if look.chance(0.72) else mix(b, WHITE, 0.2)
    path = curve(
        pts(
            "38 272! 80 284 130 292 180 290 250 282 310 282 340 274! 350 286 336 304 280 314 200 "
            "312 150 316 90 324 34 318 24 296"
        )
    )
    d.piece(path, d.gradient([(0, tone), (0.6, darker(tone, 0.05)), (1, darker(tone, 0.25))]), darker(tone, 0.5))
    d.clip(path)
    kind = int(look.rng.integers(0, 3))
    if kind == 0:
        d.line(curve(pts("20 300 90 302 150 300 220 298 350 290"), closed=False), a, 6)
    elif kind == 1:
        d.piece(curve(pts("20 290! 80 296 120 310 60 318 16 312!")), a, darker(a, 0.5))
        for k in range(5):
            d.line(f"M{46 + k * 13} {300 + k}l6 14", darker(a, 0.5), 2)
    else:
        for k in range(12):
            d.line(f"M{150 + k * 15} {300 - k * 0.8}l-5 12", darker(tone, 0.3), 2, opacity=0.6)
        d.line("M30 306C60 296 100 304 128 314", a, 4)
    d.unclip()
    tread = curve(pts("28 312! 90 322 150 314 200 310 280 312 338 300! 334 310 282 321 204 318 150 322 92 330 34 326!"))
    d.piece(tread, b if look.chance(0.4) else (46, 46, 50), (30, 30, 30))
    for k in range(22):
        d.line(f"M{40 + k * 13.4} {326 - (k * 0.4 if k > 4 else 0)}v-6", (20, 20, 22), 1.2, opacity=0.5)
    d.shade(curve(pts("40 268 80 280 130 288 180 286 250 278 336 270"), closed=False), -0.5, width=8)


def formal_shoe(look: Look) -> Drawing:
    """Leather shoes with a heel block: Derby, Oxford, brogue, loafer, monk strap."""
    d = Drawing(volume=0.6, grain="plain", stands=True)
    posed(d, look)
    base = look.base
    slip = look.style in ("Penny", "Monk Strap")
    opening(
        d,
        COLOURS["Tan"] if look.chance(0.5) else darker(base, 0.2),
        (50, 208),
        (166 if slip else 150, 204 if slip else 190),
        12,
    )
    if not slip:
        d.piece(curve(pts("132 202! 144 180 162 178 172 190! 196 214 222 239! 190 240")), darker(base, 0.12), look.edge)
    front = [(150, 222), (168, 202, 1), (214, 222)] if slip else pts("124 212 142 198! 174 220 214 238")
    upper = curve(
        [
            (44, 296, 1),
            (40, 262),
            (44, 226),
            (49, 205, 1),
            (74, 222),
            (100, 228),
            *front,
            (258, 246),
            (302, 252),
            (335, 265),
            (349, 283),
            (351, 297, 1),
            (180, 300),
        ]
    )
    d.piece(upper, d.gradient([(0, lighter(base, 0.16)), (0.5, base), (1, darker(base, 0.35))]), look.edge, width=1.3)
    d.clip(upper)
    seam = darker(base, 0.6)
    d.line(curve([(76, 222), (86, 258), (70, 300)], closed=False), seam, 1.1)
    d.stitch(curve([(80, 222), (90, 258), (74, 300)], closed=False), look.thread, opacity=0.5)
    if look.style in ("Oxford", "Brogue", "Derby"):
        quarter = pts("140 200 178 226 216 246 196 264 150 280 118 300")
        d.line(curve(quarter, closed=False), seam, 1.5)
        d.stitch(curve([(x - 4, y + 3) for x, y in quarter], closed=False), look.thread, opacity=0.5)
    if look.style in ("Oxford", "Brogue"):
        d.line(curve([(268, 250), (262, 274), (254, 300)], closed=False), seam, 1.6)
        d.stitch(curve([(263, 250), (257, 274), (249, 300)], closed=False), look.thread, opacity=0.5)
    if look.style == "Brogue":
        for k in range(10):
            d.circle(259 - k * 0.8 - (2 if k > 5 else 0), 254 + k * 4.6, 1.4, seam)
            t = k / 9
            d.circle(200 - 74 * t, 262 + 30 * t, 1.3, seam)
        for dx, dy in ((0, 0), (8, 3), (16, 6), (5, 8), (13, 11), (-4, 6)):
            d.circle(292 + dx, 272 + dy, 1.3, seam)
    d.unclip()
    if look.style == "Penny":
        strap = curve(pts("168 203! 196 208 222 224! 212 258 190 276 160 274! 166 240"))
        d.piece(strap, darker(base, 0.1), look.edge, width=1.3)
        d.line("M190 234L212 240", COLOURS["Gold"] if look.chance(0.5) else seam, 5)
        d.line(curve([(222, 226), (262, 246), (306, 268)], closed=False), seam, 2)
    elif look.style == "Monk Strap":
        strap = curve(pts("150 224! 196 214 226 232! 196 262 146 272 112 262! 126 240"))
        d.piece(strap, lighter(base, 0.06), look.edge, width=1.3)
        d.stitch(curve(pts("153 229 196 219 219 232 194 257 147 266"), closed=False), look.thread)
        d.add(
            '<rect x="128" y="238" width="22" height="26" rx="3" fill="none" '
            f'stroke="rgb{COLOURS["Gold"] if look.chance(0.4) else COLOURS["Silver"]}" '
            'stroke-width="3.4" transform="rotate(8 139 251)"/>'
        )
    else:
        shoe_laces(d, (148, 208), (192, 236), 4, darker(base, 0.35), reach=(17, -11), width=3.4)
    sole = (44, 36, 32) if luma(base) < 80 or look.chance(0.5) else (122, 84, 54)
    path = curve(
        pts("40 291! 120 297 240 297 350 291! 354 297 346 304 250 307 150 309 128 311! 124 322! 44 322! 39 306")
    )
    d.piece(path, d.gradient([(0, lighter(sole, 0.18)), (0.3, sole), (1, darker(sole, 0.5))]), darker(sole, 0.6))
    d.stitch(curve(pts("44 294 120 300 240 300 348 294"), closed=False), lighter(sole, 0.3), width=0.7)
    d.glow(306, 262, 36, 8, 0.85, turn=16)
    d.glow(110, 248, 46, 14, 0.5, turn=6)
    d.glow(58, 248, 10, 34, 0.55)
    d.glow(220, 288, 80, 8, -0.5)
    for k in range(3):
        d.crease([(232 + k * 12, 290), (240 + k * 11, 272), (238 + k * 11, 256)], 3, 0.25)
    return d
