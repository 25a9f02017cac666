"""Images are read from a folder or a tar; names that strangers wrote lead nowhere else."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import unicodedata
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue import archives, sources
from vsearch_core.catalogue.names import is_companion
from vsearch_core.catalogue.sources import FolderImages, TarImages
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import ROOT

OUTSIDE = [
    "/etc/passwd",
    "../secret.jpg",
    "a/../../secret.jpg",
    "..",
    "C:\\secret.jpg",
    "..\\secret.jpg",
    "\\\\host\\x",
]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    root = tmp_path / "shop"
    (root / "sub").mkdir(parents=True)
    (root / "1.jpg").write_bytes(b"one")
    (root / "sub" / "2.jpg").write_bytes(b"two")
    return root


def code_of(read: Callable[[str], bytes], image: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        read(image)
    return caught.value.code


COMPOSED, APART = (unicodedata.normalize(form, "Mütze é.jpg") for form in ("NFC", "NFD"))

Source = FolderImages | TarImages
Lay = Callable[[dict[str, bytes]], Source]


@pytest.fixture(params=["folder", "tar"])
def lay(request: pytest.FixtureRequest, tmp_path: Path, make_tar: Callable[[Path, Mapping[str, bytes]], Path]) -> Lay:
    """Lays pictures down under their names, in a folder or in a tar, and opens it."""

    def in_folder(files: dict[str, bytes]) -> Source:
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content)
        return FolderImages(tmp_path)

    def in_tar(files: dict[str, bytes]) -> Source:
        return TarImages(make_tar(tmp_path / "images.tar", files))

    return in_folder if request.param == "folder" else in_tar


class TestNamesOfOtherSystems:
    @pytest.mark.parametrize(
        ("laid", "cell"),
        [
            ("pics/a.jpg", "pics\\a.jpg"),
            ("pics\\a.jpg", "pics/a.jpg"),
            ("pics/deep\\a.jpg", "pics/deep/a.jpg"),
            (APART, COMPOSED),
            (COMPOSED, APART),
            (f"{APART[:-4]}/1.jpg", f"{COMPOSED[:-4]}\\1.jpg"),
            ("IMG_1.JPG", "IMG_1.jpg"),
            ("img_1.jpg", "IMG_1.JPG"),
            ("Pics/img.jpeg", "pics/IMG.JPEG"),
            (unicodedata.normalize("NFD", "ÄRMEL.JPG"), "ärmel.jpg"),
        ],
    )
    def test_the_one_picture_that_a_cell_can_mean_is_found(self, lay: Lay, laid: str, cell: str) -> None:
        images = lay({laid: b"it", "other.png": b"not it"})
        assert images.read(cell) == b"it"

    def test_the_name_as_it_is_written_comes_first(self, lay: Lay) -> None:
        images = lay({"a.jpg": b"lower", "A.JPG": b"upper", APART: b"apart", COMPOSED: b"composed"})
        assert [images.read(name) for name in ("a.jpg", "A.JPG")] == [b"lower", b"upper"]
        assert [images.read(name) for name in (APART, COMPOSED)] == [b"apart", b"composed"]

    def test_a_name_that_may_be_several_pictures_is_no_guess(self, lay: Lay) -> None:
        images = lay({"a.JPG": b"one", "A.jpg": b"two", "p/x.jpg": b"1", "P/x.jpg": b"2"})
        for cell in ("a.jpg", "P/X.jpg"):
            with pytest.raises(CatalogueError, match=r"may be '.+' and '.+'; give each") as caught:
                images.read(cell)
            assert caught.value.code == "image_ambiguous"

    @pytest.mark.parametrize("name", ["._a.jpg", "__MACOSX/a.jpg", "__MACOSX/._a.jpg", "Thumbs.db", ".DS_Store"])
    def test_companion_files_are_no_pictures(self, lay: Lay, name: str) -> None:
        images = lay({name: b"x", "b.jpg": b"b"})
        assert is_companion(name)
        assert code_of(images.read, name.upper()) == "image_missing"
        assert images.read("B.jpg") == b"b"

    @pytest.mark.parametrize("image", OUTSIDE)
    def test_no_way_to_write_a_name_leads_outside(self, lay: Lay, image: str) -> None:
        images = lay({"a/a.jpg": b"a"})
        assert code_of(images.read, image) == "image_outside"
        assert code_of(images.read, f"A\\{image}") in ("image_outside", "image_missing")

    def test_a_link_that_is_found_by_another_case_may_not_lead_outside_either(self, shop: Path) -> None:
        (shop / "UP").symlink_to(shop.parent)
        (shop / "OUT.JPG").symlink_to(shop.parent / "secret.jpg")
        images = FolderImages(shop)
        assert code_of(images.read, "out.jpg") == "image_outside"
        assert code_of(images.read, "up/SECRET.JPG") == "image_missing"


class TestFolder:
    def test_reads_by_the_path_below_the_folder(self, shop: Path) -> None:
        images = FolderImages(shop)
        assert images.read("1.jpg") == b"one"
        assert images.read("sub/2.jpg") == b"two"
        assert images.read("./sub//2.jpg") == b"two"

    @pytest.mark.parametrize("image", OUTSIDE)
    def test_names_that_lead_outside_are_refused(self, shop: Path, image: str) -> None:
        assert code_of(FolderImages(shop).read, image) == "image_outside"

    @pytest.mark.parametrize("image", ["", ".", "3.jpg", "sub", "1.jpg/x", "a\0b", "x" * 5000, "https://shop/1.jpg"])
    def test_what_is_no_file_is_missing(self, shop: Path, image: str) -> None:
        assert code_of(FolderImages(shop).read, image) == "image_missing"

    def test_links_may_lead_about_inside_but_not_outside(self, shop: Path) -> None:
        (shop / "inside.jpg").symlink_to(shop / "1.jpg")
        (shop / "outside.jpg").symlink_to(shop.parent / "secret.jpg")
        (shop / "up").symlink_to(shop.parent)
        (shop / "loop.jpg").symlink_to(shop / "loop.jpg")
        images = FolderImages(shop)
        assert images.read("inside.jpg") == b"one"
        assert code_of(images.read, "outside.jpg") == "image_outside"
        assert code_of(images.read, "up/secret.jpg") == "image_outside"
        assert code_of(images.read, "loop.jpg") == "image_missing"

    def test_pipes_and_devices_are_not_waited_for(self, shop: Path) -> None:
        os.mkfifo(shop / "pipe.jpg")
        assert code_of(FolderImages(shop).read, "pipe.jpg") == "image_missing"

    def test_huge_files_are_not_read(self, shop: Path) -> None:
        with (shop / "huge.jpg").open("wb") as file:
            file.truncate(sources.MAX_IMAGE_BYTES + 1)
        assert code_of(FolderImages(shop).read, "huge.jpg") == "image_too_heavy"

    @given(image=st.text(max_size=40))
    @settings(max_examples=200, deadline=None)
    def test_any_name_gives_bytes_from_inside_or_a_catalogue_error(
        self, image: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        root = tmp_path_factory.getbasetemp() / "any-name"
        root.mkdir(exist_ok=True)
        with pytest.raises(CatalogueError):
            FolderImages(root).read(image)


class TestTar:
    def test_reads_members_by_the_path_below_the_prefix(
        self, tmp_path: Path, make_tar: Callable[[Path, Mapping[str, bytes]], Path]
    ) -> None:
        files = {"images/1.jpg": b"one", "./images/sub/2.jpg": b"two", "styles.csv": b"id"}
        images = TarImages(make_tar(tmp_path / "images.tar", files), "images/")
        assert images.read("1.jpg") == b"one"
        assert images.read("sub/2.jpg") == b"two"
        assert len(images) == 2
        assert code_of(images.read, "styles.csv") == "image_missing"

    @pytest.mark.parametrize("image", OUTSIDE)
    def test_names_that_lead_outside_are_refused(
        self, tmp_path: Path, make_tar: Callable[[Path, Mapping[str, bytes]], Path], image: str
    ) -> None:
        images = TarImages(make_tar(tmp_path / "images.tar", {image: b"x", "a.jpg": b"a"}))
        assert code_of(images.read, image) == "image_outside"

    def test_links_and_devices_are_no_images(self, tmp_path: Path) -> None:
        with tarfile.open(tmp_path / "images.tar", "w") as tar:
            for name, kind in (
                ("link.jpg", tarfile.SYMTYPE),
                ("hard.jpg", tarfile.LNKTYPE),
                ("dev.jpg", tarfile.CHRTYPE),
            ):
                member = tarfile.TarInfo(name)
                member.type = kind
                member.linkname = "/etc/passwd"
                tar.addfile(member)
        images = TarImages(tmp_path / "images.tar")
        assert len(images) == 0

    def test_the_later_of_two_members_of_one_name_counts(self, tmp_path: Path) -> None:
        with tarfile.open(tmp_path / "images.tar", "w") as tar:
            for content in (b"old", b"new"):
                path = tmp_path / "x"
                path.write_bytes(content)
                tar.add(path, "1.jpg")
        assert TarImages(tmp_path / "images.tar").read("1.jpg") == b"new"

    def test_many_threads_read_the_right_bytes(
        self, tmp_path: Path, make_tar: Callable[[Path, Mapping[str, bytes]], Path]
    ) -> None:
        files = {f"{i}.jpg": str(i).encode() * (i + 1) for i in range(200)}
        images = TarImages(make_tar(tmp_path / "images.tar", files))
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(images.read, files)) == list(files.values())

    @pytest.mark.parametrize("content", [b"", b"not a tar at all" * 100, b"\x1f\x8b\x08" + bytes(500)])
    def test_what_is_no_tar_is_said_in_words(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "images.tar"
        path.write_bytes(content)
        with pytest.raises(CatalogueError) as caught:
            TarImages(path)
        assert caught.value.code == "bad_archive"

    def test_an_archive_that_ends_in_the_middle_of_an_image_is_said_in_words(
        self, tmp_path: Path, make_tar: Callable[[Path, Mapping[str, bytes]], Path]
    ) -> None:
        path = make_tar(tmp_path / "images.tar", {"1.jpg": b"x" * 2000, "2.jpg": b"y" * 2000})
        path.write_bytes(path.read_bytes()[:1000])
        try:
            images = TarImages(path)
        except CatalogueError as error:
            assert error.code == "bad_archive"  # noqa: PT017 - newer Pythons notice when the archive is opened
        else:
            assert code_of(images.read, "1.jpg") == "bad_archive"

    def test_what_keeps_a_reader_busy_is_refused_in_one_sentence(self, tmp_path: Path) -> None:
        for name, content in _busy().items():
            (tmp_path / f"{name}.tar").write_bytes(content + bytes(1024))
        code = (
            "import sys; from pathlib import Path\n"
            "from vsearch_core.catalogue.sources import TarImages\n"
            "from vsearch_core.errors import CatalogueError\n"
            "for path in sorted(Path(sys.argv[1]).iterdir()):\n"
            "    try: TarImages(path)\n"
            "    except CatalogueError as error: print(error.code, error.message)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
        )
        said = done.stdout.splitlines()
        begins = [f"bad_archive The archive {name}.tar cannot be used: not a sound" for name in sorted(_busy())]
        assert [line[: len(begin)] for line, begin in zip(said, begins, strict=True)] == begins

    def test_what_packers_write_is_read(self, tmp_path: Path) -> None:
        for format in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT):
            names = ["a.jpg", "deep/" * 15 + "b.jpg", *([] if format == tarfile.USTAR_FORMAT else ["ü" * 200 + ".jpg"])]
            with tarfile.open(tmp_path / "images.tar", "w", format=format) as tar:
                for name in names:
                    member = tarfile.TarInfo(name)
                    member.size, member.mtime, member.uname = 3, 1.25, "ö"
                    tar.addfile(member, io.BytesIO(b"abc"))
            images = TarImages(tmp_path / "images.tar")
            assert images.names() == names
            assert {images.read(name) for name in names} == {b"abc"}

    def test_a_tar_of_more_members_than_any_data_set_is_refused(
        self, tmp_path: Path, make_tar: Callable[[Path, Mapping[str, bytes]], Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
        with pytest.raises(CatalogueError, match="more than 3 members"):
            TarImages(make_tar(tmp_path / "images.tar", {f"{i}.jpg": b"x" for i in range(4)}))


def _busy() -> dict[str, bytes]:
    """Small tars that keep a careless reader busy: sizes that lead backward, and headers of headers."""
    backward = (-512).to_bytes(12, "big", signed=True)
    extended = b"%011o\0"
    return {
        "backward": _header("a.jpg") + _header("images/1.jpg", backward),
        "twice": _header("a.jpg") * 2 + _header("images/1.jpg", (-1024).to_bytes(12, "big", signed=True)),
        "words": _header("x", extended % 14, b"x") + b"14 size=-1024\n".ljust(512, b"\0") + _header("1.jpg"),
        "digits": _header("x", extended % 30_000, b"x") + (b"1" * 30_000).ljust(30_208, b"\0") + _header("1.jpg"),
        "records": _header("x", extended % 30_000, b"x")
        + (b"2 " * 14_999 + b"=1").ljust(30_208, b"\0")
        + _header("1.jpg"),
        "chain": (_header("x", extended % 5, b"L") + b"name\0".ljust(512, b"\0")) * 3_000 + _header("1.jpg"),
        "large": _header("x", b"77777777777\0", b"x"),
    }


def _header(name: str, size: bytes = b"00000000000\0", kind: bytes = b"0") -> bytes:
    member = tarfile.TarInfo(name)
    member.type = kind
    block = bytearray(member.tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)
