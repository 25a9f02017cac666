"""The journal's queries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "queries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("product_type", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("product_types", JSON, nullable=False),
        sa.Column("hits", JSON, nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("good_match", sa.Boolean(), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("timings_ms", JSON, nullable=False),
        sa.Column("total_ms", sa.Double(), nullable=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("store_version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_queries"),
    )
    op.create_index("ix_queries_time", "queries", ["time"])
    op.create_index("ix_queries_product_type_time", "queries", ["product_type", "time"])


def downgrade() -> None:
    """Take the table away, with what is in it."""
    op.drop_table("queries")
