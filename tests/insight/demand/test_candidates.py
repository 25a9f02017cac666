"""A supplier's offer: whoever packed it, its pictures are found; and it cannot keep the app busy."""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from vsearch_core import images
from vsearch_core.catalogue.table import Catalogue
from vsearch_core.errors import CatalogueError
from vsearch_core.images import decode
from vsearch_core.insight.demand import candidates
from vsearch_core.insight.demand.candidates import embed_offer, open_offer
from vsearch_core.vision import FashionModel


def offer(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def picture(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (90, 120), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def test_an_offer_becomes_candidates_and_names_what_was_left_out(model: FashionModel) -> None:
    rows = b"id,image,name\nn1,pictures/1.jpg,Bag\nn2,pictures/missing.jpg,Hat\nn3,../../etc/passwd,X\nn4,p.jpg,Y\n"
    files = {"offer/list.csv": rows, "offer/pictures/1.jpg": picture(), "offer/p.jpg": b"no picture"}
    catalogue = open_offer(offer(files))
    done: list[int] = []
    found = embed_offer(catalogue, model, lambda now, total: done.append(now))
    assert found.products["id"].tolist() == ["n1"]
    assert found.products["product_type"].isin(model.bundle.product_types).all()
    assert found.embeddings.shape == (1, model.dimension)
    assert len(found.problems) == 3
    assert done == [1, 2, 3, 4]
    assert max(decode(found.thumbnails[0]).pixels.shape) <= 240


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no zip", "bad_archive"),
        (offer({"a.jpg": b""}), "offer_csv"),
        (offer({"a.csv": b"id,image\n", "b.csv": b"id,image\n"}), "offer_csv"),
        (offer({"a.csv": b"sku,image\n1,2\n"}), "missing_column"),
        (offer({f"{i}.jpg": b"" for i in range(candidates.MAX_MEMBERS + 1)}), "bad_archive"),
    ],
)
def test_what_is_no_offer_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(CatalogueError) as refused:
        open_offer(data)
    assert refused.value.code == code


def test_an_offer_without_one_readable_picture_is_refused(model: FashionModel) -> None:
    catalogue = open_offer(offer({"a.csv": b"id,image\nn1,1.jpg\n"}))
    with pytest.raises(CatalogueError) as refused:
        embed_offer(catalogue, model)
    assert refused.value.code == "nothing_to_compare"


def test_what_a_mac_lays_beside_the_files_is_passed_over() -> None:
    table = b"id,image\n1,pics/a.jpg\n"
    beside = {
        "offer/._offer.csv": b"\0\5\x16\7",
        "offer/pics/._a.jpg": b"\0\5\x16\7",
        "__MACOSX/offer/offer.csv": table,
    }
    catalogue = open_offer(offer({"offer/offer.csv": table, "offer/pics/a.jpg": b"a", **beside, "Thumbs.db": b"x"}))
    assert catalogue.images.read("pics/a.jpg") == b"a"
    assert refused(catalogue, "pics/._a.jpg") == "image_missing"


@pytest.mark.parametrize(
    ("table", "picture_name", "cell"),
    [
        ("offer.csv", "pics\\a.jpg", "pics/a.jpg"),
        ("in\\offer.CSV", "in\\pics\\a.jpg", "pics\\a.jpg"),
        ("offer.csv", unicodedata.normalize("NFD", "Mütze.jpg"), unicodedata.normalize("NFC", "Mütze.jpg")),
        ("Für Sie/offer.csv", "Für Sie/ä.JPG", "ä.jpg"),
        ("offer.csv", "IMG.JPG", "img.jpg"),
    ],
)
def test_a_zip_of_any_system_gives_its_pictures(table: str, picture_name: str, cell: str) -> None:
    data = offer({table: f"id,image\n1,{cell}\n".encode(), picture_name: b"it", "other.jpg": b"not it"})
    catalogue = open_offer(data)
    assert catalogue.images.read(catalogue.products["image"].iat[0]) == b"it"


