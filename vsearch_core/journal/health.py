"""How the journal does, in a record and in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JournalHealth:
    """How the journal does: `ok` while the last attempts to write, to keep a photo and to delete one worked.

    `written`, `waiting` and `lost` count queries and events of this process; `photos_lost` those photos without which
    a query was noted; `taken_up` what earlier processes had left waiting. `last_error` is one sentence, empty where
    nothing has gone wrong yet; `note` says what somebody should know although it is over, or else is empty.
    """

    ok: bool
    written: int
    waiting: int
    lost: int
    last_error: str
    photos_lost: int = 0
    taken_up: int = 0
    note: str = ""

    @property
    def line(self) -> str:
        """All of it in a plain sentence or two."""
        counts = {
            "waiting": self.waiting,
            "lost": self.lost,
            "photos not kept": self.photos_lost,
            "taken up from an earlier run": self.taken_up,
        }
        told = ", ".join([f"{self.written:,} written", *(f"{n:,} {what}" for what, n in counts.items() if n)])
        how = f"The journal is well: {told}." if self.ok else f"The journal has trouble: {told}. {self.last_error}"
        return f"{how} {self.note}".rstrip()
