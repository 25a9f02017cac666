"""Files that are whole or not there."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def replace_bytes(path: Path, content: bytes) -> None:
    """Write beside `path` and move it there at once: a reader sees the old content or the new, never a part."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def replace_json(path: Path, content: Any) -> None:
    """The same with a value as indented JSON; a number that JSON cannot hold is a ValueError."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    replace_bytes(path, text.encode())
