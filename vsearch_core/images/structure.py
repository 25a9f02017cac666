"""What a picture file says of itself, read from its bytes before any decoder sees them.

Decoders walk a file part by part in Python or allocate what its header asks for: a small hostile file can keep them
busy for minutes. `check_structure` counts the parts with bounded effort and refuses what no program writes.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from vsearch_core.errors import ImageRejected

_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"8BPS", "a Photoshop file"),
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1aE\xdf\xa3", "a video"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS = {b"avif", b"avis"}

_MAX_JPEG_SEGMENTS = 1000
_MAX_JPEG_EXIF = 4
_MAX_JPEG_SCANS = 40
_MAX_JPEG_JUNK = 65536
_MAX_PNG_CHUNKS = 20_000
_MAX_GIF_BLOCKS = 4000
_MAX_TIFF_VALUES = 50_000
_MAX_TIFF_TILE = 16_384
_MAX_TIFF_TAGS = 1000

JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG's frame header, which has its size and components."""

JPEG_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
"""Those of a frame whose coefficients come in several scans."""

JPEG_MARKER_IN_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""A marker that ends a JPEG's scan, or stands outside of one: not a restart marker, and not a stuffed 0xFF."""

_TIFF_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8}


def sniff_format(data: bytes) -> str | None:
    """Pillow's name of the picture's format by its first bytes; None where it is none of the accepted ones."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "TIFF"
    if data[4:8] == b"ftyp":
        return _sniff_iso_media(data)
    if data.startswith(b"BM"):
        return "BMP"
    return None


def describe_other(data: bytes) -> str:
    """What a file that is none of the accepted formats seems to be, for a sentence."""
    for signature, words in _OTHERS:
        if data.startswith(signature):
            return words
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<svg", b"<?xml")) or b"<svg" in start:
        return "an SVG drawing"
    if data[4:8] == b"ftyp":
        return "a video"
    return "not a picture"


@dataclass(frozen=True)
class Structure:
    """What a decoder should know beforehand.

    `size` is (width, height) where the decoder would allocate by the header before anybody can look at it (WebP);
    `several_scans` says that a JPEG's coefficients are held in memory until its last scan.
    """

    size: tuple[int, int] | None = None
    several_scans: bool = False


def check_structure(format: str, data: bytes) -> Structure:
    """Refuse files made to keep a decoder busy.

    Raises:
        ImageRejected: absurdly many parts (`image_hostile`) or no picture inside (`image_broken`).
    """
    try:
        if format == "JPEG":
            return Structure(several_scans=_check_jpeg(data))
        if format == "WEBP":
            return Structure(size=_webp_size(data))
        check = {"PNG": _check_png, "GIF": _check_gif, "TIFF": _check_tiff}.get(format)
        if check is not None:
            check(data)
    except (IndexError, struct.error) as error:
        raise broken() from error
    return Structure()


def broken() -> ImageRejected:
    """The refusal of a damaged or truncated file."""
    return ImageRejected("The picture file is damaged or incomplete; save or download it again.", code="image_broken")


def _hostile(parts: str) -> ImageRejected:
    return ImageRejected(
        f"The picture file has too many {parts} to be an ordinary picture; save it again with a picture program.",
        code="image_hostile",
    )


def _sniff_iso_media(data: bytes) -> str | None:
    length = min(struct.unpack(">I", data[:4])[0], 256)
    box = data[8:length]
    brands = {box[:4]} | {box[i : i + 4] for i in range(8, len(box), 4)}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _HEIF_BRANDS or box[:4] in (b"mif1", b"msf1"):
        return "HEIF"
    return None


def _check_jpeg(data: bytes) -> bool:
    """Whether the first scan is not all of the picture."""
    position, junk, segments, exif = 2, 0, 0, 0
    several, components = False, 0
    while True:
        marker_at = data.find(b"\xff", position)
        if marker_at < 0:
            raise broken()
        junk += marker_at - position
        marker = data[marker_at + 1]
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            junk += 1
            position = marker_at + (1 if marker == 0xFF else 2)
        elif marker == 0xD9:
            raise broken()
        elif marker == 0xDA:
            several = several or data[marker_at + 4] < components
            break
        else:
            segments += 1
            if marker in JPEG_FRAMES:
                several, components = marker in JPEG_PROGRESSIVE, data[marker_at + 9]
            exif += data[marker_at + 4 : marker_at + 10] == b"Exif\x00\x00"
            position = marker_at + 2 + struct.unpack_from(">H", data, marker_at + 2)[0]
        if junk > _MAX_JPEG_JUNK or segments > _MAX_JPEG_SEGMENTS or exif > _MAX_JPEG_EXIF:
            raise _hostile("segments")
    if data.count(b"\xff\xda", marker_at) > _MAX_JPEG_SCANS and _count_scans(data, marker_at) > _MAX_JPEG_SCANS:
        raise _hostile("scans")
    return several


def _count_scans(data: bytes, position: int) -> int:
    """Scans from `position` to the end of the picture: bytes after it (a video of a moving photo) do not count."""
    scans = 0
    while scans <= _MAX_JPEG_SCANS:
        found = JPEG_MARKER_IN_SCAN.search(data, position)
        if found is None:
            break
        marker = data[found.start() + 1]
        if marker == 0xD9:
            break
        scans += marker == 0xDA
        length = data[found.start() + 2 : found.start() + 4]
        position = found.start() + 2 + max(2, int.from_bytes(length, "big"))
    return scans


def _check_png(data: bytes) -> None:
    position, chunks = 8, 0
    while position + 8 <= len(data):
        position += 12 + struct.unpack_from(">I", data, position)[0]
        chunks += 1
        if chunks > _MAX_PNG_CHUNKS:
            raise _hostile("chunks")


def _check_gif(data: bytes) -> None:
    position, blocks = 13, 0
    if data[10] & 0x80:
        position += 3 << ((data[10] & 7) + 1)
    while data[position] != 0x2C:
        if data[position] == 0x3B:
            raise broken()
        blocks += 1
        if data[position] != 0x21:
            position += 1
        else:
            position += 2
            while data[position]:
                position += 1 + data[position]
                blocks += 1
                if blocks > _MAX_GIF_BLOCKS:
                    raise _hostile("blocks")
            position += 1
        if blocks > _MAX_GIF_BLOCKS:
            raise _hostile("blocks")


def _check_tiff(data: bytes) -> None:
    order = "<" if data[:2] == b"II" else ">"
    big = 43 in data[2:4]
    offset = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)[0]
    count = struct.unpack_from(order + ("Q" if big else "H"), data, offset)[0]
    if count > _MAX_TIFF_TAGS:
        raise _hostile("tags")
    start, entry = (offset + 8, order + "HHQQ") if big else (offset + 2, order + "HHII")
    for tag, kind, values, value in struct.iter_unpack(entry, data[start : start + count * struct.calcsize(entry)]):
        if values * _TIFF_TYPE_SIZES.get(kind, 0) > len(data):
            raise broken()
        if values > _MAX_TIFF_VALUES and kind not in (1, 2, 7):  # long ones are text, profiles and other blobs
            raise _hostile("values in a tag")
        if tag in (322, 323):  # sides of a tile
            side = value if order == "<" or kind != 3 else value >> (48 if big else 16)
            if side > _MAX_TIFF_TILE:
                raise _hostile("pixels in a tile")


def _webp_size(data: bytes) -> tuple[int, int] | None:
    chunk = data[12:16]
    if len(data) < 30:
        return None
    if chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None
