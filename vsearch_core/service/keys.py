"""Keys of those who may ask the API: made once, kept as hashes, revoked for good."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import JSON, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from vsearch_core.database import Base, Database, UtcDateTime
from vsearch_core.errors import VsearchError

Kind = Literal["search", "secret"]
"""`search` may stand in a public page and asks only; `secret` also changes the catalogue and tells of orders."""

PER_MINUTE = 600
KNOWN_S = 5.0
"""So long the keys are taken to be what they were when last read: a revoked one is refused after this time."""

_TOKEN = re.compile(r"vs_(search|secret)_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


class KeyRow(Base):
    """A key: its secret part is kept as its SHA-256 alone, which is enough as it is 32 random bytes."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    origins: Mapped[list[str]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    per_minute: Mapped[int]
    made: Mapped[datetime] = mapped_column(UtcDateTime())
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime())


@dataclass(frozen=True)
class Key:
    """What a key allows: `origins` are the pages that a search key may be used from, any where there are none."""

    id: str
    hash: str
    kind: Kind
    name: str
    origins: frozenset[str]
    per_minute: int

    @property
    def is_secret(self) -> bool:
        """Whether it may change the catalogue."""
        return self.kind == "secret"


def make_key(
    database: Database, kind: Kind, name: str, *, origins: Sequence[str] = (), per_minute: int = PER_MINUTE
) -> str:
    """Make a key.

    Returns:
        The key itself, which is shown this once and kept nowhere.

    Raises:
        VsearchError: an origin is none (code `bad_origin`), or a key for public pages names none.
        DatabaseError: it cannot be written.
    """
    wrong = [origin for origin in origins if not _ORIGIN.fullmatch(origin)]
    if wrong:
        raise VsearchError(f"{wrong[0]!r} is not an origin; write it as https://shop.example.", code="bad_origin")
    if kind == "search" and not origins:
        raise VsearchError("A search key may be seen by anyone: name the pages' --origin.", code="bad_origin")
    id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row = KeyRow(
        id=id,
        hash=_hash(secret),
        kind=kind,
        name=name,
        origins=sorted(set(origins)),
        per_minute=per_minute,
        made=datetime.now(UTC),
    )
    with database.session() as session:
        session.add(row)
    return f"vs_{kind}_{id}_{secret}"


def list_keys(database: Database) -> list[KeyRow]:
    """Every key, the newest first, revoked ones too.

    Raises:
        DatabaseError: the database cannot be read.
    """
    with database.session() as session:
        return list(session.scalars(select(KeyRow).order_by(KeyRow.made.desc(), KeyRow.id)))


def revoke_key(database: Database, id: str) -> None:
    """Revoke a key; one that is revoked already stays so.

    Raises:
        VsearchError: there is none of this id (code `unknown_key`).
        DatabaseError: it cannot be written.
    """
    with database.session() as session:
        row = session.get(KeyRow, id)
        if row is None:
            raise VsearchError(f"There is no key {id!r:.40}; `keys list` names those there are.", code="unknown_key")
        row.revoked = row.revoked or datetime.now(UTC)


class KeyRing:
    """The keys that are good now, read again every few seconds. Safe to use from several threads.

    Where the database does not answer, the keys that were read last go on being good.
    """

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._keys: dict[str, Key] | None = None
        self._read_at = 0.0

    def keys(self) -> dict[str, Key]:
        """The good keys by id.

        Raises:
            DatabaseError: they were never read, and cannot be now.
        """
        with self._lock:
            if self._keys is None or time.monotonic() - self._read_at > KNOWN_S:
                try:
                    self._keys = {
                        row.id: Key(
                            row.id,
                            row.hash,
                            "secret" if row.kind == "secret" else "search",
                            row.name,
                            frozenset(row.origins),
                            row.per_minute,
                        )
                        for row in list_keys(self._database())
                        if row.revoked is None
                    }
                except VsearchError:
                    if self._keys is None:
                        raise
                self._read_at = time.monotonic()
            return self._keys

    def find(self, token: str) -> Key | None:
        """The good key that somebody showed; None where it is none."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        kind, id, secret = match.groups()
        key = self.keys().get(id)
        return key if key and key.kind == kind and hmac.compare_digest(key.hash, _hash(secret)) else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
