"""What the ladder reports of a classifier: figures, predictions, the served file's size and speed, its card."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tensorflow.lite.python import schema_py_generated as schema

from studies.ladder.networks import IMAGENET
from studies.ladder.pictures import TenTypes
from studies.ladder.recipe import Rung
from vsearch_core.evaluation.predictions import MEASURED
from vsearch_core.evaluation.protocols.types import SHOWN
from vsearch_core.evaluation.statistics import class_scores, classification_report, mean_figure, weighted_figure
from vsearch_core.files import replace_bytes, replace_json
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle
from vsearch_core.vision.interpreters import Interpreters
from vsearch_core.vision.model_file import read_model

_GUESSES = 5
_ROUNDS, _IN_A_ROW = 12, 8
"""Turns of every model, and pictures in each turn."""

_UNDISTURBED = 10
"""Per cent of the pictures are faster than the stated latency: other work on the machine only ever adds to it."""

_CARD = """# Model card: {title}

One of the classifiers that the first project compared, trained again on the committed split: the ten most frequent
product types from catalogue shots. It is here to be compared with, and does not ship: its card and predictions are
kept, its weights are not.

- Command: `{command}`.
- Input: the shot letterboxed on white to {side}x{side} (most shots have 60x80).
- Weights to begin with: {weights}.{note}
- Training: {minutes} minutes of {machine}, {wall_minutes} on the wall (at most 45), where the machine did other work
  too; {steps:,} steps, {epochs:.1f} times through {catalogue_train:,} shots of part `train` (data {fingerprint});
  variation: {augmentation}; the state was chosen on validation.{search}
- Served file: {megabytes:.1f} MB (LiteRT, float16 weights), {parameters:,} parameters, {latency_ms:.2f} ms a picture
  on {threads} threads{beside}.

| figure, part `test`, chosen among the ten | value | 95 % interval | cases |
| --- | --- | --- | --- |
{rows}

Intervals are bootstrapped by title group. Limits: ten types of one shop's catalogue shots, with that shop's label
errors; nothing is known of how it does on photos that people take.

