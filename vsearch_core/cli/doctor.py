"""Says in plain words what is set up and what is missing. It loads no model and changes nothing but the schema."""

from __future__ import annotations

import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from vsearch_core.cli.frame import Command
from vsearch_core.cli.output import say, visible
from vsearch_core.errors import DatabaseError, VsearchError
from vsearch_core.places import ROOT, how_to_install

if TYPE_CHECKING:
    from vsearch_core.settings import Settings

Status = Literal["ok", "warn", "missing"]

PORT = 8502

TESTED_PYTHON = (3, 11)

TRAINING_ONLY = ("tensorflow", "keras")

_INSTALL = f"run {how_to_install()}"

ROOMY_BYTES = 2 * 1000**3
"""A store of 40,000 products, the sample shop and a training's checkpoints fit in this."""


@dataclass(frozen=True)
class Check:
    """What was found of one thing: `ok`, `warn` (works, but look at it) or `missing` (something will not work)."""

    name: str
    status: Status
    sentence: str


@click.command("doctor", cls=Command, epilog="doctor")
def command() -> int:
    """Tell what is set up and what is missing."""
    from vsearch_core.settings import settings

    checks = doctor(settings())
    say(*render(checks).split("\n"))
    return int(any(check.status == "missing" for check in checks))


def doctor(chosen: Settings) -> list[Check]:
    """Look at everything that the program needs, in the order in which it is set up. Raises nothing."""
    checks: list[tuple[str, Callable[[Settings], Check]]] = [
        ("Python", _python),
        ("packages", lambda _: packages(ROOT / "requirements.txt")),
        ("training", lambda _: training_packages(ROOT / "requirements.txt")),
        ("weights", _weights),
        ("real data", _data),
        ("cache", _cache),
        ("sample shop", _sample),
        ("model", _model),
        ("store", _store),
        ("journal", _journal),
        ("port", lambda _: port(PORT)),
    ]
    return [_guarded(name, check, chosen) for name, check in checks]


def render(checks: list[Check]) -> str:
    """The checks as text: a line each, and what they come to."""
    width = max((len(check.name) for check in checks), default=0)
    lines = [f"{check.status:<7}  {check.name:<{width}}  {visible(check.sentence)}" for check in checks]
    missing = [check.name for check in checks if check.status == "missing"]
    end = f"Missing: {', '.join(missing)}." if missing else "Everything that is needed is set up."
    return "\n".join([*lines, "", end])


def _guarded(name: str, check: Callable[[Settings], Check], chosen: Settings) -> Check:
    try:
        return check(chosen)
    except VsearchError as error:
        return Check(name, "missing", error.message)
    except ModuleNotFoundError as error:
        return Check(name, "missing", f"This cannot be looked at without the package {error.name}; {_INSTALL}.")
    except Exception as error:  # whatever is wrong with this thing, the others are still told
        return Check(name, "missing", f"This cannot be looked at ({type(error).__name__}: {error}).")


def _python(_: Settings) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] != TESTED_PYTHON:
        tested = ".".join(map(str, TESTED_PYTHON))
        return Check("Python", "warn", f"This is Python {version}; the program is tested with {tested}.")
    return Check("Python", "ok", f"This is Python {version}.")


def packages(requirements: Path) -> Check:
    """Whether what serves is installed, in the versions that the program was tested with."""
    pins = {name: pin for name, pin in _pins(requirements).items() if name not in TRAINING_ONLY}
    absent, other = _compare(pins)
    if absent:
        return Check("packages", "missing", f"Not installed: {', '.join(absent)}; {_INSTALL}.")
    if other:
        return Check("packages", "warn", f"Other versions than the tested ones: {', '.join(other)}; {_INSTALL}.")
    tested = " in the tested versions" if all(pins.values()) else ""
    return Check("packages", "ok", f"All {len(pins)} packages are installed{tested}.")


def training_packages(requirements: Path) -> Check:
    """Whether models can be trained; the app and the searches do without."""
    absent, other = _compare({name: pin for name, pin in _pins(requirements).items() if name in TRAINING_ONLY})
    if absent:
        return Check("training", "warn", f"Not installed: {', '.join(absent)}; only training needs them: {_INSTALL}.")
    if other:
        return Check("training", "warn", f"Other versions than the tested ones: {', '.join(other)}; {_INSTALL}.")
    return Check("training", "ok", "The packages for training are installed.")


