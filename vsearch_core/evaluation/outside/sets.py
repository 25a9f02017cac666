"""The sets that are asked from outside: another shop, what is not ours, and photos whose types were judged by eye.

`another_shop_judged.csv` says of each of that shop's pictures what was seen by eye: `scene` (a video or a table; empty
where it stands alone) and `wear`, as for the backgrounds: how much of what a fashion shop sells is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from vsearch_core import images
from vsearch_core.catalogue.photos.backgrounds import backgrounds, read_backgrounds
from vsearch_core.catalogue.photos.user import JUDGED, judged_photos, read_user_photos, user_images
from vsearch_core.catalogue.sources import TarImages
from vsearch_core.contracts import Photo
from vsearch_core.errors import CatalogueError

_JUDGED = Path(__file__).with_name("another_shop_judged.csv")

_WEARERS = {
    "Men": {"Men", "Unisex"},
    "Women": {"Women", "Unisex"},
    "Kids": {"Boys", "Girls", "Unisex"},
    "Unclear": {"Men", "Women", "Boys", "Girls", "Unisex"},
}
"""For whom a photo's thing is, and the catalogue's words for products that would do."""

_COLOURS = {"Turquoise": "Turquoise Blue"}
"""What the catalogue calls a colour that those who judged call otherwise."""


@dataclass(frozen=True)
class Pictures:
    """Pictures in a row: `table` has `id`, `group` (of a scene or a sender) and the set's own columns."""

    table: pd.DataFrame
    read: Callable[[int], Photo]

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True)
class AnotherShop:
    """A shop of other things. The table of `queries` has `right`, the row of each one's product in `products`."""

    products: Pictures
    queries: Pictures


def read_another_shop(data: Path, *, max_side: int | None = None) -> AnotherShop:
    """The other shop's products and the photos of them; both tables have `wear`.

    Raises:
        CatalogueError: it is not at hand, or has other pictures than those that were judged.
    """
    folder = data / "outside" / "another-shop"
    for name in ("catalogue.csv", "queries.csv", "images.tar"):
        if not (folder / name).is_file():
            raise CatalogueError(
                f"There is no {folder / name}; the pictures from outside are needed, set VSEARCH_DATA."
            )
    source = TarImages(folder / "images.tar")
    judged = pd.read_csv(_JUDGED, dtype=str, keep_default_na=False)
    products, queries = (
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False).merge(judged, on="image", how="left")
        for name in ("catalogue", "queries")
    )
    for table in (products, queries):
        if table["wear"].isna().any():
            raise CatalogueError(f"{folder} has pictures that were not judged; add them to {_JUDGED.name}.")
        table["group"] = table["scene"].where(table["scene"] != "", table["image"])
    rows = {product: row for row, product in enumerate(products["id"])}
    queries = queries.assign(right=queries["id"].map(rows))
    return AnotherShop(*(Pictures(table, _reader(source, table, max_side)) for table in (products, queries)))


def read_not_ours(data: Path, part: str, *, max_side: int | None = None) -> Pictures:
    """Pictures without anything that a fashion shop sells; the table has `set`.

    Of the part `test` the other shop's pictures are there too; on them nothing is ever chosen.

    Raises:
        CatalogueError: the pictures are not at hand.
    """
    scenes = read_backgrounds().set_index("id")["group"]
    found = [
        ("backgrounds", name, str(scenes[name]), photo)
        for name, _, photo in backgrounds(data, part, wear=("none",), max_side=max_side)
    ]
    if part == "test":
        shop = read_another_shop(data, max_side=max_side)
        for name, pictures in (("another shop's photos", shop.queries), ("another shop's products", shop.products)):
            table = pictures.table
            found += [
                (name, table["image"].iat[row], table["group"].iat[row], pictures.read(row))
                for row in range(len(table))
                if table["wear"].iat[row] == "none"
            ]
    table = pd.DataFrame([one[:3] for one in found], columns=["set", "id", "group"])
    photos = [one[3] for one in found]
    return Pictures(table, photos.__getitem__)


def read_user_part(data: Path, part: str, *, max_side: int | None = None) -> Pictures:
    """The user photos of a part; the table is that of `read_user_photos` with `group` the sender.

    Raises:
        CatalogueError: the photos are not at hand.
    """
    table = read_user_photos(data)
    table = table[table["part"] == part].reset_index(drop=True)
    table["group"] = table["sender_id"]
    source = user_images(data)
    return Pictures(table, _reader(source, table, max_side))


def read_judged_photos(data: Path, part: str, *, max_side: int | None = None) -> Pictures:
    """The user photos of a part that were judged one by one by eye and are of use.

    The table has `label` and, each a frozenset of the catalogue's words that are right, `types`, `colours`, `genders`.

    Raises:
        CatalogueError: the photos are not at hand.
    """
    judged = pd.DataFrame(
        [
            {
                "id": name,
                "types": one.types,
                "colours": frozenset(_COLOURS.get(colour, colour) for colour in one.colours),
                "genders": frozenset().union(*(_WEARERS[who] for who in one.who)),
            }
            for name, one in judged_photos(data).items()
        ]
    )
    photos = read_user_part(data, part, max_side=max_side)
    table = photos.table[["id", "image", "group", "label"]].merge(judged, on="id", validate="one_to_one")
    source = user_images(data)
    return Pictures(table, _reader(source, table, max_side))


def has_outside(data: Path) -> bool:
    """Whether all that `evaluate outside` asks is in the folder of the public data sets."""
    outside = data / "outside"
    wanted = (outside / "backgrounds.tar", outside / "another-shop" / "images.tar", data / JUDGED)
    return all(path.is_file() for path in wanted)


def _reader(source: TarImages, table: pd.DataFrame, max_side: int | None) -> Callable[[int], Photo]:
    names = table["image"].to_numpy()
    return lambda row: images.decode(source.read(names[row]), max_side=max_side)
