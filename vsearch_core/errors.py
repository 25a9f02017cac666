"""What can go wrong, in words.

Every error that a person may see derives from `VsearchError`: its message is one plain sentence that says what is wrong
and what to do, and its `code` is stable, so that programs can rely on it. Errors are raised where the cause is known
and shown once, at the border (page, command line).
"""

from __future__ import annotations


class VsearchError(Exception):
    """Base of all errors that are shown to a person.

    Args:
        message: one plain sentence: what is wrong, and the way out.
        code: stable machine-readable name of this cause; the class's own `code` where it is not given.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code

    def as_dict(self) -> dict[str, str]:
        """The error as the command line's JSON shows it: `{"code": …, "message": …}`."""
        return {"code": self.code, "message": self.message}


class CannotWrite(VsearchError):
    """The disk is full, broken, or does not allow it; see `files.writing`."""

    code = "cannot_write"


class SettingsError(VsearchError):
    """A `VSEARCH_*` setting has a value that does not fit."""

    code = "bad_setting"


class ImageRejected(VsearchError):
    """Uploaded or catalogue bytes that are not shown to a model; `code` says why (see `images.py`)."""

    code = "image_rejected"


class CatalogueError(VsearchError):
    """A catalogue, a data set or one of its files cannot be used."""

    code = "bad_catalogue"


class BundleError(VsearchError):
    """A model bundle is missing, incomplete or of another kind."""

    code = "bad_bundle"


class StoreError(VsearchError):
    """A store is missing, damaged, of another model or schema, or an update does not fit it."""

    code = "bad_store"


class FilterError(VsearchError):
    """A search filter names a column or value that the store does not have."""

    code = "bad_filter"


class DatabaseError(VsearchError):
    """The database cannot be reached or is of another version."""

    code = "bad_database"


class ReviewError(VsearchError):
    """A verdict about a label that cannot be written down."""

    code = "bad_review"


class MissingDependency(VsearchError):
    """An optional package is needed and not installed."""

    code = "missing_dependency"
