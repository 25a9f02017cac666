"""The command line: `python -m vsearch_core COMMAND …`."""

from __future__ import annotations

import sys

from vsearch_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main(name="python -m vsearch_core"))
