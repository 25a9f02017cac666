"""The files that every bundle has: a LiteRT model and `labels.json`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from vsearch_core.errors import BundleError

SCHEMA = 1
"""Of `labels.json`."""


def read_files(path: Path, *, kind: str, train: str) -> tuple[dict[str, Any], str]:
    """What `labels.json` says, and the fingerprint of exactly these weights and labels.

    Args:
        kind: what the bundle is called in a sentence; train: the command's verb that makes one.

    Raises:
        BundleError: a file is missing, broken or of another schema.
    """
    model, labels = path / "model.tflite", path / "labels.json"
    for file in (model, labels):
        if not file.is_file():
            raise BundleError(
                f"The {kind} bundle {path} has no {file.name}; make it with "
                f"`python -m vsearch_core {train}` or point VSEARCH_MODELS to the folder that has it.",
                code="bundle_missing",
            )
    content = read_json(labels)
    if content.get("schema") != SCHEMA:
        raise BundleError(
            f"The {kind} bundle {path} has schema {content.get('schema')!r} and this version reads {SCHEMA}; "
            "use the version of the program that made it, or train it again.",
            code="bundle_schema",
        )
    digest = hashlib.sha256(model.read_bytes())
    digest.update(labels.read_bytes())
    return content, digest.hexdigest()[:16]


def misstated(path: Path, error: Exception) -> BundleError:
    """The error of a bundle whose `labels.json` can be read and does not say what it should."""
    return BundleError(
        f"{path / 'labels.json'} lacks or misstates {error}; restore the bundle from the repository or train it again.",
        code="bundle_broken",
    )


def read_json(path: Path) -> dict[str, Any]:
    """A file of a bundle.

    Raises:
        BundleError: it cannot be read, or is no object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(
            f"{path} cannot be read ({error}); restore it from the repository.", code="bundle_broken"
        ) from error
    if not isinstance(content, dict):
        raise BundleError(f"{path} holds no JSON object; restore it from the repository.", code="bundle_broken")
    return content
