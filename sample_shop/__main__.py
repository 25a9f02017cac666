"""`python -m sample_shop`: draws the shop that is committed under `assets/` anew, or another one elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from sample_shop.shop import PRODUCTS, SEED, write_sample_shop
from vsearch_core.cli.frame import Command, run
from vsearch_core.cli.output import ProgressLine, say
from vsearch_core.settings import SAMPLE_SHOP


@click.command(cls=Command, epilog="--seed 7 --out another-shop")
@click.option("--out", type=Path, default=SAMPLE_SHOP, help="Its folder.")
@click.option("--products", type=int, default=PRODUCTS, help="How many.")
@click.option("--seed", type=int, default=SEED, help="Another seed is another shop.")
def draw(out: Path, products: int, seed: int) -> None:
    """Draw the sample shop. The same numbers give the same bytes on one machine."""
    folder = write_sample_shop(out, products=products, seed=seed, progress=ProgressLine("drawing the sample shop"))
    say(f"The sample shop is in {folder}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw it, or say in one sentence why that could not be; see `frame.run`."""
    return run(draw, "python -m sample_shop", arguments)


if __name__ == "__main__":
    sys.exit(main())
