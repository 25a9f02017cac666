"""The doctor says in plain words what is set up and what is missing, whatever state things are in."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from vsearch_core.catalogue.table import COLUMNS, Catalogue
from vsearch_core.cli.doctor import Check, doctor, packages, port, render, training_packages
from vsearch_core.contracts import Analysis, Photo, SearchResult
from vsearch_core.database import file_of, open_database
from vsearch_core.journal import Journal, Request
from vsearch_core.settings import Settings
from vsearch_core.store import build_store
from vsearch_core.vision import Bundle

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def place(tmp_path: Path) -> Callable[..., Settings]:
    """Settings where nothing is set up yet, all below one folder."""

    def make(**changes: object) -> Settings:
        folders = {name: tmp_path / name for name in ("data", "keras_home", "cache", "models", "sample_path")}
        return Settings(**(folders | {"store": None, "journal_url": None} | changes))  # type: ignore[arg-type]

    return make


class MeanColour:
    """A model of a few lines: a picture's mean colour as its embedding."""

    name = "mean-colour"
    dimension = 4

    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint

    def prepared(self, picture: Photo) -> Photo:
        """As it is."""
        return picture

    def embed(self, photos: Sequence[Photo]) -> np.ndarray:
        found = np.array([[*photo.pixels.mean(axis=(0, 1)) / 255, 1.0] for photo in photos], np.float32)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


