"""The manifest: the one file that says what a store consists of. Replacing it is the commit.

It is JSON, and carries a checksum of its own content: a store with a damaged one is refused, and never opened with
other products. Manifests of schema 1 have none; they are read as they are, and the next change writes the newer schema.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from vsearch_core.contracts import Embedder
from vsearch_core.errors import StoreError
from vsearch_core.files import replace_json
from vsearch_core.store.disk import open_plain, sha256_of
from vsearch_core.store.leavings import SEGMENTS, note

MANIFEST = "manifest.json"
SCHEMA_VERSION = 2
CHECKSUM = "checksum"
"""SHA-256 of the rest of the manifest, as `_checksum` puts it."""

MAX_BYTES = 64_000_000
"""Of a manifest: one with 300,000 removed ids of 100 letters is half as large."""

Count = Annotated[int, Field(ge=0, le=2**40)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# A store may have come from somewhere else: its names must not lead out of its folder.
SegmentId = Annotated[str, Field(pattern=r"^[0-9a-f]{8,32}$")]
FileName = Annotated[str, Field(pattern=r"^(index/)?[a-z0-9_]+\.[a-z]+$")]


@dataclass(frozen=True)
class FileEntry:
    """What a file of a segment must look like."""

    sha256: Digest
    bytes: Count


@dataclass(frozen=True)
class SegmentEntry:
    """One immutable folder of products.

    `count` includes the `removed` ids, which a later fold leaves out for good. `partitions` names the categories that
    have an index file of their own: the first one's is `index/0.ann`, and so on; names never become file names, because
    they come out of a shop's file.
    """

    id: SegmentId
    count: Count
    files: Mapping[FileName, FileEntry]
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
    dimension: Annotated[int, Field(ge=1, le=65_536)]


@dataclass(frozen=True)
class Manifest:
    """A store's table of contents.

    The first segment is the base, which has the indexes; later ones are side segments, searched exactly. `partitions`
    counts the living products of each category; `hierarchy` maps product type to (department, category). `good_match`
    is the least cosine of a good match, where the model's bundle has no rule of its own, and `model_choice` says in a
    sentence why this model was taken, and `engine_choice` why this engine. Times are UTC in ISO 8601.
    """

    name: str
    embedder: EmbedderEntry
    engine: str
    seed: int
    sample: bool = False
    currency: str = ""
    hierarchy: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    segments: tuple[SegmentEntry, ...] = ()
    partitions: Mapping[str, Count] = field(default_factory=dict)
    good_match: Annotated[float, Field(ge=-1, le=1)] | None = None
    model_choice: str = ""
    engine_choice: str = ""
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
        with open_plain(store, MANIFEST) as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise _damaged(store)
            text = file.read()
    except FileNotFoundError as error:
        raise not_a_store(store) from error
    try:
        content = json.loads(text)
        schema, told = content["schema_version"], content.pop(CHECKSUM, None)
        if not isinstance(schema, int):
            raise TypeError(schema)
    # Arrays within arrays within arrays reach the limit of the interpreter.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(store) from error
    if schema > SCHEMA_VERSION:
        raise StoreError(
            f"The store {store} has schema version {schema}, and this program reads up to {SCHEMA_VERSION}; update the "
            "program, or build the store anew.",
            code="newer_schema",
        )
    try:
        if (told is not None or schema != 1) and told != _checksum(content):
            raise ValueError("another checksum")
        manifest: Manifest = _ADAPTER.validate_json(text, strict=True)
        ids = [segment.id for segment in manifest.segments]
        if schema < 1 or len(set(ids)) < len(ids):
            raise ValueError("segments named twice")
    except (ValueError, RecursionError) as error:
        raise _damaged(store) from error
    return manifest


def commit(store: Path, manifest: Manifest) -> Manifest:
    """Puts a manifest in force, with a new version and the time; every file that it names must be on disk already.

    Only the holder of the store's lock may do so.

    Raises:
        StoreError: a manifest that would be too large to be read (code `too_large`).
        CannotWrite: the disk is full or refuses; the old manifest stays in force.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = replace(
        manifest,
        created=manifest.created or now,
        updated=now,
        version=uuid.uuid4().hex,
        schema_version=SCHEMA_VERSION,
    )
    content = asdict(manifest)
    if 2 * len(json.dumps(content, ensure_ascii=False).encode()) > MAX_BYTES:
        raise StoreError(
            f"So many products have been removed from {store} that its list of them is too long; fold it first with "
            "`store fold`.",
            code="too_large",
        )
    replaced = (named_segments(store) or set()) - {segment.id for segment in manifest.segments}
    if replaced:
        note(store, replaced)
    replace_json(store / MANIFEST, {**content, CHECKSUM: _checksum(content)})
    return manifest


def named_segments(store: Path) -> set[str] | None:
    """The ids of the segments that a store consists of: none before there is a store, and None if nobody can tell."""
    try:
        return {segment.id for segment in read_manifest(store).segments}
    except StoreError as error:
        return set() if error.code == "not_a_store" else None


def verify(store: Path, manifest: Manifest) -> None:
    """Checks the size and the checksum of every file that the manifest names.

    Raises:
        StoreError: a file is damaged or not a plain one; the message names it (code `damaged`).
        FileNotFoundError: a file is gone.
    """
    files = [
        (path_of(segment.id, name), entry) for segment in manifest.segments for name, entry in segment.files.items()
    ]

    def is_as_told(file: tuple[str, FileEntry]) -> bool:
        name, entry = file
        with open_plain(store, name) as content:
            return os.fstat(content.fileno()).st_size == entry.bytes and sha256_of(content) == entry.sha256

    # Hashing frees the interpreter, and two threads read a store of 250 MB in well under a second.
    with ThreadPoolExecutor(2) as pool:
        for (name, _), whole in zip(files, pool.map(is_as_told, files), strict=True):
            if not whole:
                raise StoreError(
                    f"{store / name} is damaged (its size or checksum has changed); build the store anew.",
                    code="damaged",
                )


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


def path_of(segment_id: str, name: str = "") -> str:
    """The path of a segment, or of one of its files, below the store's folder."""
    return f"{SEGMENTS}/{segment_id}/{name}".rstrip("/")


def not_a_store(path: Path) -> StoreError:
    """What is said of a folder without a manifest."""
    return StoreError(
        f"{path} is not a store; build one there with `store build`, or name another folder.", code="not_a_store"
    )


_ADAPTER = TypeAdapter(Manifest)


def _checksum(content: Mapping[str, Any]) -> str:
    """Of the content and not of the text, so that blanks and the order of keys do not matter."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _damaged(store: Path) -> StoreError:
    return StoreError(
        f"{store / MANIFEST} is damaged; put back a copy that is whole, or build the store anew.", code="damaged"
    )
