"""Tells a garment that was cut out of a photo from a photo."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; of the queries that are there it is not known, and they count as photos."""
    op.add_column("queries", sa.Column("garment", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("queries", "garment")
