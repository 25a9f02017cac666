"""The command line: `python -m studies COMMAND …`."""

from __future__ import annotations

import sys

from studies.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
