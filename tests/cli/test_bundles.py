"""`bundle import`: an encoder from elsewhere, with which a shop can be searched."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.onnx_graphs import SIDE, encoder, saved
from vsearch_core.cli.main import main
from vsearch_core.settings import settings

Run = Callable[..., tuple[int, list[str], str]]

LOOK = ("--size", SIDE, "--mean", "0.5,0.5,0.5", "--std", "0.25,0.25,0.25")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process with a cache of its own: (exit status, lines of output, error text)."""
    monkeypatch.setenv("VSEARCH_CACHE", str(tmp_path / "cache"))

    def call(*arguments: object) -> tuple[int, list[str], str]:
        capsys.readouterr()
        settings.cache_clear()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err

    return call


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    return saved(encoder(), tmp_path / "My encoder v2.onnx")


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Six products of plain, different patterns."""
    random = np.random.default_rng(3)
    rows = ["id,image,name,product_type,category"]
    for number in range(6):
        pixels = random.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((120, 120), Image.Resampling.NEAREST).save(tmp_path / f"{number}.png")
        rows.append(f"{number},{number}.png,Thing {number},{'Lamps' if number % 2 else 'Chairs'},Home")
    file = tmp_path / "shop.csv"
    file.write_text("\n".join(rows) + "\n")
    return file


def test_a_shop_is_built_and_searched_with_an_imported_encoder(
    run: Run, exported: Path, catalogue: Path, tmp_path: Path
) -> None:
    status, lines, _ = run("bundle", "import", "--onnx", exported, *LOOK)
    assert status == 0
    assert "16 numbers" in lines[0]
    assert "--model My-encoder-v2" in lines[1]
    store = tmp_path / "store"
    built = ("store", "build", "--catalogue", catalogue, "--out", store, "--model", "My-encoder-v2")
    assert run(*built)[0] == 0
    status, lines, _ = run("search", tmp_path / "4.png", "--store", store, "-k", 3, "--json")
    answer = json.loads(lines[0])
    assert status == 0
    assert [answer["hits"][0][name] for name in ("id", "product_type", "category")] == ["4", "Chairs", "Home"]
    assert answer["hits"][0]["score"] > 0.99
    assert answer["product_type"]["name"] == "Chairs"
    assert run("analyse", tmp_path / "4.png", "--json")[0] == 0


def test_the_bundle_can_be_written_elsewhere_under_a_name(run: Run, exported: Path, tmp_path: Path) -> None:
    status, lines, _ = run("bundle", "import", "--onnx", exported, *LOOK, "--name", "b.1", "--out", tmp_path / "made")
    assert status == 0
    assert (tmp_path / "made" / "b.1" / "model.onnx").is_file()
    assert "move it into" in lines[1]


def test_a_bundle_that_is_there_is_not_written_over(run: Run, exported: Path) -> None:
    assert run("bundle", "import", "--onnx", exported, *LOOK, "--name", "mine")[0] == 0
    status, _, said = run("bundle", "import", "--onnx", exported, *LOOK, "--name", "mine")
    assert status == 1
    assert "is there already" in said


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("fashion", "a bundle that ships"),
        ("../mine", "cannot be a bundle's name"),
        ("", "cannot be a bundle's name"),
        ("auto", "cannot be a bundle's name"),
    ],
)
def test_a_name_that_means_something_else_is_refused(run: Run, exported: Path, name: str, sentence: str) -> None:
    status, _, said = run("bundle", "import", "--onnx", exported, *LOOK, "--name", name)
    assert status == 1
    assert sentence in said


@pytest.mark.parametrize(
    ("option", "given"),
    [("--size", "0"), ("--size", "x"), ("--mean", "0.5"), ("--mean", "123,116,103"), ("--std", "0,1,1")],
)
def test_what_is_no_preparation_is_wrong_usage(run: Run, exported: Path, option: str, given: str) -> None:
    status, _, said = run("bundle", "import", "--onnx", exported, *LOOK, option, given)
    assert status == 2
    assert said.count("\n") == 1


def test_labels_are_names_one_a_line(run: Run, exported: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("lamps\nlamps\n")
    status, _, said = run("bundle", "import", "--onnx", exported, *LOOK, "--labels", labels)
    assert status == 1
    assert "different names of classes" in said


def test_a_file_that_is_missing_is_told(run: Run, tmp_path: Path) -> None:
    status, _, said = run("bundle", "import", "--onnx", tmp_path / "none.onnx", *LOOK)
    assert status == 1
    assert "No such file" in said
    assert said.count("\n") == 1
