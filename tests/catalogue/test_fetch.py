"""Data sets come from where they lie, else over the network; strangers' archives do no harm."""

from __future__ import annotations

import io
import sys
import tarfile
import threading
import types
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vsearch_core.catalogue import archives, read_catalogue
from vsearch_core.catalogue.fetch import DATA_SETS, LARGE_DATA_SETS, fetch
from vsearch_core.errors import CatalogueError, MissingDependency
from vsearch_core.settings import Settings

Serve = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "nothing here")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves one content on this machine; `promise` is the length that it claims to have."""
    servers = []

    def start(content: bytes, *, promise: int | None = None, status: int = 200) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content) if promise is None else promise))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/set.zip"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def make_zip(files: Mapping[str, bytes], top: str = "set-0123abc") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{top}/", b"")
        for name, content in files.items():
            archive.writestr(f"{top}/{name}", content)
    return out.getvalue()


def fetch_from(name: str, source: str, to: Path, settings: Settings) -> Path:
    return fetch(name, to, settings, sources={name: replace(DATA_SETS[name], source=source)})


def members(folder: Path) -> dict[str, bytes]:
    with tarfile.open(folder / "images.tar") as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


PHOTOS = {"images.csv": b"image,sender_id,label,kids\na-1,3,Hat,False\n", "images/a-1.jpg": b"jpeg", "README.md": b"x"}


class TestWhereItLies:
    def test_a_set_in_the_data_folder_is_used_where_it_is(self, tmp_path: Path, settings: Settings) -> None:
        there = settings.data / "clothing-photos"
        there.mkdir(parents=True)
        (there / "images.csv").write_text("image\n")
        (there / "images.tar").write_bytes(b"")
        assert fetch("clothing-photos", tmp_path / "to", settings) == there
        assert not (tmp_path / "to").exists()

    def test_half_a_set_in_the_data_folder_is_not(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        (settings.data / "clothing-photos").mkdir(parents=True)
        (settings.data / "clothing-photos" / "images.csv").write_text("image\n")
        folder = fetch_from("clothing-photos", serve(make_zip(PHOTOS)), tmp_path / "to", settings)
        assert folder == tmp_path / "to" / "clothing-photos"

    def test_what_was_fetched_once_is_not_fetched_again(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        folder = fetch_from("clothing-photos", serve(make_zip(PHOTOS)), tmp_path, settings)
        assert fetch_from("clothing-photos", "http://127.0.0.1:9/gone.zip", tmp_path, settings) == folder

    def test_an_unknown_set_is_answered_with_the_known_ones(self, tmp_path: Path, settings: Settings) -> None:
        with pytest.raises(CatalogueError, match="clothing-photos") as caught:
            fetch("shoes", tmp_path, settings)
        assert caught.value.code == "unknown_data_set"

    def test_every_set_says_what_it_is_and_who_allows_it(self) -> None:
        for data_set in {**DATA_SETS, **LARGE_DATA_SETS}.values():
            assert data_set.what
            assert data_set.licence


class TestPhotos:
    def test_the_archive_becomes_a_table_and_a_tar(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        folder = fetch_from("clothing-photos", serve(make_zip(PHOTOS)), tmp_path, settings)
        assert members(folder) == {"images/a-1.jpg": b"jpeg"}
        assert (folder / "images.csv").read_bytes() == PHOTOS["images.csv"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["clothing-photos"]

    def test_a_half_made_folder_is_replaced(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        (tmp_path / "clothing-photos").mkdir()
        (tmp_path / "clothing-photos" / "images.tar").write_bytes(b"half")
        folder = fetch_from("clothing-photos", serve(make_zip(PHOTOS)), tmp_path, settings)
        assert members(folder) == {"images/a-1.jpg": b"jpeg"}

    def test_an_archive_without_its_table_is_refused(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        with pytest.raises(CatalogueError, match=r"images\.csv") as caught:
            fetch_from("clothing-photos", serve(make_zip({"images/a.jpg": b"x"})), tmp_path, settings)
        assert caught.value.code == "bad_archive"
        assert list(tmp_path.iterdir()) == []


class TestOutfits:
    def matrices(self) -> dict[str, bytes]:
        scipy_io = pytest.importorskip("scipy.io")

        def mat(**content: object) -> bytes:
            out = io.BytesIO()
            scipy_io.savemat(out, content, do_compression=True)
            return out.getvalue()

        mask = np.zeros((6, 4), dtype=np.uint8)
        mask[2:, 1:] = 2
        return {
            "label_list.mat": mat(label_list=np.array([["null", "hat", "dress"]], dtype=object)),
            "annotations/pixel-level/0001.mat": mat(groundtruth=mask),
            "annotations/image-level/0002.mat": mat(tags=[1]),
            "photos/0001.jpg": b"first",
            "photos/0002.jpg": b"second",
        }

    def test_matrices_become_masks_beside_their_photos(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        folder = fetch_from("street-outfits", serve(make_zip(self.matrices())), tmp_path, settings)
        files = members(folder)
        assert list(files) == ["photos/0001.jpg", "masks/0001.png"]
        mask = np.asarray(Image.open(io.BytesIO(files["masks/0001.png"])))
        assert mask.shape == (6, 4)
        assert mask.tolist()[2] == [0, 2, 2, 2]
        assert (folder / "labels.txt").read_text().splitlines() == ["null", "hat", "dress"]

    @pytest.mark.parametrize("content", [b"", b"garbage" * 50, b"MATLAB 5.0 MAT-file" + bytes(200)])
    def test_broken_matrices_are_refused(
        self, tmp_path: Path, settings: Settings, serve: Serve, content: bytes
    ) -> None:
        files = self.matrices() | {"annotations/pixel-level/0001.mat": content}
        with pytest.raises(CatalogueError) as caught:
            fetch_from("street-outfits", serve(make_zip(files)), tmp_path, settings)
        assert caught.value.code == "bad_archive"
        assert list(tmp_path.iterdir()) == []


class TestKaggle:
    TABLE = "id,articleType,productDisplayName\n10,Hats,Red hat\n"

    @pytest.fixture
    def kaggle(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Stands in for Kaggle's client, which needs the network: it answers with a folder."""
        folder = tmp_path / "kaggle cache"
        folder.mkdir()
        client = types.ModuleType("kagglehub")
        client.dataset_download = lambda handle: str(folder)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "kagglehub", client)
        return folder

    @pytest.mark.parametrize("below", [".", "fashion-dataset"])
    def test_the_folder_becomes_a_catalogue(self, tmp_path: Path, settings: Settings, kaggle: Path, below: str) -> None:
        images = kaggle / below / "images"
        images.mkdir(parents=True)
        (images / "10.jpg").write_bytes(b"jpeg")
        (images / "notes.txt").write_bytes(b"x")
        (kaggle / below / "styles.csv").write_text(self.TABLE)
        folder = fetch("fashion-products", tmp_path / "to", settings)
        assert members(folder) == {"images/10.jpg": b"jpeg"}
        catalogue = read_catalogue(folder)
        assert catalogue.products["name"].tolist() == ["Red hat"]
        assert catalogue.images.read("10.jpg") == b"jpeg"

    def test_a_link_in_the_folder_is_not_followed_outside(
        self, tmp_path: Path, settings: Settings, kaggle: Path
    ) -> None:
        (tmp_path / "secret").write_bytes(b"secret")
        (kaggle / "images").mkdir()
        (kaggle / "images" / "10.jpg").symlink_to(tmp_path / "secret")
        (kaggle / "styles.csv").write_text(self.TABLE)
        with pytest.raises(CatalogueError):
            fetch("fashion-products", tmp_path / "to", settings)
        assert not (tmp_path / "to" / "fashion-products").exists()

    def test_an_empty_folder_is_refused(self, tmp_path: Path, settings: Settings, kaggle: Path) -> None:
        with pytest.raises(CatalogueError, match=r"styles\.csv"):
            fetch("fashion-products", tmp_path / "to", settings)

    def test_a_client_that_fails_is_answered_in_one_sentence(
        self, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = types.ModuleType("kagglehub")

        def fail(handle: str) -> str:
            raise ConnectionError("Max retries exceeded\nwith a long traceback")

        client.dataset_download = fail  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "kagglehub", client)
        with pytest.raises(CatalogueError, match="sample shop") as caught:
            fetch("fashion-products", tmp_path / "to", settings)
        assert caught.value.code == "no_network"
        assert "\n" not in caught.value.message

    def test_without_the_client_it_says_how_to_install_it(
        self, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "kagglehub", None)
        with pytest.raises(MissingDependency, match="pip install kagglehub"):
            fetch("fashion-products", tmp_path / "to", settings)


