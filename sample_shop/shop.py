"""Writes the sample shop to a folder: beside its final name first, and renamed into place when it is whole."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from sample_shop.kinds import BY_TYPE
from sample_shop.photos import GROUNDS, draw_photo, ground_of
from sample_shop.planning import FIELDS, Planned, plan_product, plan_shop
from sample_shop.studio import on_white
from vsearch_core.contracts import Progress
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import ROOT

PRODUCTS, SEED = 640, 2026
"""Of the shop that is committed."""
PHOTOS = 40
SIZE = (360, 480)
PHOTO_SIZE = (480, 640)
GROUND_SIDE = 384
QUALITY, PHOTO_QUALITY = 78, 65
"""Of WebP, so that the whole shop stays below 5 MB."""
WORKERS = 2
SMALL = 100
"""Fewer pictures than this are drawn without starting processes for them."""
PHOTO_FIELDS = ("photo", "product_id", "product_type", "caption")


def draw_cutout(
    product_type: str, *, seed: int, variant: int = 0, size: tuple[int, int] = SIZE
) -> tuple[np.ndarray, dict[str, str], bool]:
    """A product on transparent ground: (h, w, 4) uint8 with straight alpha, its record, and whether it stands."""
    look, record = plan_product(product_type, seed=seed, variant=variant)
    drawing = BY_TYPE[product_type].draw(look)
    return drawing.render(size, np.random.default_rng([look.design, 9])), record, drawing.stands


def draw_product(
    product_type: str, *, seed: int, variant: int = 0, size: tuple[int, int] = SIZE
) -> tuple[np.ndarray, dict[str, str]]:
    """One product's catalogue picture and its record.

    Args:
        product_type: one of `PRODUCT_TYPES`.
        seed: the design; each seed is another one.
        variant: the same design in another colour.
        size: (width, height) in pixels; anything else than 3:4 stretches the picture.

    Returns:
        The picture, (height, width, 3) uint8 on white, and the catalogue's columns for it without `id` and `image`.

    Raises:
        CatalogueError: there is no such product type.
    """
    cutout, record, stands = draw_cutout(product_type, seed=seed, variant=variant, size=size)
    return on_white(cutout, stands=stands), record


def write_sample_shop(
    folder: Path, *, products: int = PRODUCTS, seed: int = SEED, progress: Progress | None = None
) -> Path:
    """Draws the whole shop: `catalogue.csv`, `images/`, `photos.csv`, `photos/`, `grounds/` (what photos are
    taken on) and `sample.json`.

    Images and photos are named relative to the folder. The same arguments give the same bytes on one machine.
    An older shop in the folder is replaced at the end.

    Args:
        folder: where the shop is to be.
        products: how many products; spread evenly over the product types.
        seed: another seed is another shop.
        progress: called with (done, total) after every picture; what it raises stops the work and leaves nothing
            behind.

    Returns:
        The folder.

    Raises:
        CatalogueError: `products` is less than 1, the folder holds something else, or a drawing process failed (code
            `sample_failed`).
    """
    plan = plan_shop(products, seed)
    queries = choose_photos(plan, seed)
    folder = Path(folder)
    _refuse_other_folders(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        (beside / "images").mkdir()
        (beside / "photos").mkdir()
        (beside / "grounds").mkdir()
        _write_table(beside / "catalogue.csv", FIELDS, [item.record for item in plan])
        _write_table(beside / "photos.csv", PHOTO_FIELDS, [row for _, _, row in queries])
        _draw(beside, products, seed, len(plan) + len(queries), progress or (lambda done, total: None))
        _draw_grounds(beside / "grounds", seed)
        about = {"sample": True, "name": "Sample shop (drawn)", "currency": "€", "seed": seed, "products": products}
        (beside / "sample.json").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        os.chmod(beside, 0o755)
        _move_into_place(beside, folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return folder


def choose_photos(plan: Sequence[Planned], seed: int) -> list[tuple[Planned, int, dict[str, str]]]:
    """Which products are photographed: up to 40, of as many types as there are, with each photo's seed and row."""
    rng = np.random.default_rng([seed, 5])
    left = {
        name: [item for item in plan if item.product_type == name]
        for name in dict.fromkeys(p.product_type for p in plan)
    }
    chosen: list[Planned] = []
    while len(chosen) < min(PHOTOS, len(plan)):
        for name in rng.permutation(list(left)):
            if left[name] and len(chosen) < PHOTOS:
                chosen.append(left[name].pop(int(rng.integers(0, len(left[name])))))
    out = []
    for number, item in enumerate(chosen, start=1):
        photo_seed = seed * 1000 + number
        noun = BY_TYPE[item.product_type].noun
        noun = noun if noun == "T-shirt" else noun.lower()
        row = {
            "photo": f"photos/{number:02d}.webp",
            "product_id": item.record["id"],
            "product_type": item.product_type,
            "caption": f"{item.record['colour']} {noun} on {ground_of(photo_seed)}",
        }
        out.append((item, photo_seed, row))
    return out


