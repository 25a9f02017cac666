"""Untrusted bytes -> an upright RGB picture on white, or `ImageRejected` with a code and one plain sentence.

Codes: `image_empty`, `image_too_heavy` (bytes), `image_format` (none of the accepted formats), `image_too_large`
(pixels, or the memory that they need), `image_too_small`, `image_hostile` (made to keep a decoder busy),
`image_unsupported` (a rare kind of an accepted format), `image_broken` (pixels are damaged or missing) and `image_busy`
(too many large pictures at once).

Limits: with the setting `max_megapixels` at 100, a baseline JPEG that is decoded at reduced scale may have 100 million
pixels, every other picture 50, and none may take more than 400 MB of memory while it is decoded (4 bytes a pixel of
100 million): so a WebP may have 25 million, an AVIF 40. All threads of a process together take 800 MB; who finds no
room waits.
"""

from __future__ import annotations

import io
import traceback
import warnings
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from vsearch_core.contracts import Photo
from vsearch_core.errors import ImageRejected
from vsearch_core.images.frames import letterbox as letterbox
from vsearch_core.images.frames import scaled
from vsearch_core.images.memory import BYTES_OF_ONE, WAIT_S, budget, needed
from vsearch_core.images.mending import (
    NO_END,
    has_end,
    jpeg_remark,
    jpeg_trials,
    looks_unfinished,
    mended,
    png_is_short,
)
from vsearch_core.images.structure import Structure, broken, check_structure, describe_other, sniff_format
from vsearch_core.settings import Settings, settings

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
"""The accepted formats, by Pillow's names; `Photo.format` is one of them."""

_ACCEPTED = "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"
_MAX_PROFILE_BYTES = 4_000_000
_MAX_RUN_LENGTH_PIXELS = 1_000_000
_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_REDUCING_GAP = 2.0
_BAND_PIXELS = 2_000_000


