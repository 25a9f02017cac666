"""High-heeled shoes."""

from __future__ import annotations

from collections.abc import Callable

from sample_shop.cloth import cloth
from sample_shop.colours import COLOURS, Look
from sample_shop.ink import RGB, Drawing, Points, curve, darker, hex_of, lighter
from sample_shop.last import GUM, posed
from sample_shop.trimmings import bow


def strap(d: Drawing, points: Points, colour: RGB, width: float, *, far: bool = False) -> None:
    """A leather band along a line; the far side of the foot is darker."""
    tone = darker(colour, 0.4) if far else colour
    path = curve(points, closed=False)
    d.line(path, darker(tone, 0.55), width + 1.8, cap="butt")
    d.line(path, tone, width, cap="butt")
    if not far:
        d.line(path, lighter(tone, 0.3), width * 0.28, cap="butt", opacity=0.55)
        if width > 7:
            for side in (-1, 1):
                d.stitch(
                    curve([(x + side * width * 0.34, y) for x, y, *_ in points], closed=False),
                    lighter(tone, 0.4),
                    width=0.7,
                    opacity=0.5,
                )


def heel(look: Look) -> Drawing:
    """High-heeled shoes: pumps, peep toes, strappy sandals, wedges and block heels."""
    d = Drawing(volume=0.55, grain="plain", stands=True)
    posed(d, look)
    lift = look.between(0.7, 1.0) if look.style != "Block Heels" else look.between(0.55, 0.75)
    up = 100 * lift  # how far the heel seat is above the ground
    base, ground = look.base, 330.0
    seat = ground - 14 - up

    def line_y(x: float) -> float:
        """Height of the footbed above x: flat under the ball, rising to the seat."""
        share = min(1.0, max(0.0, (228 - x) / 158))
        return ground - 13 - up * (share * share * (3 - 2 * share))

    xs = list(range(58, 241, 14))
    bed = [(x, line_y(x)) for x in xs] + [(290, ground - 12), (328, ground - 17)]
    inner = COLOURS["Nude"] if look.chance(0.6) else lighter(base, 0.25)
    _heel_block(d, look, seat, ground, up)
    sole = [*bed, (334, ground - 8), (290, ground - 1), (232, ground - 1)] + [
        (x, line_y(x) + (9 if x > 70 else 14)) for x in reversed(xs[:-1])
    ]
    d.piece(curve(sole), d.gradient([(0, darker(base, 0.25)), (1, darker(base, 0.6))]), look.edge)
    rise = [(x, y - (10 + 8 * (x < 90))) for x, y in bed]
    d.piece(curve([*rise[::-1], *bed]), d.gradient([(0, inner), (1, darker(inner, 0.2))]), darker(inner, 0.5))
    closed = look.style in ("Pumps", "Peep Toe", "Block Heels")
    top = seat - (40 if closed else 50)
    if closed and not (look.style == "Block Heels" and look.chance(0.4)):
        peep = look.style == "Peep Toe"
        far = curve(
            [
                (56, top + 4, 1),
                (90, seat - 14),
                (150, line_y(150) - 16),
                (206, ground - 66),
                (232, ground - 52, 1),
                (200, ground - 30),
                (120, line_y(120) - 4),
                (60, seat - 6),
            ]
        )
        d.piece(far, darker(inner, 0.2), darker(inner, 0.6))
        toe = (
            [(322, ground - 30), (334, ground - 18, 1)]
            if not peep
            else [(300, ground - 40, 1), (292, ground - 26), (302, ground - 15, 1)]
        )
        upper = [
            (50, seat + 12, 1),
            (47, seat - 14),
            (50, top + 6),
            (58, top),
            (68, top + 9),
            (84, seat - 16),
            (110, line_y(110) - 10),
            (160, line_y(160) - 8),
            (200, ground - 42),
            (224, ground - 58, 1),
            (262, ground - 52),
            (296, ground - 42),
            *toe,
            (270, ground - 9),
            (228, ground - 10),
        ] + [(x, line_y(x) + 3) for x in reversed(xs[:-1])]
        d.piece(curve(upper), cloth(d, look, scale=0.5), look.edge, width=1.3)
        d.line(
            curve(
                [
                    (58, top),
                    (68, top + 9),
                    (84, seat - 16),
                    (110, line_y(110) - 10),
                    (160, line_y(160) - 8),
                    (200, ground - 42),
                    (224, ground - 58),
                ],
                closed=False,
            ),
            darker(base, 0.35),
            2.2,
        )
        trim = look.rng.random()
        if trim < 0.3:
            bow(d, look, 250, ground - 55, 15, look.accent if trim < 0.12 else lighter(base, 0.1))
        elif trim < 0.5:
            d.add(
                f'<rect x="232" y="{ground - 56}" width="24" height="15" rx="2" fill="none" '
                f'stroke="{hex_of(COLOURS["Gold"])}" stroke-width="3.4" transform="rotate(12 244 '
                f'{ground - 48})"/>'
            )
        d.glow(282, ground - 38, 34, 9, 0.8, turn=14)
        d.glow(62, seat - 20, 9, 30, 0.55)
        d.glow(180, line_y(180) - 2, 50, 8, -0.35, turn=30)
    else:
        _straps(d, look, base, seat, top, ground, line_y)
    return d


