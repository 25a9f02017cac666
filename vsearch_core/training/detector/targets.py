"""Boxes as the dense targets that the network's grid learns from.

The scheme is that of Liu et al., Training-Time-Friendly Network (arXiv 1909.00700): each garment is a Gaussian around
its middle in the heat of its layer, and all cells of that Gaussian learn its box, by their weight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vsearch_core.training.detector.layers import LAYERS
from vsearch_core.training.detector.scenes import Scene

STRIDE = 8
"""Pixels of the input to one cell of the grid."""
_REACH = 0.54
"""Share of a box's sides that its Gaussian covers."""

Targets = dict[str, np.ndarray]
"""`heat` (h, w, layers) float32, 1 at each middle; `known` the same shape, 0 where nothing is judged; `reach`
(h, w, layers, 4) float32: cells to the left, top, right and bottom edge; `weight` (h, w, layers) float32 of `reach`;
`name` (h, w, layers) int32: number of the label, -1 where it is not known."""


def dense(scene: Scene) -> Targets:
    """The targets of one picture, whose sides are multiples of `STRIDE`."""
    rows, columns = scene.pixels.shape[0] // STRIDE, scene.pixels.shape[1] // STRIDE
    shape = rows, columns, len(LAYERS)
    heat, known, weight = np.zeros(shape, np.float32), np.ones(shape, np.float32), np.zeros(shape, np.float32)
    reach, name = np.ones((*shape, 4), np.float32), np.full(shape, -1, np.int32)
    known[..., scene.silent] = 0
    boxes = scene.boxes / STRIDE
    # the smallest last: where middles meet, it owns the cell
    for place in np.argsort(-(boxes[:, 2:] - boxes[:, :2]).prod(axis=1), kind="stable"):
        box, layer = boxes[place], scene.layers[place]
        across, down = _bell(box[0], box[2], columns), _bell(box[1], box[3], rows)
        bell = down[:, None] * across[None, :]
        if not scene.counted[place]:
            known[..., layer][bell > 0.05] = 0
            continue
        heat[..., layer] = np.maximum(heat[..., layer], bell)
        cells = bell > 0.05
        # the logarithm of the area in pixels: large garments count more than small ones, but not by their area
        importance = np.log(max(2.0, float((box[2:] - box[:2]).prod()) * STRIDE**2)) / bell.sum()
        weight[..., layer][cells] = bell[cells] * importance
        ys, xs = np.nonzero(cells)
        edges = np.stack([xs + 0.5 - box[0], ys + 0.5 - box[1], box[2] - xs - 0.5, box[3] - ys - 0.5], axis=1)
        reach[ys, xs, layer] = np.maximum(edges, 0.05)
        name[ys, xs, layer] = scene.labels[place] if scene.named[place] else -1
    # what is a middle is judged, whatever lies over it
    known[heat == 1] = 1
    known[..., scene.silent] = known[..., scene.silent] * (heat[..., scene.silent] == 1)
    return {"heat": heat, "known": known, "reach": reach, "weight": weight, "name": name}


def stacked(targets: Sequence[Targets]) -> Targets:
    """The targets of a batch."""
    return {name: np.stack([one[name] for one in targets]) for name in targets[0]}


def _bell(low: float, high: float, cells: int) -> np.ndarray:
    """A Gaussian around the cell of the middle of an edge, (cells,) float32: 1 there, 0 outside its reach."""
    middle = min(max(int((low + high) / 2), 0), cells - 1)
    half = max(_REACH * (high - low) / 2, 0.9)
    away = np.abs(np.arange(cells) - middle)
    return np.where(away <= half, np.exp(-((away / (half / 3)) ** 2) / 2), 0).astype(np.float32)
