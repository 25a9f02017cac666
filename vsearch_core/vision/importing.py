"""Makes a bundle of an image encoder from elsewhere: what of its answer is the embedding, and the checks."""

from __future__ import annotations

import secrets
import shutil
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.contracts import ATTRIBUTES, Photo
from vsearch_core.errors import BundleError
from vsearch_core.files import make_folder, put_in_place, replace_bytes, replace_json, writing
from vsearch_core.vision.bundle import Bundle
from vsearch_core.vision.bundle_files import SCHEMA, read_bytes, seal
from vsearch_core.vision.fashion import FashionModel
from vsearch_core.vision.onnx_file import Layout, Pooling

SAME = 0.999
"""Cosine of two embeddings of one picture, at least."""

MOST_CLASSES = 10_000

_EMBEDDINGS = ("embed", "pool", "feature")
"""What the name of an output says that is meant as an embedding, where there are several."""

_RUNS = 5


@dataclass(frozen=True)
class Preparation:
    """How pictures are given to an encoder: the side of the square in pixels, and what is subtracted from and divided
    by in each channel, for values from 0 to 1."""

    side: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


@dataclass(frozen=True)
class Imported:
    """A bundle that was written and checked; `output` says in words what of the graph is the embedding."""

    path: Path
    name: str
    dimension: int
    milliseconds: float
    output: str


def embedding_output(shapes: Mapping[str, Sequence[int]]) -> tuple[str, Pooling]:
    """Which output is the embedding, and how it becomes one vector.

    Args:
        shapes: by name, of the answer to one picture; without the scores of classes.

    Raises:
        ValueError: none is a vector, a map or a row of tokens.
    """
    told = [name for name, shape in shapes.items() if len(shape) in (2, 3, 4) and shape[0] == 1]
    if not told:
        listed = ", ".join(f"{name} {tuple(shape)}" for name, shape in shapes.items())
        raise ValueError(
            f"none of its outputs is a vector, a map or tokens of one picture: {listed or 'there are none'}"
        )
    vectors = [name for name in told if len(shapes[name]) == 2]
    named = [name for name in vectors if any(word in name.lower() for word in _EMBEDDINGS)]
    best = (named or vectors or told)[0]
    pooled: dict[int, Pooling] = {2: "as it is", 3: "first token", 4: "over space"}
    return best, pooled[len(shapes[best])]


def output_in_words(name: str, how: Pooling) -> str:
    """What of a graph is the embedding."""
    taken = {"as it is": "", "over space": ", averaged over space", "first token": ", its first token"}
    return f"the output {name}{taken[how]}"


def layouts(sides: Sequence[Any]) -> list[Layout]:
    """The layouts of pictures that the shape of an input allows.

    Args:
        sides: of the input; those that may be any are not numbers, or -1.

    Raises:
        ValueError: such an input does not take pictures of three channels.
    """
    known = [side if isinstance(side, int) and side >= 0 else None for side in sides]
    if len(known) != 4:
        raise ValueError(f"its input has {len(known)} dimensions and a batch of pictures has 4")
    if known[0] not in (None, 1):
        raise ValueError(f"it takes {known[0]} pictures at once; export it for one, or for any number")
    possible: list[tuple[Layout, int]] = [("NCHW", 1), ("NHWC", 3)]
    exact = [layout for layout, place in possible if known[place] == 3]
    found = exact or [layout for layout, place in possible if known[place] is None]
    if not found:
        raise ValueError(f"its input {tuple(known)} does not have three channels")
    return found


