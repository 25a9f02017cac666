"""The journal's tables. A change here needs a new step in `vsearch_core/migrations/versions`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, Double, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from vsearch_core.database import Base, UtcDateTime

Source = Literal["camera", "upload", "sample", "product", "api", "cli"]
"""Where a query came from; `product` is "more like this" on a product of the store."""

_Json = JSON().with_variant(JSONB(), "postgresql")


class Query(Base):
    """One search and its answer. What the model does not know is an empty string, as in a catalogue.

    `product_type`, `category` and `colour` are the most probable ones, apart from `product_types`, so that the
    database can count them. `session` is a random token of a visit, not a person.
    """

    __tablename__ = "queries"
    __table_args__ = (Index(None, "time"), Index(None, "product_type", "time"))

    id: Mapped[str] = mapped_column(primary_key=True)
    time: Mapped[datetime] = mapped_column(UtcDateTime())
    source: Mapped[str]
    session: Mapped[str]
    product_type: Mapped[str]
    category: Mapped[str]
    colour: Mapped[str]
    product_types: Mapped[list[dict[str, Any]]] = mapped_column(_Json)
    """The 5 most probable: `[{"name": …, "probability": …}, …]`, best first."""
    hits: Mapped[list[dict[str, Any]]] = mapped_column(_Json)
    """What was answered: `[{"id": …, "score": …}, …]`, best first; `score` is the cosine similarity."""
    k: Mapped[int]
    good_match: Mapped[bool]
    filters: Mapped[dict[str, Any]] = mapped_column(_Json)
    """As `store.Filters` has them: `{"equals": {column: [value, …]}, "ranges": {column: [least, most]}}`, or `{}`."""
    timings_ms: Mapped[dict[str, float]] = mapped_column(_Json)
    total_ms: Mapped[float | None] = mapped_column(Double())
    """From the photo's bytes to the hits, in milliseconds; missing where it was not measured."""
    model: Mapped[str]
    """The fingerprint of the model bundle."""
    store: Mapped[str]
    store_version: Mapped[str]
