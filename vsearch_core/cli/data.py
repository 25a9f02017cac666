"""`data fetch / split` and `setup`: what the product stands on."""

from __future__ import annotations

from pathlib import Path

import click

from vsearch_core.cli.frame import Command, group
from vsearch_core.cli.output import ProgressLine, StageLines, say
from vsearch_core.errors import VsearchError

data = group("data", help="Get the public data sets, make the split.")


@data.command(epilog="data fetch clothing-photos")
@click.argument("names", nargs=-1, metavar="[SET]...")
@click.option("--to", type=Path, help="Folder; default: <cache>/data.")
def fetch(names: tuple[str, ...], to: Path | None) -> int:
    """Get the public data sets; default: all of them."""
    from vsearch_core.catalogue.fetch import DATA_SETS, fetch
    from vsearch_core.settings import settings

    target = to or settings().cache / "data"
    status = 0
    for name in names or DATA_SETS:
        try:
            say(f"{name}: {fetch(name, target, settings(), progress=ProgressLine(f'fetching {name}, bytes'))}")
        except VsearchError as error:
            say(f"{name}: {error.message}", error=True)
            status = 1
    return status


@data.command(epilog="data split --backgrounds")
@click.option("--out", type=Path, help="Folder; default: splits/ of the repository.")
@click.option("--backgrounds", is_flag=True, help="Only the one of the backgrounds.")
def split(out: Path | None, backgrounds: bool) -> None:
    """Make the committed split anew (train, validation, test)."""
    from vsearch_core.catalogue.photos.backgrounds import has_backgrounds, write_backgrounds_split
    from vsearch_core.catalogue.split import SPLITS, write_splits
    from vsearch_core.settings import settings

    folder = out or SPLITS
    if not backgrounds:
        say(*write_splits(settings().data, folder))
        if not has_backgrounds(settings().data):
            say("backgrounds: left as they are, the pictures from outside are not at hand")
            return
    say(write_backgrounds_split(settings().data, folder))


@click.command(cls=Command, epilog="setup")
@click.option("--again", is_flag=True, help="Build it anew even if it is there.")
def setup(again: bool) -> None:
    """Make the shop that the app opens."""
    from vsearch_core.settings import settings
    from vsearch_core.setup import prepare

    say(f"The shop is ready: {prepare(settings(), progress=StageLines(), again=again)}")
