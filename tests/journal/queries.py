"""Reads back what a journal has written."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select

from vsearch_core.journal import Journal
from vsearch_core.journal.tables import Query

COLUMNS = tuple(Query.__table__.columns.keys())


def recent(journal: Journal) -> pd.DataFrame:
    """All queries, the newest first, in the columns of `Query`."""
    with journal._open().session() as session:
        query = select(*Query.__table__.columns).order_by(Query.time.desc(), Query.id)
        return pd.DataFrame([tuple(row) for row in session.execute(query)], columns=list(COLUMNS))