class TestNetwork:
    def test_no_network_says_what_to_do(self, tmp_path: Path, settings: Settings) -> None:
        with pytest.raises(CatalogueError, match=r"VSEARCH_DATA.*sample shop") as caught:
            fetch_from("clothing-photos", "http://127.0.0.1:9/set.zip", tmp_path, settings)
        assert caught.value.code == "no_network"
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("status", [404, 500])
    def test_an_answer_that_is_none(self, tmp_path: Path, settings: Settings, serve: Serve, status: int) -> None:
        with pytest.raises(CatalogueError) as caught:
            fetch_from("clothing-photos", serve(b"", status=status), tmp_path, settings)
        assert caught.value.code == "no_network"

    def test_a_download_that_breaks_off_leaves_nothing_behind(
        self, tmp_path: Path, settings: Settings, serve: Serve
    ) -> None:
        content = make_zip(PHOTOS)
        with pytest.raises(CatalogueError, match="ended after") as caught:
            fetch_from("clothing-photos", serve(content, promise=len(content) + 999), tmp_path, settings)
        assert caught.value.code == "no_network"
        assert list(tmp_path.iterdir()) == []
        assert fetch_from("clothing-photos", serve(content), tmp_path, settings).is_dir()

    def test_an_endless_download_is_stopped(
        self, tmp_path: Path, settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archives, "MAX_DOWNLOAD_BYTES", 100)
        with pytest.raises(CatalogueError) as caught:
            fetch_from("clothing-photos", serve(bytes(500)), tmp_path, settings)
        assert caught.value.code == "bad_archive"
        assert list(tmp_path.iterdir()) == []

    def test_progress_is_told(self, tmp_path: Path, serve: Serve) -> None:
        seen: list[tuple[int, int]] = []
        archives.download(serve(b"x" * 1000), tmp_path / "x", lambda done, total: seen.append((done, total)))
        assert seen[-1] == (1000, 1000)


