"""What is installed: pinned for `make`, whole in the wheel, and enough to search without anything else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

from vsearch_core.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BASE = [Requirement(one) for one in PROJECT["project"]["dependencies"]]
EXTRAS = {
    name: [Requirement(one) for one in asked] for name, asked in PROJECT["project"]["optional-dependencies"].items()
}
BUILD = [Requirement(one) for one in PROJECT["build-system"]["requires"]]
INSTALLED_BY_MAKE = [*BASE, *BUILD, *(one for name in ("app", "train", "draw", "labels") for one in EXTRAS[name])]
SHIPS = ("models", "splits", "assets/sample_shop")


def pins(file: str) -> dict[str, str]:
    """Package to pinned version of a requirements file."""
    lines = [line.split("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(one.name): re.fullmatch(r"==([^=*,]+)", str(one.specifier))[1] for one in found}  # type: ignore[index]


def named(requirements: list[Requirement]) -> set[str]:
    return {canonicalize_name(one.name) for one in requirements}


def test_what_make_installs_is_what_the_project_asks_for() -> None:
    assert set(pins("requirements.txt")) == named(INSTALLED_BY_MAKE)


def test_every_pin_is_in_its_range() -> None:
    pinned = pins("requirements-dev.txt") | pins("requirements.txt")
    for one in (*INSTALLED_BY_MAKE, *(one for extra in EXTRAS.values() for one in extra)):
        version = pinned.get(canonicalize_name(one.name))
        # what is neither for the app nor for the tests has its one version in pyproject.toml
        assert one.specifier.contains(version) if version else str(one.specifier).startswith("=="), str(one)


def test_searching_needs_neither_tensorflow_nor_streamlit() -> None:
    assert named(BASE).isdisjoint({"tensorflow", "keras", "streamlit", "scikit-learn"})


def test_pre_commit_checks_with_the_version_that_ci_checks_with() -> None:
    assert f"rev: v{pins('requirements-dev.txt')['ruff']}\n" in (ROOT / ".pre-commit-config.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without a network."""
    code = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def files(folder: str) -> set[str]:
    """The files below a folder of the checkout, by their place in it."""
    found = (ROOT / folder).rglob("*")
    return {str(path.relative_to(ROOT)) for path in found if path.is_file() and "__pycache__" not in path.parts}


def test_the_wheel_holds_the_package_and_what_ships_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == files("vsearch_core") | {f"vsearch_core/{name}" for folder in SHIPS for name in files(folder)}
    assert {"vsearch_core/py.typed", "vsearch_core/catalogue/positions.csv", "vsearch_core/migrations/env.py"} <= names


def test_the_wheel_names_its_command_its_licence_and_its_extras(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert "vsearch = vsearch_core.cli.main:main" in texts["entry_points.txt"]
    assert {"LICENSE", "NOTICE"} <= set(texts)
    assert set(re.findall(r"^Provides-Extra: (.+)$", texts["METADATA"], re.M)) == set(EXTRAS)


def test_what_was_unpacked_elsewhere_is_sound_and_analyses_a_photo_without_any_extra(
    wheel: Path, tmp_path: Path
) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    Image.new("RGB", (60, 80), "navy").save(tmp_path / "photo.png")
    # A module that is None in sys.modules cannot be imported: as if it were not installed.
    code = """
import sys
away = "tensorflow keras streamlit plotly sklearn cleanlab openpyxl uvloop httptools authlib httpx resvg_py psycopg"
away += " fastapi uvicorn prometheus_client"
sys.modules.update(dict.fromkeys([*away.split(), "onnxruntime", "studies", "sample_shop", "app"]))
from vsearch_core.cli.main import main
from vsearch_core.places import PACKAGE, shipped
assert PACKAGE.parent.name == "installed" and PACKAGE in shipped("models").parents
main(["doctor"])
sys.exit(main(["analyse", "photo.png", "--json"]))
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VSEARCH_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(tmp_path / "installed"), "VSEARCH_CACHE": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *told, answer = done.stdout.splitlines()
    assert len(json.loads(answer)["product_types"]) == 5
    assert f"ok       packages     All {len(BASE)} packages are installed." in told
