"""Catalogue shots of products that a person wears: the network in training finds the boxes itself.

The product type says what is in the picture, and not where, and nothing is known of what else the person wears. So a
box is believed where the network is fairly sure of the product's own layer, others where it is very sure, and nothing
is said of the rest: neither of layers without a believed box, nor where the network is less sure.

Source: Sohn et al., A Simple Semi-Supervised Learning Framework for Object Detection, arXiv 2005.04757; the pictures
are augmented after their boxes are found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vsearch_core.contracts import Item
from vsearch_core.training.detector.compose import before, is_flat
from vsearch_core.training.detector.layers import LAYER_OF, LAYERS, number_of
from vsearch_core.training.detector.scenes import Scene
from vsearch_core.training.shared.datasets import ShopPictures

ON_PEOPLE = tuple(place for place, layer in enumerate(LAYERS) if layer.position in ("upper", "lower", "full"))
"""Layers whose products a shop often shows on a person, with other garments in the picture."""
OWN, OTHER = 0.4, 0.6
"""Scores from which the product's own garment and another one are believed."""
_TRIES = 8
"""Products looked at for each one wanted, at most: many are shown flat."""

Look = Callable[[Sequence[np.ndarray]], list[list[Item]]]


@dataclass(frozen=True)
class Worn:
    """A shot of a product that is worn: the `scene` with the boxes that are believed, and the figure, (h, w) uint8."""

    scene: Scene
    alpha: np.ndarray

    def on(self, ground: np.ndarray) -> Scene:
        """Before a ground, (h, w, 3)."""
        return before(self.scene, self.alpha, ground)


def find_worn(
    shop: ShopPictures, products: dict[int, np.ndarray], look: Look, *, count: int, random: np.random.Generator
) -> list[Worn]:
    """Shots of worn products whose own garment the network finds; at most `count` are looked at.

    Args:
        products: for each number of a label the rows of `shop` that have it.
        look: what a network finds in pictures.
    """
    label_of = {int(row): label for label, rows in products.items() if LAYER_OF[label] in ON_PEOPLE for row in rows}
    order = random.permutation(sorted(label_of))[: _TRIES * count].tolist()
    rows = [row for row in order if not is_flat(shop.pixels[row], shop.alpha[row])][:count]
    found = look([np.asarray(shop.pixels[row]) for row in rows])
    scenes = [
        (row, believed(np.asarray(shop.pixels[row]), label_of[row], items))
        for row, items in zip(rows, found, strict=True)
    ]
    return [Worn(scene, np.asarray(shop.alpha[row])) for row, scene in scenes if scene is not None]


def believed(pixels: np.ndarray, label: int, items: Sequence[Item]) -> Scene | None:
    """What is believed of what the network found in a shot of a product; None where it missed the product.

    Args:
        label: number of the product's label.
    """
    layers = [LAYER_OF[number_of(item.label)] for item in items]
    own = [item for item, layer in zip(items, layers, strict=True) if layer == LAYER_OF[label] and item.score >= OWN]
    if not own:
        return None
    best = max(own, key=lambda item: item.score)
    garments, named = [(best.box, label, LAYER_OF[label], True)], [True]
    for item, layer in zip(items, layers, strict=True):
        if item is not best:
            sure = layer != LAYER_OF[label] and item.score >= OTHER
            garments.append((item.box, number_of(item.label), layer, sure))
            named.append(False)
    scene = Scene.of(pixels, garments)
    told = np.isin(np.arange(len(LAYERS)), scene.layers[scene.counted])
    return replace(scene, named=np.array(named), silent=~told)