class TestHostileArchives:
    def refused(self, content: bytes, tmp_path: Path, settings: Settings, serve: Serve) -> str:
        with pytest.raises(CatalogueError) as caught:
            fetch_from("clothing-photos", serve(content), tmp_path, settings)
        assert list(tmp_path.iterdir()) == []
        return caught.value.code

    def test_paths_that_climb_stay_out(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        evil = {"../../evil.jpg": b"x", "images/../../evil.jpg": b"x", "/etc/evil.jpg": b"x", "images/..": b"x"}
        folder = fetch_from("clothing-photos", serve(make_zip(PHOTOS | evil)), tmp_path / "to", settings)
        assert list(members(folder)) == ["images/a-1.jpg"]
        assert not list(tmp_path.rglob("evil*"))

    def test_links_come_as_their_text_at_most(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        out = io.BytesIO(make_zip(PHOTOS))
        with zipfile.ZipFile(out, "a") as archive:
            link = zipfile.ZipInfo("set/images/link.jpg")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
        folder = fetch_from("clothing-photos", serve(out.getvalue()), tmp_path, settings)
        with tarfile.open(folder / "images.tar") as tar:
            assert all(member.isreg() for member in tar)

    @pytest.mark.parametrize("content", [b"", b"not a zip" * 100, make_zip(PHOTOS)[:-30], make_zip(PHOTOS)[100:]])
    def test_what_is_no_whole_zip(self, tmp_path: Path, settings: Settings, serve: Serve, content: bytes) -> None:
        assert self.refused(content, tmp_path, settings, serve) == "bad_archive"

    def test_content_that_was_changed_on_the_way(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        content = bytearray(make_zip({"images.csv": bytes(range(256)) * 20, **PHOTOS}))
        content[200] ^= 0xFF
        assert self.refused(bytes(content), tmp_path, settings, serve) == "bad_archive"

    def test_a_picture_that_unpacks_to_far_too_much(self, tmp_path: Path, settings: Settings, serve: Serve) -> None:
        bomb = make_zip({**PHOTOS, "images/bomb.jpg": bytes(archives.MAX_MEMBER_BYTES + 1)})
        assert len(bomb) < 100_000
        assert self.refused(bomb, tmp_path, settings, serve) == "bad_archive"

    def test_many_pictures_that_unpack_to_far_too_much(
        self, tmp_path: Path, settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 1_000_000)
        bomb = make_zip({**PHOTOS, **{f"images/{i}.jpg": bytes(900_000) for i in range(5)}})
        assert self.refused(bomb, tmp_path, settings, serve) == "bad_archive"

    def test_far_too_many_members(
        self, tmp_path: Path, settings: Settings, serve: Serve, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
        assert self.refused(make_zip(PHOTOS), tmp_path, settings, serve) == "bad_archive"
