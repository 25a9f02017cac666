"""How many dimensions an embedding needs: heads of 64 to 2048 on the same frozen features, trained alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from studies.frozen import snap_features
from studies.kept import kept
from studies.methods.pair_losses import matched_views
from studies.retrieval import compared, in_words, with_head
from vsearch_core.evaluation.studies import FIRST_PROJECTS, write_study
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.shared.descent import by_steps, descend
from vsearch_core.training.shared.heads import projection, shuffled
from vsearch_core.training.shared.material import read_material
from vsearch_core.training.shared.state import Say

DIMENSIONS = (64, 128, 256, 512, 1024, 2048)
EPOCHS, PRODUCTS, PEAK_RATE, TEMPERATURE = 8, 512, 1e-3, 0.05


def study_dimensions(settings: Settings, *, seed: int = Recipe.seed, say: Say = print) -> list[str]:
    """Compare embeddings of 64 to 2048 dimensions; writes `results/studies/dimensions.json`.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no bundle, or it gives no features.
    """
    measured = kept(settings, settings.models / "fashion", say=say)
    everything = measured.features("shots")
    material = read_material(settings, side=measured.model.bundle.side)
    place = {name: row for row, name in enumerate(measured.shots.table["id"])}
    shots = everything[[place[name] for name in material.shots.ids]]
    snaps = snap_features(measured.model, material, settings.cache / "training", seed=seed, say=say)
    rows: list[dict] = []
    lines: list[str] = []
    for dimension in DIMENSIONS:
        say(f"dimensions: training {dimension}-d")
        head = train_head(shots, snaps, material.targets.group, dimension, seed=seed)
        figures = compared(with_head(measured, partial(head.predict, batch_size=2048, verbose=0)))
        rows.append({"dimension": f"{dimension}-d", **figures})
        lines.append(f"{dimension}-d: {in_words(figures)}")
        say(lines[-1])
    write_study(
        settings,
        "dimensions",
        title="Dimensions",
        about="Heads of one linear layer and layer norm on the frozen features of models/fashion, trained alike on "
        "a catalogue shot and a simulated phone snap of each training product. The shipped embedding itself, whose "
        "trunk was trained with it, is not among them.",
        split="trained on part train, measured on part test of splits/; the gallery is the whole catalogue",
        model=measured.model.fingerprint,
        recipe={
            "epochs": EPOCHS,
            "products_a_batch": PRODUCTS,
            "peak_rate": PEAK_RATE,
            "temperature": TEMPERATURE,
            "seed": seed,
        },
        rows=rows,
        first_projects=[one for one in FIRST_PROJECTS if one["metric"] == "R@1"],
    )
    return lines


def train_head(shots: np.ndarray, snaps: np.ndarray, groups: np.ndarray, dimension: int, *, seed: int) -> keras.Model:
    """Train one head to find each product's shot from its snap.

    Args:
        shots, snaps: (n, f) features of the two views of every product; groups: (n,) those never pushed apart.
    """
    keras.utils.set_random_seed(seed)
    head = projection(shots.shape[1], dimension, layer_norm=True, seed=seed)
    size = min(PRODUCTS, len(shots))

    def batches() -> Iterator[tuple[tf.Tensor, tf.Tensor]]:
        for rows in shuffled(len(shots), size, seed):
            views = np.stack([shots[rows], snaps[rows]], axis=1).reshape(2 * size, -1)
            yield tf.constant(views), tf.constant(np.repeat(groups[rows], 2))

    def loss_of(features: tf.Tensor, of: tf.Tensor) -> tf.Tensor:
        return matched_views(head(features, training=True), of, TEMPERATURE)

    steps = EPOCHS * (len(shots) // size)
    descend(head.trainable_variables, loss_of, batches(), peak_rate=PEAK_RATE, place=by_steps(steps))
    return head
