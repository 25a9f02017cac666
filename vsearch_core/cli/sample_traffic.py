"""`journal sample`: months of plausible traffic for a shop that nobody has searched yet."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from vsearch_core.cli.output import ProgressLine, print_json, say
from vsearch_core.settings import settings


def add_verb(verbs: Any) -> None:
    """Add the verb to the group `journal`."""
    sample = verbs.add_parser("sample", help="make sample traffic, or take it out again")
    sample.add_argument("--days", type=int, default=120, help="length of the timeline, up to today (120)")
    sample.add_argument("--queries", type=int, default=12_000, help="searches in all (12000)")
    sample.add_argument("--photos", type=int, default=400, help="different photos that they are made with (400)")
    sample.add_argument("--seed", type=int, default=2026, help="the same seed gives the same traffic (2026)")
    sample.add_argument("--clear", action="store_true", help="take sample traffic out instead")
    sample.add_argument("--json", action="store_true")
    sample.set_defaults(run=run_sample)


def run_sample(arguments: argparse.Namespace) -> int:
    """`journal sample`."""
    from vsearch_core.catalogue.identity import public_data
    from vsearch_core.database import open_database
    from vsearch_core.journal import PhotoFolder
    from vsearch_core.journal.sample_traffic import clear_sample_traffic, make_sample_traffic
    from vsearch_core.search import Engine

    chosen = settings()
    database, folder = open_database(chosen.database_url), PhotoFolder(chosen.photos_path)
    if arguments.clear:
        count = clear_sample_traffic(database, folder)
        if arguments.json:
            print_json({"queries": count})
        else:
            say(f"{count:,} sample queries were taken out, with their events and photos.")
        return 0
    engine = Engine.open(chosen.store_path, models=chosen.models)
    planted = make_sample_traffic(
        database,
        folder,
        engine,
        data=public_data(chosen, engine.store.products),
        last=datetime.now(UTC).date(),
        days=arguments.days,
        queries=arguments.queries,
        photos=arguments.photos,
        seed=arguments.seed,
        progress=ProgressLine("searching with sample photos"),
    )
    if arguments.json:
        print_json(vars(planted))
        return 0
    say(
        f"{planted.queries:,} sample searches with {planted.photos:,} photos and {planted.events:,} events are in the "
        f"journal. Planted: {planted.rising} rises, {planted.falling} falls, and "
        + (f"nothing like the {planted.gap} is found." if planted.gap else "no gap, as the model finds everything.")
    )
    return 0
