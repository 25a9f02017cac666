"""Faults of a picture file that cost no pixel: they are put right before decoding, and named in a remark.

A file whose pixels themselves are missing, or fail their checksum, is refused.
"""

from __future__ import annotations

import random
import re
import struct
import zlib
from functools import lru_cache

import numpy as np

from vsearch_core.images.structure import JPEG_FRAMES, JPEG_MARKER_IN_SCAN, JPEG_PROGRESSIVE, broken

NO_END = "The file lacks its end marker; every pixel is there."
"""The remark on a picture that only lacks the last bytes of its format."""

_MAY_MISS = 0.01
"""So large a share of a JPEG's pixels may be missing at its end."""

_MAX_MARKERS = 5000
_JUNK_BYTES = 65536
_PADDING = bytes(1024)
_END = b"\xff\xd9"

_PNG_NAME = re.compile(rb"[A-Za-z]{4}")
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PNG_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "}


def mended(format: str, data: bytes) -> tuple[bytes, str]:
    """The file as its decoder takes it, and the remark on what was wrong with it; empty where nothing was.

    Raises:
        ImageRejected: pixels, or what they cannot be read without, fail their checksum (`image_broken`).
    """
    mend = {"PNG": _png, "WEBP": _webp, "GIF": _gif}.get(format)
    return mend(data) if mend is not None else (data, "")


def _png(data: bytes) -> tuple[bytes, str]:
    view = memoryview(data)
    parts, wrong = [view[:8]], []
    position, ended = 8, False
    while position + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data) or not _PNG_NAME.fullmatch(name):
            break
        sound = zlib.crc32(view[position + 4 : end - 4]) == struct.unpack_from(">I", data, end - 4)[0]
        if name == b"IEND":
            ended = sound
            break
        if sound:
            parts.append(view[position:end])
        elif name[0] & 0x20 and name != b"tRNS":
            wrong.append(name.decode("ascii"))
        else:
            raise broken()
        position = end
    remark = "" if ended else NO_END
    if wrong:
        names = ", ".join(sorted(set(wrong))[:5])
        remark = f"The checksum of a side chunk ({names}) is wrong and it was left out; every pixel is there."
        data = b"".join([*parts, view[position:]])
    return data, remark


def png_is_short(data: bytes) -> bool:
    """Whether a PNG's packed pixels end before its last row: decoders leave the rest black."""
    width, height, depth, colour, interlaced = struct.unpack_from(">IIBB2xB", data, 16)
    bits = depth * _PNG_CHANNELS.get(colour, 1)
    passes = _PNG_PASSES if interlaced else ((0, 0, 1, 1),)
    expected = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            expected += rows * (1 + (columns * bits + 7) // 8)
    unpacked, packed = 0, zlib.decompressobj()
    position = 8
    while position + 8 <= len(data) and unpacked < expected and not packed.eof:
        length, name = struct.unpack_from(">I4s", data, position)
        waiting = data[position + 8 : position + 8 + length] if name == b"IDAT" else b""
        while waiting and unpacked < expected and not packed.eof:
            unpacked += len(packed.decompress(waiting, 1 << 20))
            waiting = packed.unconsumed_tail
        position += 12 + length
    unpacked += len(packed.flush()) if unpacked < expected and not packed.eof else 0
    return unpacked < expected


def _webp(data: bytes) -> tuple[bytes, str]:
    if struct.unpack_from("<I", data, 4)[0] == len(data) - 8:
        return data, ""
    position = 12
    while position + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, position)
        if name not in _WEBP_CHUNKS or position + 8 + length > len(data):
            break
        position += 8 + length + length % 2
    whole = data[:position].ljust(position, b"\0")  # the last chunk's padding may be what is missing
    remark = "The file is not as long as its header says; every pixel is there."
    return whole[:4] + struct.pack("<I", position - 8) + whole[8:], remark


def _gif(data: bytes) -> tuple[bytes, str]:
    return data, "" if data.rstrip(b"\0").endswith(b";") else NO_END


def has_end(data: bytes) -> bool:
    """Whether a JPEG has its end marker, be it with other bytes behind it."""
    return data.endswith(_END) or _jpeg_end(data)[0] is not None


def jpeg_trials(data: bytes) -> tuple[bytes, bytes]:
    """A JPEG with an end marker where its scan ends, and the same with noise before that marker.

    A decoder passes over noise behind the last pixel, and takes it for pixels where those are missing.

    Raises:
        ImageRejected: whole scans are missing (`image_broken`).
    """
    end, complete = _jpeg_end(data)
    if not complete:
        raise broken()
    scan = data[:end] if end is not None else _without_padding(data)
    return scan + _END, scan + _noise() + _END


def jpeg_remark(ended: np.ndarray, with_noise: np.ndarray) -> str:
    """What to say of a JPEG whose trials were decoded to these (height, width, 3) pixels.

    Raises:
        ImageRejected: more than a small share of its pixels is missing (`image_broken`).
    """
    differing = (ended != with_noise).any(axis=2)
    if not differing.any():
        return NO_END
    # noise replaces pixels up to the next restart marker only; the others stay at the middle grey that they begin as
    missing = max(float(differing.mean()), float((ended == 128).all(axis=2).mean()))
    if missing > _MAY_MISS:
        raise broken()
    return f"The file ends too early; {missing:.1%} of the pixels are missing."


def looks_unfinished(pixels: np.ndarray) -> bool:
    """Whether a corner of (height, width, 3) pixels is of the grey that a JPEG's missing pixels have."""
    return bool((pixels[[0, 0, -1, -1], [0, -1, 0, -1]] == 128).all(axis=1).any())


def _jpeg_end(data: bytes) -> tuple[int | None, bool]:
    """Where the end marker is (None: there is none), and whether scans of every coefficient have begun."""
    sent: dict[tuple[int, int], int] = {}
    components: list[int] = []
    position, progressive, end = 2, False, None
    for _ in range(_MAX_MARKERS):
        found = JPEG_MARKER_IN_SCAN.search(data, position)
        if found is None:
            break
        at, marker = found.start(), data[found.start() + 1]
        if marker == 0xD9:
            end = at
            break
        if marker in (0x01, 0xD8):
            position = at + 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        content = data[at + 4 : at + 2 + length]
        position = at + 2 + max(2, length)
        if position > len(data):
            return None, False
        if marker in JPEG_FRAMES and len(content) > 6:
            progressive = marker in JPEG_PROGRESSIVE
            components = list(content[6::3][: content[5]])
        elif marker == 0xDA and content:
            ids, spectrum = content[1 : 1 + 2 * content[0] : 2], content[1 + 2 * content[0] :]
            if len(spectrum) < 3:
                return None, False
            first, last, low = (spectrum[0], spectrum[1], spectrum[2] & 15) if progressive else (0, 63, 0)
            sent.update({(id, place): low for id in ids for place in range(first, min(last, 63) + 1)})
    complete = all(sent.get((id, place)) == 0 for id in components for place in range(64))
    return end, complete and bool(components)


def _without_padding(data: bytes) -> bytes:
    """Without half an end marker, and without the zeros that a file was filled up with."""
    scan = data.rstrip(b"\xff")
    if not scan.endswith(_PADDING):
        return scan
    scan = scan.rstrip(b"\0")
    return scan + b"\0" if scan.endswith(b"\xff") else scan


@lru_cache(maxsize=1)
def _noise() -> bytes:
    """Bytes that are not a marker, the same each time."""
    return random.Random(0).randbytes(_JUNK_BYTES).replace(b"\xff", b"\x5a")
