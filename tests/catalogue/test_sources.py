"""Images are read from a folder or a tar; names that strangers wrote lead nowhere else."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.catalogue import sources
from vsearch_core.catalogue.sources import FolderImages, TarImages
from vsearch_core.errors import CatalogueError

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
