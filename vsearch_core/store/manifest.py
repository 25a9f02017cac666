"""The manifest: the one file that says what a store consists of. Replacing it is the commit."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vsearch_core.contracts import Embedder
from vsearch_core.errors import StoreError
from vsearch_core.files import replace_json
from vsearch_core.store.disk import sha256_of, sync

MANIFEST = "manifest.json"
SEGMENTS = "segments"
SCHEMA_VERSION = 1

_SEGMENT_ID = re.compile(r"[0-9a-f]{8,32}")
_FILE_NAME = re.compile(r"(index/)?[a-z0-9_]+\.[a-z]+")


@dataclass(frozen=True)
class FileEntry:
    """What a file of a segment must look like."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class SegmentEntry:
    """One immutable folder of products.

    `count` includes the `removed` ids, which a later fold leaves out for good. `partitions` names the categories that
    have an index file of their own: the first one's is `index/0.ann`, and so on; names never become file names, because
    they come out of a shop's file.
    """

    id: str
    count: int
    files: Mapping[str, FileEntry]
    removed: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()

    @property
    def living(self) -> int:
        """Products that can be found."""
        return self.count - len(self.removed)


@dataclass(frozen=True)
class EmbedderEntry:
    """The model whose embeddings the store holds."""

    name: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True)
class Manifest:
    """A store's table of contents.

    The first segment is the base, which has the indexes; later ones are side segments, searched exactly. `partitions`
    counts the living products of each category; `hierarchy` maps product type to (department, category). Times are UTC
    in ISO 8601.
    """

    name: str
    embedder: EmbedderEntry
    engine: str
    seed: int
    sample: bool = False
    currency: str = ""
    hierarchy: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    segments: tuple[SegmentEntry, ...] = ()
    partitions: Mapping[str, int] = field(default_factory=dict)
    created: str = ""
    updated: str = ""
    version: str = ""
    schema_version: int = SCHEMA_VERSION

    @property
    def living(self) -> int:
        """Products that can be found, over all segments."""
        return sum(segment.living for segment in self.segments)


def read_manifest(store: Path) -> Manifest:
    """The manifest of a store.

    Raises:
        StoreError: no store there (code `not_a_store`), a manifest that cannot be read (`damaged`) or one that a newer
            version of this program wrote (`newer_schema`).
    """
    try:
        text = (store / MANIFEST).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise StoreError(
            f"{store} is not a store; build one there with `store build`, or name another folder.", code="not_a_store"
        ) from error
    except UnicodeDecodeError as error:
        raise _damaged(store) from error
    try:
        content = json.loads(text)
        schema = int(content["schema_version"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(store) from error
    if schema > SCHEMA_VERSION:
        raise StoreError(
            f"The store {store} has schema version {schema}, and this program reads up to {SCHEMA_VERSION}; update the "
            "program, or build the store anew.",
            code="newer_schema",
        )
    try:
        return _from_json(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(store) from error


def commit(store: Path, manifest: Manifest) -> Manifest:
    """Puts a manifest in force, with a new version and the time; every file that it names must be on disk already."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = replace(manifest, created=manifest.created or now, updated=now, version=uuid.uuid4().hex)
    replace_json(store / MANIFEST, asdict(manifest))
    sync(store)
    return manifest


def verify(store: Path, manifest: Manifest) -> None:
    """Checks the size and the checksum of every file that the manifest names.

    Raises:
        StoreError: a file is damaged; the message names it (code `damaged`).
        FileNotFoundError: a file is gone.
    """
    files = [
        (folder_of(store, segment.id) / name, entry)
        for segment in manifest.segments
        for name, entry in segment.files.items()
    ]
    for path, entry in files:
        if path.stat().st_size != entry.bytes:
            raise _damaged_file(path)
    # Hashing frees the interpreter, and two threads read a store of 250 MB in well under a second.
    with ThreadPoolExecutor(2) as pool:
        for (path, entry), digest in zip(files, pool.map(lambda file: sha256_of(file[0]), files), strict=True):
            if digest != entry.sha256:
                raise _damaged_file(path)


def check_embedder(path: Path, manifest: Manifest, embedder: Embedder | None) -> None:
    """Refuses a model that the store was not built with.

    Raises:
        StoreError: it is another one (code `other_model`).
    """
    made_with = manifest.embedder
    if embedder is not None and embedder.fingerprint != made_with.fingerprint:
        raise StoreError(
            f"The store {path} was built with the model {made_with.name} ({made_with.fingerprint[:12]}), not with "
            f"{embedder.name} ({embedder.fingerprint[:12]}); build it anew with this model.",
            code="other_model",
        )


def folder_of(store: Path, segment_id: str) -> Path:
    """Where a segment lives."""
    return store / SEGMENTS / segment_id


def _from_json(content: Mapping[str, Any]) -> Manifest:
    segments = tuple(_segment_from_json(segment) for segment in content["segments"])
    return Manifest(
        name=str(content["name"]),
        embedder=EmbedderEntry(
            str(content["embedder"]["name"]),
            str(content["embedder"]["fingerprint"]),
            int(content["embedder"]["dimension"]),
        ),
        engine=str(content["engine"]),
        seed=int(content["seed"]),
        sample=bool(content["sample"]),
        currency=str(content["currency"]),
        hierarchy={str(key): (str(value[0]), str(value[1])) for key, value in content["hierarchy"].items()},
        segments=segments,
        partitions={str(key): int(value) for key, value in content["partitions"].items()},
        created=str(content["created"]),
        updated=str(content["updated"]),
        version=str(content["version"]),
        schema_version=int(content["schema_version"]),
    )


def _segment_from_json(content: Mapping[str, Any]) -> SegmentEntry:
    # A store may have come from somewhere else: its names must not lead out of its folder.
    if not _SEGMENT_ID.fullmatch(content["id"]) or not all(_FILE_NAME.fullmatch(name) for name in content["files"]):
        raise ValueError(content["id"])
    return SegmentEntry(
        id=content["id"],
        count=int(content["count"]),
        files={name: FileEntry(str(file["sha256"]), int(file["bytes"])) for name, file in content["files"].items()},
        removed=tuple(map(str, content["removed"])),
        partitions=tuple(map(str, content["partitions"])),
    )


def _damaged(store: Path) -> StoreError:
    return StoreError(f"{store / MANIFEST} is damaged; build the store anew.", code="damaged")


def _damaged_file(path: Path) -> StoreError:
    return StoreError(f"{path} is damaged (its size or checksum has changed); build the store anew.", code="damaged")
