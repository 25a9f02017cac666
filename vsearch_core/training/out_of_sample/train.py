"""Out-of-sample probabilities: every product of train and validation is judged by a network that never saw it.

The products are divided into folds; titles and near-identical pictures that the split joins stay in one. Each fold's
whole network begins from the ImageNet weights, and not from a bundle that has seen the photos, and is trained on the
other folds alone. The part test is in no fold.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core.catalogue.duplicates import ink, relative_difference, same_picture_pairs
from vsearch_core.evaluation.out_of_sample import COMMAND, FOLDER, SHOWN, VOTERS
from vsearch_core.evaluation.predictions import reader
from vsearch_core.evaluation.protocols.calibration import Answers, fit_temperature, right_types
from vsearch_core.evaluation.statistics import mean_figure, nearest
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.settings import Settings
from vsearch_core.training.out_of_sample.card import card_of
from vsearch_core.training.out_of_sample.small import (
    Shots,
    SmallRecipe,
    Start,
    folds_of,
    imagenet_start,
    read_shots,
    train_small,
)
from vsearch_core.training.shared.bundle import made_with
from vsearch_core.training.shared.descent import by_steps
from vsearch_core.training.shared.state import Say
from vsearch_core.training.shared.trunks import WEIGHTS

PARTS = ("train", "validation")


@dataclass(frozen=True)
class FoldsRecipe:
    """What decides the predictions; `steps` are of each fold's training: 1000 are about three epochs."""

    folds: int = 3
    steps: int = 1000
    small: SmallRecipe = field(default_factory=SmallRecipe)

    @property
    def name(self) -> str:
        """Of what is kept of the folds: another recipe is another training."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:10]


def train_out_of_sample(
    settings: Settings,
    recipe: FoldsRecipe | None = None,
    *,
    fold: int | None = None,
    start: Start | None = None,
    say: Say = print,
) -> Path | None:
    """Train what is missing of the folds and, once all are there, write `results/out_of_sample`.

    What a fold's network said is kept in the cache, so that a stopped training goes on with the next fold.

    Args:
        fold: train this fold alone (from 1), and leave what is there already.
        start: makes each network's trunk; default: MobileNetV2 with its ImageNet weights.

    Returns:
        The folder, or None where folds are still missing.

    Raises:
        CatalogueError: the public data sets are not at hand.
        BundleError: the ImageNet weights are not to be had.
    """
    recipe = recipe or FoldsRecipe()
    start = start or imagenet_start(settings, recipe.small)
    shots = read_shots(settings, recipe.small, start, say=say)
    rows = shots.rows_of(*PARTS)
    chosen = shots.table.iloc[rows]
    folds = folds_of(list(chosen["group"]), list(chosen["product_type"]), recipe.folds, seed=recipe.small.seed)
    fingerprint = _fingerprint(chosen)
    kept = settings.cache / "training" / f"out-of-sample-{recipe.name}-{fingerprint}"
    kept.mkdir(parents=True, exist_ok=True)
    for number in range(recipe.folds) if fold is None else [fold - 1]:
        if not (kept / f"fold-{number + 1}.npz").is_file():
            _train_fold(recipe, shots, rows, folds, number, start, kept, say)
    paths = [kept / f"fold-{number + 1}.npz" for number in range(recipe.folds)]
    missing = [path for path in paths if not path.is_file()]
    if missing:
        say(f"{len(missing)} of {recipe.folds} folds are still to be trained")
        return None
    return _write(settings, recipe, shots, rows, folds, paths, fingerprint, say)


def _train_fold(
    recipe: FoldsRecipe,
    shots: Shots,
    rows: np.ndarray,
    folds: np.ndarray,
    number: int,
    start: Start,
    kept: Path,
    say: Say,
) -> None:
    """Train one fold's network on the other folds, ask it about its own, and keep what it said."""
    learned, asked = rows[folds != number], rows[folds == number]
    say(f"fold {number + 1}: training on {len(learned):,} products, to ask about {len(asked):,}")
    started = time.monotonic()
    network, losses = train_small(shots, learned, recipe.small, start, place=by_steps(recipe.steps), say=say)
    trained = time.monotonic()
    say(f"fold {number + 1}: {len(losses):,} steps; asking it")
    logits, features = network.run(shots, asked)
    _, known = network.run(shots, learned)
    near, cosines = nearest(features, known, VOTERS)
    draft = kept / f".fold-{number + 1}.new"
    with draft.open("wb") as file:
        np.savez(
            file,
            allow_pickle=False,
            logits=logits.astype(np.float32),
            neighbours=learned[near].astype(np.int32),
            distance=(1 - cosines.mean(axis=1)).astype(np.float32),
            steps=np.int64(len(losses)),
            loss=np.float64(np.mean(losses[-50:]) if losses else np.nan),
            minutes=np.float64((trained - started) / 60),
        )
    draft.replace(kept / f"fold-{number + 1}.npz")


