"""Products that other programs put into the store or take out: each is checked by itself, many are written at once.

A product is a JSON object: `id`, the catalogue's columns, a shop's own, and `picture`, an image file as base64. A
product that the store has keeps what is not given, its picture too, which is then not looked at again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.reading.cells import clean, normal_header, trim
from vsearch_core.catalogue.table import COLUMNS, TEXT_COLUMNS, Catalogue
from vsearch_core.errors import CatalogueError, StoreError, VsearchError
from vsearch_core.search import Engine
from vsearch_core.search.live import Live
from vsearch_core.store import add_products, remove_products
from vsearch_core.store.filters import as_text
from vsearch_core.store.ingest import THUMBNAIL_SIDE
from vsearch_core.store.segment import DERIVED
from vsearch_core.vision.outfits import OutfitEmbedder

ID_LENGTH, TEXT_LENGTH, MOST_FIELDS = 200, 10_000, 200
TOLD_BY_THE_STORE = frozenset({*DERIVED, "image", "thumbnail"})
"""Fields of an answer that may be sent back with it; they change nothing."""

_NEWEST_S = 10.0


@dataclass(frozen=True)
class Change:
    """A product to put (`fields` are its columns, without `id` and picture), or one to take out."""

    id: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    picture: bytes | None = None
    delete: bool = False


class Changes:
    """Writes changes to the store that is served. One thread at a time."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def make(self, changes: Sequence[Change]) -> list[str | VsearchError]:
        """What became of each: `added`, `changed`, `unchanged` or `removed`, or why it was not taken.

        What is not an error is on the disk when this returns, and is what the next question is answered from.
        """
        answers: list[str | VsearchError] = []
        for together in _alike(changes):
            try:
                answers += self._make(together)
            except VsearchError as error:
                answers += [error] * len(together)
        return answers

    def _make(self, changes: Sequence[Change]) -> list[str | VsearchError]:
        """Changes of one kind, with the same fields, of products that differ."""
        engine = self._newest()
        answers = [_outcome(change, engine) for change in changes]
        wanted = [
            change
            for change, answer in zip(changes, answers, strict=True)
            if isinstance(answer, str) and answer != "unchanged"
        ]
        path = engine.store.path
        if wanted and wanted[0].delete:
            remove_products(path, [change.id for change in wanted])
        elif wanted:
            add_products(path, _catalogue(wanted, engine), engine.model, cutter=_cutter(engine))
        if wanted:
            self._newest()
        return answers

    def _newest(self) -> Engine:
        """The engine over what lies on the disk now; another thread may be opening it."""
        deadline = time.monotonic() + _NEWEST_S
        while (engine := self._live.engine()).store.is_stale():
            if self._live.problem or time.monotonic() > deadline:
                raise StoreError(
                    "The store cannot be opened as it is now, so nothing is changed in it; see `/v1/status`.",
                    code="not_ready",
                )
            time.sleep(0.02)
        return engine


def change_of(record: Any, id: str | None = None, picture: bytes | None = None) -> Change:
    """A change from what somebody sent.

    Args:
        record: a product, or `{"id": …, "delete": true}`.
        id: as the address names it; the record need not, and may not name another.
        picture: an image file's bytes, beside the record.

    Raises:
        VsearchError: it is none, in a sentence (code `bad_product`), or the picture cannot be used (as `images` says).
    """
    if not isinstance(record, Mapping):
        raise _bad("a product is a JSON object with an id")
    given = dict(record)
    named = given.pop("id", id)
    if (
        not isinstance(named, str)
        or not named
        or len(named) > ID_LENGTH
        or clean(named) != named
        or not _is_text(named)
    ):
        raise _bad(f"an id is a text of 1 to {ID_LENGTH} characters without stray blanks")
    if id is not None and named != id:
        raise _bad(f"the address names {id!r} and the product {named!r}")
    delete = given.pop("delete", False)
    if not isinstance(delete, bool):
        raise _bad("delete is true or false")
    if delete:
        if given:
            raise _bad("a product to delete has an id alone")
        return Change(named, delete=True)
    encoded = given.pop("picture", None)
    if encoded is not None:
        picture = _decoded(encoded)
    if picture is not None:
        images.decode(picture, max_side=THUMBNAIL_SIDE)
    if len(given) > MOST_FIELDS:
        raise _bad(f"it has more than {MOST_FIELDS} fields")
    fields: dict[str, Any] = {}
    for name, value in given.items():
        column = _column(name)
        if column in TOLD_BY_THE_STORE:
            continue
        if column in fields:
            raise _bad(f"it has two fields for {column!r}")
        fields[column] = _value(column, value)
    return Change(named, fields, picture)