Data: Fashion Product Images (Kaggle, paramaggarwal), MIT as its page states.{licence}
"""


def write_report(
    settings: Settings, rung: Rung, model: Path, shots: TenTypes, training: Mapping[str, Any], *, note: str
) -> dict[str, Any]:
    """Measure a LiteRT model on the parts validation and test, and write `results/ladder/<name>/`.

    Returns:
        The content of `evaluation/figures.json`.
    """
    folder = settings.results / "ladder" / rung.name
    (folder / "evaluation").mkdir(parents=True, exist_ok=True)
    table = predictions(model, shots)
    groups = pd.concat([shots.parts[part].table for part in MEASURED]).set_index("id")["group"]
    beside = settings.models / "fashion"
    figures = {
        "title": rung.title,
        "command": training["command"],
        "types": type_figures(table[table["part"] == "test"], groups, shots.types),
        "validation": type_figures(table[table["part"] == "validation"], groups, shots.types)["accuracy"],
        "parameters": parameters(model),
        "megabytes": round(model.stat().st_size / 1e6, 2),
        **_speed(model, rung.side, beside, threads=settings.threads),
        "side": rung.side,
        "weights": training["weights"],
        "note": note,
        "machine": training["machine"],
    }
    replace_json(folder / "training.json", training)
    replace_json(folder / "evaluation" / "figures.json", figures)
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    replace_bytes(folder / "evaluation" / "catalogue.parquet", buffer.getvalue())
    replace_bytes(folder / "card.md", card(figures, training).encode())
    return figures


def predictions(model: Path, shots: TenTypes) -> pd.DataFrame:
    """What a LiteRT model says of the shots of validation and test, in the columns of `insight/quality/models.py`."""
    interpreters = Interpreters(read_model(model), threads=1, count=2)

    def one(picture: np.ndarray) -> np.ndarray:
        with interpreters.borrowed() as run:
            return run(picture[None].astype(np.float32))["product_type"][0]

    found = []
    for part in MEASURED:
        pictures = shots.parts[part]
        with ThreadPoolExecutor(2) as pool:
            probabilities = np.stack(list(pool.map(one, pictures.pixels)))
        order = np.argsort(-probabilities, axis=1, kind="stable")[:, :_GUESSES]
        table = pictures.table[["id", "label"]].copy()
        table.insert(1, "part", part)
        for place in range(order.shape[1]):
            best = order[:, place]
            table[f"type_{place + 1}"] = np.asarray(shots.types)[best]
            table[f"probability_{place + 1}"] = probabilities[np.arange(len(best)), best].astype(np.float32)
        found.append(table)
    return pd.concat(found, ignore_index=True)


def type_figures(table: pd.DataFrame, group_of: pd.Series, types: Sequence[str]) -> dict[str, Any]:
    """Accuracy, macro F1, F1 of the two kinds of shoes and the report of each type, with their intervals.

    Args:
        table: of one part, from `predictions`; group_of: the group of each id.
    """
    labels, predicted = table["label"].to_numpy(), table["type_1"].to_numpy()
    groups = group_of[table["id"]].to_numpy()
    scores = class_scores(labels, predicted, types, groups)
    return {
        "accuracy": mean_figure(predicted == labels, groups).as_dict(),
        "macro_f1": weighted_figure(scores.macro_f1, len(labels)).as_dict(),
        **{f"f1_{name}": figure.as_dict() for name, figure in scores.f1_of(SHOWN).items()},
        "ten_types_names": list(types),
        "report": classification_report(labels, predicted, types, groups),
    }


def parameters(model: Path) -> int:
    """The numbers that a LiteRT file holds for its layers: batch norm is folded into its neighbours there."""
    content = schema.Model.GetRootAs(model.read_bytes(), 0)
    graph = content.Subgraphs(0)
    bytes_of = {schema.TensorType.FLOAT32: 4, schema.TensorType.FLOAT16: 2, schema.TensorType.INT8: 1}
    held: dict[int, int] = {}
    for place in range(graph.TensorsLength()):
        tensor = graph.Tensors(place)
        if tensor.Type() in bytes_of:
            length = content.Buffers(tensor.Buffer()).DataLength()
            held[tensor.Buffer()] = length // bytes_of[tensor.Type()]
    return sum(held.values())


def latencies(models: Mapping[str, tuple[Path, int]], *, threads: int) -> dict[str, float]:
    """Milliseconds of one picture through each LiteRT model, measured in turn, as undisturbed as it can be.

    Args:
        models: name -> file and input side.
    """
    pictures = {
        name: np.random.default_rng(0).uniform(0, 255, (1, side, side, 3)).astype(np.float32)
        for name, (_, side) in models.items()
    }
    took: dict[str, list[float]] = {name: [] for name in models}
    with ExitStack() as stack:
        runs = {
            name: stack.enter_context(Interpreters(read_model(path), threads=threads, count=1).borrowed())
            for name, (path, _) in models.items()
        }
        for turn in range(_ROUNDS):
            for name, run in runs.items():
                # the first pictures of a turn find the other model's weights in the processor's memory
                for number in range(_IN_A_ROW):
                    started = time.perf_counter()
                    run(pictures[name])
                    if turn and number:
                        took[name].append(1000 * (time.perf_counter() - started))
    return {name: round(float(np.percentile(values, _UNDISTURBED)), 3) for name, values in took.items()}


def _speed(model: Path, side: int, fashion: Path, *, threads: int) -> dict[str, Any]:
    """Latency, and that of the network that ships, measured in turn with it where it is at hand."""
    asked = {"this": (model, side)}
    if not (fashion / "model.tflite").is_file():
        return {"threads": threads, "latency_ms": latencies(asked, threads=threads)["this"], "beside": {}}
    bundle = Bundle.open(fashion)
    took = latencies({**asked, "fashion": (bundle.model_path, bundle.side)}, threads=threads)
    beside = {
        "latency_ms": took["fashion"],
        "parameters": parameters(bundle.model_path),
        "side": bundle.side,
        "weights": IMAGENET,
        "model": bundle.fingerprint,
    }
    return {"threads": threads, "latency_ms": took["this"], "beside": {"fashion": beside}}


def card(figures: Mapping[str, Any], training: Mapping[str, Any]) -> str:
    """The card, written from the two files alone."""
    types, data = figures["types"], training["data"]
    lines = {"accuracy": "right type", "macro_f1": "macro F1"}
    lines |= {f"f1_{name}": f"F1 of {name.lower()}" for name in SHOWN}
    rows = [
        f"| {words} | {one['value']:.1%} | {one['low']:.1%} to {one['high']:.1%} | {one['count']:,} |"
        for name, words in lines.items()
        if (one := types.get(name))
    ]
    beside = figures["beside"].get("fashion")
    return _CARD.format(
        **{name: figures[name] for name in ("title", "side", "weights", "megabytes", "parameters", "threads")},
        latency_ms=figures["latency_ms"],
        command=training["command"],
        note=f" This is {figures['note']}." if figures["note"] else "",
        minutes=training["minutes"],
        wall_minutes=training["wall_minutes"],
        machine=training["machine"],
        steps=training["steps"],
        epochs=training["epochs"],
        augmentation=training["augmentation"],
        search=_search(training["search"]),
        fingerprint=data["fingerprint"],
        catalogue_train=data["catalogue_train"],
        beside=f"; `models/fashion`, measured in turn with it, {beside['latency_ms']:.2f} ms" if beside else "",
        rows="\n".join(rows),
        licence=" ImageNet weights: Keras, Apache-2.0." if figures["weights"] == IMAGENET else "",
    )


def _search(tried: Sequence[Mapping[str, Any]]) -> str:
    if not tried:
        return ""
    found = ", ".join(f"{one['augmentation']} {one['validation']:.1%}" for one in tried)
    return f"\n- Variations tried, {tried[0]['minutes']:g} of these minutes each, by accuracy on validation: {found}."
