"""The journal: what was asked and what was answered, written after the answer. It holds no photo and no person."""

from vsearch_core.journal.journal import Journal, JournalHealth, new_session
from vsearch_core.journal.tables import Query, Source

__all__ = ["Journal", "JournalHealth", "Query", "Source", "new_session"]
