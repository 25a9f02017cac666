"""Chest prints and small logos: emblems and words from an own stroke alphabet, so that no font is needed."""

from __future__ import annotations

import numpy as np

from sample_shop.colours import Look
from sample_shop.ink import CENTRE, RGB, Drawing, hex_of, mix

# Each letter is drawn with a pen on a grid of 4 x 6.
_LETTERS = {
    "A": "M0 6L2 0L4 6M.8 4H3.2", "B": "M0 0V6H2.6Q4 6 4 4.5Q4 3 2.6 3H0H2.4Q3.7 3 3.7 1.5Q3.7 0 2.4 0Z",
    "C": "M4 1Q3.2 0 2 0Q0 0 0 3Q0 6 2 6Q3.2 6 4 5", "D": "M0 0V6H2Q4 6 4 3Q4 0 2 0Z", "E": "M4 0H0V6H4M0 3H3.2",
    "F": "M4 0H0V6M0 3H3.2", "G": "M4 1Q3.2 0 2 0Q0 0 0 3Q0 6 2 6Q4 6 4 4V3.4H2.4", "H": "M0 0V6M4 0V6M0 3H4",
    "I": "M2 0V6", "K": "M0 0V6M4 0L0 3.4M1.4 2.4L4 6", "L": "M0 0V6H4", "M": "M0 6V0L2 3.4L4 0V6",
    "N": "M0 6V0L4 6V0", "O": "M2 0Q0 0 0 3Q0 6 2 6Q4 6 4 3Q4 0 2 0Z", "P": "M0 6V0H2.4Q4 0 4 1.7Q4 3.4 2.4 3.4H0",
    "R": "M0 6V0H2.4Q4 0 4 1.6Q4 3.2 2.4 3.2H0M2 3.2L4 6",
    "S": "M4 1Q3.4 0 2 0Q0 0 0 1.5Q0 3 2 3Q4 3 4 4.5Q4 6 2 6Q.6 6 0 5",
    "T": "M0 0H4M2 0V6", "U": "M0 0V4Q0 6 2 6Q4 6 4 4V0", "V": "M0 0L2 6L4 0", "W": "M0 0L1 6L2 2.4L3 6L4 0",
    "Y": "M0 0L2 3L4 0M2 3V6", "0": "M2 0Q0 0 0 3Q0 6 2 6Q4 6 4 3Q4 0 2 0Z", "1": "M1 1L2 0V6", "4": "M3 6V0L0 4H4",
    "7": "M0 0H4L1.6 6", "8": "M2 3Q.3 3 .3 1.5Q.3 0 2 0Q3.7 0 3.7 1.5Q3.7 3 2 3Q0 3 0 4.5Q0 6 2 6Q4 6 4 4.5Q4 3 2 3",
    "9": "M4 2Q4 0 2 0Q0 0 0 1.8Q0 3.4 2 3.4Q4 3.4 4 2V3Q4 6 1 6",
}  # fmt: skip

_WORDS = (
    "NORTH",
    "RIVER",
    "OCEAN",
    "WILD",
    "FREE",
    "SUNDAY",
    "ORBIT",
    "PEAK",
    "ROAM",
    "CITY",
    "SUMMER",
    "FOREST",
    "1984",
)


def word(d: Drawing, text: str, x: float, y: float, height: float, colour: RGB, *, weight: float = 1.0) -> None:
    """Capital letters centred at x with their top at y."""
    scale = height / 6
    advance = 5.6
    left = x - (len(text) * advance - 1.6) * scale / 2
    for k, letter in enumerate(text):
        d.add(
            f'<path d="{_LETTERS.get(letter, "")}" transform="translate({left + k * advance * scale:.2f} {y:.2f}) '
            f'scale({scale:.3f})" fill="none" stroke="{hex_of(colour)}" stroke-width="{weight:.2f}" '
            f'stroke-linecap="round" stroke-linejoin="round"/>'
        )


