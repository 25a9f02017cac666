"""Makes assets/screenshot.png for the README: the drawn shop after a search, 1280x800.

    python tools/screenshot.py [--photo 4] [--out assets/screenshot.png]

Needs Chromium and Playwright (requirements-dev.txt). The drawn shop is made in the cache, if it is not there yet.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from vsearch_core.settings import Settings  # noqa: E402
from vsearch_core.setup import prepare  # noqa: E402


def main() -> None:
    arguments = argparse.ArgumentParser(description="Makes the README's screenshot of the drawn shop.")
    arguments.add_argument("--photo", type=int, default=1, help="which of the photos to try, counted from 1")
    arguments.add_argument("--out", type=Path, default=ROOT / "assets" / "screenshot.png")
    chosen = arguments.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium on this machine; install it to take a screenshot.")
    cache = Settings().cache / "drawn"
    drawn = {"VSEARCH_CACHE": str(cache), "VSEARCH_DATA": str(cache / "no-data")}
    os.environ.update(drawn)
    os.environ.pop("VSEARCH_STORE", None)
    prepare(Settings())
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.get_by_role("list", name="Photos to try").get_by_role("button").nth(chosen.photo - 1).click()
        page.get_by_role("list", name="Most similar products").get_by_role("listitem").nth(4).wait_for()
        page.mouse.move(0, 0)
        page.wait_for_timeout(1000)
        page.screenshot(path=str(chosen.out))
        browser.close()
    print(chosen.out)


@contextmanager
def serving() -> Iterator[str]:
    """The app on a free port, with the environment as it is now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    app = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(timeout=20)


if __name__ == "__main__":
    main()
