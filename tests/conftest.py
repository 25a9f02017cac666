"""What every test may use: the real data where it is at hand, a small drawn shop, and settings of their own."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.drawn_products import write_small_shop
from vsearch_core.settings import Settings, settings
from vsearch_core.setup import prepare
from vsearch_core.vision import Bundle, FashionModel


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where the real data is at hand, a real-data test that is skipped fails the run."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and item.get_closest_marker("real_data") and Settings().has_data:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped although the real data is at hand"


@pytest.fixture(autouse=True)
def _settings_read_anew() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the public data sets; the test is skipped where they are not at hand."""
    chosen = Settings()
    if not chosen.has_data:
        pytest.skip(f"the public data sets are not in {chosen.data}")
    return chosen.data


@pytest.fixture(scope="session")
def model() -> FashionModel:
    """The model bundle that ships."""
    return FashionModel(Bundle.open(Settings().models / "fashion"))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder of this worker's own with what takes long to make: the first worker makes it, the others copy it."""
    own = tmp_path_factory.getbasetemp()
    # What pytest-xdist gives its workers lies in one folder of the run.
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        original = shared / f"made-{name}"
        with (shared / f"made-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not original.is_dir():
                begun = shared / f"begun-{name}"
                shutil.rmtree(begun, ignore_errors=True)
                begun.mkdir()
                make(begun)
                begun.rename(original)
        return Path(shutil.copytree(original, tmp_path_factory.mktemp(name), dirs_exist_ok=True))

    return folder


@pytest.fixture(scope="session")
def shop(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Settings:
    """Settings of a small drawn shop that is searchable; its photos are in `sample_path`."""

    def settings_in(cache: Path) -> Settings:
        return Settings(
            cache=cache, data=cache / "no-data", sample_path=cache / "sample-shop", store=None, journal_url=None
        )

    def make(cache: Path) -> None:
        chosen = settings_in(cache)
        write_small_shop(chosen.sample_path)
        prepare(chosen)

    return settings_in(made_once("shop", make))


@dataclass(frozen=True)
class PostgreSQL:
    """A server of the tests' own: on a socket in a folder of its own, reached by nothing else."""

    programs: Path
    folder: Path
    user: str

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        self.run("pg_ctl", "start", "-w", "-t", "60", "-D", "data", "-l", "log", "-o", options)

    def stop(self) -> None:
        """Stop it at once, as a crash would: whoever is connected loses the connection."""
        self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", "data")

    def signal(self, number: int) -> None:
        """Send a signal to all of it: SIGSTOP lets it hang, connections and all, until SIGCONT."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        found = subprocess.run(["pgrep", "-P", str(first)], capture_output=True, text=True, check=False).stdout.split()
        for pid in (first, *map(int, found)):
            os.kill(pid, number)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs as the server's user; it refuses to run as root."""
        other: dict[str, Any] = {}
        if os.getuid() == 0:
            other = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        command = [str(self.programs / program), *arguments]
        # Into a file and not a pipe: the server inherits it, and a pipe would never end.
        with (self.folder / "out").open("w+") as out:
            done = subprocess.run(command, cwd=self.folder, stdout=out, stderr=out, timeout=120, **other)
            out.seek(0)
            assert done.returncode == 0, out.read()

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{uuid.uuid4().hex}"
        self.run("createdb", "-h", str(self.folder), "-U", "postgres", name)
        return f"postgresql://postgres@/{name}?host={self.folder}"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL; the test is skipped where its programs or its driver are missing, but never in CI."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        _no_postgresql("there are no PostgreSQL programs on this machine; install the package postgresql")
    programs = found[-1].parent if found else Path(str(on_path)).resolve().parent
    users = [user.pw_name for user in pwd.getpwall()]
    user = "postgres" if "postgres" in users else "nobody"
    # Not in pytest's own folders, which only root may enter; and short, as a socket's path must be.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = PostgreSQL(programs, folder, user)
    try:
        if os.getuid() == 0:
            shutil.chown(folder, user)
        server.run("initdb", "-D", "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _no_postgresql(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
