"""Strangers' archives into our own tar, member by member: nothing is ever unpacked onto the disk.

What is wanted is named by a pattern, so that paths that climb, links and devices cannot come along, and every member is
read with a limit, whatever its header says.
"""

from __future__ import annotations

import io
import re
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

from vsearch_core.contracts import Progress
from vsearch_core.errors import CatalogueError

MAX_MEMBERS = 500_000
MAX_MEMBER_BYTES = 64_000_000
MAX_RATIO = 100
MAX_DOWNLOAD_BYTES = 30_000_000_000
_TIMEOUT_S = 30
_BLOCK = 1 << 20


class TarWriter:
    """Writes plain files with the same owner and time into a tar, so that the same data gives the same bytes."""

    def __init__(self, path: Path) -> None:
        self._tar = tarfile.open(path, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115

    def add(self, name: str, data: bytes) -> None:
        """Add one file."""
        member = tarfile.TarInfo(name)
        member.size = len(data)
        self._tar.addfile(member, io.BytesIO(data))

    def __enter__(self) -> TarWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()


def zip_members(path: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    """The wanted files of a zip, in its order.

    Args:
        path: the archive.
        pattern: regular expression for the whole path below the archive's one top folder.

    Yields:
        The path below the top folder, and the content.

    Raises:
        CatalogueError: it is no whole zip, or has more or larger members than any data set (`bad_archive`).
    """
    wanted = re.compile(pattern)
    total = 0
    most = MAX_MEMBER_BYTES + MAX_RATIO * path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise _bad(path, f"it has {len(members):,} members")
            for member in members:
                name = member.filename.partition("/")[2]
                if member.is_dir() or not wanted.fullmatch(name):
                    continue
                with archive.open(member) as file:
                    data = file.read(MAX_MEMBER_BYTES + 1)
                total += len(data)
                if len(data) > MAX_MEMBER_BYTES or total > most:
                    raise _bad(path, f"{name[:80]} unpacks to far more than a picture has")
                yield name, data
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        # RuntimeError: encrypted; NotImplementedError: an unknown compression
        raise _bad(path, str(error) or "it ends too early") from error
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise _bad(path, str(error)) from error


def download(url: str, path: Path, progress: Progress | None = None) -> None:
    """Get a file over HTTP; it is under its name only when it is whole, and a broken download leaves nothing behind.

    Raises:
        OSError: it cannot be reached, or ended too early.
        CatalogueError: it is larger than any data set.
    """
    part = path.with_name(path.name + ".part")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer, part.open("wb") as file:
            total = int(answer.headers.get("Content-Length") or 0)
            done = 0
            while block := answer.read(_BLOCK):
                file.write(block)
                done += len(block)
                if max(done, total) > MAX_DOWNLOAD_BYTES:
                    raise _bad(path, f"it has more than {MAX_DOWNLOAD_BYTES:,} bytes")
                if progress is not None:
                    progress(done, max(done, total))
            if done < total:
                raise OSError(f"it ended after {done:,} of {total:,} bytes")
        part.replace(path)
    except HTTPException as error:
        raise OSError(f"the connection broke off ({type(error).__name__})") from error
    finally:
        part.unlink(missing_ok=True)


def _bad(path: Path, why: str) -> CatalogueError:
    return CatalogueError(
        f"The archive {path.name} cannot be used: {why}; get it again, or tell who offers it.", code="bad_archive"
    )
