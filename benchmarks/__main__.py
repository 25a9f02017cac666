"""`python -m benchmarks`: our search against Keras and scikit-learn on the same catalogue, in one run.

Every latency is of one photo alone, from its bytes to five products, at the median. What is compared with is Keras
MobileNetV2 `predict` (ImageNet, average pooling, 224x224) and scikit-learn `NearestNeighbors` (exact, cosine) over the
same products. It needs the public data sets and a store of them (`python -m vsearch_core setup`).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import app, demand, engines, load, ours, theirs
from benchmarks.pictures import desktop_photo, phone_photo
from vsearch_core.errors import VsearchError
from vsearch_core.machine import machine
from vsearch_core.settings import settings
from vsearch_core.setup import prepare

PARTS = ("search", "recall", "engines", "build", "app", "load", "demand")


def main() -> int:
    """Measure the chosen parts and print them as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"default: all of {', '.join(PARTS)}")
    parser.add_argument("--out", type=Path, help="also write the figures to this JSON file; others in it stay")
    parser.add_argument("--visitors", type=int, default=load.VISITORS, help="how many at once, for load")
    parser.add_argument("--seconds", type=float, default=load.SECONDS, help="how long they stay, for load")
    arguments = parser.parse_args()
    wanted = arguments.parts or PARTS
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}")
    try:
        figures = _measure(wanted, arguments.visitors, arguments.seconds)
    except VsearchError as error:
        print(error.message, file=sys.stderr)
        return 1
    print(json.dumps(figures, indent=1))
    if arguments.out:
        known = json.loads(arguments.out.read_text(encoding="utf-8")) if arguments.out.is_file() else {}
        arguments.out.write_text(json.dumps(known | figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _measure(wanted: list[str] | tuple[str, ...], visitors: int, seconds: float) -> dict[str, object]:
    chosen = settings()
    store = prepare(chosen)
    figures: dict[str, object] = {
        "command": "python -m benchmarks",
        "machine": machine(),
    }
    if "app" in wanted:  # first: it should find the memory of this machine free
        figures["app"] = app.readiness(store)
    if "load" in wanted:
        figures["load"] = load.under_load(store, visitors, seconds)
    if "search" in wanted:
        engine = ours.open_engine(store)
        stack = theirs.KerasAndSklearn(chosen, engine.store)
        figures["products"] = len(engine.store.products)
        for name, photo in (("640x480 JPEG", desktop_photo()), ("12-megapixel JPEG", phone_photo())):
            figures[name] = ours.side_by_side(engine, stack, photo)
    if "recall" in wanted:
        figures["recall_at_10"] = ours.recall(chosen, ours.open_engine(store))
    if "engines" in wanted:
        engine = ours.open_engine(store)
        figures["engines"] = engines.side_by_side(engine.store, ours.user_photos(chosen, engine))
    if "build" in wanted:
        figures["build_images_per_second"] = ours.build_speed(chosen)
    if "demand" in wanted:
        figures["demand_seconds"] = demand.seconds()
    return figures


if __name__ == "__main__":
    sys.exit(main())
