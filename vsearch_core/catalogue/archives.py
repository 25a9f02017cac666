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

from vsearch_core.catalogue.names import is_companion
from vsearch_core.contracts import Progress
from vsearch_core.errors import CatalogueError

MAX_MEMBERS = 500_000
MAX_MEMBER_BYTES = 64_000_000
MAX_RATIO = 100
MAX_DOWNLOAD_BYTES = 30_000_000_000
_MAX_HEADER_BYTES = 32_000
_MAX_RECORDS = 100
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


class _CarefulTarInfo(tarfile.TarInfo):
    """A member whose header moves only forward, and says nothing that keeps its reader busy.

    Python before 3.11.14 follows negative sizes backward and reads the same members for ever (CVE-2025-8194); before
    3.11.10 it takes a time that grows with the square of what an extended header holds (CVE-2024-6232).
    """

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADERS:
            if self.size > _MAX_HEADER_BYTES:
                raise tarfile.ReadError(f"a name or header of {self.size:,} bytes")
            file = archive.fileobj
            assert file is not None
            here = file.tell()
            if self.type in _EXTENDED and not _is_sound(file.read(self._block(self.size))):
                raise tarfile.ReadError("an extended header that no packer writes")
            file.seek(here)
        if len(archive.pax_headers) > _MAX_RECORDS:  # each member gets a copy of them
            raise tarfile.ReadError("headers for all members with more records than any packer writes")
        return super()._proc_member(archive)  # type: ignore[misc]

    def _block(self, count: int) -> int:
        if count < 0:
            raise tarfile.ReadError("a member of negative size")
        return super()._block(count)  # type: ignore[misc]


_EXTENDED = frozenset({tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE})
_HEADERS = _EXTENDED | {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
_RECORD = re.compile(rb"(\d{1,6}) [^=\n]+=")
_NO_NUMBER = re.compile(rb"\d{200}")


def _is_sound(header: bytes) -> bool:
    """Whether an extended header is records of `<length> <keyword>=<value>` and a line end, one after the other."""
    at = 0
    while at < len(header) and header[at]:
        record = _RECORD.match(header, at)
        end = at + int(record[1]) if record else 0
        if record is None or end <= record.end() or header[end - 1 : end] != b"\n":
            return False
        at = end
    return _NO_NUMBER.search(header) is None


def open_tar(path: Path) -> Iterator[tarfile.TarInfo]:
    """The members of an uncompressed tar that a stranger may have made, each with where its content lies.

    Raises:
        CatalogueError: it is not a whole tar, has more members than any data set, or was made to keep its reader busy
            (`bad_archive`).
    """
    try:
        with tarfile.open(path, "r:", tarinfo=_CarefulTarInfo) as archive:
            count = 0
            while member := archive.next():
                count += 1
                if count > MAX_MEMBERS:
                    raise _bad(path, f"it has more than {MAX_MEMBERS:,} members")
                yield member
                archive.members.clear()  # type: ignore[attr-defined]  # it would keep what nobody asks for again
    except (OSError, tarfile.TarError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
        # tarfile raises whatever a header leads it to: numbers of any size, chains of headers of any length
        raise _bad(path, f"not a sound uncompressed tar ({_first_line(error)})") from error


def zip_members(path: Path, pattern: str) -> Iterator[tuple[str, bytes]]:
    """The wanted files of a zip, in its order.

    Args:
        path: the archive.
        pattern: regular expression for the whole path below the archive's one top folder.

    Yields:
        The path below the top folder, and the content.

    Raises:
        CatalogueError: it is not a whole zip, or has more or larger members than any data set (`bad_archive`).
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
                whole = member.filename.replace("\\", "/")
                name = whole.partition("/")[2]
                if member.is_dir() or is_companion(whole) or not wanted.fullmatch(name):
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


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _bad(path: Path, why: str) -> CatalogueError:
    return CatalogueError(
        f"The archive {path.name} cannot be used: {why}; get it again, or tell who offers it.", code="bad_archive"
    )
