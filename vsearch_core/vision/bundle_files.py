"""The files of a bundle: a LiteRT or ONNX model, `labels.json`, the checksums of both, and perhaps the weights."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vsearch_core.errors import BundleError
from vsearch_core.files import replace_json

SCHEMA = 1
"""Of `labels.json`."""

CHECKSUMS = "checksums.json"
"""Size and SHA-256 of a bundle's files, by name; `seal` writes it, and bundles from before may lack it."""

LITERT, ONNX = "model.tflite", "model.onnx"

WEIGHTS = "weights.npz"
"""For export and further training: a bundle that lacks it serves all the same."""

_SERVING = (LITERT, ONNX, "labels.json", "calibration.json")
LARGEST = {LITERT: 64_000_000, ONNX: 2_000_000_000, WEIGHTS: 64_000_000}
"""Bytes that a model's file may have."""

_LARGEST_JSON = 4_000_000

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,60}")


def is_name(name: str) -> bool:
    """Whether a bundle can be called that; it is the name of a folder."""
    return _NAME.fullmatch(name) is not None


def model_file(path: Path) -> Path:
    """The model's file of a bundle, which may be missing: LiteRT's, or an ONNX file that was imported."""
    return path / (ONNX if (path / ONNX).exists() else LITERT)


@contextmanager
def opened(path: Path, *, kind: str, train: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Open a bundle: within, its `labels.json` is read; at the end the files are compared with their checksums.

    Args:
        kind: what the bundle is called in a sentence; train: the command's verb that makes one.

    Yields:
        What `labels.json` says, and the fingerprint of exactly these weights and labels.

    Raises:
        BundleError: a file is missing, broken, of another schema, or not the one that was sealed, or the labels lack or
            misstate what was read within.
    """
    model, labels = model_file(path), path / "labels.json"
    for file in (model, labels):
        if not file.exists():
            raise BundleError(
                f"The {kind} bundle {path} has no {file.name}; make it with "
                f"`python -m vsearch_core {train}` or point VSEARCH_MODELS to the folder that has it.",
                code="bundle_missing",
            )
    content = read_json(labels)
    if content.get("schema") != SCHEMA:
        raise BundleError(
            f"The {kind} bundle {path} has schema {shown(content.get('schema'))} and this version reads {SCHEMA}; "
            "use the version of the program that made it, or train it again.",
            code="bundle_schema",
        )
    digest = hashlib.sha256(read_bytes(model))
    digest.update(read_bytes(labels))
    try:
        yield content, digest.hexdigest()[:16]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BundleError(
            f"{labels} lacks or misstates {error!s:.200}; restore the bundle from the repository or train it again.",
            code="bundle_broken",
        ) from error
    check_seal(path)


def seal(path: Path) -> None:
    """Write down the size and checksum of a bundle's files, once they are as they should be."""
    entries = {name: _entry(read_bytes(path / name)) for name in (*_SERVING, WEIGHTS) if (path / name).exists()}
    replace_json(path / CHECKSUMS, entries)


def check_seal(path: Path, names: Sequence[str] = _SERVING) -> None:
    """Compare a bundle's files with their checksums, where it has some.

    Args:
        names: of the files; by default those that serving reads.

    Raises:
        BundleError: a file is not the one that was sealed.
    """
    if not (path / CHECKSUMS).exists():
        return
    entries = read_json(path / CHECKSUMS)
    for name in names:
        there = (path / name).exists()
        if there != (name in entries) or (there and _entry(read_bytes(path / name)) != entries[name]):
            raise BundleError(
                f"{path / name} is damaged or was changed (its size or checksum is not the one in {CHECKSUMS}); "
                "restore the bundle from the repository or train it again.",
                code="bundle_broken",
            )


def read_bytes(path: Path, *, largest: int | None = None, remedy: str = "restore it from the repository") -> bytes:
    """A file of a bundle, which is a regular one (or a link to one) of a sane size.

    Args:
        largest: bytes that it may have, where its name does not tell; remedy: what a person can do otherwise.

    Raises:
        BundleError: it is a folder or a pipe, it is too large, or it cannot be read.
    """
    largest = largest or LARGEST.get(path.name, _LARGEST_JSON)
    try:
        # does not wait for somebody to write into a pipe
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _unreadable(path, "it is not a regular file", remedy)
            # the memory is taken before the bytes are read
            content = file.read(min(largest, status.st_size) + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__, remedy) from error
    if len(content) > largest:
        raise _unreadable(path, f"it has more than {largest / 1e6:,.0f} MB", remedy)
    return content


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file of a bundle.

    Raises:
        BundleError: it cannot be read, or is not an object.
    """
    try:
        content = json.loads(read_bytes(path).decode("utf-8"), parse_constant=_not_json)
    except RecursionError as error:
        raise _unreadable(path, "it is nested too deeply") from error.with_traceback(None)
    except ValueError as error:
        raise _unreadable(path, str(error)[:200]) from error
    if not isinstance(content, dict):
        raise BundleError(f"{path} holds no JSON object; restore it from the repository.", code="bundle_broken")
    return content


def whole_number(value: Any, name: str, *, most: int) -> int:
    """A number of `labels.json` that counts something.

    Raises:
        ValueError: it is not a whole number from 1 to `most`.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(f"{name} {shown(value)}, which should be a whole number from 1 to {most}")
    return value


def number(value: Any, name: str, low: float, high: float) -> float:
    """A number of a bundle within a range.

    Raises:
        ValueError: it is outside of it, or not a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} {shown(value)}, which should be a number from {low:g} to {high:g}")
    return float(value)


def text(value: Any, name: str) -> str:
    """A text of a bundle that is not empty.

    Raises:
        ValueError: it is not one.
    """
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} {shown(value)}, which should be a text")
    return value


def names(value: Any, name: str, *, least: int = 1, most: int = 10_000) -> tuple[str, ...]:
    """A list of different texts.

    Raises:
        ValueError: it is not one, or has less or more of them.
    """
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ValueError(f"{name}, which should be a list of texts")
    if not least <= len(value) <= most or len(set(value)) < len(value):
        raise ValueError(f"{name}, which should be {least} to {most} different texts")
    return tuple(value)


def shown(value: Any) -> str:
    """A value of a bundle as a sentence shows it: short, whatever it is."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, int) and abs(value) > 10**20:
        return "a huge number"
    return f"{value!r:.40}"


def _entry(content: bytes) -> dict[str, Any]:
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not a JSON number")


def _unreadable(path: Path, why: str, remedy: str = "restore it from the repository") -> BundleError:
    return BundleError(f"{path} cannot be read ({why}); {remedy}.", code="bundle_broken")
