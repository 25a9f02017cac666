"""The journal: what was asked, answered and done with the answer, written afterwards. It knows no person."""

from vsearch_core.journal.health import JournalHealth
from vsearch_core.journal.journal import Journal, new_session
from vsearch_core.journal.keeping import Purged, contents, purge
from vsearch_core.journal.photos import Consented, Encoded, PhotoFolder, embedding_of
from vsearch_core.journal.rows import Request
from vsearch_core.journal.tables import CLICKS, KINDS, Event, Kind, Photo, Query, Source

__all__ = [
    "CLICKS",
    "KINDS",
    "Consented",
    "Encoded",
    "Event",
    "Journal",
    "JournalHealth",
    "Kind",
    "Photo",
    "PhotoFolder",
    "Purged",
    "Query",
    "Request",
    "Source",
    "contents",
    "embedding_of",
    "new_session",
    "purge",
]
