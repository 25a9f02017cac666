"""A database's own errors in words: one plain sentence with a stable code, whichever database it is."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DataError, IntegrityError

from vsearch_core.errors import DatabaseError

WAY_OUT = "set VSEARCH_JOURNAL_URL to another database"

_CAUSES = {
    "database_readonly": f"cannot be written: it, or its folder, is read-only; change that, or {WAY_OUT}",
    "database_full": "cannot be written: the disk is full or failing; free some space",
    "database_locked": "is held by another program; close that program, or try again later",
    "database_gone": (
        "is not there, or holds nothing: it was deleted or moved; put it back, or a new one is begun with the next "
        "search"
    ),
    "database_silent": f"does not answer; see whether it runs and can be reached, or {WAY_OUT}",
    "database_damaged": f"is damaged or no database at all; move the file away, restore a copy of it, or {WAY_OUT}",
    "database_refused": "refuses what was to be written: a value does not fit its column, or points to nothing",
    "database_unreachable": f"cannot be opened: check that it is there and may be read and written, or {WAY_OUT}",
}

_SQLITE_CODES = {
    sqlite3.SQLITE_READONLY: "database_readonly",
    sqlite3.SQLITE_PERM: "database_readonly",
    sqlite3.SQLITE_FULL: "database_full",
    sqlite3.SQLITE_IOERR: "database_full",
    sqlite3.SQLITE_BUSY: "database_locked",
    sqlite3.SQLITE_LOCKED: "database_locked",
    sqlite3.SQLITE_NOTADB: "database_damaged",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
}

_POSTGRESQL_CODES = {
    "25006": "database_readonly",
    "42501": "database_readonly",
    "53100": "database_full",
    "55P03": "database_locked",
    "57014": "database_silent",
}


def sqlite_cause(error: BaseException) -> int:
    """SQLite's code for the cause of an error, e.g. `sqlite3.SQLITE_BUSY`; 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the cause, the others are its details


def explain(error: Exception, url: str, *, code: str | None = None) -> DatabaseError:
    """A database's own error as one plain sentence with a stable code.

    Args:
        error: what SQLAlchemy, the driver or the file system raised.
        url: the database as it is shown to people, without password.
        code: of the sentence, where it is known better than the error tells it.
    """
    cause = getattr(error, "orig", None) or error
    found = code or _code_of(cause)
    if found is None:
        found = "database_refused" if isinstance(error, IntegrityError | DataError) else "database_unreachable"
    return DatabaseError(f"The database {url} {_CAUSES[found]}.", code=found)


def _code_of(cause: BaseException) -> str | None:
    if isinstance(cause, FileNotFoundError):
        return "database_gone"
    if type(cause).__name__ == "ConnectionTimeout":  # of a driver that need not be installed
        return "database_silent"
    return _SQLITE_CODES.get(sqlite_cause(cause)) or _POSTGRESQL_CODES.get(str(getattr(cause, "sqlstate", "")))
