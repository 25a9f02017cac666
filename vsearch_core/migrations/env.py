"""What Alembic runs for every upgrade: on the connection, and in the transaction, of `vsearch_core.database`."""

from __future__ import annotations

from alembic import context

from vsearch_core.database import Base

# SQLite cannot alter a table in place: batch mode copies it instead.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
