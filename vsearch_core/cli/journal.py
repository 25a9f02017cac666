"""`journal purge / info / export`: what was asked, kept and deleted."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from vsearch_core.cli.output import print_json, say
from vsearch_core.errors import DatabaseError
from vsearch_core.files import why_not_written
from vsearch_core.settings import settings


def add_commands(commands: Any) -> Any:
    """Add this group's commands to the command line; returns where other modules add verbs to it."""
    group = commands.add_parser("journal", help="what was asked: purge photos, look, export")
    verbs = group.add_subparsers(metavar="VERB", required=True)
    _add(verbs, "purge", run_purge, "delete kept photos whose time is over, and what points to them")
    _add(verbs, "info", run_info, "what is in the journal, and where")
    export = _add(verbs, "export", run_export, "queries and events as files; never a photo")
    export.add_argument("--out", type=Path, required=True, metavar="DIR")
    export.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    return verbs


def _add(verbs: Any, name: str, run: Callable[[argparse.Namespace], int], help: str) -> Any:
    verb = verbs.add_parser(name, help=help)
    verb.add_argument("--json", action="store_true")
    verb.set_defaults(run=run)
    return verb


def run_purge(arguments: argparse.Namespace) -> int:
    """`journal purge`."""
    from vsearch_core.database import name_of, open_database
    from vsearch_core.journal import PhotoFolder, purge
    from vsearch_core.journal.times import now
    from vsearch_core.journal.waiting import database_key, drop_old_photos

    chosen = settings()
    moment, key = now(), database_key(name_of(chosen.database_url))
    # First, as it needs no database.
    waiting = drop_old_photos(chosen.waiting_path, key, moment, chosen.journal_days)
    purged = purge(open_database(chosen.database_url), PhotoFolder(chosen.photos_path), moment)
    purged = replace(purged, expired=purged.expired + waiting)
    if arguments.json:
        print_json(vars(purged))
        return 0
    say(
        f"Deleted {_number(purged.expired, 'photo')} whose time was over, {_number(purged.without_file, 'entry')} "
        f"without a file, and {_number(purged.without_row, 'file')} without an entry."
    )
    if purged.bounded:
        say(
            f"{_number(purged.bounded, 'photo')} more, dated in the future by a clock that was wrong, will be deleted "
            "when their time is over, counted from when that was found."
        )
    return 0


def run_info(arguments: argparse.Namespace) -> int:
    """`journal info`."""
    from vsearch_core.database import name_of, open_database
    from vsearch_core.journal import PhotoFolder, contents
    from vsearch_core.journal.times import Untimed
    from vsearch_core.journal.waiting import database_key, left_waiting

    chosen = settings()
    waiting = left_waiting(chosen.waiting_path, database_key(name_of(chosen.database_url)))
    found = contents(open_database(chosen.database_url), PhotoFolder(chosen.photos_path))
    kept = {"photos_folder": str(chosen.photos_path), "keep_days": chosen.journal_days}
    record = {**found, **kept, "waiting": waiting}
    if arguments.json:
        print_json(record)
        return 0
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
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """`journal export`."""
    from vsearch_core.database import open_database
    from vsearch_core.journal.export import export
    from vsearch_core.journal.times import untimed

    database = open_database(settings().database_url)
    try:
        written = export(database, arguments.out, arguments.format)
    except OSError as error:
        reason = why_not_written(error, arguments.out) or f"{arguments.out} cannot be written ({error.strerror})"
        raise DatabaseError(f"{reason.rstrip('.')}; name another with --out.", code="export") from error
    wrong = untimed(database)
    if arguments.json:
        print_json({**written, "left_out": vars(wrong)})
        return 0
    for name, count in written.items():
        say(f"{arguments.out / name}: {count:,} rows")
    if wrong.words:
        say(f"Left out: {wrong.queries:,} queries and {wrong.events:,} events. {wrong.words}")
    return 0


def _number(count: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"