def chest_print(d: Drawing, look: Look, y: float, *, width: float = 76) -> None:
    """A large print on the chest, centred at height y."""
    kind = int(look.rng.integers(0, 7))
    a, b = look.accent, look.second
    text = str(look.rng.choice(_WORDS))
    c, r = CENTRE, width / 2
    if kind == 0:  # sun over mountains
        d.circle(c, y, r, mix(b, look.base, 0.15))
        d.clip(f"M{c - r} {y}A{r} {r} 0 0 1 {c + r} {y}A{r} {r} 0 0 1 {c - r} {y}Z")
        d.circle(c + r * 0.25, y - r * 0.3, r * 0.3, (248, 206, 90))
        d.fill(
            f"M{c - r} {y + r}V{y + r * 0.4}L{c - r * 0.3} {y - r * 0.45}L{c + r * 0.2} "
            f"{y + r * 0.3}L{c + r * 0.5} {y - r * 0.05}L{c + r} {y + r * 0.5}V{y + r}Z",
            a,
        )
        d.fill(
            f"M{c - r * 0.3} {y - r * 0.45}L{c - r * 0.05} {y - r * 0.08}L{c - r * 0.25} {y}"
            f"L{c - r * 0.52} {y - r * 0.1}Z",
            (246, 246, 246),
        )
        d.unclip()
        word(d, text, c, y + r + 8, 12, a, weight=1.3)
    elif kind == 1:  # word over bars
        word(d, text, c, y - 22, 24 if len(text) < 6 else 20, a, weight=1.5)
        for k, tone in enumerate((b, a, b)):
            d.add(f'<rect x="{c - r}" y="{y + 10 + k * 9}" width="{2 * r - k * 16}" height="5" fill="{hex_of(tone)}"/>')
    elif kind == 2:  # waves in a frame
        d.add(f'<rect x="{c - r}" y="{y - r}" width="{2 * r}" height="{2 * r}" rx="4" fill="{hex_of(a)}"/>')
        for k in range(4):
            yy = y - r * 0.3 + k * r * 0.33
            d.line(
                f"M{c - r + 6} {yy}q{r * 0.23} -{r * 0.3} {r * 0.46} 0t{r * 0.46} 0t{r * 0.46} 0t{r * 0.36} 0",
                look.base if k % 2 else b,
                4,
            )
        d.circle(c + r * 0.4, y - r * 0.62, r * 0.2, b)
    elif kind == 3:  # star burst
        turns = [(k * np.pi / 10, r if k % 2 else r * 0.55) for k in range(20)]
        spikes = "".join(f"L{c + q * np.sin(t):.1f} {y - q * np.cos(t):.1f}" for t, q in turns)
        d.fill(f"M{spikes[1:]}Z", a)
        d.circle(c, y, r * 0.46, b)
        word(d, text if len(text) < 6 else "PEAK", c, y - 5, 10, look.base, weight=1.4)
    elif kind == 4:  # college letters and a line
        word(d, text, c, y - 24, 26 if len(text) < 6 else 20, a, weight=2.0)
        word(d, text, c, y - 24, 26 if len(text) < 6 else 20, b, weight=0.6)
        d.line(f"M{c - r} {y + 12}H{c + r}", a, 2)
        word(d, "SINCE 1984", c, y + 18, 8, a, weight=1.0)
    elif kind == 5:  # concentric arcs
        for k in range(5):
            q = r * (1 - k * 0.19)
            d.line(f"M{c - q} {y + r * 0.4}A{q} {q} 0 0 1 {c + q} {y + r * 0.4}", (a, b)[k % 2], r * 0.12, cap="butt")
        word(d, text, c, y + r * 0.6, 11, a, weight=1.3)
    else:  # palm leaf
        for k in range(9):
            turn = -80 + k * 20
            d.add(
                f'<path d="M0 0Q{r * 0.16:.1f} {-r * 0.6:.1f} 0 {-r * 1.15:.1f}Q{-r * 0.16:.1f} '
                f'{-r * 0.6:.1f} 0 0" fill="{hex_of((a, b)[k % 2])}" transform="translate({c} '
                f'{y + r * 0.4:.1f}) rotate({turn})"/>'
            )
        word(d, text, c, y + r * 0.6, 11, a, weight=1.3)


def small_logo(d: Drawing, look: Look, x: float, y: float, size: float = 9, colour: RGB | None = None) -> None:
    """An invented mark, a few units wide."""
    tone = colour or look.accent
    kind = look.design % 5
    s = size
    if kind == 0:
        d.fill(
            f"M{x - s} {y + s * 0.6}L{x - s * 0.3} {y - s * 0.7}L{x + s * 0.1} {y}L{x + s * 0.4} "
            f"{y - s * 0.4}L{x + s} {y + s * 0.6}Z",
            tone,
        )
    elif kind == 1:
        d.line(f"M{x - s} {y}q{s * 0.5} {-s} {s} 0t{s} 0", tone, s * 0.36)
    elif kind == 2:
        d.circle(x, y, s * 0.75, tone)
        d.circle(x + s * 0.3, y - s * 0.2, s * 0.55, look.base)
    elif kind == 3:
        d.fill(f"M{x} {y - s}L{x + s * 0.8} {y}L{x} {y + s}L{x - s * 0.8} {y}Z", tone)
    else:
        d.line(f"M{x - s * 0.7} {y + s * 0.5}L{x} {y - s * 0.6}L{x + s * 0.7} {y + s * 0.5}", tone, s * 0.3)
        d.circle(x, y + s * 0.35, s * 0.24, tone)
