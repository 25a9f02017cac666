"""`journal info / export / purge / sample`: what was asked, kept and deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import click

from vsearch_core.cli.frame import as_json, group
from vsearch_core.cli.output import ProgressLine, print_json, say
from vsearch_core.errors import DatabaseError
from vsearch_core.files import why_not_written

journal = group("journal", help="What was asked: look, export, purge photos, make sample traffic.")


@journal.command(epilog="journal purge --json")
@as_json
def purge(as_json: bool) -> None:
    """Delete kept photos whose time is over, and what points to them."""
    from vsearch_core.database import name_of, open_database
    from vsearch_core.journal import PhotoFolder, purge
    from vsearch_core.journal.times import now
    from vsearch_core.journal.waiting import database_key, drop_old_photos
    from vsearch_core.settings import settings

    chosen = settings()
    moment, key = now(), database_key(name_of(chosen.database_url))
    # First, as it needs no database.
    waiting = drop_old_photos(chosen.waiting_path, key, moment, chosen.journal_days)
    purged = purge(open_database(chosen.database_url), PhotoFolder(chosen.photos_path), moment)
    purged = replace(purged, expired=purged.expired + waiting)
    if as_json:
        print_json(vars(purged))
        return
    say(
        f"Deleted {_number(purged.expired, 'photo')} whose time was over, {_number(purged.without_file, 'entry')} "
        f"without a file, and {_number(purged.without_row, 'file')} without an entry."
    )
    if purged.bounded:
        say(
            f"{_number(purged.bounded, 'photo')} more, dated in the future by a clock that was wrong, will be deleted "
            "when their time is over, counted from when that was found."
        )


@journal.command(epilog="journal info --json")
@as_json
def info(as_json: bool) -> None:
    """Tell what is in the journal, and where it is."""
    from vsearch_core.database import name_of, open_database
    from vsearch_core.journal import PhotoFolder, contents
    from vsearch_core.journal.times import Untimed
    from vsearch_core.journal.waiting import database_key, left_waiting
    from vsearch_core.settings import settings

    chosen = settings()
    waiting = left_waiting(chosen.waiting_path, database_key(name_of(chosen.database_url)))
    found = contents(open_database(chosen.database_url), PhotoFolder(chosen.photos_path))
    kept = {"photos_folder": str(chosen.photos_path), "keep_days": chosen.journal_days}
    record = {**found, **kept, "waiting": waiting}
    if as_json:
        print_json(record)
        return
    sample = f" ({found['sample_queries']:,} of them sample traffic)" if found["sample_queries"] else ""
    say(f"The journal {found['database']} holds {_number(found['queries'], 'query')}{sample},")
    say(f"{_number(found['events'], 'event')} and {_number(found['photos'], 'kept photo')}.")
    if found["first"]:
        say(f"The first query is of {found['first']}, the last of {found['last']}.")
    if wrong := Untimed(found["queries_ahead"], found["events_untimed"]).words:
        say(wrong)
    if waiting:
        say(f"{waiting:,} more of programs that ended wait in {chosen.waiting_path}; the next start takes them up.")
    say(
        f"Photos are kept for {chosen.journal_days:g} days in {chosen.photos_path} "
        f"({found['photo_bytes'] / 1e6:,.1f} MB)."
    )


@journal.command(epilog="journal export --out asked --format csv")
@click.option("--out", type=Path, required=True, metavar="DIR", help="The folder to write to.")
@click.option("--format", type=click.Choice(("parquet", "csv")), default="parquet", help="Of the files.")
@as_json
def export(out: Path, format: Literal["parquet", "csv"], as_json: bool) -> None:
    """Write queries and events as files; never a photo."""
    from vsearch_core.database import open_database
    from vsearch_core.journal.export import export
    from vsearch_core.journal.times import untimed
    from vsearch_core.settings import settings

    database = open_database(settings().database_url)
    try:
        written = export(database, out, format)
    except OSError as error:
        reason = why_not_written(error, out) or f"{out} cannot be written ({error.strerror})"
        raise DatabaseError(f"{reason.rstrip('.')}; name another with --out.", code="export") from error
    wrong = untimed(database)
    if as_json:
        print_json({**written, "left_out": vars(wrong)})
        return
    for name, count in written.items():
        say(f"{out / name}: {count:,} rows")
    if wrong.words:
        say(f"Left out: {wrong.queries:,} queries and {wrong.events:,} events. {wrong.words}")


@journal.command(epilog="journal sample --days 120 --queries 12000")
@click.option("--days", type=int, default=120, help="Length of the timeline, up to today.")
@click.option("--queries", type=int, default=12_000, help="Searches in all.")
@click.option("--photos", type=int, default=400, help="Different photos that they are made with.")
@click.option("--seed", type=int, default=2026, help="The same seed gives the same traffic.")
@click.option("--clear", is_flag=True, help="Take sample traffic out instead.")
@as_json
def sample(days: int, queries: int, photos: int, seed: int, clear: bool, as_json: bool) -> None:
    """Make months of plausible traffic for a shop that nobody has searched yet, or take it out again."""
    from datetime import UTC, datetime

    from vsearch_core.catalogue.identity import public_data
    from vsearch_core.database import open_database
    from vsearch_core.journal import PhotoFolder
    from vsearch_core.journal.sample_traffic import clear_sample_traffic, make_sample_traffic
    from vsearch_core.search import Engine
    from vsearch_core.settings import settings

    chosen = settings()
    database, folder = open_database(chosen.database_url), PhotoFolder(chosen.photos_path)
    if clear:
        count = clear_sample_traffic(database, folder)
        if as_json:
            print_json({"queries": count})
        else:
            say(f"{count:,} sample queries were taken out, with their events and photos.")
        return
    engine = Engine.open(chosen.store_path, models=chosen.models)
    planted = make_sample_traffic(
        database,
        folder,
        engine,
        data=public_data(chosen, engine.store.products),
        last=datetime.now(UTC).date(),
        days=days,
        queries=queries,
        photos=photos,
        seed=seed,
        progress=ProgressLine("searching with sample photos"),
    )
    if as_json:
        print_json(vars(planted))
        return
    say(
        f"{planted.queries:,} sample searches with {planted.photos:,} photos and {planted.events:,} events are in the "
        f"journal. Planted: {planted.rising} rises, {planted.falling} falls, and "
        + (f"nothing like the {planted.gap} is found." if planted.gap else "no gap, as the model finds everything.")
    )


def _number(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"
