"""What people decided about the labels of the catalogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("catalogue", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("suggested", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("new_label", sa.String(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("taken_back", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
    )
    op.create_index("ix_verdicts_catalogue_product", "verdicts", ["catalogue", "product"])
    op.create_index("ix_verdicts_catalogue_reviewer", "verdicts", ["catalogue", "reviewer"])


def downgrade() -> None:
    """Take the table away, with every verdict in it."""
    op.drop_table("verdicts")
