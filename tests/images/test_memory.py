"""Decoding takes bounded memory, for one picture and for all that are decoded at once, and gives it back."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.images.picture_files import code_of, encode, scene
from vsearch_core import images
from vsearch_core.errors import ImageRejected
from vsearch_core.images import Limits, decode
from vsearch_core.images.memory import Budget, budget
from vsearch_core.settings import ROOT

_MEASURE = """
import sys, threading
from pathlib import Path
from vsearch_core.errors import ImageRejected
from vsearch_core.images import decode

def megabytes(name):
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1000

def read(data):
    try:
        outcomes.append(decode(data, max_side=256).original_size[0])
    except ImageRejected as error:
        outcomes.append(error.code)

data, outcomes = Path(sys.argv[1]).read_bytes(), []
decode(Path(sys.argv[2]).read_bytes())
before = megabytes("VmRSS")
threads = [threading.Thread(target=read, args=[data]) for _ in range(int(sys.argv[3]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(megabytes("VmHWM") - before, megabytes("VmRSS") - before, *outcomes)
"""


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Decodes a file in so many threads of a new process: (megabytes at the peak, afterwards, outcomes)."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the memory of a process is read from /proc")
    small = tmp_path / "small"

    def measure(data: bytes, threads: int, megapixels: float = 100) -> tuple[float, float, list[str]]:
        monkeypatch.setenv("VSEARCH_MAX_MEGAPIXELS", str(megapixels))
        (tmp_path / "large").write_bytes(data)
        small.write_bytes(encode(scene(), {b"RIFF": "WEBP"}.get(data[:4], "PNG")))
        command = [sys.executable, "-c", _MEASURE, str(tmp_path / "large"), str(small), str(threads)]
        answer = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split()
        return float(answer[0]), float(answer[1]), answer[2:]

    return measure


def flat(format: str, side: int, mode: str = "RGB", **options: object) -> bytes:
    return encode(Image.new(mode, (side, side)), format, **options)


class TestOne:
    def test_a_tiny_webp_of_huge_size_takes_nothing(self, measured) -> None:
        peak, _, outcomes = measured(flat("WEBP", 7000, lossless=True, quality=0, method=0), 8)
        assert outcomes == ["image_too_large"] * 8
        assert peak < 50

    @pytest.mark.parametrize(("mode", "most"), [("RGB", 100), ("RGBA", 110), ("P", 60), ("LA", 110)])
    def test_a_tiny_png_takes_little_more_than_its_pixels(self, measured, mode: str, most: float) -> None:
        peak, after, outcomes = measured(flat("PNG", 4000, mode), 1)
        assert outcomes == ["4000"]
        assert peak < most, "16 megapixels of 4 bytes are 64 MB"
        assert after < 30

    def test_a_jpeg_of_several_scans_is_counted_with_its_coefficients(self) -> None:
        baseline, progressive = (flat("JPEG", 2000, progressive=one, subsampling=0) for one in (False, True))
        limits = Limits(max_memory=8_000_000)
        assert decode(baseline, max_side=256, limits=limits)
        assert code_of(progressive, max_side=256, limits=limits) == "image_too_large"

    @pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"])
    def test_every_format_has_its_limit(self, format: str) -> None:
        data = encode(scene(400, 400), format)
        assert code_of(data, limits=Limits(max_memory=100_000)) == "image_too_large"
        assert decode(data, limits=Limits(max_memory=10_000_000))

    @pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
    def test_reducing_band_by_band_gives_the_picture_that_reducing_it_whole_gives(
        self, mode: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        picture = scene(701, 503).convert("L" if mode == "I;16" else mode)
        if mode in ("RGBA", "LA"):
            picture.putalpha(scene(701, 503).convert("L"))
        if mode == "I;16":
            picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
        data = encode(picture, "TIFF" if mode in ("CMYK", "I;16") else "PNG")
        whole = decode(data, max_side=64).pixels
        monkeypatch.setattr(images, "_BAND_PIXELS", 20_000)
        banded = decode(data, max_side=64).pixels
        most = 1 if mode in ("RGBA", "LA") else 0
        assert np.abs(banded.astype(int) - whole.astype(int)).max() <= most
        assert np.array_equal(decode(data).pixels, decode(data).pixels)


class TestAtOnce:
    def test_large_pictures_take_turns(self, measured) -> None:
        # 6 megapixels of WebP need 96 MB: eight at once would need 770, and 200 are to be had
        peak, after, outcomes = measured(flat("WEBP", 2450, lossless=True, quality=0, method=0), 8, megapixels=25)
        assert outcomes == ["2450"] * 8
        assert peak < 400
        assert after < 60

    def test_who_finds_no_room_in_time_is_told_so_and_small_pictures_pass(self) -> None:
        large = flat("PNG", 2000)
        with budget().taken(budget().total, None):
            assert code_of(large, max_side=64, wait_s=0.05) == "image_busy"
            assert decode(encode(scene(), "PNG"), wait_s=0.05)
        assert decode(large, max_side=64, wait_s=0.05)

    def test_room_is_given_back_by_a_refusal(self) -> None:
        broken = flat("PNG", 2000)[:-3000]
        for _ in range(3):
            assert code_of(broken, max_side=64) == "image_broken"
        with budget().taken(budget().total, 0.05):
            pass

    def test_who_comes_first_is_served_first(self) -> None:
        shared, order = Budget(100_000_000), []
        started = [threading.Event() for _ in range(3)]

        def take(number: int, amount: int) -> None:
            started[number].set()
            with shared.taken(amount, None):
                order.append(number)

        with shared.taken(60_000_000, None):
            threads = []
            for number, amount in enumerate((90_000_000, 20_000_000, 30_000_000)):
                threads.append(threading.Thread(target=take, args=(number, amount)))
                threads[-1].start()
                started[number].wait()
                while len(shared._waiting) <= number:
                    threading.Event().wait(0.01)
            assert order == [], "a small one does not overtake a large one that waits"
        for thread in threads:
            thread.join()
        assert order[0] == 0

    def test_a_refusal_that_is_kept_keeps_no_pixels(self) -> None:
        with pytest.raises(ImageRejected) as caught:
            decode(flat("PNG", 1500)[:-2000])
        cause = caught.value.__cause__
        assert cause is not None
        assert cause.__traceback__ is None
