"""The first project's classifiers, each trained again on the committed split by one command, with one report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from studies.ladder.descent import Learned, accuracy, learn
from studies.ladder.networks import RANDOM, Start, ladder_network
from studies.ladder.pictures import TenTypes, read_ten_types
from studies.ladder.recipe import LONGEST, SEARCH_SHARE, Augmentation, LadderRecipe, Rung
from studies.ladder.report import write_report
from vsearch_core.files import replace_bytes
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.network import answering
from vsearch_core.training.shared.bundle import made_with, to_litert
from vsearch_core.training.shared.state import Say


def train_types(settings: Settings, recipe: LadderRecipe, *, say: Say = print) -> dict[str, Any]:
    """Train one classifier of the ten most frequent types, and write `results/ladder/<name>/`.

    The part train trains, validation chooses, test is only reported. The weights are kept in `<cache>/ladder`.

    Returns:
        The figures.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    rung = recipe.rung
    say(f"{rung.name}: reading shots at {rung.side}x{rung.side}")
    shots = read_ten_types(settings, rung.side)
    tried = _search(settings, shots, recipe, say) if len(rung.tried) > 1 else []
    chosen = max(tried, key=lambda one: one["validation"])["augmentation"] if tried else rung.tried[0].name
    augmentation = next(one for one in rung.tried if one.name == chosen)
    start, learned = _trained(settings, shots, recipe, augmentation, 1 - SEARCH_SHARE * len(tried), say)
    count = len(shots.parts["train"].numbers)
    training = {
        "command": recipe.command,
        "recipe": rung.as_dict(),
        "seed": recipe.seed,
        "data": shots.data,
        "weights": start.weights,
        "augmentation": augmentation.name,
        "search": tried,
        "minutes": round(learned.minutes + sum(one["minutes"] for one in tried), 2),
        "minutes_allowed": recipe.minutes,
        "wall_minutes": round(learned.wall_minutes + sum(one["wall_minutes"] for one in tried), 2),
        "steps": learned.steps,
        "epochs": round(learned.steps * min(rung.batch, count) / count, 2),
        "loss_first_and_last_tenth": learned.losses,
        "checks": learned.checks,
        **made_with(),
    }
    say(f"{rung.name}: measuring the LiteRT model")
    model = _keep(settings, rung, start.network)
    return write_report(settings, rung, model, shots, training, note=start.note)


def _search(settings: Settings, shots: TenTypes, recipe: LadderRecipe, say: Say) -> list[dict[str, Any]]:
    """What each augmentation gives on validation after short trainings of the same length."""
    tried = []
    for augmentation in recipe.rung.tried:
        start, learned = _trained(settings, shots, recipe, augmentation, SEARCH_SHARE, say)
        right = accuracy(start.network, shots.parts["validation"])
        say(f"{recipe.rung.name}: augmentation {augmentation.name}: {right:.1%} on validation")
        tried.append(
            {
                "augmentation": augmentation.name,
                "validation": round(right, 4),
                "minutes": learned.minutes,
                "wall_minutes": learned.wall_minutes,
                "steps": learned.steps,
            }
        )
    return tried


def _trained(
    settings: Settings, shots: TenTypes, recipe: LadderRecipe, augmentation: Augmentation, share: float, say: Say
) -> tuple[Start, Learned]:
    """A network trained for a share of the minutes."""
    rung = recipe.rung
    start = ladder_network(rung, len(shots.types), settings.keras_home, seed=recipe.seed)
    rate = rung.peak_rate
    if rung.random_rate is not None and start.weights == RANDOM:
        rate = rung.random_rate
    learned = learn(
        start.network,
        shots,
        rung,
        augmentation,
        peak_rate=rate,
        minutes=share * recipe.minutes,
        longest=share * LONGEST,
        seed=recipe.seed,
        say=say,
    )
    return start, learned


def _keep(settings: Settings, rung: Rung, network: keras.Model) -> Path:
    """The weights as a Keras file and as the LiteRT model that would serve; the path of the latter."""
    folder = settings.cache / "ladder"
    folder.mkdir(parents=True, exist_ok=True)
    network.save(folder / f"{rung.name}.keras")
    path = folder / f"{rung.name}.tflite"
    replace_bytes(path, to_litert(answering(network)))
    return path
