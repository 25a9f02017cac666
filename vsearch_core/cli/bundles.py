"""`bundle import`: an image encoder from elsewhere becomes a model bundle."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from vsearch_core.cli.frame import checked, group
from vsearch_core.cli.output import say
from vsearch_core.errors import BundleError

bundle = group("bundle", help="Bring in models that were trained elsewhere.")


def three(name: str, low: float, high: float) -> Callable[[str], tuple[float, ...]]:
    """Make the type of three numbers by comma."""

    def read(text: str) -> tuple[float, ...]:
        from vsearch_core.vision.onnx_file import channels

        return channels([float(part) for part in text.split(",")], name, low, high)

    return checked("r,g,b", read, ValueError)


@bundle.command("import", epilog="bundle import --onnx clip.onnx --size 224 --mean 0.48,0.46,0.41 --std 0.27,0.26,0.28")
@click.option("--onnx", type=Path, metavar="FILE", help="An ONNX file without external data, under 2 GB.")
@click.option("--saved-model", type=Path, metavar="DIR", help="Converted to LiteRT; needs TensorFlow.")
@click.option(
    "--size", type=click.IntRange(8, 1024), required=True, help="Side of the square picture that it takes, in pixels."
)
@click.option("--mean", type=three("mean", 0, 1), required=True, help="Of the values from 0 to 1.")
@click.option("--std", type=three("std", 0.001, 10), required=True, help="Likewise.")
@click.option(
    "--labels", type=Path, metavar="FILE", help="Names of the classes of a second output, a line each (ONNX)."
)
@click.option("--name", help="What `store build --model` calls it; default: from the file's name.")
@click.option("--out", type=Path, metavar="DIR", help="Folder of bundles; default: bundles in the cache.")
def import_(
    onnx: Path | None,
    saved_model: Path | None,
    size: int,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    labels: Path | None,
    name: str | None,
    out: Path | None,
) -> None:
    """Make a bundle of any image encoder that gives an embedding.

    Either from an ONNX file (FashionSigLIP, MobileCLIP, DINOv2 …, the part for pictures), or from TensorFlow's
    SavedModel of somebody whom you trust.
    """
    from vsearch_core.settings import settings
    from vsearch_core.vision.importing import Preparation, read_class_names

    source = onnx or saved_model
    if source is None or (onnx and saved_model):
        raise click.UsageError("Give one of --onnx and --saved-model", click.get_current_context())
    chosen = settings()
    folder = out or chosen.cache / "bundles"
    target = folder / _name(name, source)
    _check_free(target, chosen.models)
    preparation = Preparation(size, mean, std)
    if onnx is not None:
        from vsearch_core.vision.onnx_import import import_onnx

        classes = read_class_names(labels) if labels else ()
        found = import_onnx(onnx, preparation, target, classes=classes, threads=chosen.threads)
    else:
        if labels:
            raise BundleError("Names of classes are taken with --onnx only; leave --labels out.")
        found = _import_saved_model(source, preparation, target, threads=chosen.threads)
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


def _import_saved_model(folder: Path, preparation: Any, target: Path, *, threads: int) -> Any:
    from vsearch_core.optional import optional

    optional("tensorflow", "it converts a SavedModel: install it with `pip install tensorflow==2.21.0`")
    from vsearch_core.training.saved_model import import_saved_model

    return import_saved_model(folder, preparation, target, threads=threads)


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
