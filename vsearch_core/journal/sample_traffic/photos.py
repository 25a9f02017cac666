"""The photos that sample traffic asks with: real user photos where they are at hand, simulated snaps of the shop's own
products, and drawings of things that no fashion shop sells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from vsearch_core import images
from vsearch_core.catalogue.photos.user import read_user_photos, user_images
from vsearch_core.catalogue.snaps import cut_out, phone_snap
from vsearch_core.catalogue.sources import FolderImages
from vsearch_core.contracts import Photo
from vsearch_core.errors import ImageRejected
from vsearch_core.settings import settings
from vsearch_core.store import Store

USER, SNAP = "user photo", "snap"

_SIDE = 384
_SCALE = 2
_SIZE = (360, 480)

Ink = tuple[int, int, int]


@dataclass(frozen=True)
class Shot:
    """A photo and what it is: `USER`, `SNAP`, or the name of a thing of `THINGS`."""

    photo: Photo
    kind: str


def shots(store: Store, data: Path | None, *, count: int, gap: int, seed: int) -> Iterator[Shot]:
    """Photos of what the shop sells, half of them by real people where these are at hand, then `gap` of each thing.

    Args:
        data: folder of the public data sets; None for snaps alone.
        count: photos besides those of things.
        seed: the same seed gives the same photos.
    """
    rng = np.random.default_rng([seed, 11])
    at_hand = data is not None and (data / "clothing-photos" / "images.tar").is_file()
    users: list[Photo] = []
    for photo in _user_photos(data, count // 2, rng) if data is not None and at_hand else ():
        users.append(photo)
        yield Shot(photo, USER)
    grounds = [photo.pixels for photo in users] or _drawn_grounds()
    ids = store.products["id"].to_numpy(object)
    for row in _spread(store, count - len(users), rng):
        picture = images.letterbox(images.decode(store.thumbnail(str(ids[row]))).pixels, _SIDE)
        pixels = np.asarray(picture, np.uint8)
        yield Shot(_snap(pixels, cut_out(pixels), grounds, rng), SNAP)
    for name in THINGS:
        for number in range(gap):
            drawn = draw_thing(name, seed=number)
            yield Shot(_snap(drawn[..., :3], drawn[..., 3], grounds, rng), name)


def draw_thing(name: str, *, seed: int) -> np.ndarray:
    """A thing that is not fashion, on transparent ground: (384, 384, 4) uint8 with straight alpha."""
    rng = np.random.default_rng([list(THINGS).index(name), seed])
    colours = [_PALETTE[int(place)] for place in rng.permutation(len(_PALETTE))[:2]]
    canvas = Image.new("RGBA", (_SIZE[0] * _SCALE, _SIZE[1] * _SCALE), (0, 0, 0, 0))
    THINGS[name](ImageDraw.Draw(canvas), colours[0], colours[1])
    square = Image.new("RGBA", (_SIDE, _SIDE), (255, 255, 255, 0))
    small = canvas.resize((_SIDE * 3 // 4, _SIDE), Image.Resampling.LANCZOS)
    square.paste(small, (_SIDE // 8, 0))
    return np.asarray(square)


def _user_photos(data: Path, count: int, rng: np.random.Generator) -> Iterator[Photo]:
    table = read_user_photos(data)
    source = user_images(data)
    for place in rng.permutation(len(table))[:count]:
        try:
            yield images.decode(source.read(table["image"].iat[int(place)]), max_side=480)
        except ImageRejected:
            continue  # a few files of the public set are broken; one photo less is no harm


def _snap(pixels: np.ndarray, alpha: np.ndarray, grounds: list[np.ndarray], rng: np.random.Generator) -> Photo:
    """A square picture as somebody's phone sees it, on one of the grounds."""
    framed = phone_snap(pixels, alpha, grounds[int(rng.integers(len(grounds)))], _SIDE, rng)
    # nobody's photo has the white bars that a network's square input needs
    rows, columns = (np.flatnonzero((framed < 255).any(axis=(2, other))) for other in (1, 0))
    taken = np.ascontiguousarray(framed[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return Photo(taken, (taken.shape[1], taken.shape[0]), "JPEG")


def _drawn_grounds() -> list[np.ndarray]:
    """The floors and lawns of the sample shop's photos, with nothing on them."""
    folder = settings().sample_path / "grounds"
    source = FolderImages(folder)
    return [images.decode(source.read(path.name)).pixels for path in sorted(folder.iterdir())]


def _spread(store: Store, count: int, rng: np.random.Generator) -> list[int]:
    """Rows of products: types in turn, so that many types come, the larger ones more often."""
    kinds = store.products["product_type"].to_numpy(object)
    order = rng.permutation(len(kinds))
    names, sizes = np.unique(kinds.astype(str), return_counts=True)
    chance = np.sqrt(sizes) / np.sqrt(sizes).sum()
    left = {str(name): [int(row) for row in order if kinds[row] == name] for name in names}
    chosen: list[int] = []
    for name in rng.choice(names, size=4 * count, p=chance):
        if len(chosen) == min(count, len(kinds)):
            break
        if left[str(name)]:
            chosen.append(left[str(name)].pop())
    return chosen


_PALETTE: tuple[Ink, ...] = (
    (196, 62, 54), (54, 98, 164), (232, 186, 72), (72, 132, 92), (120, 78, 140), (226, 128, 92), (60, 62, 70),
)  # fmt: skip


def _at(*numbers: float) -> list[float]:
    return [number * _SCALE for number in numbers]


def _umbrella(pen: ImageDraw.ImageDraw, first: Ink, second: Ink) -> None:
    for part in range(6):
        pen.pieslice(_at(30, 60, 330, 360), 180 + 30 * part, 210 + 30 * part, fill=first if part % 2 else second)
    for part in range(6):
        pen.pieslice(_at(30 + 50 * part, 190, 80 + 50 * part, 230), 180, 360, fill=(0, 0, 0, 0))
    pen.rectangle(_at(177, 40, 183, 400), fill=(70, 56, 46))
    pen.arc(_at(140, 370, 183, 430), 0, 180, fill=(70, 56, 46), width=7 * _SCALE)


def _guitar(pen: ImageDraw.ImageDraw, first: Ink, second: Ink) -> None:
    pen.rectangle(_at(166, 40, 194, 280), fill=(82, 54, 36))
    pen.rectangle(_at(158, 12, 202, 56), fill=(60, 40, 28))
    pen.ellipse(_at(104, 210, 256, 340), fill=first)
    pen.ellipse(_at(80, 290, 280, 466), fill=first)
    pen.ellipse(_at(146, 270, 214, 338), fill=(34, 26, 22))
    pen.rectangle(_at(136, 392, 224, 406), fill=second)
    for string in range(6):
        pen.line(_at(169 + 4.4 * string, 20, 169 + 4.4 * string, 398), fill=(232, 228, 214), width=2)


def _lamp(pen: ImageDraw.ImageDraw, first: Ink, second: Ink) -> None:
    pen.polygon(_at(110, 60, 250, 60, 312, 220, 48, 220), fill=first)
    pen.rectangle(_at(172, 220, 188, 400), fill=(150, 142, 130))
    pen.ellipse(_at(130, 270, 230, 380), fill=second)
    pen.rounded_rectangle(_at(100, 396, 260, 424), 8 * _SCALE, fill=(120, 112, 102))


def _teapot(pen: ImageDraw.ImageDraw, first: Ink, second: Ink) -> None:
    pen.arc(_at(240, 190, 346, 330), 250, 100, fill=second, width=16 * _SCALE)
    pen.polygon(_at(90, 300, 14, 200, 40, 190, 120, 250), fill=second)
    pen.ellipse(_at(60, 170, 300, 370), fill=first)
    pen.pieslice(_at(110, 130, 250, 230), 180, 360, fill=second)
    pen.ellipse(_at(166, 104, 194, 132), fill=first)
    pen.rectangle(_at(120, 356, 240, 376), fill=second)


THINGS: dict[str, Callable[[ImageDraw.ImageDraw, Ink, Ink], None]] = {
    "umbrella": _umbrella,
    "guitar": _guitar,
    "lamp": _lamp,
    "teapot": _teapot,
}
"""What no fashion shop sells, and how it is drawn."""