def draw_part(folder: Path, products: int, seed: int, part: int, parts: int) -> Iterator[None]:
    """Draws every `parts`-th picture of the shop into the folder, from number `part`; yields after each."""
    plan = plan_shop(products, seed)
    queries = choose_photos(plan, seed)
    for number in range(part, len(plan) + len(queries), parts):
        if number < len(plan):
            item = plan[number]
            picture, _ = draw_product(item.product_type, seed=item.design, variant=item.variant)
            _save(folder / item.record["image"], picture, QUALITY)
        else:
            item, photo_seed, row = queries[number - len(plan)]
            cutout, _, _ = draw_cutout(item.product_type, seed=item.design, variant=item.variant, size=PHOTO_SIZE)
            _save(folder / row["photo"], draw_photo(cutout, seed=photo_seed, size=PHOTO_SIZE), PHOTO_QUALITY)
        yield


def _draw_grounds(folder: Path, seed: int) -> None:
    """One floor, bed or lawn of each kind, with nothing on it."""
    for number, ground in enumerate(GROUNDS.values(), start=1):
        pixels = ground(np.random.default_rng([seed, 6]), GROUND_SIDE, GROUND_SIDE)
        _save(folder / f"{number}.webp", np.clip(pixels, 0, 255).astype(np.uint8), PHOTO_QUALITY)


def _save(path: Path, picture: np.ndarray, quality: int) -> None:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=quality, method=6)
    path.write_bytes(buffer.getvalue())


def _write_table(path: Path, fields: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _draw(folder: Path, products: int, seed: int, total: int, progress: Progress) -> None:
    """Draws all pictures: a small shop here, a large one in two processes.

    Threads would not help, as the renderer holds the interpreter's lock, and a pool would run the caller's main module
    again.
    """
    if total < SMALL:
        for done, _ in enumerate(draw_part(folder, products, seed, 0, 1), start=1):
            progress(done, total)
        return
    read, write = os.pipe()
    workers: list[subprocess.Popen[bytes]] = []
    try:
        with os.fdopen(read, "rb") as lines:
            with os.fdopen(write, "wb") as shared:
                for part in range(WORKERS):
                    command = [sys.executable, "-m", "sample_shop.worker", str(folder.resolve())]
                    command += [str(number) for number in (products, seed, part, WORKERS)]
                    workers.append(subprocess.Popen(command, cwd=ROOT, stdout=shared, stderr=subprocess.PIPE))
            for done, _ in enumerate(lines, start=1):
                progress(done, total)
        for worker in workers:
            error = worker.communicate()[1].decode(errors="replace").strip()
            if worker.returncode:
                reason = error.splitlines()[-1] if error else f"exit status {worker.returncode}"
                raise CatalogueError(f"The sample shop could not be drawn ({reason}); try again.", code="sample_failed")
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
                worker.communicate()


def _refuse_other_folders(folder: Path) -> None:
    """What lies in the folder is replaced: it must be an older sample shop."""
    empty = folder.is_dir() and not any(folder.iterdir())
    if folder.exists() and not empty and not (folder / "sample.json").is_file():
        raise CatalogueError(
            f"{folder} holds something else than a sample shop; choose a folder that is not there yet.",
            code="sample_failed",
        )


def _move_into_place(beside: Path, folder: Path) -> None:
    if not folder.exists():
        os.replace(beside, folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    os.replace(folder, old / "shop")
    try:
        os.replace(beside, folder)
    except OSError:
        os.replace(old / "shop", folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