_PREMULTIPLIED = {"LA": "La", "RGBA": "RGBa"}


Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Limits:
    """What is refused before decoding.

    `max_pixels` holds for pictures decoded at reduced scale (baseline JPEG with `max_side`); those that must be decoded
    whole may have `max_whole_pixels`, since they need their full size in memory. `max_memory` is in bytes, for one
    picture while it is decoded. Sides are in pixels.
    """

    max_bytes: int = 25_000_000
    max_pixels: int = 100_000_000
    max_whole_pixels: int = 50_000_000
    max_memory: int = 400_000_000
    max_side: int = 30_000
    min_side: int = 8

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings ask for."""
        pixels = int(settings.max_megapixels * 1e6)
        return cls(
            int(settings.max_upload_mb * 1e6),
            max_pixels=pixels,
            max_whole_pixels=pixels // 2,
            max_memory=BYTES_OF_ONE * pixels,
        )


@dataclass(frozen=True)
class _Task:
    """How one picture is to be decoded."""

    format: str
    structure: Structure
    max_side: int | None
    limits: Limits
    wait_s: float | None


def decode(
    data: bytes, *, max_side: int | None = None, limits: Limits | None = None, wait_s: float | None = WAIT_S
) -> Photo:
    """Decode a picture of unknown origin.

    Animations give their first picture. Transparency is laid on white, colour profiles are turned into sRGB, and a
    broken profile is ignored. With `max_side`, a JPEG is decoded at 1/2, 1/4 or 1/8 scale straight from its
    frequencies (never below `max_side`) and then averaged down: that is several times faster than decoding it whole,
    and the difference to decoding it whole first is below what a network's input of 96..160 pixels shows.

    A file with a fault that costs no pixel (at a JPEG's end: hardly one) is read, and `Photo.remark` names the fault.

    Args:
        data: the file's bytes.
        max_side: longest side of `Photo.pixels` at most; the picture is never enlarged.
        limits: what to refuse; by default what the settings say.
        wait_s: seconds to wait while other threads decode large pictures; None for as long as it takes.

    Raises:
        ImageRejected: see the module's codes. No other exception leaves this function, whatever the bytes are.
    """
    limits = limits or Limits.of(settings())
    format = _admit(data, limits)
    try:
        _prepare_pillow()
        structure = check_structure(format, data)
        if structure.size is not None:
            _check_size(structure.size, limits.max_whole_pixels, limits)
        data, remark = mended(format, data)
        task = _Task(format, structure, max_side, limits, wait_s)
        return _read_jpeg(data, task) if format == "JPEG" else replace(_read(data, task), remark=remark)
    except ImageRejected:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        _let_go(error)
        raise _too_large("more memory than a picture may take") from error
    except Exception as error:
        # decoders raise whatever their authors thought of (OSError, SyntaxError, struct.error, RuntimeError …):
        # here, where the bytes come in, they all mean that this file cannot be read
        _let_go(error)
        raise broken() from error


def _let_go(error: BaseException) -> None:
    """A refusal may be kept for long, as in a report: half a picture must not stay in memory for its traceback."""
    traceback.clear_frames(error.__traceback__)
    error.__traceback__ = None


def encode_jpeg(pixels: np.ndarray, *, max_side: int | None = None, quality: int = 85) -> bytes:
    """A plain JPEG (no EXIF, no profile) of (height, width, 3) uint8 pixels, reduced to `max_side` at most."""
    picture = Image.fromarray(pixels)
    if max_side is not None and max(picture.size) > max_side:
        target = scaled(picture.size, max_side / max(picture.size))
        picture = picture.resize(target, Image.Resampling.BILINEAR, reducing_gap=2.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


@lru_cache(maxsize=1)
def _prepare_pillow() -> None:
    """Register exactly the decoders of `FORMATS`: a format that is not there would make Pillow load all it knows."""
    from PIL import AvifImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401
    from pillow_heif import register_heif_opener

    Image.preinit()
    register_heif_opener(depth_images=False, aux_images=False, decode_threads=2)
    # what Pillow warns of (odd EXIF, large pictures) lies in strangers' files, and is refused or harmless here
    warnings.filterwarnings("ignore", module=r"PIL\.")


def _admit(data: bytes, limits: Limits) -> str:
    if not data:
        raise ImageRejected("The picture file is empty; choose another one.", code="image_empty")
    if len(data) > limits.max_bytes:
        raise ImageRejected(
            f"The picture file has {len(data) / 1e6:.1f} MB and {limits.max_bytes / 1e6:g} MB is the limit; "
            "send a smaller one.",
            code="image_too_heavy",
        )
    format = sniff_format(data)
    if format is None:
        raise ImageRejected(f"The file is {describe_other(data)}; search with {_ACCEPTED}.", code="image_format")
    return format


def _check_size(size: tuple[int, int], max_pixels: int, limits: Limits) -> None:
    width, height = size
    if width * height > max_pixels or max(size) > limits.max_side:
        raise _too_large(f"{width} x {height} pixels")
    if min(size) < limits.min_side:
        raise ImageRejected(
            f"The picture has {width} x {height} pixels, too few to recognise anything; use a larger one.",
            code="image_too_small",
        )


def _too_large(what: str) -> ImageRejected:
    return ImageRejected(f"The picture needs {what}, which is too large; send a smaller one.", code="image_too_large")


def _read_jpeg(data: bytes, task: _Task) -> Photo:
    """A JPEG whose last pixels may be missing, with a remark or a refusal where they are."""
    ended, photo = has_end(data), None
    try:
        photo = _read(data, task)
    except OSError as error:
        if ended:
            raise
        _let_go(error)
    if photo is not None and ended and not looks_unfinished(photo.pixels):
        return photo
    complete, with_noise = jpeg_trials(data)
    first = _read(complete, task)
    remark = jpeg_remark(first.pixels, _read(with_noise, task).pixels)
    if photo is not None and ended and remark == NO_END:
        return photo
    return replace(first, remark=remark)


def _read(data: bytes, task: _Task) -> Photo:
    # the budget is held until the decoder's memory is gone, with the frame of `_decoded`
    with ExitStack() as held:
        return _decoded(data, task, held)


def _decoded(data: bytes, task: _Task, held: ExitStack) -> Photo:
    """Load, reduce, lay on white, convert the colours and turn; the order keeps every step but the first one small."""
    format, limits = task.format, task.limits
    picture = Image.open(io.BytesIO(data), formats=[format])
    size = picture.size
    whole = format != "JPEG" or task.max_side is None or task.structure.several_scans
    _check_size(size, limits.max_whole_pixels if whole else limits.max_pixels, limits)
    turn = _TURN.get(_orientation(picture, format))
    if format == "BMP" and picture.tile[0][0] == "bmp_rle" and size[0] * size[1] > _MAX_RUN_LENGTH_PIXELS:  # type: ignore[attr-defined]
        raise _unsupported("run-length packed BMP of this size")
    target = scaled(size, min(1.0, task.max_side / max(size)) if task.max_side is not None else 1.0)
    # JPEG's draft only sets a scale; HEIF's decodes a smaller picture that comes with the large one
    box = _drafted(picture, target) if format == "JPEG" else None
    held.enter_context(_room(picture, size, target, turn, task))
    box = box or _drafted(picture, target)
    profile = picture.info.get("icc_profile")
    picture.load()
    if format == "HEIF":  # a file may promise another size than its picture has
        _check_size(picture.size, limits.max_whole_pixels, limits)
    if format == "PNG" and _ends_in_nothing(picture) and png_is_short(data):
        raise broken()
    reduced = _to_rgb(_on_white(_eight_bit(_reduced(picture, target, box))), profile)
    if turn is not None:
        reduced = reduced.transpose(turn)
    swapped = turn is not None and turn not in (_TURN[2], _TURN[3], _TURN[4])
    return Photo(_array(reduced), (size[1], size[0]) if swapped else size, format)


def _room(
    picture: Image.Image, size: tuple[int, int], target: tuple[int, int], turn: Image.Transpose | None, task: _Task
) -> AbstractContextManager[None]:
    """Room in the budget for an opened (and drafted) picture of this size."""
    amount = needed(
        picture,
        task.format,
        steps=_steps(picture.size, target),
        target=target,
        upright=turn is None,
        coefficients=size[0] * size[1] if task.structure.several_scans else 0,
    )
    if amount > task.limits.max_memory:
        raise _too_large(f"{amount / 1e6:.0f} MB of memory for {size[0]} x {size[1]} pixels of {task.format}")
    return budget().taken(amount, task.wait_s)


def _drafted(picture: Image.Image, target: tuple[int, int]) -> Box | None:
    """The part of a picture at reduced scale that is the whole one; None where its decoder knows no other scale."""
    drafted = picture.draft(picture.mode, target) if target != picture.size else None
    return drafted[1] if drafted is not None else None


def _array(picture: Image.Image) -> np.ndarray:
    """(height, width, 3) uint8; band by band, as Pillow hands out a whole picture twice over."""
    width, height = picture.size
    pixels = np.empty((height, width, 3), dtype=np.uint8)
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        pixels[top : top + rows] = np.asarray(picture.crop((0, top, width, min(top + rows, height))))
    return pixels


def _ends_in_nothing(picture: Image.Image) -> bool:
    """Whether the last rows hold zeros only, as those do that a decoder never came to."""
    width, height = picture.size
    return picture.crop((0, height - 2, width, height)).getbbox(alpha_only=False) is None


def _steps(size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int]:
    """By how many whole pixels each side is averaged before the fine resizing, as Pillow's `reducing_gap` has it."""
    across, down = (max(1, int(side / to / _REDUCING_GAP)) for side, to in zip(size, target, strict=True))
    return across, down


def _reduced(picture: Image.Image, target: tuple[int, int], box: Box | None) -> Image.Image:
    """The picture at the target's size; a large one is converted and averaged down band by band, not as a whole."""
    if picture.mode in ("I", "F"):  # their range shows in the whole picture only
        return _resized(picture, target, box)
    steps = _steps(picture.size, target)
    width, height = picture.size
    if box is not None or steps == (1, 1) or width * height <= _BAND_PIXELS:
        return _resized(_eight_bit(picture), target, box)
    rows = max(1, _BAND_PIXELS // (width * steps[1])) * steps[1]
    averaged = None
    for top in range(0, height, rows):
        band = _eight_bit(picture.crop((0, top, width, min(top + rows, height))))
        band = band.convert(_PREMULTIPLIED.get(band.mode, band.mode)).reduce(steps)
        if averaged is None:
            averaged = Image.new(band.mode, (-(-width // steps[0]), -(-height // steps[1])))
        averaged.paste(band, (0, top // steps[1]))
    assert averaged is not None
    return averaged.resize(target, Image.Resampling.BILINEAR, box=(0, 0, width / steps[0], height / steps[1]))


def _resized(picture: Image.Image, target: tuple[int, int], box: Box | None) -> Image.Image:
    if picture.size == target:
        return picture
    return picture.resize(target, Image.Resampling.BILINEAR, box=box, reducing_gap=_REDUCING_GAP)


def _orientation(picture: Image.Image, format: str) -> int:
    """The EXIF orientation that is still to be applied."""
    if format == "TIFF":  # turned by its decoder
        return 1
    if format == "HEIF":
        # turned by its decoder where the container says so, wherever it says it; EXIF counts where that says nothing
        file = picture._heif_file  # type: ignore[attr-defined]
        turned = {name for name, *_ in file[picture.tell()]._c_image.transformations} & {"irot", "imir"}
        return 1 if turned else int(picture.info.get("original_orientation") or 1)
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:
        # EXIF that cannot be read says nothing of the picture, which may be whole
        return 1


def _eight_bit(picture: Image.Image) -> Image.Image:
    """The picture in a mode of 8 bits a channel that can be resized: L, LA, RGB, RGBA or CMYK."""
    mode = picture.mode
    if mode in ("I", "F") or mode.startswith("I;16"):
        return Image.fromarray(_scale_to_bytes(np.asarray(picture)))
    if mode in ("P", "PA", "L", "RGB", "1") and (mode == "PA" or "transparency" in picture.info):
        return _with_colour_key(picture)
    if mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture
    if mode in ("1", "P", "La", "RGBa", "RGBX", "YCbCr"):
        return picture.convert({"1": "L", "La": "LA", "RGBa": "RGBA"}.get(mode, "RGB"))
    raise _unsupported(f"picture of colour mode {mode}")


def _with_colour_key(picture: Image.Image) -> Image.Image:
    key = picture.info.get("transparency")
    if picture.mode == "RGB" and isinstance(key, tuple) and max(key) > 255:
        # a 16-bit PNG was read by the upper byte of each channel, its transparent colour was not
        picture.info["transparency"] = tuple(value >> 8 for value in key)
    return picture.convert("RGBA")


def _scale_to_bytes(values: np.ndarray) -> np.ndarray:
    """Grey values of any width as uint8: 16-bit by its upper byte, the rest by the range that its values show."""
    if values.dtype.itemsize == 2 and values.dtype.kind == "u":
        return (values >> 8).astype(np.uint8)
    finite = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = min(0.0, float(finite.min())), float(finite.max())
    if values.dtype.kind == "f" and high <= 1.0:
        top = 1.0
    else:
        top = next((top for top in (255.0, 65535.0) if high <= top), high)
    return ((finite - low) * (255.0 / (top - low))).astype(np.uint8)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in ("LA", "RGBA"):
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
    return white


def _to_rgb(picture: Image.Image, profile: object) -> Image.Image:
    if isinstance(profile, bytes) and 128 <= len(profile) <= _MAX_PROFILE_BYTES:
        transform = _to_srgb(profile, picture.mode)
        if transform is not None:
            return transform.apply(picture)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


@lru_cache(maxsize=16)
def _to_srgb(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """The transform of one embedded profile to sRGB; None for sRGB itself and for what cannot be used."""
    colours = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK"}[mode]
    if profile[16:20] != colours:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if mode == "RGB" and "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except Exception:
        # a broken profile is ignored: colours a little off are better than no answer
        return None


def _unsupported(what: str) -> ImageRejected:
    return ImageRejected(
        f"The file is a {what}, which cannot be read here; save it as JPEG or PNG.", code="image_unsupported"
    )
