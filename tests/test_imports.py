"""The homes keep their order: a module knows what is to its left, and nothing of what is to its right."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

BASE = {
    "vsearch_core",
    "images",
    *("places", "machine", "settings", "errors", "contracts", "records", "optional", "files", "table_files"),
}
"""What every home may use; `vsearch_core` is the package itself."""

_LEFT_TO_RIGHT = ("catalogue", "vision", "store", "search", "journal", "insight")
_ASIDE = {"catalogue", "vision", "store", "search"}

MAY_IMPORT = {
    **{name: BASE for name in BASE},
    **{name: BASE | set(_LEFT_TO_RIGHT[:i]) for i, name in enumerate(_LEFT_TO_RIGHT)},
    "evaluation": BASE | _ASIDE,
    "training": BASE | _ASIDE | {"evaluation"},
    "setup": BASE | _ASIDE,
    "access": BASE,
    "client": BASE,
    "database": BASE | {"database_errors"},
    "database_errors": BASE,
    "reviews": BASE | {"catalogue", "database"},
    "migrations": BASE | {"database"},
}
"""Each home, and the homes besides itself that it may import."""

for _name in ("journal", "insight"):
    MAY_IMPORT[_name] |= {"database", "database_errors"}
# What was measured, and in which words, is told by who measures.
MAY_IMPORT["insight"] |= {"evaluation"}

EVERYTHING = {"cli", "__main__", "service"}
"""The borders of the program, which join the homes."""

ONLY_IN = {
    **{name: set[str]() for name in ("app", "studies", "benchmarks")},
    "tensorflow": {"training"},
    "keras": {"training"},
    "tf_keras": {"training"},
    "sklearn": {"training", "evaluation", "insight"},
    "cleanlab": {"insight"},
    "streamlit": set(),
    "sample_shop": set(),
}
"""Packages that only some homes may import; the core reads the sample shop and never draws it."""

_LEARNS = {"tensorflow", "keras", "tf_keras"}

NEVER = {
    "studies": {"app", "streamlit", "benchmarks", "tests"},
    "sample_shop": {"app", "studies", "streamlit", "benchmarks", "tests", *_LEARNS},
    **{name: {"studies", "sample_shop", "benchmarks", "tests", *_LEARNS} for name in ("app", "pages", "streamlit_app")},
}
"""What stands beside the core, and what it may not import."""


def home_of(module: str) -> str:
    """The home that a module of `vsearch_core` belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def imports(source: str, package: str) -> Iterator[str]:
    """Every module that a source names in an import, wherever it stands; `package` resolves relative ones."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = node.module or ""
            if node.level:
                parts = package.split(".")
                stem = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [stem])])
            # `from vsearch_core import store` names a module only with what follows.
            yield from (f"{stem}.{alias.name}" if stem == "vsearch_core" else stem for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__"):
                yield str(node.args[0].value)


def wrong_imports(source: str, module: str, package: str) -> list[str]:
    """What a module of `vsearch_core` imports and may not."""
    home = home_of(module)
    wrong = []
    for name in imports(source, package):
        top = name.split(".")[0]
        if top == "vsearch_core":
            target = home_of(name)
            known = target in MAY_IMPORT or target in EVERYTHING
            allowed = home in EVERYTHING or target == home or target in MAY_IMPORT[home]
            if known and not allowed:
                wrong.append(name)
        elif home not in ONLY_IN.get(top, {home}):
            wrong.append(name)
    return wrong


def modules() -> list[tuple[str, str, Path]]:
    """Every module of `vsearch_core`: its name, its package, its file."""
    found = []
    for path in sorted((ROOT / "vsearch_core").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        package = ".".join(parts[:-1])
        found.append((package if parts[-1] == "__init__" else ".".join(parts), package, path))
    return found


@pytest.mark.parametrize(("module", "package", "path"), modules(), ids=[module for module, _, _ in modules()])
def test_a_module_imports_only_what_is_to_its_left(module: str, package: str, path: Path) -> None:
    home = home_of(module)
    assert home in MAY_IMPORT or home in EVERYTHING, f"{home} is a new home: give it its place in this test"
    assert wrong_imports(path.read_text(encoding="utf-8"), module, package) == []


@pytest.mark.parametrize("beside", list(NEVER))
def test_what_stands_beside_the_core_keeps_to_its_side(beside: str) -> None:
    paths = [*ROOT.glob(f"{beside}.py"), *(ROOT / beside).rglob("*.py")]
    assert paths
    for path in paths:
        names = list(imports(path.read_text(encoding="utf-8"), ""))
        assert not [name for name in names if name.split(".")[0] in NEVER[beside]], path
        if beside not in ("studies", "sample_shop"):
            assert not [name for name in names if name.startswith("vsearch_core.training")], path


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("from vsearch_core.store import Store", "vsearch_core.vision.bundle", ["vsearch_core.store"]),
        ("from vsearch_core import search", "vsearch_core.store.engines", ["vsearch_core.search"]),
        (
            "import vsearch_core.insight.demand.asked",
            "vsearch_core.journal.rows",
            ["vsearch_core.insight.demand.asked"],
        ),
        ("from ..search import Engine", "vsearch_core.store.engines", ["vsearch_core.search"]),
        ("from .. import search", "vsearch_core.store.engines", ["vsearch_core.search"]),
        ("def f():\n    import keras.models", "vsearch_core.vision.bundle", ["keras.models"]),
        ("if x:\n    from tensorflow import keras", "vsearch_core.evaluation.report", ["tensorflow"]),
        ("import importlib\nimportlib.import_module('keras')", "vsearch_core.search.engine", ["keras"]),
        ("__import__('streamlit')", "vsearch_core.cli.app", ["streamlit"]),
        ("import streamlit as st", "vsearch_core.insight.demand.asked", ["streamlit"]),
        ("import tensorflow", "vsearch_core.cli.train", ["tensorflow"]),
        ("def f():\n    from studies.unseen import BUNDLE", "vsearch_core.cli.training", ["studies.unseen"]),
        ("from sample_shop.photos import GROUNDS", "vsearch_core.journal.rows", ["sample_shop.photos"]),
        ("from vsearch_core.database import Base", "vsearch_core.search.engine", ["vsearch_core.database"]),
        ("from vsearch_core.training import x", "vsearch_core.evaluation.report", ["vsearch_core.training"]),
        ("from vsearch_core.cli import doctor", "vsearch_core.journal.rows", ["vsearch_core.cli"]),
        ("import vsearch_core.catalogue.table", "vsearch_core.images", ["vsearch_core.catalogue.table"]),
        ("from vsearch_core.catalogue import table\nfrom .disk import x", "vsearch_core.store.engines", []),
        ("from vsearch_core import __version__\nimport numpy", "vsearch_core.store.engines", []),
        ("def f():\n    import tensorflow, keras", "vsearch_core.training.fashion.train", []),
        ("def f():\n    from vsearch_core.training.fashion.train import train", "vsearch_core.cli.train", []),
        ("from vsearch_core.database import Base", "vsearch_core.journal.tables", []),
    ],
)
def test_the_check_finds_imports_wherever_they_hide(source: str, module: str, expected: list[str]) -> None:
    assert wrong_imports(source, module, module.rpartition(".")[0]) == expected


def test_serving_loads_neither_tensorflow_nor_streamlit() -> None:
    serving = [
        module
        for module, _, _ in modules()
        # Alembic runs the migrations' own files; `__main__` would run the program.
        if home_of(module) not in ("training", "evaluation", "migrations", "__main__")
    ]
    code = f"""
import importlib, sys
for module in {serving!r}:
    importlib.import_module(module)
print(sorted({{name.split(".")[0] for name in sys.modules}} & {set(ONLY_IN)!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[]\n"
