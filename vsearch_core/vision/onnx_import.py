"""Makes a bundle of an image encoder that was exported to ONNX."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from vsearch_core.errors import BundleError
from vsearch_core.vision.bundle_files import LARGEST, ONNX, read_bytes
from vsearch_core.vision.importing import (
    SAME,
    Imported,
    Preparation,
    embedding_output,
    layouts,
    output_in_words,
    trial_pictures,
    write_imported,
)
from vsearch_core.vision.interpreters import Outputs
from vsearch_core.vision.onnx_file import OnnxFile, Reading

_FLOATS = ("tensor(float)", "tensor(float16)")


def import_onnx(
    file: Path, preparation: Preparation, target: Path, *, classes: Sequence[str] = (), threads: int
) -> Imported:
    """Write an ONNX encoder as a bundle.

    Args:
        target: the bundle's folder, which is not there yet.
        classes: names of the scores that the graph gives beside the embedding.

    Raises:
        BundleError: it is not an encoder of single pictures that runs here, it keeps weights in other files, or nothing
            can be searched with what it gives. Nothing is left behind.
        MissingDependency: onnxruntime is not installed.
    """
    content = read_bytes(file, largest=LARGEST[ONNX], remedy="give the file of an exported model under 2 GB")
    graph = OnnxFile(file, content)
    session = graph.session(threads)
    pictures = trial_pictures(preparation.side).astype(np.float32)
    reading, answer = _asked(graph, session, preparation, pictures[:1], classes)
    _check_batch(graph, session, reading, pictures)
    return write_imported(
        target,
        ONNX,
        content,
        preparation,
        dimension=graph.vectors(answer, reading).shape[1],
        output=output_in_words(reading.output, reading.pooled),
        source={"file": file.name, "sha256": hashlib.sha256(content).hexdigest()},
        onnx=asdict(reading),
        classes=classes,
        threads=threads,
    )


def _asked(
    graph: OnnxFile, session: Any, preparation: Preparation, picture: np.ndarray, classes: Sequence[str]
) -> tuple[Reading, Outputs]:
    """How the graph is asked, and its answer to (1, side, side, 3) pixels."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise graph.broken(ValueError(f"it has {len(inputs)} inputs and an encoder of pictures has one"))
    if inputs[0].type not in _FLOATS:
        raise graph.broken(ValueError(f"its input is a {inputs[0].type} and should be one of float"))
    try:
        possible = layouts(inputs[0].shape)
    except ValueError as error:
        raise graph.broken(error) from error
    names = [one.name for one in session.get_outputs() if one.type in _FLOATS]
    refused: BundleError | None = None
    for layout in possible:
        try:
            answers = {
                name: graph.raw(
                    session,
                    Reading(inputs[0].name, layout, preparation.mean, preparation.std, name, "as it is"),
                    picture,
                )[name]
                for name in names
            }
        except BundleError as error:
            refused = refused or error
            continue
        return _chosen(graph, inputs[0].name, layout, preparation, answers, classes)
    raise refused or graph.broken(ValueError("it has no inputs that fit"))


def _chosen(
    graph: OnnxFile,
    given: str,
    layout: Any,
    preparation: Preparation,
    answers: Mapping[str, np.ndarray],
    classes: Sequence[str],
) -> tuple[Reading, Outputs]:
    """Which of the outputs are the embedding and the scores."""
    scores = None
    if classes:
        scores = next((name for name in reversed(list(answers)) if answers[name].shape == (1, len(classes))), None)
        if scores is None or len(answers) < 2:
            raise BundleError(
                f"{graph.path} has no output of {len(classes):,} scores beside its embedding, so the names of classes "
                "do not fit; leave --labels out, or export the model with both."
            )
    try:
        output, pooled = embedding_output({name: one.shape for name, one in answers.items() if name != scores})
    except ValueError as error:
        raise graph.broken(error) from error
    reading = Reading(given, layout, preparation.mean, preparation.std, output, pooled, scores)
    if scores is not None:
        told = answers[scores]
        if (told >= 0).all() and abs(float(told.sum()) - 1) < 1e-3:
            reading = replace(reading, scores_are="probabilities")
    for name in filter(None, (output, scores)):
        if not np.isfinite(answers[name]).all():
            raise graph.broken(ValueError(f"its {name} are not numbers"))
    return reading, dict(answers)


def _check_batch(graph: OnnxFile, session: Any, reading: Reading, pictures: np.ndarray) -> None:
    """Where a graph takes several pictures at once, each must get what it gets alone.

    Pictures are shown to it one by one; one that looks at their company was not exported for use.
    """
    if session.get_inputs()[0].shape[0] == 1:
        return
    try:
        together = graph.raw(session, reading, pictures)
    except BundleError:
        # only its export says that it takes any number
        return
    alone = np.concatenate([graph.vectors(graph.raw(session, reading, one[None]), reading) for one in pictures])
    vectors = graph.vectors(together, reading)
    if vectors.shape != alone.shape or not ((vectors * alone).sum(axis=1) > SAME).all():
        raise BundleError(
            f"{graph.path} gives a picture another embedding where there is another one beside it; export it in "
            "evaluation mode."
        )
