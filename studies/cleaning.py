"""What cleaning is worth: the small network trained with every label and without the clearly wrong ones."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.evaluation.protocols.types import frequent_types
from vsearch_core.evaluation.statistics import class_scores, mean_figure, weighted_figure
from vsearch_core.evaluation.studies import write_study
from vsearch_core.settings import Settings
from vsearch_core.training.out_of_sample.small import Shots, SmallRecipe, Start, imagenet_start, read_shots, train_small
from vsearch_core.training.shared.descent import by_steps
from vsearch_core.training.shared.state import Say

EVERY, CLEANED = "every label", "clearly wrong labels dropped"


@dataclass(frozen=True)
class WorthRecipe:
    """What decides the study: every training has as many steps, whatever it is shown."""

    steps: int = 400
    seeds: tuple[int, ...] = (1, 2)
    small: SmallRecipe = field(default_factory=SmallRecipe)


def study_cleaning(
    settings: Settings,
    wrong: Mapping[str, str],
    recipe: WorthRecipe | None = None,
    *,
    more: Mapping[str, Any] | None = None,
    start: Start | None = None,
    say: Say = print,
) -> list[str]:
    """Train on part train with and without clearly wrong labels, and judge both on the unchanged part test.

    Writes `results/studies/cleaning.json`. What each training said is kept in the cache: a stopped study goes on.

    Args:
        wrong: id -> label of the products whose label is clearly wrong, of any part; a product whose label is another
            one now is not dropped.
        more: what the study's file says besides.
        start: makes each network's trunk; default: MobileNetV2 with its ImageNet weights.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: the ImageNet weights are not to be had.
    """
    recipe = recipe or WorthRecipe()
    start = start or imagenet_start(settings, recipe.small)
    shots = read_shots(settings, recipe.small, start, say=say)
    rows, asked = shots.rows_of("train"), shots.rows_of("test")
    table = shots.table.iloc[rows]
    clearly = (table["id"].map(dict(wrong)) == table["product_type"]).to_numpy()
    shown = {EVERY: rows, CLEANED: rows[~clearly]}
    labels, groups = (shots.table[name].to_numpy(object)[asked] for name in ("product_type", "group"))
    answers: dict[str, list[np.ndarray]] = {way: [] for way in shown}
    for seed in recipe.seeds:
        for way, learned in shown.items():
            answers[way].append(_answers(settings, shots, learned, asked, recipe, seed, start, say))
    right = {way: np.mean([one == labels for one in found], axis=0) for way, found in answers.items()}
    accuracy = {way: mean_figure(values, groups).as_dict() for way, values in right.items()}
    gain = mean_figure(right[CLEANED] - right[EVERY], groups).as_dict()
    seeds = [
        {way: round(float((answers[way][place] == labels).mean()), 4) for way in shown}
        for place in range(len(recipe.seeds))
    ]
    told = (
        f"Dropping {clearly.sum():,} of {len(rows):,} labels changed the accuracy by {_points(gain['value'])} points "
        f"(95 % {_points(gain['low'])} to {_points(gain['high'])}): {_verdict(gain)}."
    )
    write_study(
        settings,
        "cleaning",
        title="What cleaning is worth",
        about=f"The small network of the out-of-sample predictions, {recipe.steps:,} steps from ImageNet weights on "
        f"part train, with every label and without those that are clearly wrong; {len(recipe.seeds)} seeds each, "
        "the same test products with the same labels for all. The labels were called wrong by networks, similar "
        f"pictures and titles, not by a person. {told}",
        split="splits/catalogue.csv: trained on part train, measured on part test, whose labels nobody touched",
        dropped={
            "products": int(clearly.sum()),
            "of": len(rows),
            "by_type": {str(name): int(count) for name, count in table["product_type"][clearly].value_counts().items()},
        },
        recipe=asdict(recipe),
        gain=gain,
        rows=[
            {
                "way": f"{way} ({len(learned):,} products)",
                "accuracy": accuracy[way],
                "macro_f1": _macro(labels, answers[way], groups),
            }
            for way, learned in shown.items()
        ],
        seeds=[{"seed": seed, **found} for seed, found in zip(recipe.seeds, seeds, strict=True)],
        **(more or {}),
    )
    return [*(f"{way}: {accuracy[way]}" for way in shown), told]


def _answers(
    settings: Settings,
    shots: Shots,
    learned: np.ndarray,
    asked: np.ndarray,
    recipe: WorthRecipe,
    seed: int,
    start: Start,
    say: Say,
) -> np.ndarray:
    """The product types that a network trained on some rows gives others, (n,)."""
    types = np.array(shots.types, object)
    path = _kept(settings, shots, learned, recipe, seed)
    if not path.is_file():
        started = time.monotonic()
        small = SmallRecipe(**{**asdict(recipe.small), "seed": seed})
        network, _ = train_small(shots, learned, small, start, place=by_steps(recipe.steps), say=say)
        logits, _ = network.run(shots, asked)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        with draft.open("wb") as file:
            np.save(file, logits.argmax(axis=1).astype(np.int32))
        draft.replace(path)
        say(f"seed {seed}, {len(learned):,} products: trained in {(time.monotonic() - started) / 60:.1f} minutes")
    return types[np.load(path)]


def _kept(settings: Settings, shots: Shots, learned: np.ndarray, recipe: WorthRecipe, seed: int) -> Path:
    """Where the answers of one training are kept: it is another one for other rows, labels or settings."""
    digest = hashlib.sha256(shots.table[["id", "product_type", "part"]].to_csv(index=False).encode())
    digest.update(learned.tobytes() + repr((recipe.steps, recipe.small, seed)).encode())
    return settings.cache / "training" / "cleaning" / f"{digest.hexdigest()[:16]}.npy"


def _macro(labels: np.ndarray, answers: list[np.ndarray], groups: np.ndarray) -> dict[str, float]:
    """Macro F1 over the types with enough test products, meaned over the seeds."""
    frequent = frequent_types(labels)
    values = [class_scores(labels, one, frequent, groups).macro_f1 for one in answers] if frequent else []
    return weighted_figure(np.mean(values, axis=0), len(labels)).as_dict() if values else {}


def _points(share: float) -> str:
    return f"{100 * share:+.2f}"


def _verdict(gain: Mapping[str, Any]) -> str:
    if gain["low"] > 0:
        return "dropping them makes the network better"
    if gain["high"] < 0:
        return "dropping them makes the network worse"
    return "dropping them makes no difference that can be told from chance"
