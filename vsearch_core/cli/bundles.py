"""`bundle import`: an image encoder from elsewhere becomes a model bundle."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vsearch_core.cli.output import say
from vsearch_core.errors import BundleError
from vsearch_core.settings import settings

_LARGEST_SIDE = 1024


def add_commands(commands: Any) -> None:
    """Add this group's commands to the command line."""
    group = commands.add_parser("bundle", help="bring in models that were trained elsewhere")
    verbs = group.add_subparsers(metavar="VERB", required=True)
    take = verbs.add_parser(
        "import",
        help="make a bundle of any image encoder",
        description="Make a bundle of any image encoder that gives an embedding: from an ONNX file "
        "(FashionSigLIP, MobileCLIP, DINOv2 …, the part for pictures), or from TensorFlow's SavedModel of somebody "
        "whom you trust.",
    )
    source = take.add_mutually_exclusive_group(required=True)
    source.add_argument("--onnx", type=Path, metavar="FILE", help="an ONNX file without external data, under 2 GB")
    source.add_argument("--saved-model", type=Path, metavar="DIR", help="converted to LiteRT; needs TensorFlow")
    take.add_argument("--size", type=side, required=True, help="side of the square picture that it takes, in pixels")
    take.add_argument(
        "--mean", type=three("mean", 0, 1), required=True, metavar="R,G,B", help="of the values from 0 to 1"
    )
    take.add_argument("--std", type=three("std", 0.001, 10), required=True, metavar="R,G,B", help="likewise")
    take.add_argument(
        "--labels", type=Path, metavar="FILE", help="names of the classes of a second output, a line each (ONNX)"
    )
    take.add_argument("--name", help="what `store build --model` calls it; default: from the file's name")
    take.add_argument("--out", type=Path, metavar="DIR", help="folder of bundles; default: bundles in the cache")
    take.set_defaults(run=run_import)


def side(text: str) -> int:
    """The side of a picture in pixels, for argparse."""
    if not text.isdecimal() or not 8 <= int(text) <= _LARGEST_SIDE:
        raise argparse.ArgumentTypeError(f"{text!r:.40} should be a whole number from 8 to {_LARGEST_SIDE}")
    return int(text)


def three(name: str, low: float, high: float) -> Callable[[str], tuple[float, ...]]:
    """Three numbers by comma, for argparse."""

    def read(text: str) -> tuple[float, ...]:
        from vsearch_core.vision.onnx_file import channels

        try:
            return channels([float(part) for part in text.split(",")], name, low, high)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r:.60} does not fit ({error!s:.120})") from error

    return read


def run_import(arguments: argparse.Namespace) -> int:
    """`bundle import`."""
    from vsearch_core.vision.importing import Preparation, read_class_names

    chosen = settings()
    folder = arguments.out or chosen.cache / "bundles"
    target = folder / _name(arguments.name, arguments.onnx or arguments.saved_model)
    _check_free(target, chosen.models)
    preparation = Preparation(arguments.size, arguments.mean, arguments.std)
    if arguments.onnx is not None:
        from vsearch_core.vision.onnx_import import import_onnx

        classes = read_class_names(arguments.labels) if arguments.labels else ()
        found = import_onnx(arguments.onnx, preparation, target, classes=classes, threads=chosen.threads)
    else:
        if arguments.labels:
            raise BundleError("Names of classes are taken with --onnx only; leave --labels out.")
        found = _import_saved_model(arguments.saved_model, preparation, target)
    say(
        f"{found.path} is written: its embedding is {found.output}, {found.dimension:,} numbers; "
        f"a picture takes {found.milliseconds:.1f} ms."
    )
    if folder.absolute() in (chosen.models.absolute(), (chosen.cache / "bundles").absolute()):
        say(f"Search with it: `python -m vsearch_core store build --catalogue … --out … --model {found.name}`.")
    else:
        say(
            f"Search with it: move it into {chosen.cache / 'bundles'}, and then `python -m vsearch_core store build "
            f"--catalogue … --out … --model {found.name}`."
        )
    return 0


def _import_saved_model(folder: Path, preparation: Any, target: Path) -> Any:
    from vsearch_core.optional import optional

    optional("tensorflow", "it converts a SavedModel: install it with `pip install tensorflow==2.21.0`")
    from vsearch_core.training.saved_model import import_saved_model

    return import_saved_model(folder, preparation, target, threads=settings().threads)


def _name(wanted: str | None, source: Path) -> str:
    """The bundle's name; one that is made of a file's keeps the letters, digits and dashes of it."""
    from vsearch_core.vision.bundle_files import is_name

    name = wanted if wanted is not None else re.sub(r"[^A-Za-z0-9_-]+", "-", source.absolute().stem).strip("-")[:40]
    if not is_name(name) or name == "auto":
        raise BundleError(
            f"{name!r:.80} cannot be a bundle's name; give a --name of letters, digits, dashes, dots and underscores."
        )
    return name


def _check_free(target: Path, shipped: Path) -> None:
    if target.exists() or target.is_symlink():
        raise BundleError(f"{target} is there already; choose another --name, or remove it first.")
    if (shipped / target.name).exists():
        raise BundleError(f"{target.name} is the name of a bundle that ships; choose another --name.")
