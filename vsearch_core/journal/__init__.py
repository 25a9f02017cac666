"""The journal: what was asked, answered and done with the answer, written afterwards. It knows no person."""

from vsearch_core.journal.journal import Journal, JournalHealth, new_session
from vsearch_core.journal.tables import CLICKS, KINDS, Event, Kind, Photo, Query, Source

__all__ = [
    "CLICKS",
    "KINDS",
    "Event",
    "Journal",
    "JournalHealth",
    "Kind",
    "Photo",
    "Query",
    "Source",
    "new_session",
]