def read_class_names(file: Path) -> tuple[str, ...]:
    """The names of classes in a text file, a line each.

    Raises:
        BundleError: it cannot be read, or does not hold different names.
    """
    content = read_bytes(file, remedy="give a text file with the name of a class on each line")
    try:
        lines = [line.strip() for line in content.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError as error:
        raise BundleError(f"{file} is not UTF-8 text; save it as such.") from error
    while lines and not lines[-1]:
        lines.pop()
    if not all(lines) or not 2 <= len(lines) <= MOST_CLASSES or len(set(lines)) < len(lines):
        raise BundleError(f"{file} should have 2 to {MOST_CLASSES:,} different names of classes, one on each line.")
    return tuple(lines)


def write_imported(
    target: Path,
    file: str,
    model: bytes,
    preparation: Preparation,
    *,
    dimension: int,
    output: str,
    source: Mapping[str, Any],
    onnx: Mapping[str, Any] | None = None,
    classes: Sequence[str] = (),
    threads: int,
) -> Imported:
    """Write a bundle, try it, and put it where it belongs once all is well.

    Args:
        target: its folder, which is not there yet; file: what the model is called in a bundle.
        output: what the embedding is, in words; source: what `training.json` says of where it is from.
        onnx: of an ONNX graph, see `onnx_file.Reading`; classes: names of the scores that it gives.

    Raises:
        BundleError: it fails a check; nothing is left behind.
        CannotWrite: the disk is full or refuses.
    """
    labels: dict[str, Any] = {
        "schema": SCHEMA,
        "name": target.name,
        "side": preparation.side,
        "trims": False,
        "dimension": dimension,
        "product_types": list(classes),
        "attributes": {name: [] for name in ATTRIBUTES},
        # a class that stands in no hierarchy is a category by itself
        "hierarchy": {name: [name, name] for name in classes},
    }
    if onnx is not None:
        labels["onnx"] = dict(onnx)
    # A name that nobody can have put there before: a link of that name would lead the writing elsewhere.
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    with writing(target):
        make_folder(target.parent)
        try:
            draft.mkdir()
            replace_bytes(draft / file, model)
            replace_json(draft / "labels.json", labels)
            replace_json(draft / "training.json", {"command": "python -m vsearch_core bundle import", **source})
            seal(draft)
            took = check_encoder(FashionModel(Bundle.open(draft), threads=threads))
            if target.exists():
                raise BundleError(f"{target} was made meanwhile; choose another --name.")
            put_in_place(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return Imported(target, target.name, dimension, took, output)


def check_encoder(model: FashionModel) -> float:
    """Whether a model gives embeddings that can be searched with: numbers, of length 1, of a picture the same each
    time and in company, and of different pictures different ones.

    Returns:
        The milliseconds that a picture takes, at the median.

    Raises:
        BundleError: it does not.
    """
    photos = [Photo(pixels, (model.bundle.side,) * 2, "array") for pixels in trial_pictures(model.bundle.side)]
    first, second = model.run(photos[0])["embedding"], model.run(photos[1])["embedding"]
    for vector in (first, second):
        if not np.isfinite(vector).all() or abs(float(np.linalg.norm(vector)) - 1) > 1e-3:
            raise _unfit("gives what are not numbers, or nothing but zeros")
    again = model.run(photos[0])["embedding"]
    if not float(again @ first) > SAME:
        raise _unfit("gives another embedding when it sees a picture again")
    if float(first @ second) > 1 - 1e-6:
        raise _unfit("gives one embedding for different pictures")
    together = model.embed(photos)
    if not ((together * np.stack([first, second])).sum(axis=1) > SAME).all():
        raise _unfit("gives another embedding where pictures run at once")
    took = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        model.run(photos[0])
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def trial_pictures(side: int) -> np.ndarray:
    """Two pictures that differ, (2, side, side, 3) uint8: a ramp of colours, and noise."""
    ramp = np.linspace(0, 255, side)
    colours = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None, :], 255 - ramp[:, None]), axis=-1)
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3))
    return np.stack([colours, noise]).astype(np.uint8)


def _unfit(why: str) -> BundleError:
    return BundleError(
        f"The model {why}, so nothing can be searched with it; export it in evaluation mode, with its trained weights."
    )
