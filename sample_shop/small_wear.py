"""Belts, ties, scarves and socks."""

from __future__ import annotations

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, Look
from sample_shop.fittings import plate
from sample_shop.ink import CENTRE, Drawing, curve, darker, hex_of, lighter, pts
from sample_shop.prints import small_logo

C = CENTRE


def belt(look: Look) -> Drawing:
    """A belt laid in a loop, its buckle in front."""
    d = Drawing(volume=0.3, grain="leather")
    rx, ry, high = look.between(134, 144), look.between(30, 44), look.between(34, 46)
    cy = 232.0
    inner = darker(look.base, 0.35) if look.chance(0.4) else COLOURS["Tan"]
    back = (
        f"M{C - rx} {cy}A{rx} {ry} 0 0 1 {C + rx} {cy}V{cy + high * 0.55}A{rx} {ry} 0 0 0 {C - rx} {cy + high * 0.55}Z"
    )
    d.piece(
        back,
        d.gradient([(0, lighter(inner, 0.1)), (0.5, darker(inner, 0.1)), (1, darker(inner, 0.45))], line=(0, 0, 1, 0)),
        darker(inner, 0.6),
        width=1.2,
    )
    front = f"M{C - rx} {cy}A{rx} {ry} 0 0 0 {C + rx} {cy}V{cy + high}A{rx} {ry} 0 0 1 {C - rx} {cy + high}Z"
    d.piece(front, cloth(d, look, scale=0.6), look.edge, width=1.3)
    d.fill(
        front,
        d.gradient(
            [
                (0, (0, 0, 0), 0.55),
                (0.18, (0, 0, 0), 0.0),
                (0.32, (255, 255, 255), 0.22),
                (0.5, (255, 255, 255), 0.0),
                (0.82, (0, 0, 0), 0.05),
                (1, (0, 0, 0), 0.55),
            ],
            line=(0, 0, 1, 0),
        ),
    )
    for y in (5, high - 5):
        d.stitch(
            f"M{C - rx} {cy + y}A{rx} {ry} 0 0 0 {C + rx} {cy + y}",
            look.thread if look.chance(0.6) else lighter(look.base, 0.5),
        )
    if look.style == "Braided":
        d.clip(front)
        for k in range(-14, 15):
            d.line(
                f"M{C + k * 12 - 20} {cy}l40 {high + ry * 1.3}M{C + k * 12 + 20} {cy}l-40 {high + ry * 1.3}",
                darker(look.base, 0.5),
                2,
                opacity=0.6,
            )
        d.unclip()
    metal = COLOURS["Silver"] if look.chance(0.65) else COLOURS["Gold"]
    by, mid = cy + ry + high / 2, high / 2
    bx = C + look.between(-30, 12)
    for k in range(5):
        d.circle(bx + 44 + k * 13, by - (k + 2) ** 2 * 0.25, 2.1, darker(look.base, 0.75))
    d.piece(f"M{bx - 46} {by - mid - 3}h13v{high + 6}h-13Z", darker(look.base, 0.12), look.edge)
    shine = d.gradient(
        [(0, lighter(metal, 0.75)), (0.45, metal), (0.55, darker(metal, 0.35)), (1, lighter(metal, 0.4))],
        line=(0, 0, 1, 1),
    )
    if look.style == "Plate Buckle":
        plate(d, bx, by, 62, high + 12, metal, 5)
        d.add(
            f'<rect x="{bx - 25}" y="{by - high / 2}" width="50" height="{high}" rx="3" '
            f'fill="none" stroke="{hex_of(darker(metal, 0.3))}" stroke-width="1"/>'
        )
        small_logo(d, look, bx, by, 13, darker(metal, 0.5))
    else:
        r = 12 if look.chance(0.4) else 4
        for tone, width in ((hex_of(darker(metal, 0.5)), 9.0), (shine, 7.0)):
            d.add(
                f'<rect x="{bx - 25}" y="{by - mid - 5}" width="52" height="{high + 10}" rx="{r}" '
                f'fill="none" stroke="{tone}" stroke-width="{width}"/>'
            )
        d.line(f"M{bx - 24} {by}H{bx + 28}", darker(metal, 0.5), 6)
        d.line(f"M{bx - 24} {by}H{bx + 28}", lighter(metal, 0.3), 4)
    return d


def tie(look: Look) -> Drawing:
    """A tie, rolled at the top, one end aside."""
    d = Drawing(volume=0.55)
    fill = cloth(d, look, scale=0.62, angle=0)
    slim = look.between(0.75, 1.05) if look.style == "Slim" else look.between(1.0, 1.2)
    tail = curve(pts("172 84! 194 66! 268 128! 276 150! 254 148!"))
    d.piece(tail, cloth(d, look, scale=0.62, angle=40), look.edge, width=1.2)
    wide, mid = 32 * slim, 17 * slim
    blade = curve(
        [
            (C - mid, 78, 1),
            (C + mid, 78, 1),
            (C + mid + 4, 180),
            (C + wide - 2, 320),
            (C + wide, 402, 1),
            (C, 402 + wide * 1.05, 1),
            (C - wide, 402, 1),
            (C - wide + 2, 320),
            (C - mid - 4, 180),
        ]
    )
    d.piece(blade, fill, look.edge, width=1.3)
    d.shade(f"M{C - wide + 6} 400L{C - mid} 90", 0.3, width=8)
    d.shade(f"M{C + wide - 4} 400L{C + mid} 90", -0.3, width=8)
    d.circle(C - 2, 66, 27 * (0.5 + slim / 2), cloth(d, look, scale=0.62, angle=-20), look.edge, 1.3)
    for r in (19, 12, 6):
        d.add(
            f'<path d="M{C - 2 - r} 66A{r} {r} 0 1 1 {C - 2 + r * 0.6:.1f} {66 + r * 0.8:.1f}" '
            f'fill="none" stroke="{hex_of(look.edge)}" stroke-width="2" stroke-opacity=".6"/>'
        )
        d.shade(f"M{C - 2 - r} 66A{r} {r} 0 1 1 {C - 2 + r * 0.6:.1f} {66 + r * 0.8:.1f}", -0.4, width=4)
    return d