class Files:
    """Pictures in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, image: str) -> bytes:
        return (self.folder / image).read_bytes()


def _make_bundle(folder: Path, card: bool = True, good_match: bool = True) -> Bundle:
    folder.mkdir(parents=True, exist_ok=True)
    labels = {
        "schema": 1,
        "name": "fashion",
        "side": 96,
        "dimension": 4,
        "product_types": ["Shirts", "Shoes"],
        "attributes": {name: ["x"] for name in ("colour", "gender", "season", "usage")},
        "hierarchy": {"Shirts": ["Apparel", "Topwear"], "Shoes": ["Footwear", "Shoes"]},
    }
    (folder / "labels.json").write_text(json.dumps(labels))
    (folder / "model.tflite").write_bytes(b"weights")
    if card:
        (folder / "card.md").write_text("A card.")
    if good_match:
        known = {"good_match": 0.5, "model": Bundle.open(folder).fingerprint}
        (folder / "calibration.json").write_text(json.dumps(known))
    return Bundle.open(folder)


def _make_store(path: Path, pictures: Path, fingerprint: str, sample: bool = False) -> None:
    pictures.mkdir()
    rows = []
    for i in range(4):
        noise = np.random.default_rng(i).integers(0, 255, (60, 60, 3), dtype=np.uint8)
        Image.fromarray(noise).save(pictures / f"{i}.png")
        rows.append({name: "" for name in COLUMNS} | {"id": f"p{i}", "image": f"{i}.png", "price": 1.0})
    products = pd.DataFrame(rows, columns=list(COLUMNS))
    build_store(Catalogue("Corner shop", products, Files(pictures), sample=sample), MeanColour(fingerprint), path)


def _found(settings: Settings, name: str) -> Check:
    return next(check for check in doctor(settings) if check.name == name)


def _run(code: str, cache: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VSEARCH_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | {"VSEARCH_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _tree(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_every_check_is_one_sentence_where_nothing_is_set_up(place: Callable[..., Settings], tmp_path: Path) -> None:
    checks = doctor(place())
    names = [check.name for check in checks]
    assert names == [
        "Python", "packages", "training", "weights", "real data", "cache", "sample shop", "model", "store", "journal",
        "port",
    ]  # fmt: skip
    for check in checks:
        assert check.status in ("ok", "warn", "missing")
        assert check.sentence.endswith(".")
        assert "\n" not in check.sentence
    assert _tree(tmp_path) == []  # looking made nothing


def test_the_text_has_a_line_for_each_check_and_ends_with_what_is_missing() -> None:
    good, bad = Check("Python", "ok", "Fine."), Check("model", "missing", "It is gone.")
    text = render([good, bad]).splitlines()
    assert re.fullmatch(r"ok +Python +Fine\.", text[0])
    assert re.fullmatch(r"missing +model +It is gone\.", text[1])
    assert text[-1] == "Missing: model."
    assert render([good]).splitlines()[-1] == "Everything that is needed is set up."


def test_packages_that_are_absent_or_of_another_version_are_named(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    numpy = metadata.version("numpy")
    file.write_text(f"# the app\nnumpy=={numpy}  # arrays\n\ntensorflow==0.1\n")
    assert packages(file).status == "ok"
    file.write_text("numpy==0.1\n")
    assert packages(file).status == "warn"
    assert f"numpy {numpy} instead of 0.1" in packages(file).sentence
    file.write_text("no-such-package-of-anyone==1.0\nnumpy==0.1\n")
    assert packages(file).status == "missing"
    assert "no-such-package-of-anyone" in packages(file).sentence


def test_training_packages_are_never_more_than_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("tensorflow==0.1\nno-such-package-of-anyone==1.0\n")
    check = training_packages(file)
    assert check.status == "warn"
    assert "no-such-package-of-anyone" not in check.sentence


def test_what_ships_pins_every_package() -> None:
    assert packages(ROOT / "requirements.txt").status != "missing"


def test_real_data_and_weights_are_found(place: Callable[..., Settings], tmp_path: Path) -> None:
    settings = place()
    assert (_found(settings, "real data").status, _found(settings, "weights").status) == ("warn", "warn")
    for file in ("data/fashion-products/styles.csv", "keras_home/models/mobilenet_v2_weights_160.h5"):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).touch()
    (tmp_path / "data" / "fashion-products" / "images").mkdir()
    assert (_found(settings, "real data").status, _found(settings, "weights").status) == ("ok", "ok")


def test_a_cache_that_cannot_be_written_is_missing(place: Callable[..., Settings], tmp_path: Path) -> None:
    assert _found(place(), "cache").status in ("ok", "warn")
    (tmp_path / "file").touch()
    check = _found(place(cache=tmp_path / "file"), "cache")
    assert check.status == "missing"
    assert "VSEARCH_CACHE" in check.sentence


def test_the_sample_shop_is_found_and_missed_only_where_it_is_needed(place: Callable[..., Settings]) -> None:
    settings = place()
    check = _found(settings, "sample shop")
    assert check.status == "missing"
    assert "python -m sample_shop" in check.sentence
    data = settings.data / "fashion-products"
    (data / "images").mkdir(parents=True)
    (data / "styles.csv").touch()
    assert _found(settings, "sample shop").status == "ok"
    assert _found(place(sample_path=Settings().sample_path), "sample shop").status == "ok"


def test_a_model_is_missing_broken_incomplete_or_fine(place: Callable[..., Settings]) -> None:
    settings = place()
    folder = settings.models / "fashion"
    assert _found(settings, "model").status == "missing"
    bundle = _make_bundle(folder, card=False, good_match=False)
    assert "no card.md" in _found(settings, "model").sentence
    _make_bundle(folder, good_match=False)
    assert "good match" in _found(settings, "model").sentence
    _make_bundle(folder)
    check = _found(settings, "model")
    assert check.status == "ok"
    assert bundle.fingerprint in check.sentence
    assert "2 product types" in check.sentence
    (folder / "labels.json").write_text("{")
    assert _found(settings, "model").status == "missing"


@pytest.mark.parametrize(("sample", "words"), [(True, "the drawn sample shop"), (False, "the catalogue 'Corner shop'")])
def test_a_store_that_fits_the_model_says_what_it_holds(
    place: Callable[..., Settings], tmp_path: Path, sample: bool, words: str
) -> None:
    settings = place()
    bundle = _make_bundle(settings.models / "fashion")
    _make_store(settings.store_path, tmp_path / "pictures", bundle.fingerprint, sample)
    check = _found(settings, "store")
    assert check.status == "ok"
    assert f"holds {words} with 4 products" in check.sentence


def test_a_store_of_another_model_is_told(place: Callable[..., Settings], tmp_path: Path) -> None:
    settings = place()
    _make_bundle(settings.models / "fashion")
    _make_store(settings.store_path, tmp_path / "pictures", "another")
    check = _found(settings, "store")
    assert check.status == "missing"
    assert "another model (mean-colour another)" in check.sentence


def test_a_damaged_store_is_told(place: Callable[..., Settings], tmp_path: Path) -> None:
    settings = place()
    bundle = _make_bundle(settings.models / "fashion")
    _make_store(settings.store_path, tmp_path / "pictures", bundle.fingerprint)
    victim = next(path for path in sorted(settings.store_path.rglob("*.npy")) if path.is_file())
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(content)
    check = _found(settings, "store")
    assert check.status == "missing"
    assert "damaged" in check.sentence


def test_a_journal_is_counted_without_being_changed(place: Callable[..., Settings]) -> None:
    settings = place()
    assert "not there yet" in _found(settings, "journal").sentence
    open_database(settings.database_url)
    check = _found(settings, "journal")
    assert (check.status, check.sentence.endswith("holds 0 queries.")) == ("ok", True)


def test_a_journal_that_cannot_be_opened_is_told_without_its_password(place: Callable[..., Settings]) -> None:
    settings = place()
    settings.cache.mkdir()
    (settings.cache / "vsearch.db").write_bytes(b"no database" * 100)
    assert _found(settings, "journal").status == "missing"
    check = _found(place(journal_url="mysql://me:secret@host/x"), "journal")
    assert check.status == "missing"
    assert "secret" not in check.sentence


def test_a_journal_that_is_held_elsewhere_is_told(place: Callable[..., Settings]) -> None:
    settings = place()
    open_database(settings.database_url)
    holder = sqlite3.connect(settings.cache / "vsearch.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "held by another program" in _found(settings, "journal").sentence
    holder.close()


def test_the_command_prints_the_checks_and_fails_where_something_is_missing(tmp_path: Path) -> None:
    done = _run("import sys; from vsearch_core.cli.main import main; sys.exit(main(['doctor']))", tmp_path)
    lines = done.stdout.splitlines()
    assert lines[0].split()[1] == "Python"
    assert done.returncode == (1 if lines[-1].startswith("Missing: ") else 0), done.stderr


def test_a_port_is_free_or_in_use() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        number = listener.getsockname()[1]
        assert port(number).status == "warn"
        assert f"Port {number} is in use" in port(number).sentence
    assert port(number).status == "ok"


def test_the_doctor_loads_no_tensorflow(tmp_path: Path) -> None:
    code = """
