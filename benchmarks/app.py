"""How soon the app is ready, how fast it answers clicks, and how much memory its process takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.clicks import click_times, page_in_chromium, wait_for_start
from vsearch_core.settings import ROOT

_PATIENCE_S = 60


def readiness(store: Path) -> dict[str, object]:
    """Seconds from the start of `streamlit run` to the first page, clicks, memory, and whether it loads TensorFlow."""
    started = time.perf_counter()
    with serving(store) as (address, pid):
        served = time.perf_counter() - started
        with page_in_chromium() as page:
            page.goto(address)
            wait_for_start(page)
            first_page = time.perf_counter() - started
            clicks = click_times(page, address)
        maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
        return {
            "server_s": round(served, 1),
            "first_page_s": round(first_page, 1),
            "memory_mb": resident_mb(pid),
            "tensorflow_loaded": "tensorflow/python" in maps or "libtensorflow" in maps,
            "click_to_changed_page_ms": clicks,
        }


@contextmanager
def serving(store: Path, **environment: str) -> Iterator[tuple[str, int]]:
    """The app over a store, reached from this machine alone: its address and its process."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
    with subprocess.Popen(
        [*command, "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT,
        env={**os.environ, **environment, "VSEARCH_STORE": str(store)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for_server(port)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def _wait_for_server(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the app did not answer within a minute")


def resident_mb(pid: int) -> int:
    """Memory that a process has, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024)
    raise RuntimeError(f"process {pid} does not say how much memory it has")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
