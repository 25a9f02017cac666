"""A narrow index for how many queries there are of each source: what the demand page asks first."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

NAME = "ix_queries_sample_source"


def upgrade() -> None:
    """Add the index."""
    op.create_index(NAME, "queries", ["sample", "source"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index(NAME, "queries")
