"""Writing down verdicts, taking them back, and reading what stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Select, func, select, update

from vsearch_core.catalogue.corrections import RELABEL, VERDICTS
from vsearch_core.database import Database
from vsearch_core.errors import ReviewError
from vsearch_core.reviews.tables import Verdict

NAME_MOST = 200
"""Letters of a reviewer's name."""

COLUMNS = tuple(column.name for column in Verdict.__table__.columns)
"""The columns of `standing` and `history`, as `Verdict` documents them; times are in UTC."""

CORRECTIONS = ("id", "from", "to", "verdict", "reviewer", "time")
"""The columns of the file that `catalogue correct` takes."""


class Reviews:
    """The verdicts about the labels of one catalogue.

    Args:
        database: where they are kept.
        catalogue: its name; verdicts about others are not seen.
    """

    def __init__(self, database: Database, catalogue: str) -> None:
        self._database = database
        self.catalogue = _text(catalogue)

    def give(
        self,
        product: str,
        *,
        label: str,
        suggested: str,
        verdict: str,
        reviewer: str,
        new_label: str = "",
        kind: str = "",
        time: datetime | None = None,
    ) -> Verdict:
        """Write down what somebody decided; an earlier verdict on the product stays in the history.

        Args:
            label: the product type that the product has now.
            suggested: the one that was suggested instead.
            verdict: one of `VERDICTS`; `new_label` comes with `relabel`, and with nothing else.
            time: when (with zone); now where it is not given.

        Raises:
            ReviewError: there is no such verdict (code `bad_verdict`), the new label does not fit it (`bad_label`), or
                nobody answers for it (`no_reviewer`).
            DatabaseError: the database refuses or cannot be reached.
        """
        if verdict not in VERDICTS:
            raise ReviewError(f"{verdict!r} is not a verdict; choose {', '.join(VERDICTS)}.", code="bad_verdict")
        if verdict == RELABEL and _text(new_label).strip() in ("", _text(label)):
            raise ReviewError(f"The new label of {product} must be another one than {label!r}.", code="bad_label")
        if verdict != RELABEL and new_label:
            raise ReviewError(f"The verdict {verdict!r} goes with no new label; relabel {product}.", code="bad_label")
        row = Verdict(
            time=time or datetime.now(UTC),
            catalogue=self.catalogue,
            product=_text(product),
            label=_text(label),
            suggested=_text(suggested),
            kind=_text(kind),
            verdict=verdict,
            new_label=_text(new_label),
            reviewer=reviewer_name(reviewer),
        )
        with self._database.session() as session:
            session.add(row)
        return row

    def take_back(self, reviewer: str) -> Verdict | None:
        """Undo the last verdict of this reviewer that is not undone yet; None where there is none.

        Raises:
            DatabaseError: the database refuses or cannot be reached.
        """
        last = select(func.max(Verdict.id)).where(
            Verdict.catalogue == self.catalogue,
            Verdict.reviewer == reviewer_name(reviewer),
            Verdict.taken_back.is_(None),
        )
        undo = (
            update(Verdict)
            # Said twice: of two windows that ask at once, the one that waits finds it taken back.
            .where(Verdict.id == last.scalar_subquery(), Verdict.taken_back.is_(None))
            .values(taken_back=datetime.now(UTC), taken_back_by=reviewer_name(reviewer))
            .returning(Verdict)
        )
        with self._database.session() as session:
            return session.scalars(undo).first()

    def standing(self, labels: Mapping[str, str] | None = None) -> pd.DataFrame:
        """The verdict that counts for each product: the last one that was not taken back, the newest first.

        Args:
            labels: the labels that products have now; a verdict about another label of the product is over. Products
                that are not among them are left out.

        Raises:
            DatabaseError: the database cannot be read.
        """
        last = (
            select(func.max(Verdict.id))
            .where(Verdict.catalogue == self.catalogue, Verdict.taken_back.is_(None))
            .group_by(Verdict.product)
        )
        found = self._read(select(*Verdict.__table__.columns).where(Verdict.id.in_(last)).order_by(Verdict.id.desc()))
        if labels is not None:
            found = found[found["label"] == found["product"].map(labels)].reset_index(drop=True)
        return found

    def history(self, product: str | None = None) -> pd.DataFrame:
        """Every verdict, also those that were overruled or taken back, the newest first.

        Raises:
            DatabaseError: the database cannot be read.
        """
        query = select(*Verdict.__table__.columns).where(Verdict.catalogue == self.catalogue)
        if product is not None:
            query = query.where(Verdict.product == _text(product))
        return self._read(query.order_by(Verdict.id.desc()))

    def _read(self, query: Select[Any]) -> pd.DataFrame:
        with self._database.session() as session:
            rows = [tuple(row) for row in session.execute(query)]
        return _typed(pd.DataFrame(rows, columns=list(COLUMNS)))


def nothing_decided() -> pd.DataFrame:
    """What `standing` gives where there is no verdict."""
    return _typed(pd.DataFrame(columns=list(COLUMNS)))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: pd.to_datetime(table[name], utc=True) for name in ("time", "taken_back")})


def corrections(standing: pd.DataFrame) -> pd.DataFrame:
    """Verdicts as `catalogue correct` takes them: `CORRECTIONS`, the oldest first, times as ISO 8601 in UTC.

    `to` is the label that the product shall have: the new one, or with any other verdict the one that it has.
    """
    ordered = standing.sort_values("id", kind="stable")
    return pd.DataFrame(
        {
            "id": ordered["product"],
            "from": ordered["label"],
            "to": ordered["new_label"].where(ordered["verdict"] == RELABEL, ordered["label"]),
            "verdict": ordered["verdict"],
            "reviewer": ordered["reviewer"],
            "time": [time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in ordered["time"]],
        },
        columns=list(CORRECTIONS),
    ).reset_index(drop=True)


def reviewer_name(text: str) -> str:
    """A reviewer's name as it is kept: one line, at most `NAME_MOST` letters.

    Raises:
        ReviewError: there is nothing in it (code `no_reviewer`).
    """
    name = " ".join(_text(text).split())[:NAME_MOST]
    if not name:
        raise ReviewError("Nobody answers for this verdict; sign in, or type a name.", code="no_reviewer")
    return name


def _text(value: object) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair."""
    return str(value).replace("\0", "").encode(errors="replace").decode()
