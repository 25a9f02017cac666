"""The journal's tables. A change here needs a new step in `vsearch_core/migrations/versions`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON, Double, ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from vsearch_core.database import Base, UtcDateTime

Source = Literal["camera", "upload", "sample", "product", "api", "cli"]
"""Where a query came from; `product` is "more like this" on a product of the store."""

Kind = Literal["shown", "viewed", "similar", "opened", "wanted", "unwanted", "basket", "bought", "none_of_these"]
"""What people do with the hits of a query.

`shown`: the hit came into sight; `viewed`: its page, with its large picture, was seen; `similar`: "more like this";
`opened`: it was followed to the address where it is sold; `wanted`: "I want this"; `unwanted`: that was taken back;
`basket`: it was put into the basket; `bought`: it was ordered; `none_of_these`: no hit was what the person looked for.
"""

KINDS: tuple[Kind, ...] = get_args(Kind)

CLICKS: tuple[Kind, ...] = ("viewed", "similar", "opened", "wanted")
"""The kinds that show interest in one hit: what click-through and the position of the first click count."""

_Json = JSON().with_variant(JSONB(), "postgresql")


class Photo(Base):
    """A photo that somebody searched with and let us keep, as long as it is kept. Its bytes lie in a file of that name.

    Whatever points to it (`Query.photo`, the embedding) goes with this row.
    """

    __tablename__ = "photos"
    __table_args__ = (Index(None, "expires"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the stored JPEG, in hexadecimal."""
    time: Mapped[datetime] = mapped_column(UtcDateTime())
    expires: Mapped[datetime] = mapped_column(UtcDateTime())
    """From this moment on it is deleted by the next `purge`."""
    consent: Mapped[str]
    """Which wording the person agreed to; `sample` where no person is behind it."""
    width: Mapped[int]
    height: Mapped[int]
    embedding: Mapped[bytes | None] = mapped_column(LargeBinary())
    """float16, little-endian, of shape (d,); made by the model of the queries that point here."""


class Query(Base):
    """One search and its answer. What the model does not know is an empty string, as in a catalogue.

    `product_type`, `category`, `colour` and `gender` are the most probable ones, apart from `product_types` and
    `attributes`, so that the database can count them. `session` is a random token of a visit, not a person.
    """

    __tablename__ = "queries"
    __table_args__ = (
        Index(None, "time"),
        Index(None, "product_type", "time"),
        Index(None, "category", "time"),
        Index(None, "good_match", "time"),
        Index(None, "session"),
        # How many there are of each source: the index that counts all else is ten times as wide.
        Index(None, "sample", "source"),
        # Where photos are deleted; few queries have one.
        Index(None, "photo", sqlite_where=text("photo IS NOT NULL"), postgresql_where=text("photo IS NOT NULL")),
        # Counting a million queries reads this index alone, not the rows with their JSON.
        Index(
            "ix_queries_counted",
            *("sample", "time", "category", "product_type", "colour", "gender", "good_match", "price", "total_ms"),
            *("source", "session"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    time: Mapped[datetime] = mapped_column(UtcDateTime())
    source: Mapped[str]
    session: Mapped[str]
    product_type: Mapped[str]
    category: Mapped[str]
    colour: Mapped[str]
    gender: Mapped[str] = mapped_column(server_default="")
    product_types: Mapped[list[dict[str, Any]]] = mapped_column(_Json)
    """The 5 most probable: `[{"name": …, "probability": …}, …]`, best first."""
    attributes: Mapped[dict[str, dict[str, Any]]] = mapped_column(_Json, server_default=text("'{}'"))
    """Each attribute's most probable value: `{"colour": {"name": …, "probability": …}, …}`."""
    items: Mapped[list[dict[str, Any]]] = mapped_column(_Json, server_default=text("'[]'"))
    """The garments found: `[{"label": …, "position": …, "score": …, "box": [x0, y0, x1, y1]}, …]`."""
    garment: Mapped[str] = mapped_column(server_default="")
    """Where a garment is worn that was cut out of a photo and searched by (`upper`, `lower` …); empty for a photo."""
    partitions: Mapped[list[str]] = mapped_column(_Json, server_default=text("'[]'"))
    """The parts of the store that were searched."""
    hits: Mapped[list[dict[str, Any]]] = mapped_column(_Json)
    """What was answered: `[{"id": …, "score": …}, …]`, best first; `score` is the cosine similarity."""
    k: Mapped[int]
    good_match: Mapped[bool]
    best_score: Mapped[float | None] = mapped_column(Double())
    """The first hit's similarity; missing where there is no hit."""
    price: Mapped[float | None] = mapped_column(Double())
    """What the first hit costs, in the store's currency; missing where that is not known."""
    filters: Mapped[dict[str, Any]] = mapped_column(_Json)
    """As `store.Filters` has them: `{"equals": {column: [value, …]}, "ranges": {column: [least, most]}}`, or `{}`."""
    timings_ms: Mapped[dict[str, float]] = mapped_column(_Json)
    total_ms: Mapped[float | None] = mapped_column(Double())
    """From the photo's bytes to the hits, in milliseconds; missing where it was not measured."""
    model: Mapped[str]
    """The fingerprint of the model bundle."""
    store: Mapped[str]
    store_version: Mapped[str]
    photo: Mapped[str | None] = mapped_column(ForeignKey("photos.hash", ondelete="SET NULL"))
    """The kept photo; missing where there was no consent, and after it was deleted."""
    sample: Mapped[bool] = mapped_column(server_default=false())
    """Whether `journal sample` made it, and no person."""


class Event(Base):
    """What somebody did with the hits of a query."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "query"), Index(None, "time"), Index(None, "kind", "time"))

    id: Mapped[str] = mapped_column(primary_key=True)
    time: Mapped[datetime] = mapped_column(UtcDateTime())
    query: Mapped[str] = mapped_column(ForeignKey("queries.id", ondelete="CASCADE"))
    session: Mapped[str]
    kind: Mapped[str]
    product: Mapped[str | None]
    """The product's id; missing for `none_of_these`."""
    position: Mapped[int | None]
    """Its place among the hits that were shown, from 1."""
    value: Mapped[float | None] = mapped_column(Double())
    """What the order was worth, in the store's currency; for `bought` alone."""
    sample: Mapped[bool] = mapped_column(server_default=false())
