"""Sample traffic: months of plausible searches for a shop that has no journal yet, marked as sample.

Every answer is the engine's own: each photo is searched with once, and a drawn timeline with weekdays, hours, seasons
and visits repeats these answers. Three things are planted, so that it can be seen whether a page finds them: a type
that rises, a type that falls, and a gap: a thing that people ask for and the shop does not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import delete, exists, func, select

from vsearch_core.contracts import Progress, SearchResult
from vsearch_core.database import Database
from vsearch_core.errors import ImageRejected, VsearchError
from vsearch_core.journal.bulk import insert_many
from vsearch_core.journal.photos import Encoded, PhotoFolder
from vsearch_core.journal.rows import Request, query_row
from vsearch_core.journal.sample_traffic.photos import THINGS, USER, Shot, shots
from vsearch_core.journal.sample_traffic.visits import Asked, clicks, timeline, trend
from vsearch_core.journal.tables import Event, Photo, Query
from vsearch_core.journal.times import now
from vsearch_core.search import Engine

CONSENT = "sample"
"""The consent of sample photos: no person is behind them."""

KEEP_DAYS = 3650
SHOWN = 5
GAP_SHARE = 0.08
"""Of all searches, those for the thing that the shop does not have."""

RISING_SHARE, FALLING_SHARE = 0.03, 0.08
"""Of all searches, those for the type that rises and for the one that falls, before they do."""

RAMP_DAYS = 42
"""The last days, in which one type rises and one falls."""

_GAP_PHOTOS = 8
_LEAST_GAP = 3
_BATCH = 16


@dataclass(frozen=True)
class Planted:
    """What sample traffic holds: product types (as predicted) that rise and fall, and the thing that is not found.

    `gap` is empty where the engine finds a good match for every drawing; `gap_photos` are the hashes of its photos.
    """

    queries: int
    events: int
    photos: int
    rising: str
    falling: str
    gap: str
    gap_photos: tuple[str, ...]


@dataclass(frozen=True)
class _Answer:
    shot: Shot
    encoded: Encoded
    result: SearchResult


def make_sample_traffic(
    database: Database,
    folder: PhotoFolder,
    engine: Engine,
    *,
    data: Path | None,
    last: date,
    days: int = 120,
    queries: int = 12_000,
    photos: int = 400,
    seed: int = 2026,
    progress: Progress | None = None,
) -> Planted:
    """Fill the journal with sample traffic, in the place of sample traffic that is there.

    The same arguments give the same traffic with the same store and model; only latencies are as measured.

    Args:
        folder: where kept photos lie; the sample's own are put there.
        data: folder of the public data sets, whose user photos make up half; None for snaps of the products alone.
        last: the timeline's last day (UTC); a day that is not over yet is left to the day before, so that nothing lies
            in the future.
        photos: how many different ones.
        progress: called with (done, total) photos; nothing has been written where it raises.

    Raises:
        VsearchError: the numbers do not fit (code `bad_sample_traffic`), or photos or store cannot be read.
        DatabaseError: the database cannot be written.
    """
    if days < 14 or queries < 100 or photos < 20:
        raise VsearchError(
            "Sample traffic needs at least 14 days, 100 queries and 20 photos; ask for more.", code="bad_sample_traffic"
        )
    moment = now()
    last = min(last, moment.date() - timedelta(days=1))
    answers = _answers(engine, shots(engine.store, data, count=photos, gap=_GAP_PHOTOS, seed=seed), photos, progress)
    usual = [answer for answer in answers if answer.shot.kind not in THINGS]
    if len({_type(answer) for answer in usual}) < 3:
        raise VsearchError(
            "The photos of this shop look all alike to the model, so that no trend can be planted; use a shop with "
            "more product types.",
            code="bad_sample_traffic",
        )
    gap = _gap(answers)
    rising, falling = _trends(usual, {_type(answer) for answer in gap})
    rng = np.random.default_rng([seed, 12])
    asked = timeline(
        rng, last=last, days=days, queries=queries, photos=[*_weights(usual, rising, falling, rng), *[1.0] * len(gap)],
        types=[_type(answer) for answer in [*usual, *gap]],
        factor=lambda kind, ago: trend(kind, ago, rising, falling, RAMP_DAYS), gap=len(gap), gap_share=GAP_SHARE,
    )  # fmt: skip
    used = [*usual, *gap]
    clear_sample_traffic(database, folder)
    for answer in used:
        folder.write(answer.encoded)
    events: list[dict[str, Any]] = []
    insert_many(database, photos=_photo_rows(database, used))
    written = insert_many(database, queries=_query_rows(engine, used, asked, rng, events))
    # A visit of the last minutes of yesterday goes on after midnight.
    insert_many(database, events=(event for event in events if event["time"] <= moment))
    return Planted(
        queries=written,
        events=sum(event["time"] <= moment for event in events),
        photos=len({answer.encoded.hash for answer in used}),
        rising=rising,
        falling=falling,
        gap=gap[0].shot.kind if gap else "",
        gap_photos=tuple(answer.encoded.hash for answer in gap),
    )


def clear_sample_traffic(database: Database, folder: PhotoFolder) -> int:
    """Take sample traffic out again, with its events and photos; what people searched for stays.

    Returns:
        How many queries were taken out.

    Raises:
        DatabaseError: the database cannot be written.
    """
    with database.session() as session:
        session.execute(delete(Event).where(Event.sample.is_(True)))
        count = session.scalar(select(func.count()).where(Query.sample.is_(True))) or 0
        session.execute(delete(Query).where(Query.sample.is_(True)))
        # a photo that somebody has searched with meanwhile, and let us keep, is theirs
        alone = Photo.consent == CONSENT, ~exists().where(Query.photo == Photo.hash)
        hashes = list(session.scalars(select(Photo.hash).where(*alone)))
        session.execute(delete(Photo).where(*alone))
    for hash in hashes:
        folder.delete(hash)
    return count


def _answers(engine: Engine, taken: Iterator[Shot], count: int, progress: Progress | None) -> list[_Answer]:
    total = count + _GAP_PHOTOS * len(THINGS)
    answers: dict[str, _Answer] = {}
    batch: list[Shot] = []

    def answer_batch() -> None:
        for shot, result in zip(batch, engine.search_many([shot.photo for shot in batch], k=SHOWN), strict=True):
            if not isinstance(result, ImageRejected):
                encoded = Encoded.of(shot.photo.pixels)
                answers.setdefault(encoded.hash, _Answer(shot, encoded, result))
        batch.clear()

    for done, shot in enumerate(taken, start=1):
        batch.append(shot)
        if len(batch) == _BATCH:
            answer_batch()
        if progress is not None:
            progress(min(done, total), total)
    answer_batch()
    return list(answers.values())


def _type(answer: _Answer) -> str:
    return answer.result.analysis.product_type.name


def _gap(answers: list[_Answer]) -> list[_Answer]:
    """The photos of the thing that the engine finds least of, as far as it finds nothing for them."""
    missed = {
        name: [answer for answer in answers if answer.shot.kind == name and not answer.result.good_match]
        for name in THINGS
    }
    most = max(missed.values(), key=len)
    return most if len(most) >= _LEAST_GAP else []


def _trends(usual: list[_Answer], without: set[str]) -> tuple[str, str]:
    """A type that rises and one that falls: frequent, but not so frequent that all others would move with them."""
    names, counts = np.unique([_type(answer) for answer in usual], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    ranked = [str(names[place]) for place in order]
    fitting = [
        str(names[place]) for place in order if counts[place] <= 0.12 * len(usual) and str(names[place]) not in without
    ]
    rising, falling = [*fitting, *(name for name in ranked if name not in fitting)][:2]
    return rising, falling


def _weights(usual: list[_Answer], rising: str, falling: str, rng: np.random.Generator) -> np.ndarray:
    """Some photos are asked with far more than others; those of the planted types begin with their own share."""
    weights = rng.lognormal(0.0, 0.5, len(usual))
    kinds = np.array([_type(answer) for answer in usual], dtype=object)
    planted = {rising: RISING_SHARE, falling: FALLING_SHARE}
    others = ~np.isin(kinds, list(planted))
    weights[others] *= (1 - sum(planted.values())) / weights[others].sum()
    for name, share in planted.items():
        weights[kinds == name] *= share / weights[kinds == name].sum()
    return weights


def _photo_rows(database: Database, used: list[_Answer]) -> Iterator[dict[str, Any]]:
    with database.session() as session:
        there = set(session.scalars(select(Photo.hash)))
    taken = now()
    for answer in used:
        if answer.encoded.hash not in there:
            embedding = answer.result.analysis.embedding
            yield answer.encoded.row(time=taken, days=KEEP_DAYS, consent=CONSENT, embedding=embedding)


def _query_rows(
    engine: Engine, used: list[_Answer], asked: list[Asked], rng: np.random.Generator, events: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The queries in the order of time; what people do with their hits is added to `events`."""
    template = [
        query_row(
            answer.result,
            Request(
                source="upload",
                session="",
                model=engine.model.fingerprint,
                store=engine.store.name,
                store_version=engine.store.version,
                k=SHOWN,
                sample=True,
            ),
            time=datetime.combine(date.min, time(), UTC),
            photo=answer.encoded.hash,
        )
        for answer in used
    ]
    for one in asked:
        id = rng.bytes(16).hex()
        row = {**template[one.photo], "id": id, "time": one.time, "session": one.session}
        row["source"] = _source(used[one.photo].shot, rng)
        scores = [hit["score"] for hit in row["hits"]]
        for what in clicks(rng, scores, good_match=row["good_match"]):
            product = row["hits"][what.position - 1]["id"] if what.position else None
            events.append(
                {
                    "id": rng.bytes(16).hex(),
                    "time": one.time + timedelta(milliseconds=what.after_ms),
                    "query": id,
                    "session": one.session,
                    "kind": what.kind,
                    "product": product,
                    "position": what.position or None,
                    "sample": True,
                }
            )
        yield row


def _source(shot: Shot, rng: np.random.Generator) -> str:
    camera = 0.35 if shot.kind == USER else 0.55
    draw = rng.random()
    return "camera" if draw < camera else "api" if draw > 0.94 else "upload"