def change_of_line(line: bytes) -> Change:
    """A change from a line of NDJSON.

    Raises:
        VsearchError: as `change_of`.
    """
    return change_of(read_json(line))


def read_json(text: bytes) -> Any:
    """What a JSON text holds.

    Raises:
        VsearchError: it is not JSON (code `bad_json`).
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise VsearchError("This is not JSON; see /openapi.json for what it should be.", code="bad_json") from None


def _outcome(change: Change, engine: Engine) -> str | VsearchError:
    try:
        known = engine.store.product(change.id)
    except StoreError as error:
        if change.delete:
            return error
        if change.picture is None:
            return CatalogueError(
                f"The product {change.id!r} is new, and has no picture to be found by; send one.", code="image_missing"
            )
        return "added"
    if change.delete:
        return "removed"
    same = all(as_text(known.get(column)) == as_text(value) for column, value in change.fields.items())
    seen = change.picture is None or hashlib.sha256(change.picture).hexdigest() == known["image_sha256"]
    return "unchanged" if same and seen else "changed"


def _alike(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Runs of changes that can be written at once: of one kind, with the same fields, and no product twice."""
    together: list[Change] = []
    for change in changes:
        if together and (
            change.delete != together[0].delete
            or change.fields.keys() != together[0].fields.keys()
            or change.id in {one.id for one in together}
        ):
            yield together
            together = []
        together.append(change)
    if together:
        yield together


class _Pictures:
    """The pictures that were sent, by the names that they are given."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def read(self, image: str) -> bytes:
        if image not in self._pictures:
            raise CatalogueError(f"No picture was sent for {image}.", code="image_missing")
        return self._pictures[image]


def _catalogue(changes: Sequence[Change], engine: Engine) -> Catalogue:
    given = list(changes[0].fields)
    pictures = {_name(change.picture): change.picture for change in changes if change.picture is not None}
    columns: dict[str, Any] = {
        "id": [change.id for change in changes],
        "image": [
            engine.store.product(change.id)["image"] if change.picture is None else _name(change.picture)
            for change in changes
        ],
        **{column: [change.fields.get(column, "") for change in changes] for column in TEXT_COLUMNS},
        "price": np.array([change.fields.get("price", np.nan) for change in changes], dtype=np.float64),
        **{column: _own([change.fields[column] for change in changes]) for column in given if column not in COLUMNS},
    }
    absent = frozenset(COLUMNS) - {"id", "image", *given}
    return Catalogue("API", pd.DataFrame(columns), _Pictures(pictures), absent=absent)


def _own(values: list[Any]) -> list[Any]:
    """A column of the shop's own: numbers where all are, else text."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    return values if numbers else [as_text(value) for value in values]


def _cutter(engine: Engine) -> OutfitEmbedder | None:
    if engine.detector is None or not engine.model.bundle.product_types:
        return None
    return OutfitEmbedder(engine.model, engine.detector)


def _name(picture: bytes | None) -> str:
    return f"{hashlib.sha256(picture or b'').hexdigest()[:32]}.jpg"


def _column(name: str) -> str:
    if not name or len(name) > 100 or clean(name) != name or not _is_text(name):
        raise _bad(f"{name!r:.100} is not a field's name")
    known = normal_header(name)
    return known if known in COLUMNS else name


def _value(column: str, value: Any) -> Any:
    if column == "price":
        if value is None:
            return float("nan")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e15:
            raise _bad("a price is a number of 0 or more, or null")
        return float(value)
    if column in TEXT_COLUMNS:
        value = "" if value is None else value
        if not isinstance(value, str):
            raise _bad(f"{column} is a text")
    if isinstance(value, str):
        if len(value) > TEXT_LENGTH or not _is_text(value):
            raise _bad(f"{column!r:.100} is a text of at most {TEXT_LENGTH:,} characters")
        return trim(value) if column == "url" else clean(value)
    if isinstance(value, bool | None):
        return "" if value is None else str(value)
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) < 1e15:
        return value
    raise _bad(f"{column!r:.100} is a text, a number, true, false or null")


def _is_text(text: str) -> bool:
    """Whether it can be kept: no NUL, no half of a surrogate pair."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _decoded(encoded: Any) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise _bad("its picture is not an image file in base64") from None


def _bad(what: str) -> VsearchError:
    return VsearchError(f"This product cannot be taken: {what}.", code="bad_product")
