"""The reviews' table. A change here needs a new step in `vsearch_core/migrations/versions`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from vsearch_core.database import Base, UtcDateTime


class Verdict(Base):
    """What somebody decided about one product's label. Rows are never deleted: one that is taken back says so.

    The last row of a product that is not taken back stands, as long as the product still has the label of that row.
    """

    __tablename__ = "verdicts"
    __table_args__ = (Index(None, "catalogue", "product"), Index(None, "catalogue", "reviewer"))

    id: Mapped[int] = mapped_column(primary_key=True)
    """Counts up: of two verdicts the later one has the larger number."""
    time: Mapped[datetime] = mapped_column(UtcDateTime())
    catalogue: Mapped[str]
    """The catalogue's name: other catalogues use the same product ids for other things."""
    product: Mapped[str]
    label: Mapped[str]
    """The product type that the catalogue gave the product when this was decided."""
    suggested: Mapped[str]
    """What was suggested instead."""
    kind: Mapped[str]
    """What made it suspicious."""
    verdict: Mapped[str]
    """`keep`: the label is right; `relabel`: another one is; `ambiguous`: both would do, or nobody can tell."""
    new_label: Mapped[str]
    """The product type that it shall have; empty where the verdict is not `relabel`."""
    reviewer: Mapped[str]
    """Who decided: the e-mail address of a sign-in, or the name that was typed."""
    taken_back: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When it was undone; missing where it was not."""
    taken_back_by: Mapped[str | None]
