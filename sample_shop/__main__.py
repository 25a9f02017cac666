"""`python -m sample_shop`: draws the shop that is committed under `assets/` anew, or another one elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from sample_shop.shop import PRODUCTS, SEED, write_sample_shop
from vsearch_core.cli.output import ProgressLine, say
from vsearch_core.errors import VsearchError
from vsearch_core.settings import SAMPLE_SHOP


@click.command(help="Draw the sample shop. The same numbers give the same bytes on one machine.")
@click.option("--out", type=click.Path(path_type=Path), default=SAMPLE_SHOP, help="Folder; default: the committed one.")
@click.option("--products", type=int, default=PRODUCTS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another seed is another shop.")
def main(out: Path, products: int, seed: int) -> None:
    """Draw it, or say in one sentence why that could not be."""
    try:
        folder = write_sample_shop(out, products=products, seed=seed, progress=ProgressLine("drawing the sample shop"))
    except VsearchError as error:
        raise click.ClickException(error.message) from error
    say(f"The sample shop is in {folder}.")


if __name__ == "__main__":
    main(prog_name="python -m sample_shop")