def _heel_block(d: Drawing, look: Look, seat: float, ground: float, up: float) -> None:
    base = look.base
    if look.style == "Wedges":
        path = curve(
            [
                (50, seat + 6, 1),
                (46, ground - 30),
                (50, ground, 1),
                (200, ground, 1),
                (240, ground - 4, 1),
                (200, ground - 26),
                (130, seat + 40),
            ]
        )
        tone = GUM if look.chance(0.55) else darker(base, 0.1)
        d.piece(path, d.gradient([(0, lighter(tone, 0.12)), (1, darker(tone, 0.25))]), darker(tone, 0.5))
        d.clip(path)
        for k in range(14):
            d.line(f"M40 {seat + 8 + k * 9}H250", darker(tone, 0.4), 1.1, opacity=0.4)
        d.unclip()
        return
    thick = {"Block Heels": 40.0, "Pumps": 13.0}.get(look.style, look.between(9, 16))
    foot = thick * (0.95 if thick > 30 else 0.62)
    path = curve(
        [
            (47, seat - 2, 1),
            (49, seat + up * 0.4),
            (54, ground, 1),
            (54 + foot, ground, 1),
            (56 + thick, seat + up * 0.45),
            (86 + thick * 0.5, seat + 16, 1),
        ]
    )
    d.piece(
        path,
        d.gradient([(0, darker(base, 0.3)), (0.35, lighter(base, 0.15)), (1, darker(base, 0.45))], line=(0, 0, 1, 0)),
        look.edge,
    )
    d.fill(f"M53 {ground - 5}h{foot + 2}v6h-{foot + 2}Z", (28, 26, 26))


def _straps(
    d: Drawing, look: Look, base: RGB, seat: float, top: float, ground: float, line_y: Callable[[float], float]
) -> None:
    kind = int(look.rng.integers(0, 3))
    w = look.between(7, 11)
    for x in (236, 262, 286)[: 2 + kind % 2]:
        strap(d, [(x + 22, ground - 20), (x + 14, ground - 44), (x, ground - 54)], base, w, far=True)
    ankle = top - 16
    strap(d, [(54, seat - 2), (50, top + 12), (58, ankle + 4)], base, w)
    strap(d, [(56, ankle), (92, ankle - 14), (122, ankle + 4)], base, w * 0.8, far=True)
    for k, x in enumerate((236, 262, 286)[: 2 + kind % 2]):
        strap(
            d,
            [(x - 12, ground - 8), (x - 8, ground - 38), (x + 4, ground - 55)],
            base if k != 1 else (look.accent if look.chance(0.4) else base),
            w,
        )
    if kind == 0:
        strap(d, [(226, ground - 34), (170, line_y(170) - 44), (124, ankle + 6)], base, w * 0.8)
    elif kind == 1:
        strap(d, [(176, line_y(176) - 4), (146, line_y(150) - 40), (118, ankle + 8)], base, w * 0.9)
    else:
        strap(d, [(57, ankle + 20), (90, ankle + 34), (120, ankle + 22), (123, ankle + 6)], base, w * 0.7)
    strap(d, [(56, ankle + 2), (88, ankle + 16), (122, ankle + 5)], base, w * 0.8)
    d.add(
        f'<rect x="96" y="{ankle + 6:.0f}" width="13" height="13" rx="2" fill="none" '
        f'stroke="{hex_of(COLOURS["Gold"])}" stroke-width="2.6"/>'
    )
    for k in range(3 * kind):
        d.circle(232 + k * 9, ground - 44 + (k % 2) * 6, 2.4, COLOURS["Silver"], (120, 120, 120), 0.5)