def scarf(look: Look) -> Drawing:
    """A scarf in a loop with both ends hanging, or a folded one."""
    d = Drawing(volume=0.65, grain="fleece")
    side = 1 if look.chance(0.5) else -1
    d.pose = f"translate(180 0) scale({side * look.between(0.88, 1.12):.2f} 1) translate(-180 0)"
    fringe = darker(look.base, 0.15)
    ends = ((142.0, 78.0, 448.0, -1), (214.0, 82.0, look.between(400, 436), 1))
    for x, w, bottom, f in ends:
        for k in range(13):
            fx = x - w / 2 + k * w / 12
            d.line(
                f"M{fx} {bottom - 26}Q{fx + f * 2} {bottom - 8} {fx + (k % 3 - 1) * 2.5} {bottom}",
                fringe if k % 2 else look.base,
                3,
            )
        hang = curve(
            [
                (x - w * 0.36 + 14 * -f, 172, 1),
                (x + w * 0.36 + 14 * -f, 172, 1),
                (x + w * 0.46, 260),
                (x + w / 2, bottom - 24, 1),
                (x, bottom - 20),
                (x - w / 2, bottom - 24, 1),
                (x - w * 0.44, 260),
            ]
        )
        d.piece(hang, cloth(d, look, angle=4 * f), look.edge, width=1.2)
        for k in range(5):
            fx = x - w * 0.36 + k * w * 0.18
            d.crease(
                [(fx, bottom - 30), (fx + look.between(-6, 6), 320), (fx + 10 * -f, 190)],
                6,
                look.between(0.2, 0.45) * (1 if k % 2 else -1),
            )
    loop = (
        "M180 40C262 34 292 96 268 150C250 196 214 216 180 220C146 216 110 196 92 150C68 96 "
        "98 34 180 40ZM180 92C150 92 136 112 146 138C152 154 166 162 180 164C194 162 208 154 "
        "214 138C224 112 210 92 180 92Z"
    )
    d.shade("M92 150C110 196 146 216 180 220C214 216 250 196 268 150", -0.5, width=12)
    d.fill(loop, cloth(d, look, angle=60), even_odd=True)
    d.line(loop, look.edge, 1.2, opacity=0.5)
    for k in range(6):
        t = k / 5
        d.crease(
            [(112 + 10 * t, 84 + 30 * t), (124 + 14 * t, 150 + 18 * t), (166 + 8 * t, 176 + 26 * t)],
            6,
            0.4 * (1 if k % 2 else -1),
        )
        d.crease(
            [(250 - 12 * t, 80 + 34 * t), (238 - 16 * t, 150 + 18 * t), (196 - 8 * t, 176 + 26 * t)],
            6,
            -0.4 * (1 if k % 2 else -1),
        )
    d.glow(180, 62, 70, 16, 0.3)
    return d


def socks(look: Look) -> Drawing:
    """A pair of socks lying side by side."""
    d = Drawing(volume=0.65, grain="fleece")
    short = look.style == "Ankle"
    top = 196.0 if short else look.between(56, 90)
    trim = look.accent if look.chance(0.65) else darker(look.base, 0.15)
    heel_toe = look.chance(0.6)
    for dx, dy in ((62, -14), (-20, 14)):
        d.group(f"translate({dx} {dy})")
        outline = [
            (118, top, 1),
            (188, top, 1),
            (188, 250),
            (196, 300),
            (238, 352),
            (252, 398),
            (226, 428),
            (190, 420),
            (150, 372),
            (122, 332),
            (114, 286),
        ]
        path = curve(outline)
        d.piece(path, cloth(d, look, scale=0.8), look.edge, width=1.3)
        d.clip(path)
        if heel_toe:
            d.piece(curve(pts("108 276! 146 292 156 330 126 356! 100 330")), trim, darker(trim, 0.5))
            d.piece(curve(pts("262 376! 222 384 196 430! 262 446!")), trim, darker(trim, 0.5))
        if look.pattern == "Solid" and look.chance(0.5):
            for k in range(2):
                d.add(f'<rect x="100" y="{top + 40 + k * 16}" width="100" height="8" fill="{hex_of(trim)}"/>')
        d.add(
            f'<rect x="100" y="{top}" width="100" height="{18 if short else 30}" '
            f'fill="{hex_of(trim if heel_toe else darker(look.base, 0.12))}"/>'
        )
        for k in range(18):
            d.line(f"M{118 + k * 4} {top}v{18 if short else 30}", darker(trim, 0.45), 1.3, opacity=0.4)
        d.unclip()
        if not short and look.pattern == "Solid":
            small_logo(d, look, 154, top + 88, 9, trim)
        d.unclip()
        for k in range(3):
            y = 268 + k * 12
            d.crease([(186 + dx, y + dy), (164 + dx, y + 14 + dy), (140 + dx, y + 18 + dy)], 4, 0.3)
        d.shade(f"M{122 + dx} {top + 30 + dy}V{270 + dy}", 0.25, width=10)
        d.shade(f"M{184 + dx} {top + 30 + dy}V{260 + dy}", -0.25, width=9)
    return d
