"""Sample traffic: really answered, marked as sample, the same for the same seed, and what is planted in it is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from vsearch_core.cli.main import main
from vsearch_core.database import Database, open_database
from vsearch_core.errors import VsearchError
from vsearch_core.insight.demand import asked, not_found
from vsearch_core.insight.demand.periods import compared, last_days
from vsearch_core.insight.demand.selection import Selection, extent
from vsearch_core.journal import Event, Photo, PhotoFolder, Query
from vsearch_core.journal.bulk import insert_many
from vsearch_core.journal.sample_traffic import Planted, clear_sample_traffic, make_sample_traffic
from vsearch_core.journal.sample_traffic.photos import THINGS, draw_thing
from vsearch_core.journal.sample_traffic.visits import clicks, timeline
from vsearch_core.journal.times import Untimed, untimed
from vsearch_core.search import Engine
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel
from vsearch_core.vision.good_match import GoodMatch

LAST = date(2026, 3, 28)


@pytest.fixture(scope="module")
def engine(shop: Settings, model: FashionModel) -> Engine:
    """Searches the small drawn shop. Its threshold is set here, so that no drawn thing is a good match by chance."""
    bundle = replace(model.bundle, match=GoodMatch(0.8))
    known = FashionModel(bundle, threads=2)
    return Engine(Store.open(shop.store_path, embedder=known), known)


@pytest.fixture(scope="module")
def filled(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, PhotoFolder, Planted]]:
    """A journal with sample traffic of two months."""
    folder = tmp_path_factory.mktemp("sample")
    database, photos = open_database(f"sqlite:///{folder / 'journal.db'}"), PhotoFolder(folder / "photos")
    yield database, photos, make(database, photos, engine)
    database.close()


def make(database: Database, folder: PhotoFolder, engine: Engine) -> Planted:
    return make_sample_traffic(
        database, folder, engine, data=None, last=LAST, days=60, queries=6_000, photos=48, seed=7
    )


def selection() -> Selection:
    period = last_days(28, LAST)
    return Selection(period, compared(period, "the days before"), sample=True)


def test_the_planted_trends_are_what_the_demand_table_finds(filled: tuple[Database, PhotoFolder, Planted]) -> None:
    database, _, planted = filled
    counts = asked.daily_counts(database, selection(), "product_type")
    table = asked.asked_for(counts, selection())
    moved = table[table["trend"] != ""].sort_values("p").head(2)
    assert dict(zip(moved["value"], moved["trend"], strict=True)) == {
        planted.rising: "rising",
        planted.falling: "falling",
    }


def test_the_planted_gap_is_the_largest_look_that_is_not_found(
    filled: tuple[Database, PhotoFolder, Planted], engine: Engine
) -> None:
    database, folder, planted = filled
    photos = not_found.photos(database, selection(), not_found=True)
    found = not_found.looks(photos, not_found.embeddings_of(database, list(photos["photo"])), engine.store)
    assert planted.gap in THINGS
    assert len(set(found[0].photos) & set(planted.gap_photos)) > len(found[0].photos) / 2
    assert folder.read(found[0].photos[0])


def test_everything_is_marked_as_sample_and_answered_by_the_engine(
    filled: tuple[Database, PhotoFolder, Planted], engine: Engine
) -> None:
    database, _, planted = filled
    with database.session() as session:
        assert session.scalar(select(func.count()).where(Query.sample.is_(False))) == 0
        assert session.scalar(select(func.count()).where(Event.sample.is_(False))) == 0
        assert session.scalar(select(func.count()).where(Photo.consent != "sample")) == 0
        assert session.scalar(select(func.count()).where(Query.sample.is_(True))) == planted.queries == 6_000
        one = session.scalars(select(Query).limit(1)).one()
        embedding = session.scalars(select(Photo.embedding).where(Photo.hash == one.photo)).one()
    hits = engine.store.search(np.frombuffer(embedding or b"", "<f2").astype(np.float32), 1)
    assert hits[0].score == pytest.approx(one.best_score, abs=0.01)
    assert one.model == engine.model.fingerprint
    held = extent(database)
    assert (held.real, held.first, held.last) == (0, date(2026, 1, 28), LAST)


def test_the_same_seed_gives_the_same_traffic_again(
    filled: tuple[Database, PhotoFolder, Planted], engine: Engine
) -> None:
    database, folder, planted = filled

    def rows() -> list[object]:
        with database.session() as session:
            queries = session.execute(select(Query.id, Query.time, Query.photo, Query.session).order_by(Query.id))
            events = session.execute(select(Event.id, Event.time, Event.kind, Event.position).order_by(Event.id))
            return [tuple(row) for row in (*queries, *events)]

    before = rows()
    assert make(database, folder, engine) == planted
    assert rows() == before


def test_sample_traffic_up_to_today_never_lies_in_the_future(engine: Engine, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    today = datetime.now(UTC).date()
    folder = PhotoFolder(tmp_path / "photos")
    make_sample_traffic(database, folder, engine, data=None, last=today, days=14, queries=400, photos=20, seed=7)
    assert untimed(database) == Untimed(0, 0)
    held = extent(database)
    assert (held.sample, held.ahead) == (400, 0)
    assert held.last is not None
    assert held.last < today


def test_clearing_takes_sample_traffic_out_and_leaves_what_people_asked(engine: Engine, tmp_path: Path) -> None:
    database, folder = open_database(f"sqlite:///{tmp_path / 'journal.db'}"), PhotoFolder(tmp_path / "photos")
    planted = make_sample_traffic(
        database, folder, engine, data=None, last=LAST, days=14, queries=100, photos=20, seed=1
    )
    with database.session() as session:
        row = {column.name: getattr(session.scalars(select(Query).limit(1)).one(), column.name)
               for column in Query.__table__.columns}  # fmt: skip
    insert_many(database, queries=[{**row, "id": "real", "sample": False, "time": datetime.now(UTC)}])
    assert clear_sample_traffic(database, folder) == planted.queries
    with database.session() as session:
        assert session.scalars(select(Query.id)).all() == ["real"]
        assert session.scalar(select(func.count()).select_from(Event)) == 0
        assert session.scalars(select(Photo.hash)).all() == [row["photo"]]
    assert [file.stem for file in folder.files()] == [row["photo"]]


def test_stopping_leaves_the_journal_as_it_was(engine: Engine, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise StoppedError

    database, folder = open_database(f"sqlite:///{tmp_path / 'journal.db'}"), PhotoFolder(tmp_path / "photos")
    with pytest.raises(StoppedError):
        make_sample_traffic(
            database, folder, engine, data=None, last=LAST, days=14, queries=100, photos=20, progress=stop
        )
    assert extent(database).sample == 0
    assert not list(folder.files())
    with pytest.raises(VsearchError, match="at least 14 days"):
        make_sample_traffic(database, folder, engine, data=None, last=LAST, days=2)


def test_the_better_hit_is_clicked_more_and_poor_answers_are_refused_more() -> None:
    rng = np.random.default_rng(3)

    def rates(score: float, *, good: bool) -> tuple[float, float]:
        found = [clicks(rng, [score] * 5, good_match=good) for _ in range(1_500)]
        clicked = np.mean([any(one.position for one in what) for what in found])
        refused = np.mean([any(one.kind == "none_of_these" for one in what) for what in found])
        return float(clicked), float(refused)

    alike, poor = rates(0.95, good=True), rates(0.5, good=False)
    assert alike[0] > 0.3 > 0.05 > poor[0]
    assert poor[1] > 3 * alike[1]


def test_weekends_and_evenings_are_busier_and_visits_have_several_searches() -> None:
    asked = timeline(
        np.random.default_rng(5), last=LAST, days=56, queries=8_000, photos=[1.0, 1.0], types=["a", "b"],
        factor=lambda kind, ago: 1.0, gap=0, gap_share=0.0,
    )  # fmt: skip
    assert len(asked) == 8_000
    days = np.bincount([one.time.weekday() for one in asked], minlength=7)
    assert days[5] > days[1]
    hours = np.bincount([one.time.hour for one in asked], minlength=24)
    assert hours[20] > 3 * hours[4]
    assert 1.4 < len(asked) / len({one.session for one in asked}) < 2.2
    assert asked == sorted(asked, key=lambda one: (one.time, one.session))


def test_every_thing_is_drawn_on_transparent_ground_and_alike_for_a_seed() -> None:
    for name in THINGS:
        drawn = draw_thing(name, seed=1)
        assert 0.05 < (drawn[..., 3] > 128).mean() < 0.6, name
        np.testing.assert_array_equal(drawn, draw_thing(name, seed=1))


def test_the_command_takes_sample_traffic_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path))
    assert main(["journal", "sample", "--clear"]) == 0
    assert "0 sample queries were taken out" in capsys.readouterr().out
    assert main(["journal", "sample", "--days", "many"]) == 2