@pytest.mark.parametrize("encoding", ["utf-8", "cp850", "cp852", "cp866", "cp1252"])
def test_names_are_read_in_the_encoding_of_their_packer_where_the_zip_does_not_say(encoding: str) -> None:
    name = "Шапка ё.jpg" if encoding == "cp866" else "Mütze ß.jpg"
    placeholder = "x" * len(name.encode(encoding))
    data = offer({"offer.csv": f"id,image\n1,{name}\n".encode(), placeholder: b"it"})
    catalogue = open_offer(data.replace(placeholder.encode(), name.encode(encoding)))
    assert catalogue.images.read(name) == b"it"


def test_a_name_that_comes_twice_with_other_content_is_no_guess() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("offer.csv", "id,image\n1,a.jpg\n2,b.jpg\n3,P/c.jpg\n")
        for name, content in (
            ("a.jpg", b"1"),
            ("./a.jpg", b"2"),
            ("b.jpg", b"b"),
            ("p/c.jpg", b"3"),
            ("p\\C.jpg", b"4"),
        ):
            archive.writestr(name, content)
    catalogue = open_offer(buffer.getvalue())
    assert catalogue.images.read("b.jpg") == b"b"
    assert refused(catalogue, "a.jpg") == "image_ambiguous"
    assert refused(catalogue, "P/c.jpg") == "image_ambiguous"


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../a.jpg", "..\\a.jpg", "C:\\a.jpg", "x/../../a.jpg", "\\\\host\\a.jpg"]
)
def test_no_name_leads_out_of_the_zip(name: str) -> None:
    catalogue = open_offer(offer({"in/offer.csv": b"id,image\n1,a.jpg\n", name: b"x", "a.jpg": b"above"}))
    assert refused(catalogue, name) == "image_outside"
    assert refused(catalogue, "a.jpg") == "image_missing"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_no_files_of_an_offer(kind: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("offer.csv", "id,image\n1,link.jpg\n")
        for name in ("link.jpg", "link.csv"):
            link = zipfile.ZipInfo(name)
            link.external_attr = (kind | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
    assert refused(open_offer(buffer.getvalue()), "link.jpg") == "image_missing"


def refused(catalogue: Catalogue, image: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        catalogue.images.read(image)
    return caught.value.code


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes in bytes of all pictures that are decoded from now on."""
    sizes: list[int] = []
    real: Callable[..., images.Photo] = images.decode

    def noted(data: bytes, **options: int) -> images.Photo:
        sizes.append(len(data))
        return real(data, **options)

    monkeypatch.setattr(images, "decode", noted)
    return sizes


def test_a_picture_that_many_rows_name_is_looked_at_once(model: FashionModel, decoded: list[int]) -> None:
    same, other = picture(), picture((20, 20, 200))
    names = ["a.jpg", "./a.jpg", "A.JPG", "copy.jpg", "b.jpg", "broken.jpg"]
    rows = [f"{number},{names[number % len(names)]}" for number in range(60)]
    files = {"a.jpg": same, "copy.jpg": same, "b.jpg": other, "broken.jpg": b"no picture"}
    found = embed_offer(open_offer(offer({"o.csv": "\n".join(["id,image", *rows]).encode(), **files})), model)
    assert sorted(decoded) == sorted([len(same), len(other), len(b"no picture")])
    assert len(found.products) == len(found.embeddings) == len(found.thumbnails) == 50
    assert len(found.problems) == 10
    blue = found.products["image"].eq("b.jpg").to_numpy()
    assert len(np.unique(found.embeddings[blue], axis=0)) == len(np.unique(found.embeddings[~blue], axis=0)) == 1
    assert not np.array_equal(found.embeddings[blue][0], found.embeddings[~blue][0])


def test_an_offer_that_takes_too_long_is_cut_short_and_says_so(
    model: FashionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "MAX_SECONDS", -1)
    files = {f"{number}.jpg": picture((number, 0, 0)) for number in range(3)}
    table = "id,image\n" + "".join(f"{number},{number}.jpg\n" for number in range(3))
    found = embed_offer(open_offer(offer({"o.csv": table.encode(), **files})), model)
    assert found.products["id"].tolist() == ["0"]
    assert len(found.problems) == 1
    assert found.problems[0].startswith("the last 2 of 3 products")
    assert found.problems[0].endswith("use smaller pictures or split the offer")
