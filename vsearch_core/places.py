"""Where what ships lies: beside the package in a checkout, inside of it where it was installed from a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent

ROOT = PACKAGE.parent
"""The checkout; the folder of installed packages where there is none."""

CHECKOUT = (ROOT / "pyproject.toml").is_file()


def shipped(name: str) -> Path:
    """The file or folder of what ships: "models", "splits", "assets/sample_shop"."""
    return (ROOT if CHECKOUT else PACKAGE) / name


def how_to_install() -> str:
    """The command that installs whatever package is missing, in backticks."""
    return "`pip install -r requirements.txt`" if CHECKOUT else "`pip install 'vsearch[train]'`"
