"""What people do with hits, the photos that they let us keep, and more of each query."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

INDEXES = {
    "ix_queries_category_time": ["category", "time"],
    "ix_queries_good_match_time": ["good_match", "time"],
    "ix_queries_session": ["session"],
    "ix_queries_counted": [
        *("sample", "time", "category", "product_type", "colour", "gender", "good_match", "price", "total_ms"),
        *("source", "session"),
    ],
}

ADDED = ("gender", "attributes", "items", "partitions", "best_score", "price", "photo", "sample")


def upgrade() -> None:
    """Add the tables, columns and indexes; the queries that are there keep what they have."""
    op.create_table(
        "photos",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name="pk_photos"),
    )
    op.create_index("ix_photos_expires", "photos", ["expires"])
    with op.batch_alter_table("queries") as table:
        table.add_column(sa.Column("gender", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("attributes", JSON, nullable=False, server_default=sa.text("'{}'")))
        table.add_column(sa.Column("items", JSON, nullable=False, server_default=sa.text("'[]'")))
        table.add_column(sa.Column("partitions", JSON, nullable=False, server_default=sa.text("'[]'")))
        table.add_column(sa.Column("best_score", sa.Double(), nullable=True))
        table.add_column(sa.Column("price", sa.Double(), nullable=True))
        table.add_column(sa.Column("photo", sa.String(), nullable=True))
        table.add_column(sa.Column("sample", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_foreign_key("fk_queries_photo_photos", "photos", ["photo"], ["hash"], ondelete="SET NULL")
    for name, columns in INDEXES.items():
        op.create_index(name, "queries", columns)
    kept = sa.text("photo IS NOT NULL")
    op.create_index("ix_queries_photo", "queries", ["photo"], sqlite_where=kept, postgresql_where=kept)
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("sample", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(["query"], ["queries.id"], name="fk_events_query_queries", ondelete="CASCADE"),
    )
    op.create_index("ix_events_query", "events", ["query"])
    op.create_index("ix_events_time", "events", ["time"])
    op.create_index("ix_events_kind_time", "events", ["kind", "time"])


def downgrade() -> None:
    """Take all of it away again. The files of kept photos are left to `journal purge`, which must run before."""
    op.drop_table("events")
    for name in (*INDEXES, "ix_queries_photo"):
        op.drop_index(name, "queries")
    with op.batch_alter_table("queries") as table:
        table.drop_constraint("fk_queries_photo_photos", type_="foreignkey")
        for name in ADDED:
            table.drop_column(name)
    op.drop_table("photos")
