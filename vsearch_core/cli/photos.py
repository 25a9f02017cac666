"""`analyse` and `search`: photos in, JSON lines or a readable table out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vsearch_core.cli.frame import Command, as_json, checked
from vsearch_core.cli.output import analysis_record, print_json, result_record, say, table
from vsearch_core.errors import FilterError, ImageRejected, VsearchError

if TYPE_CHECKING:
    from vsearch_core.contracts import Analysis, Item, SearchMode, SearchResult

BATCH = 32
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"})


MODES: tuple[SearchMode, ...] = ("all", "top1", "cascade")
"""As `contracts.SearchMode`, which would load numpy for `--help`."""


def filter_pair(text: str) -> str:
    """A `column=value` pair, as it is.

    Raises:
        FilterError: it is not one.
    """
    from vsearch_core.store import Filters

    Filters.from_pairs([text])
    return text


images = click.argument("images", nargs=-1, required=True, metavar="IMAGE...")


@click.command(cls=Command, epilog="analyse photo.jpg --json")
@images
@as_json
def analyse(images: tuple[str, ...], as_json: bool) -> int:
    """Tell what is in photos: product type, attributes, garments.

    An IMAGE is a photo's file, or a folder of photos.
    """
    from vsearch_core.search.engine import BUNDLE, open_detector, open_finder
    from vsearch_core.search.reading import analyse_many, decode_large, detect, with_codes
    from vsearch_core.settings import settings
    from vsearch_core.vision import Bundle, FashionModel
    from vsearch_core.vision.looks import Looks

    model = FashionModel(Bundle.open(settings().models / BUNDLE), threads=settings().threads)
    looks = Looks(model, open_finder(settings().models, threads=settings().threads))
    detector = open_detector(settings().models, threads=settings().threads)
    status = 0
    for names, pictures in _batches(images):
        answers = iter(analyse_many(looks, [picture for picture in pictures if isinstance(picture, bytes)]))
        for name, picture in zip(names, pictures, strict=True):
            if isinstance(picture, ImageRejected):
                status = _tell_error(name, picture, as_json=as_json)
                continue
            answer, times = next(answers)
            if isinstance(answer, ImageRejected):
                status = _tell_error(name, answer, as_json=as_json)
                continue
            times["total"] = sum(times.values())
            large = decode_large(picture)
            answer, times["codes"] = with_codes(answer, large)
            if detector is not None:
                items, times["detect"] = detect(detector, large)
                answer = replace(answer, items=items)
            if as_json:
                print_json({"image": name, **analysis_record(answer), "timings_ms": times})
            else:
                say(name, *_indented(*_summary(answer), *_values(answer), *_garments(answer.items)), "")
    return status


@click.command(cls=Command, epilog="search photo.jpg --store shop -k 5 --filter colour=Red --json")
@images
@as_json
@click.option("--store", type=Path, help="The store to search; default: the one that the app opens.")
@click.option("-k", type=click.IntRange(min=1), default=5, help="How many products.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    type=checked("column=value", filter_pair, FilterError),
    help="Only products like this, or a range as price=10..50; a column that is given twice takes either value.",
)
@click.option(
    "--mode",
    type=click.Choice(MODES),
    default="all",
    help="Where to search for the whole photo: everywhere, in the most probable category, or in the fewest categories "
    "that can matter.",
)
def search(
    images: tuple[str, ...], as_json: bool, store: Path | None, k: int, filters: tuple[str, ...], mode: SearchMode
) -> int:
    """Find the most similar products of a store for photos.

    An IMAGE is a photo's file, or a folder of photos.
    """
    from vsearch_core.search import Engine
    from vsearch_core.search.codes import told
    from vsearch_core.search.reading import decode_large
    from vsearch_core.settings import settings
    from vsearch_core.store import Filters

    wanted = Filters.from_pairs(filters) if filters else None
    engine = Engine.open(store or settings().store_path)
    if engine.store.sample and not as_json:
        say(f"{engine.store.name}: these products are drawn, not real.", "")
    status = 0
    for names, pictures in _batches(images):
        readable = [picture for picture in pictures if isinstance(picture, bytes)]
        answers = iter(engine.search_many(readable, k, wanted, mode))
        for name, picture in zip(names, pictures, strict=True):
            if isinstance(picture, ImageRejected):
                status = _tell_error(name, picture, as_json=as_json)
                continue
            answer = next(answers)
            if isinstance(answer, ImageRejected):
                status = _tell_error(name, answer, as_json=as_json)
                continue
            large = decode_large(picture)
            answer = engine.with_codes(answer, large, k, wanted)
            found = engine.items(large, k, wanted)
            answer = replace(answer, items=found.items, timings_ms={**answer.timings_ms, **found.timings_ms})
            if as_json:
                print_json({"image": name, **result_record(answer, sample=engine.store.sample)})
            else:
                codes = [told(code) for code in answer.analysis.codes]
                lines = (*_summary(answer.analysis), *codes, *_hits(answer), *_garments(answer.items))
                say(name, *_indented(*lines), "")
    return status


def photo_files(given: Sequence[str]) -> Iterator[Path]:
    """The files among what was given; a folder stands for the photos in it and below it, sorted by name."""
    for name in given:
        path = Path(name)
        if os.path.isdir(path):  # unlike Path.is_dir, it takes a name that is too long for a file
            yield from sorted(file for file in path.rglob("*") if _is_photo(file, path) and file.is_file())
        else:
            yield path


def _is_photo(file: Path, folder: Path) -> bool:
    from vsearch_core.catalogue.names import is_companion

    return file.suffix.lower() in SUFFIXES and not is_companion(str(file.relative_to(folder)))


def _batches(given: Sequence[str]) -> Iterator[tuple[list[str], list[bytes | ImageRejected]]]:
    files: Iterable[Path] = photo_files(given)
    found = False
    while batch := list(islice(files, BATCH)):
        found = True
        yield [_printable(path) for path in batch], [_read(path) for path in batch]
    if not found:
        raise VsearchError(f"There are no photos in {', '.join(given)}; give image files or a folder of them.")


def _printable(path: Path) -> str:
    """The name as it was given; bytes in it that are no text are replaced, so that it can be printed and parsed."""
    return os.fsencode(path).decode("utf-8", errors="replace")


def _read(path: Path) -> bytes | ImageRejected:
    from vsearch_core.settings import settings

    try:
        limit = int(settings().max_upload_mb * 1_000_000) + 1
        with path.open("rb") as file:
            # one byte more than is allowed is enough for the refusal, however large the file is
            return file.read(limit)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return ImageRejected(
            f"{_printable(path)} cannot be opened ({reason}); check the name and try again.", code="unreadable"
        )


def _tell_error(name: str, error: VsearchError, *, as_json: bool) -> int:
    if as_json:
        print_json({"image": name, "error": error.as_dict()})
    else:
        say(name, *_indented(error.message), "")
    return 1


def _indented(*lines: str) -> list[str]:
    return [f"  {line}" for line in lines]


def _summary(analysis: Analysis) -> list[str]:
    types = ", ".join(f"{one.name} {one.probability:.0%}" for one in analysis.product_types[:3])
    attributes = ", ".join(f"{name} {found[0].name}" for name, found in analysis.attributes.items() if found)
    return [line for line in (analysis.remark, types, attributes) if line]


def _values(analysis: Analysis) -> list[str]:
    """What was read, where no shop is asked for it."""
    return [f"{code.format} {code.value}" for code in analysis.codes]


def _garments(items: Sequence[Item]) -> list[str]:
    """A line for each garment, with the product that is most like it where it was searched for and one was found."""
    rows = [(item.label, item.position, f"{item.score:.0%}", *_first(item)) for item in items]
    searched = any(item.hits for item in items)
    header = ("garment", "position", "score", *(("id", "name") if searched else ()))
    return table([row[: len(header)] for row in rows], header) if rows else []


def _first(item: Item) -> tuple[str, str]:
    return (item.hits[0].id, item.hits[0].name[:60]) if item.hits else ("", "")


def _hits(result: SearchResult) -> list[str]:
    if not result.hits:
        return ["no product of this store is left by these filters"]
    rows = [
        (f"{hit.score:.3f}", hit.id, hit.product_type, hit.name[:60], ", ".join(hit.reasons)) for hit in result.hits
    ]
    nothing = "this does not look like anything in this store" if not result.in_shop else "no good match in this store"
    verdict = [] if result.good_match else [f"{nothing}; the nearest products are:"]
    return [*verdict, *table(rows, ("score", "id", "type", "name", "why"))]