def _write(
    settings: Settings,
    recipe: FoldsRecipe,
    shots: Shots,
    rows: np.ndarray,
    folds: np.ndarray,
    paths: Sequence[Path],
    fingerprint: str,
    say: Say,
) -> Path:
    """Join what the folds' networks said, and write the folder at once."""
    parts, told = [], []
    for number, path in enumerate(paths):
        asked = rows[folds == number]
        with np.load(path, allow_pickle=False) as arrays:
            table, facts = _of_fold(shots, asked, arrays["logits"], arrays["neighbours"], arrays["distance"])
            told.append(
                {
                    "fold": number + 1,
                    "trained_on": int((folds != number).sum()),
                    "asked_about": len(asked),
                    "steps": int(arrays["steps"]),
                    "epochs": round(int(arrays["steps"]) * recipe.small.batch / max(1, (folds != number).sum()), 2),
                    "minutes": round(float(arrays["minutes"]), 1),
                    "loss_of_last_steps": round(float(arrays["loss"]), 4),
                    **facts,
                }
            )
        parts.append(table.assign(fold=np.int8(number + 1)))
    predictions = pd.concat(parts).sort_index().reset_index(drop=True)
    say("comparing pictures that the split has joined")
    copies = near_identical(shots, rows)
    chosen = shots.table.iloc[rows]
    right = (predictions["type_1"] == predictions["label"]).to_numpy()
    facts = {
        "command": COMMAND,
        "recipe": asdict(recipe),
        "weights": WEIGHTS,
        "data": {
            "fingerprint": fingerprint,
            **{f"catalogue_{part}": int((chosen["part"] == part).sum()) for part in PARTS},
            "split": "splits/catalogue.csv, parts train and validation; no fold has a product of part test",
        },
        "folds": told,
        "accuracy": mean_figure(right, list(chosen["group"])).as_dict(),
        "accuracy_of_part": {
            part: mean_figure(right[inside], list(chosen["group"][inside])).as_dict()
            for part in PARTS
            if (inside := (chosen["part"] == part).to_numpy()).any()
        },
        "near_identical_pairs": len(copies),
        **made_with(),
    }
    folder = settings.results / FOLDER
    draft = folder.with_name(f".{FOLDER}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    predictions[_ORDER].to_parquet(draft / "predictions.parquet", index=False, compression="zstd")
    copies.to_parquet(draft / "copies.parquet", index=False, compression="zstd")
    replace_json(draft / "training.json", facts)
    replace_bytes(draft / "card.md", card_of(facts).encode())
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)
    return folder


_ORDER = [
    *("id", "label", "fold"),
    *(f"{what}_{place}" for place in range(1, SHOWN + 1) for what in ("type", "probability")),
    *("label_probability", "votes_label", "votes_suggested", "distance"),
]


def _of_fold(
    shots: Shots, asked: np.ndarray, logits: np.ndarray, neighbours: np.ndarray, distance: np.ndarray
) -> tuple[pd.DataFrame, dict[str, object]]:
    """What one network said of the rows it was asked about, with its temperature; the index is the row of `shots`."""
    types, labels = np.array(shots.types, object), shots.table["product_type"].to_numpy(object)
    groups = shots.table["group"].to_numpy(object)[asked]
    exponentials = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    raw = Answers(
        exponentials / exponentials.sum(axis=1, keepdims=True),
        right_types([[label] for label in labels[asked]], shots.types),
        groups,
    )
    temperature = fit_temperature([raw])
    answers = raw.at(temperature)
    best = np.argsort(-answers.probabilities, axis=1, kind="stable")[:, :SHOWN]
    every = np.arange(len(asked))
    columns: dict[str, object] = {"id": shots.table["id"].iloc[asked].to_numpy(), "label": labels[asked]}
    for place in range(SHOWN):
        columns[f"type_{place + 1}"] = types[best[:, place]]
        columns[f"probability_{place + 1}"] = answers.probabilities[every, best[:, place]].astype(np.float32)
    columns["label_probability"] = answers.probabilities[answers.right].astype(np.float32)
    suggested = np.where(types[best[:, 0]] == labels[asked], types[best[:, 1]], types[best[:, 0]])
    voting = labels[neighbours]
    columns["votes_label"] = (voting == labels[asked][:, None]).sum(axis=1).astype(np.int8)
    columns["votes_suggested"] = (voting == suggested[:, None]).sum(axis=1).astype(np.int8)
    columns["distance"] = distance.astype(np.float32)
    facts = {
        "temperature": round(temperature, 3),
        "accuracy": mean_figure(answers.correct, groups).as_dict(),
        "calibration_error": {"before": raw.error().as_dict(), "after": answers.error().as_dict()},
    }
    return pd.DataFrame(columns, index=asked), facts


def near_identical(shots: Shots, rows: np.ndarray) -> pd.DataFrame:
    """Pairs of products among some rows with nearly the same picture: `first`, `second` (ids) and `difference`.

    Only pictures that the split has joined are compared: it has found all pairs already, among others.
    """
    groups = shots.table["group"].iloc[rows]
    joined = rows[groups.duplicated(keep=False).to_numpy()]
    read = reader(shots.source, shots.table, 128)
    with ThreadPoolExecutor(2) as pool:
        inks = list(pool.map(lambda row: ink(read(int(row)).pixels), joined))
    found: list[tuple[str, str, float]] = []
    ids = shots.table["id"].to_numpy(object)
    for places in pd.Series(range(len(joined))).groupby(shots.table["group"].to_numpy()[joined]).indices.values():
        for first, second in same_picture_pairs(np.stack([inks[place] for place in places])):
            one, other = places[first], places[second]
            found.append((ids[joined[one]], ids[joined[other]], relative_difference(inks[one], inks[other])))
    table = pd.DataFrame(found, columns=["first", "second", "difference"])
    return table.astype({"first": str, "second": str, "difference": np.float32})


def _fingerprint(chosen: pd.DataFrame) -> str:
    """Names exactly these products, labels and groups."""
    return hashlib.sha256(chosen[["id", "product_type", "group"]].to_csv(index=False).encode()).hexdigest()[:12]
