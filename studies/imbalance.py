"""What to do about rare product types: three ways to train a classifier on the same frozen features.

The trunk is the shipped network's and only the classifier is trained anew (decoupled, Kang et al., arXiv 1910.09217).

Validation chose the plain loss, which `models/fashion` is trained with: the others know rare types
better and frequent ones, which most products are of, worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from studies.kept import kept
from vsearch_core.evaluation.protocols.types import band_figures, frequent_types
from vsearch_core.evaluation.statistics import macro_f1, mean_figure
from vsearch_core.evaluation.studies import write_study
from vsearch_core.settings import Settings
from vsearch_core.training.fashion.recipe import Recipe
from vsearch_core.training.shared.descent import by_steps, descend
from vsearch_core.training.shared.heads import shuffled
from vsearch_core.training.shared.labels import codes
from vsearch_core.training.shared.state import Say

EPOCHS, BATCH, PEAK_RATE = 12, 256, 2e-3
STRENGTHS = (0.25, 0.5, 1.0)
"""Of the logit adjustment; the one with the best score on validation is shown."""

Classify = Callable[[np.ndarray], np.ndarray]
"""(n, f) features -> (n,) numbers of classes."""

WAYS = ("plain", "balanced sampling", "logit adjustment")


@dataclass(frozen=True)
class Features:
    """`features` (n, f) float32 of pictures and their `labels` and `groups` (n,)."""

    features: np.ndarray
    labels: np.ndarray
    groups: np.ndarray


def study_imbalance(settings: Settings, *, seed: int = Recipe.seed, say: Say = print) -> list[str]:
    """Compare plain loss, balanced sampling and logit adjustment; writes `results/studies/imbalance.json`.

    Chosen on validation by the mean of accuracy and macro F1 over the types that validation has; reported on test.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: there is no bundle, or it gives no features.
    """
    measured = kept(settings, settings.models / "fashion", say=say)
    table, features = measured.shots.table, measured.features("shots")
    parts = {}
    for part in ("train", "validation", "test"):
        rows = (table["part"] == part).to_numpy()
        groups = table["group"].to_numpy()[rows]
        parts[part] = Features(features[rows], table["product_type"].to_numpy()[rows], groups)
    names = np.array(sorted(set(parts["train"].labels)))
    learned_from = pd.Series(parts["train"].labels).value_counts().to_dict()
    tried = [(way, strength) for way in WAYS for strength in (STRENGTHS if way == WAYS[2] else (0.0,))]
    rows_of: list[dict] = []
    for way, strength in tried:
        say(f"imbalance: {way} {strength or ''}".rstrip())
        classify = train_classifier(parts["train"], names, way, strength, seed=seed)
        scores = {part: _scores(parts[part], names[classify(parts[part].features)]) for part in ("validation", "test")}
        bands = band_figures(
            parts["test"].labels, names[classify(parts["test"].features)], parts["test"].groups, learned_from
        )
        rows_of.append({"way": way, "strength": strength, **scores, "bands": bands})
    shown = [max((row for row in rows_of if row["way"] == way), key=_worth) for way in WAYS]
    chosen = max(shown, key=_worth)
    write_study(
        settings,
        "imbalance",
        title="Imbalance",
        about="Classifiers of product types on the frozen features of models/fashion, trained on catalogue shots of "
        "part train; the way and the strength of the adjustment are chosen on validation.",
        split="splits/catalogue.csv; figures are of part test unless they say validation",
        model=measured.model.fingerprint,
        chosen=_called(chosen),
        recipe={"epochs": EPOCHS, "batch": BATCH, "peak_rate": PEAK_RATE, "strengths": STRENGTHS, "seed": seed},
        rows=[{"way": _called(row), **{name: row[name] for name in ("test", "bands", "validation")}} for row in shown],
    )
    return [f"{_called(row)}: test {row['test']}" for row in shown] + [f"chosen on validation: {_called(chosen)}"]


def train_classifier(training: Features, names: np.ndarray, way: str, strength: float, *, seed: int) -> Classify:
    """Train one linear classifier; all ways see as many pictures.

    Args:
        names: (types,) product types in the order of the classes.
        way: one of `WAYS`; strength: of the logit adjustment.
    """
    keras.utils.set_random_seed(seed)
    numbers = codes(training.labels, list(names))
    counts = np.bincount(numbers, minlength=len(names))
    given = keras.Input((training.features.shape[1],))
    mean, variance = training.features.mean(axis=0), training.features.var(axis=0) + 1e-3
    logits = keras.layers.Dense(len(names))(keras.layers.Normalization(mean=mean, variance=variance)(given))
    network = keras.Model(given, logits)
    offset = tf.constant(adjustment(counts, strength if way == "logit adjustment" else 0.0))

    def loss_of(features: tf.Tensor, classes: tf.Tensor) -> tf.Tensor:
        adjusted = network(features, training=True) + offset
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, adjusted))

    size = min(BATCH, len(numbers))
    drawn = balanced(numbers, size, seed) if way == "balanced sampling" else shuffled(len(numbers), size, seed)
    batches = ((tf.constant(training.features[rows]), tf.constant(numbers[rows])) for rows in drawn)
    steps = EPOCHS * (len(numbers) // size)
    descend(network.trainable_variables, loss_of, batches, peak_rate=PEAK_RATE, place=by_steps(steps))
    return lambda features: network.predict(features, batch_size=2048, verbose=0).argmax(axis=1)


def adjustment(counts: np.ndarray, strength: float) -> np.ndarray:
    """What logit adjustment adds to the logits in training: the log of how often each class occurs, times strength.

    Source: Menon et al., Long-tail Learning via Logit Adjustment, arXiv 2007.07314.
    """
    return (strength * np.log(np.maximum(counts, 1) / counts.sum())).astype(np.float32)


def balanced(numbers: np.ndarray, size: int, seed: int) -> Iterator[np.ndarray]:
    """Batches of row numbers in which every class is as likely as any other, without end.

    Args:
        numbers: (n,) class of each row.
    """
    random = np.random.default_rng(seed)
    by_class = np.argsort(numbers, kind="stable")
    _, first, members = np.unique(numbers[by_class], return_index=True, return_counts=True)
    while True:
        drawn = random.integers(len(members), size=size)
        yield by_class[first[drawn] + random.integers(members[drawn])]


def _scores(part: Features, predicted: np.ndarray) -> dict[str, dict]:
    macro = macro_f1(part.labels, predicted, frequent_types(part.labels, 1), part.groups)
    return {"accuracy": mean_figure(predicted == part.labels, part.groups).as_dict(), "macro_f1": macro.as_dict()}


def _worth(row: dict) -> float:
    return row["validation"]["accuracy"]["value"] + row["validation"]["macro_f1"]["value"]


def _called(row: dict) -> str:
    return row["way"] + (f", strength {row['strength']:g}" if row["strength"] else "")