import sys
from vsearch_core.cli.doctor import doctor, render
from vsearch_core.settings import settings
render(doctor(settings()))
print(sorted({name.split(".")[0] for name in sys.modules} & {"tensorflow", "keras", "sklearn", "streamlit"}))
"""
    done = _run(code, tmp_path)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_without_a_package_that_serves_the_other_checks_are_still_made(tmp_path: Path) -> None:
    # A module that is None in sys.modules cannot be imported: as if it were not installed.
    code = """
import sys
sys.modules.update(dict.fromkeys(["ai_edge_litert", "annoy", "sqlalchemy"]))
from vsearch_core.cli.doctor import doctor
from vsearch_core.settings import settings
for check in doctor(settings()):
    print(check.name, check.status, check.sentence)
"""
    done = _run(code, tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 11
    assert next(line for line in lines if line.startswith("journal")).startswith(
        "journal missing This cannot be looked at without the package sqlalchemy"
    )


def test_a_journal_for_which_queries_wait_or_that_lost_its_file_is_told(place: Callable[..., Settings]) -> None:
    settings = place()
    database = open_database(settings.database_url, timeout_s=0.1)
    journal = Journal(database, waiting=settings.waiting_path)
    with database.begin(write_lock=True):
        nothing = SearchResult(Analysis((), (), {}, np.empty(0, np.float32)), (), False)
        journal.record(nothing, Request(source="cli", session="s", model="m"))
        journal.close()
    check = _found(settings, "journal")
    assert check.status == "warn"
    assert "1 queries and events wait for it" in check.sentence
    (file_of(settings.database_url) or Path()).unlink()
    check = _found(settings, "journal")
    assert check.status == "warn"
    assert "not there yet" in check.sentence
