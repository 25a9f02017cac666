"""Colours by the names of the real data, and the look of a product: what is decided before it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_shop.ink import RGB, darker, lighter, luma

COLOURS: dict[str, RGB] = {
    "Black": (34, 34, 38),
    "White": (246, 246, 244),
    "Blue": (52, 102, 178),
    "Brown": (104, 68, 46),
    "Grey": (142, 145, 150),
    "Red": (190, 36, 44),
    "Green": (52, 122, 74),
    "Pink": (232, 122, 158),
    "Navy Blue": (32, 42, 82),
    "Purple": (108, 62, 136),
    "Silver": (188, 192, 198),
    "Yellow": (244, 204, 66),
    "Beige": (216, 196, 164),
    "Gold": (206, 164, 78),
    "Maroon": (112, 28, 42),
    "Orange": (232, 118, 44),
    "Olive": (104, 106, 62),
    "Cream": (244, 234, 208),
    "Steel": (164, 170, 178),
    "Charcoal": (66, 69, 76),
    "Off White": (242, 238, 226),
    "Peach": (248, 180, 148),
    "Lavender": (184, 164, 216),
    "Khaki": (178, 160, 118),
    "Magenta": (196, 42, 122),
    "Teal": (24, 122, 126),
    "Tan": (184, 132, 84),
    "Mustard": (208, 156, 44),
    "Bronze": (152, 108, 62),
    "Copper": (184, 112, 74),
    "Turquoise Blue": (54, 176, 196),
    "Rust": (168, 74, 42),
    "Burgundy": (96, 22, 46),
    "Coffee Brown": (76, 52, 40),
    "Mauve": (172, 124, 148),
    "Sea Green": (86, 176, 148),
    "Nude": (222, 178, 152),
    "Rose": (214, 96, 118),
    "Taupe": (140, 122, 108),
    "Lime Green": (152, 200, 64),
}


DENIM: dict[str, RGB] = {
    "Blue": (72, 100, 144),
    "Navy Blue": (40, 50, 80),
    "Black": (44, 45, 50),
    "Grey": (118, 122, 128),
}
"""The same names as dyed denim."""


WHITE: RGB = (250, 250, 248)


INK: RGB = (26, 26, 32)


_PARTNERS: dict[str, tuple[str, ...]] = {
    "dark": ("White", "Red", "Mustard", "Turquoise Blue", "Grey", "Peach", "Cream", "Lime Green"),
    "middle": ("White", "Navy Blue", "Cream", "Black", "Yellow", "Off White"),
    "light": ("Navy Blue", "Red", "Teal", "Charcoal", "Rust", "Pink", "Blue", "Green", "Maroon"),
}


@dataclass(frozen=True)
class Look:
    """What one product shall look like. `design` seeds its cloth and `rng` its shape, alike in every colour."""

    product_type: str
    style: str
    pattern: str
    gender: str
    colour: str
    base: RGB
    accent: RGB
    second: RGB
    design: int
    rng: np.random.Generator

    @property
    def edge(self) -> RGB:
        """Outline colour of a piece."""
        return darker(self.base, 0.55) if luma(self.base) > 60 else (12, 12, 16)

    @property
    def thread(self) -> RGB:
        """Colour of stitches that still show on the cloth."""
        return darker(self.base, 0.38) if luma(self.base) > 90 else lighter(self.base, 0.28)

    @property
    def womens(self) -> bool:
        """Cut for women or girls."""
        return self.gender in ("Women", "Girls")

    @property
    def child(self) -> bool:
        """Cut for children."""
        return self.gender in ("Boys", "Girls")

    def chance(self, share: float) -> bool:
        """True with the given probability."""
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> float:
        """A number from a range."""
        return float(self.rng.uniform(low, high))


def partners(colour: str, share: float) -> tuple[RGB, RGB]:
    """Two colours that go with `colour`; `share` (0..1) chooses which."""
    tone = luma(COLOURS[colour])
    names = [n for n in _PARTNERS["dark" if tone < 75 else "light" if tone > 175 else "middle"] if n != colour]
    first = int(share * len(names)) % len(names)
    return COLOURS[names[first]], COLOURS[names[(first + 2) % len(names)]]
