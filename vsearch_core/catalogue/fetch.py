"""The public data sets: from `VSEARCH_DATA` where they lie there, else over the network from those who publish them.

Each comes to lie in a folder of its own in the layout that the readers take: a table, and `images.tar`.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from vsearch_core.catalogue.archives import TarWriter, download, zip_members
from vsearch_core.catalogue.names import is_companion
from vsearch_core.catalogue.sources import FolderImages
from vsearch_core.contracts import Progress
from vsearch_core.errors import CatalogueError
from vsearch_core.optional import optional
from vsearch_core.settings import Settings

logger = logging.getLogger(__name__)

Pack = Callable[[Path, Path], None]
"""Turns what was downloaded (a zip, or Kaggle's folder) into our layout in an empty folder."""


@dataclass(frozen=True)
class DataSet:
    """A public data set: what it is, who publishes it, and which file tells that it is there."""

    what: str
    licence: str
    source: str
    table: str
    pack: Pack


def fetch(
    name: str,
    to: Path,
    settings: Settings,
    *,
    progress: Progress | None = None,
    sources: Mapping[str, DataSet] | None = None,
) -> Path:
    """Get a data set.

    Args:
        name: one of `DATA_SETS` or `LARGE_DATA_SETS`.
        to: folder that gets a folder `name`; nothing is copied where `settings.data` has the set already.
        settings: say where data may lie.
        progress: of the download, in bytes.
        sources: other data sets than the published ones.

    Returns:
        The data set's folder.

    Raises:
        CatalogueError: there is no such set (`unknown_data_set`), it cannot be reached (`no_network`), or what came is
            not what it should be (`bad_archive`).
        MissingDependency: the client for its source is not installed.
    """
    known = sources if sources is not None else {**DATA_SETS, **LARGE_DATA_SETS}
    data_set = known.get(name)
    if data_set is None:
        raise CatalogueError(
            f"There is no data set {name!r}; the data sets are {', '.join(known)}.", code="unknown_data_set"
        )
    for folder in (settings.data / name, to / name):
        if _is_there(folder, data_set):
            logger.info("%s is there already: %s", name, folder)
            return folder
    to.mkdir(parents=True, exist_ok=True)
    # a folder that an earlier version or a killed run left half-made does not stand in the way
    with tempfile.TemporaryDirectory(dir=to, prefix=f".{name}-") as scratch:
        packed = Path(scratch) / name
        packed.mkdir()
        data_set.pack(_get(name, data_set, Path(scratch), progress), packed)
        if (to / name).exists():
            shutil.rmtree(to / name)
        os.replace(packed, to / name)
    return to / name


def _is_there(folder: Path, data_set: DataSet) -> bool:
    images = (folder / "images.tar").is_file() or (folder / "images").is_dir()
    return images and (folder / data_set.table).is_file()


def _get(name: str, data_set: DataSet, scratch: Path, progress: Progress | None) -> Path:
    if not data_set.source.startswith(("https://", "http://")):
        return _get_from_kaggle(name, data_set.source)
    path = scratch / f"{name}.zip"
    try:
        download(data_set.source, path, progress)
    except OSError as error:
        raise _no_network(name, data_set.source, error) from error
    return path


def _get_from_kaggle(name: str, handle: str) -> Path:
    kagglehub = optional("kagglehub", "install it with `pip install kagglehub` to fetch data from Kaggle")
    try:
        return Path(kagglehub.dataset_download(handle))
    except Exception as error:
        # the client raises errors of its own and of the HTTP library that it happens to use
        raise _no_network(name, f"https://www.kaggle.com/datasets/{handle}", error) from error


def _no_network(name: str, source: str, error: Exception) -> CatalogueError:
    reason = str(getattr(error, "reason", error)).strip().splitlines() or [type(error).__name__]
    return CatalogueError(
        f"The data set {name} cannot be fetched from {source} ({reason[0][:200]}): try again with a network, put it "
        f"into a folder {name} that VSEARCH_DATA leads to, or use the drawn sample shop, which needs no data.",
        code="no_network",
    )


def pack_kaggle(source: Path, folder: Path) -> None:
    """`styles.csv` and `images/<id>.jpg`, which some versions keep one folder deeper."""
    folders = [source, *sorted(path for path in source.iterdir() if not is_companion(path.name))]
    tables = [path for path in folders if (path / "styles.csv").is_file()]
    if not tables or not (tables[0] / "images").is_dir():
        raise CatalogueError(
            f"Kaggle's folder {source} has no styles.csv with images beside it; delete it and fetch it again.",
            code="bad_archive",
        )
    pictures = FolderImages(tables[0] / "images")
    with TarWriter(folder / "images.tar") as tar:
        names = sorted(path.name for path in (tables[0] / "images").iterdir() if path.suffix == ".jpg")
        for name in (name for name in names if not is_companion(name)):
            tar.add(f"images/{name}", pictures.read(name))
    shutil.copyfile(tables[0] / "styles.csv", folder / "styles.csv")


def pack_clothing_photos(source: Path, folder: Path) -> None:
    """`images.csv` and `images/<image>.jpg`."""
    with TarWriter(folder / "images.tar") as tar:
        for name, data in zip_members(source, r"images\.csv|images/[\w-]+\.jpg"):
            if name == "images.csv":
                (folder / name).write_bytes(data)
            else:
                tar.add(name, data)
    _check_table(source, folder / "images.csv")


def pack_street_outfits(source: Path, folder: Path) -> None:
    """`labels.txt`, and photos with `masks/<id>.png` made from the MATLAB matrices; photos without one are left."""
    matlab = optional("scipy.io", "install it with `pip install scipy` to read the masks of the street outfits")
    masks: dict[str, bytes] = {}
    try:
        for name, data in zip_members(source, r"label_list\.mat|annotations/pixel-level/\d+\.mat"):
            content = matlab.loadmat(io.BytesIO(data), simplify_cells=True)
            if name == "label_list.mat":
                labels = "\n".join(str(label) for label in content["label_list"])
                (folder / "labels.txt").write_text(labels + "\n", encoding="utf-8")
            else:
                out = io.BytesIO()
                Image.fromarray(content["groundtruth"].astype("uint8")).save(out, "PNG")
                masks[Path(name).stem] = out.getvalue()
    except (KeyError, ValueError, TypeError, NotImplementedError, matlab.matlab.MatReadError) as error:
        raise CatalogueError(
            f"The archive {source.name} has masks of another form than expected ({error}); get it again.",
            code="bad_archive",
        ) from error
    with TarWriter(folder / "images.tar") as tar:
        for name, data in zip_members(source, r"photos/\d+\.jpg"):
            mask = masks.get(Path(name).stem)
            if mask is not None:
                tar.add(name, data)
                tar.add(f"masks/{Path(name).stem}.png", mask)
    _check_table(source, folder / "labels.txt")


def _check_table(source: Path, table: Path) -> None:
    if not table.is_file():
        raise CatalogueError(
            f"The archive {source.name} has no {table.name}; it may have changed: tell who keeps this program.",
            code="bad_archive",
        )


DATA_SETS: Mapping[str, DataSet] = {
    "fashion-products": DataSet(
        what="44,000 catalogue products with small pictures (Fashion Product Images, small)",
        licence="MIT, as its Kaggle page states",
        source="paramaggarwal/fashion-product-images-small",
        table="styles.csv",
        pack=pack_kaggle,
    ),
    "clothing-photos": DataSet(
        what="5,000 photos that people took of their own clothes",
        licence="CC0",
        source="https://github.com/alexeygrigorev/clothing-dataset/archive/08b50460cf229fd852bb6c11564e0959f52578ca.zip",
        table="images.csv",
        pack=pack_clothing_photos,
    ),
    "street-outfits": DataSet(
        what="1,000 street photos with a mask for each garment (Clothing Co-Parsing)",
        licence="Apache-2.0",
        source="https://github.com/bearpaw/clothing-co-parsing/archive/cbc8deae85f65178394eded0817a5c1b1019b63d.zip",
        table="labels.txt",
        pack=pack_street_outfits,
    ),
}
"""The data sets that training and figures use."""

LARGE_DATA_SETS: Mapping[str, DataSet] = {
    "fashion-products-full": DataSet(
        what="the catalogue products with large pictures (Fashion Product Images, 15 GB)",
        licence="MIT, as its Kaggle page states",
        source="paramaggarwal/fashion-product-images-dataset",
        table="styles.csv",
        pack=pack_kaggle,
    ),
}
"""What is fetched only when it is named."""
