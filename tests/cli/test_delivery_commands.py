"""`catalogue check`, `store build` and `store add` say what became of each row, and what was guessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vsearch_core.cli import stores
from vsearch_core.cli.main import main
from vsearch_core.contracts import Photo
from vsearch_core.search.model_choice import ModelChoice

Run = Callable[..., tuple[int, str, str]]


class Patches:
    """A small embedder: the picture at 4x4 pixels, normalised."""

    name, fingerprint, dimension = "patches", "patches-1", 48

    def prepared(self, picture: Photo) -> Photo:
        return picture

    def embed(self, photos: list) -> np.ndarray:
        small = [np.asarray(Image.fromarray(photo.pixels).resize((4, 4)), np.float32).ravel() + 1 for photo in photos]
        return np.stack([vector / np.linalg.norm(vector) for vector in small])


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with the small embedder: (exit status, output, error text)."""
    monkeypatch.setattr(stores, "_model", lambda name: Patches())
    chosen = ModelChoice("patches", "patches: asked for by its name", None, {})
    monkeypatch.setattr(stores, "_chosen", lambda wanted, catalogue: (Patches(), chosen))
    monkeypatch.setattr(stores, "_cutter", lambda model: None)

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with pictures 1.jpg to 3.jpg."""
    for number in range(1, 4):
        pixels = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((64, 64)).save(tmp_path / f"{number}.jpg")
    return tmp_path


def write(folder: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    (folder / name).write_bytes(content.encode(encoding))
    return folder / name


@pytest.fixture
def store(folder: Path, run: Run) -> Path:
    shop = write(folder, "shop.csv", "id,image,name,price\n1,1.jpg,Jacket,€ 120\n2,2.jpg,Parka,€ 200\n")
    assert run("store", "build", "--catalogue", shop, "--out", folder / "s")[0] == 0
    return folder / "s"


CYRILLIC = "id;image;name\n1;1.jpg;Зимняя куртка\n2;2.jpg;Туфли на каблуке\n3;3.jpg;Кожаный ремень\n"


def test_a_guess_is_named_by_all_three_commands(folder: Path, run: Run) -> None:
    shop = write(folder, "guessed.csv", CYRILLIC, "cp1251")
    commands = (
        ("catalogue", "check", shop),
        ("store", "build", "--catalogue", shop, "--out", folder / "s"),
        ("store", "add", "--catalogue", shop, "--store", folder / "s"),
    )
    for command in commands:
        status, out, _ = run(*command)
        assert status == 0
        assert "Windows-1251 (Cyrillic) was guessed" in out
        assert "Зимняя куртка" in out
        last = json.loads(run(*command, "--json")[1].splitlines()[-1])
        assert (last["encoding"], last["rows"], last["taken"], last["left_out"]) == ("cp1251", 3, 3, 0)
    findings = [json.loads(line) for line in run("catalogue", "check", shop, "--json")[1].splitlines()]
    assert any(one["problem"] == "guess" and "Windows-1251" in one["detail"] for one in findings)
    assert "Windows-1251" in json.loads(run(*commands[2], "--json")[1])["guesses"][0]


def test_rows_that_were_left_out_are_named_and_end_the_command_with_status_1(
    folder: Path, store: Path, run: Run
) -> None:
    rows = "3,3.jpg,Coat,€ 300\n,1.jpg,No id,€ 1\n5,,No image,€ 1\n3,2.jpg,Again,€ 1\n6,gone.jpg,Gone,€ 1\n"
    delivery = write(folder, "more.csv", f"id,image,name,price\n{rows}")
    status, out, _ = run("store", "add", "--catalogue", delivery, "--store", store)
    assert status == 1
    assert out.splitlines()[0] == "5 rows read: 1 taken (1 added, 0 changed, 0 unchanged), 4 left out."
    for told in ("line 3", "line 4 (id 5)", "line 5 (id 3)", "id 6"):
        assert told in out
    record = json.loads(run("store", "add", "--catalogue", delivery, "--store", store, "--json")[1])
    assert (record["added"], record["unchanged"], record["left_out"], sum(record["reasons"].values())) == (0, 1, 4, 4)
    assert len([one for one in record["findings"] if one["done"].startswith("left out")]) == 4


def test_a_check_counts_rows_too(folder: Path, run: Run) -> None:
    shop = write(folder, "some.csv", "id,image\n1,1.jpg\n,2.jpg\n3,gone.jpg\n")
    status, out, _ = run("catalogue", "check", shop)
    assert status == 0
    assert out.startswith("3 rows read: 1 taken, 2 left out.\n")
    assert "line 3" in out
    last = json.loads(run("catalogue", "check", shop, "--json")[1].splitlines()[-1])
    assert last["reasons"] == {"without an id": 1, "whose image is missing": 1}


def test_a_sale_whose_picture_is_missing_changes_the_price_and_says_so(folder: Path, store: Path, run: Run) -> None:
    sale = write(folder, "sale.csv", "id,image,name,price\n1,1-new.jpg,Jacket,€ 79\n3,3.jpg,Coat,€ 300\n")
    status, out, _ = run("store", "add", "--catalogue", sale, "--store", store)
    assert status == 0
    assert "2 rows read: 2 taken (1 added, 1 changed, 0 unchanged), 0 left out." in out
    assert "new image cannot be used: 1 (1)" in out


def test_another_currency_is_one_sentence_and_status_1(folder: Path, store: Path, run: Run) -> None:
    dollars = write(folder, "dollars.csv", "id,image,name,price\n3,3.jpg,Bag,$ 30\n")
    status, out, error = run("store", "add", "--catalogue", dollars, "--store", store)
    assert (status, out) == (1, "")
    assert error.strip().splitlines()[-1].startswith("The delivery's prices are in $ and the shop's in €")


def test_the_help_of_add_says_what_status_1_means(run: Run) -> None:
    assert "exit status is 1 where rows were left out" in " ".join(run("store", "add", "--help")[1].split())