def _pins(requirements: Path) -> dict[str, str]:
    """Package to pinned version, as requirements.txt has them; an installed package has none, and names no version."""
    if not requirements.is_file():
        asked = {re.split(r"[^A-Za-z0-9._-]", one)[0]: one for one in metadata.requires("vsearch") or ()}
        return {name: "" for name, one in asked.items() if "extra ==" not in one or name in TRAINING_ONLY}
    lines = requirements.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)==([^\s#;]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def _compare(pins: dict[str, str]) -> tuple[list[str], list[str]]:
    absent, other = [], []
    for name, pin in pins.items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            absent.append(name)
            continue
        if pin and version != pin:
            other.append(f"{name} {version} instead of {pin}")
    return absent, other


def _weights(chosen: Settings) -> Check:
    if any((chosen.keras_home / "models").glob("mobilenet_v2_weights_*.h5")):
        return Check("weights", "ok", f"Training starts from the ImageNet weights in {chosen.keras_home}.")
    return Check(
        "weights",
        "warn",
        f"There are no ImageNet weights in {chosen.keras_home}; training will download them, or set "
        "VSEARCH_KERAS_HOME to the folder that has them.",
    )


def _data(chosen: Settings) -> Check:
    if chosen.has_data:
        return Check("real data", "ok", f"The real catalogue is in {chosen.data}.")
    return Check(
        "real data",
        "warn",
        f"There is no real catalogue in {chosen.data}, so the drawn sample shop takes its place; set VSEARCH_DATA, "
        "or run `python -m vsearch_core data fetch`.",
    )


def _cache(chosen: Settings) -> Check:
    there = next(path for path in (chosen.cache, *chosen.cache.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Check(
            "cache",
            "missing",
            f"The cache {chosen.cache} cannot be written ({error.strerror}); change that, or set VSEARCH_CACHE.",
        )
    free = shutil.disk_usage(there).free
    if free < ROOMY_BYTES:
        return Check("cache", "warn", f"The cache {chosen.cache} has only {_gigabytes(free)} left; free some space.")
    return Check("cache", "ok", f"The cache {chosen.cache} can be written and has {_gigabytes(free)} left.")


def _gigabytes(count: int) -> str:
    return f"{count / 1000**3:,.1f} GB"


def _sample(chosen: Settings) -> Check:
    if (chosen.sample_path / "sample.json").is_file():
        return Check("sample shop", "ok", f"The sample shop is in {chosen.sample_path}.")
    there = f"There is no sample shop in {chosen.sample_path}"
    if chosen.has_data:
        return Check("sample shop", "ok", f"{there}; with the real catalogue it is not needed.")
    return Check("sample shop", "missing", f"{there}; draw it with `python -m sample_shop`.")


def _model(chosen: Settings) -> Check:
    from vsearch_core.search.engine import BUNDLE
    from vsearch_core.vision import Bundle

    bundle = Bundle.open(chosen.models / BUNDLE)
    about = f"The model {bundle.name} ({bundle.fingerprint}) knows {len(bundle.product_types)} product types"
    if not (bundle.path / "card.md").is_file():
        return Check("model", "warn", f"{about}, but has no card.md that says how good it is.")
    if bundle.good_match is None:
        return Check("model", "warn", f"{about}, but its threshold for a good match was not set yet.")
    return Check("model", "ok", f"{about}; its card is in {bundle.path / 'card.md'}.")


def _store(chosen: Settings) -> Check:
    from vsearch_core.search.engine import bundle_of_store
    from vsearch_core.store import Store
    from vsearch_core.vision import Bundle

    path = chosen.store_path
    if not path.exists():
        return Check("store", "warn", f"There is no store in {path} yet; the app makes it when it starts.")
    store = Store.open(path)
    what = "the drawn sample shop" if store.sample else f"the catalogue {store.name!r}"
    about = f"The store {path} holds {what} with {len(store):,} products"
    made_with = store.manifest.embedder
    if made_with.fingerprint != Bundle.open(bundle_of_store(chosen.models, path)).fingerprint:
        return Check(
            "store",
            "missing",
            f"{about}, made with another model ({made_with.name} {made_with.fingerprint}); build it anew with "
            "`python -m vsearch_core store build`.",
        )
    return Check("store", "ok", f"{about}, and fits the model.")


def _journal(chosen: Settings) -> Check:
    from vsearch_core.database import file_of, name_of, open_database
    from vsearch_core.journal import PhotoFolder, contents
    from vsearch_core.journal.times import Untimed
    from vsearch_core.journal.waiting import database_key, left_waiting

    file = file_of(chosen.database_url)
    left = left_waiting(chosen.waiting_path, database_key(name_of(chosen.database_url)))
    waits = f" {left:,} queries and events wait for it in {chosen.waiting_path}; the app writes them when it starts."
    if file is not None and not file.exists():
        about = f"The journal {file} is not there yet; the app makes it when it starts."
        return Check("journal", "warn" if left else "ok", about + (waits if left else ""))
    try:
        database = open_database(chosen.database_url, timeout_s=1.0)
    except DatabaseError as error:
        return Check("journal", "missing", error.message + (waits if left else ""))
    try:
        database.check()
        found = contents(database, PhotoFolder(chosen.photos_path))
    finally:
        database.close()
    wrong = Untimed(found["queries_ahead"], found["events_untimed"]).words
    about = f"The journal {database.url} holds {found['queries']:,} queries."
    said = about + (f" {wrong}" if wrong else "") + (waits if left else "")
    return Check("journal", "warn" if wrong or left else "ok", said)


def port(number: int) -> Check:
    """Whether the app could start on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", number))
        except OSError:
            return Check("port", "warn", f"Port {number} is in use: the app is running already, or another program.")
    return Check("port", "ok", f"Port {number} is free for the app.")
