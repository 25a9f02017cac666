"""The command line answers in JSON lines or readable tables, and never with a traceback."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from vsearch_core.cli.main import main
from vsearch_core.images import decode, encode_jpeg
from vsearch_core.settings import ROOT, Settings, settings
from vsearch_core.store import store as store_on_disk

Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def run(shop: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process: (exit status, lines of output, error text)."""
    monkeypatch.setenv("VSEARCH_CACHE", str(shop.cache))
    monkeypatch.setenv("VSEARCH_DATA", str(shop.data))

    def call(*arguments: object) -> tuple[int, list[str], str]:
        capsys.readouterr()
        settings.cache_clear()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err

    return call


@pytest.fixture
def photos(shop: Settings) -> list[Path]:
    return sorted((shop.sample_path / "photos").glob("*.webp"))[:3]


def _outfit(shop: Settings, file: Path) -> tuple[int, int]:
    """Drawn products laid out below each other, as a picture file; its width and height."""
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as listing:
        rows = list(csv.DictReader(listing))
    names = [
        next(row["image"] for row in rows if row["product_type"] == kind) for kind in ("Tops", "Trousers", "Heels")
    ]
    pictures = [Image.open(shop.sample_path / name).convert("RGB").resize((300, 300)) for name in names]
    canvas = Image.new("RGB", (400, 960), "white")
    for number, picture in enumerate(pictures):
        canvas.paste(picture, (50, 10 + 315 * number))
    canvas.save(file)
    return canvas.size


def test_what_is_wrong_with_a_photo_that_is_read_all_the_same_is_remarked(
    run: Run, photos: list[Path], shop: Settings, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole.jpg", tmp_path / "cut.jpg"
    whole.write_bytes(encode_jpeg(decode(photos[0].read_bytes()).pixels))
    cut.write_bytes(whole.read_bytes()[:-2])
    for command in (["analyse"], ["search", "--store", shop.store_path]):
        status, lines, _ = run(*command, cut, whole, "--json")
        assert status == 0
        with_fault, sound = (json.loads(line) for line in lines)
        assert with_fault["remark"] == "The file lacks its end marker; every pixel is there."
        assert sound["remark"] == ""
        assert with_fault["product_types"] == sound["product_types"]


def test_analyse_prints_the_documented_json(run: Run, photos: list[Path]) -> None:
    status, lines, _ = run("analyse", photos[0], "--json")
    record = json.loads(lines[0])
    assert status == 0
    assert record["image"] == str(photos[0])
    assert set(record["product_type"]) == {"name", "probability"}
    assert len(record["product_types"]) == 5
    assert record["product_types"][0] == record["product_type"]
    assert set(record["attributes"]) == {"colour", "gender", "season", "usage"}
    assert record["categories"]
    assert all(set(item) == {"label", "position", "score", "box"} for item in record["items"])
    assert set(record["timings_ms"]) - {"detect", "codes"} == {"decode", "analyse", "total"}


def test_search_prints_the_documented_json(run: Run, shop: Settings, photos: list[Path]) -> None:
    status, lines, _ = run("search", photos[0], "--store", shop.store_path, "-k", 7, "--json")
    record = json.loads(lines[0])
    assert status == 0
    assert len(record["hits"]) == 7
    for hit in record["hits"]:
        assert {"id", "score", "name", "product_type", "category", "image"} <= set(hit)
        assert isinstance(hit["id"], str)
        assert isinstance(hit["product_type"], str)
    assert isinstance(record["good_match"], bool)
    assert record["sample"] is True
    assert {"decode", "analyse", "search", "total"} <= set(record["timings_ms"])
    assert all(set(item) == {"label", "position", "score", "box", "hits"} for item in record["items"])


def test_the_garments_of_a_photo_are_listed_with_their_own_products_and_timed_apart(
    run: Run, shop: Settings, tmp_path: Path
) -> None:
    if not (shop.models / "detector").is_dir():
        pytest.skip("no detector ships")
    outfit = tmp_path / "outfit.png"
    size = _outfit(shop, outfit)
    status, lines, _ = run("analyse", outfit, "--json")
    record = json.loads(lines[0])
    assert status == 0
    assert record["items"]
    assert record["timings_ms"]["detect"] > 0
    assert record["timings_ms"]["total"] == pytest.approx(
        record["timings_ms"]["decode"] + record["timings_ms"]["analyse"]
    )
    for item in record["items"]:
        x0, y0, x1, y1 = item["box"]
        assert 0 <= x0 < x1 <= size[0]
        assert 0 <= y0 < y1 <= size[1]
    status, lines, _ = run("search", outfit, "--store", shop.store_path, "-k", 3, "--json")
    found = json.loads(lines[0])
    assert [{key: item[key] for key in item if key != "hits"} for item in found["items"]] == record["items"]
    assert len(found["items"][0]["hits"]) == 3
    assert {"detect", "total"} <= set(found["timings_ms"])
    assert any("position" in line for line in run("search", outfit)[1])


def test_without_a_detector_there_are_no_garments_and_the_photo_is_answered(
    run: Run, shop: Settings, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fashion").symlink_to(shop.models / "fashion")
    monkeypatch.setenv("VSEARCH_MODELS", str(tmp_path))
    for command in ("analyse", "search"):
        status, lines, _ = run(command, photos[0], "--json")
        record = json.loads(lines[0])
        assert (status, record["items"]) == (0, [])
        assert "detect" not in record["timings_ms"]


def test_every_mode_answers(run: Run, photos: list[Path]) -> None:
    for mode in ("all", "top1", "cascade"):
        status, lines, _ = run("search", photos[0], "--mode", mode, "--json")
        assert status == 0
        assert json.loads(lines[0])["partitions"]


def test_a_folder_stands_for_its_photos(run: Run, shop: Settings) -> None:
    folder = shop.sample_path / "photos"
    status, lines, _ = run("analyse", folder, "--json")
    assert status == 0
    assert [json.loads(line)["image"] for line in lines] == [str(path) for path in sorted(folder.glob("*.webp"))]


def test_a_broken_photo_gets_its_own_line_and_the_others_their_answers(
    run: Run, photos: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing")
    for command in ("analyse", "search"):
        status, lines, _ = run(command, photos[0], broken, tmp_path / "missing.jpg", photos[1], "--json")
        records = [json.loads(line) for line in lines]
        assert status == 1
        assert ["error" in record for record in records] == [False, True, True, False]
        assert set(records[1]["error"]) == {"code", "message"}
        assert records[1]["image"] == str(broken)


def test_names_that_are_no_text_or_too_long_get_their_own_line_too(
    run: Run, photos: list[Path], tmp_path: Path
) -> None:
    odd = tmp_path / "odd\udcff.jpg"
    odd.write_bytes(photos[0].read_bytes())
    status, lines, _ = run("analyse", "x" * 300 + ".jpg", odd, photos[0], "--json")
    records = [json.loads(line.encode()) for line in lines]
    assert status == 1
    assert ["error" in record for record in records] == [True, False, False]


def test_setup_opens_a_shop_s_own_store_and_never_builds_over_it(
    run: Run, shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("VSEARCH_STORE", str(own))
    assert run("setup")[0] == 1
    assert not list(own.iterdir())
    monkeypatch.setenv("VSEARCH_STORE", str(shop.store_path))
    before = (shop.store_path / "manifest.json").read_bytes()
    assert run("setup", "--again")[0] == 0
    assert (shop.store_path / "manifest.json").read_bytes() == before


def test_without_json_a_person_reads_a_table(run: Run, photos: list[Path]) -> None:
    status, lines, _ = run("search", photos[0])
    assert status == 0
    assert any("score" in line and "why" in line for line in lines)
    assert "drawn" in lines[0]


@pytest.mark.parametrize("filters", [("department=Footwear",), ("department=No such",), ("price=1..2",)])
def test_a_garment_that_nothing_is_found_for_still_has_its_line(
    run: Run, shop: Settings, tmp_path: Path, filters: tuple[str, ...]
) -> None:
    _outfit(shop, tmp_path / "outfit.jpg")
    chosen = [part for one in filters for part in ("--filter", one)]
    status, lines, error = run("search", tmp_path / "outfit.jpg", *chosen)
    if status:  # a value that the store has not is one sentence
        assert len(error.splitlines()) == 1
        return
    garments = lines[next(place for place, line in enumerate(lines) if line.startswith("  garment")) + 1 : -1]
    _, records, _ = run("search", tmp_path / "outfit.jpg", *chosen, "--json")
    items = json.loads(records[0])["items"]
    assert len(garments) == len(items) > 0
    assert not all(item["hits"] for item in items)
    assert [line.split()[0] for line in garments] == [item["label"].split()[0] for item in items]


def test_companion_files_of_a_mac_are_no_photos_of_a_folder(run: Run, photos: list[Path], tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "__MACOSX").mkdir(parents=True)
    (stick / "IMG_1.JPG").write_bytes(photos[0].read_bytes())
    for name in ("._IMG_1.JPG", "__MACOSX/IMG_1.JPG", "__MACOSX/._IMG_1.JPG"):
        (stick / name).write_bytes(b"\0\5\x16\7")
    status, lines, error = run("analyse", stick, "--json")
    assert (status, error) == (0, "")
    assert [json.loads(line)["image"] for line in lines] == [str(stick / "IMG_1.JPG")]


def test_filters_narrow_the_hits(run: Run, photos: list[Path]) -> None:
    _, lines, _ = run("search", photos[0], "--filter", "department=Footwear", "--filter", "price=10..90", "--json")
    hits = json.loads(lines[0])["hits"]
    assert hits
    assert {hit["department"] for hit in hits} == {"Footwear"}
    assert all(10 <= hit["price"] <= 90 for hit in hits)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("search",),
        ("search", "x.jpg", "-k", "0"),
        ("search", "x.jpg", "-k", "many"),
        ("store", "build"),
        ("search", "x.jpg", "--mode", "sideways"),
        ("search", "x.jpg", "--filter", "colour"),
        ("store", "build", "--catalogue", "x.csv", "--out", "y", "--engine", "magic"),
        ("train", "fashion", "--epochs", "0"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_2(run: Run, arguments: tuple[str, ...]) -> None:
    status, lines, error = run(*arguments)
    assert status == 2
    assert lines == []
    assert len(error.strip().splitlines()) == 1
    assert error.strip().endswith(".")


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "x.jpg", "--store", "nowhere"),
        ("store", "info", "--store", "nowhere"),
        ("store", "build", "--catalogue", "nowhere.csv", "--out", "anywhere"),
        ("catalogue", "check", "nowhere.csv"),
        ("train", "fashion"),
        ("evaluate", "fashion"),
        ("data", "fetch", "no-such-set"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_1(run: Run, arguments: tuple[str, ...]) -> None:
    status, _, error = run(*arguments)
    assert status == 1
    assert len(error.strip().splitlines()) == 1


def test_an_own_shop_is_built_changed_and_told(run: Run, shop: Settings, tmp_path: Path) -> None:
    with (shop.sample_path / "catalogue.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["image"] = str(Path("images") / Path(row["image"]).name)
        row["shelf"] = f"shelf {int(row['price'].split('.')[0]) % 3}"
    (tmp_path / "images").symlink_to(shop.sample_path / "images")
    for name, chosen in (("first", rows[:30]), ("second", rows[30:35])):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "images").mkdir()
        for row in chosen:
            (folder / row["image"]).write_bytes((shop.sample_path / row["image"]).read_bytes())
        with (folder / "shop.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(chosen)
    store = tmp_path / "store"
    assert run("store", "build", "--catalogue", tmp_path / "first" / "shop.csv", "--out", store)[0] == 0
    assert run("store", "add", "--store", store, "--catalogue", tmp_path / "second" / "shop.csv")[0] == 0
    assert run("store", "remove", "--store", store, rows[0]["id"], rows[31]["id"])[0] == 0
    assert run("store", "remove", "--store", store, "no such id")[0] == 1
    status, lines, _ = run("store", "info", "--store", store, "--json")
    assert status == 0
    assert json.loads(lines[0])["products"] == 33
    assert run("store", "fold", "--store", store)[0] == 0
    picture = shop.sample_path / rows[33]["image"]
    status, lines, _ = run("search", picture, "--store", store, "--json", "-k", 33)
    hits = json.loads(lines[0])["hits"]
    assert len(hits) == 33
    assert {rows[0]["id"], rows[31]["id"]}.isdisjoint({hit["id"] for hit in hits})
    assert all(hit["shelf"].startswith("shelf") for hit in hits)


def test_the_module_runs_as_a_program_without_tensorflow(shop: Settings, photos: list[Path]) -> None:
    code = (
        "import sys; from vsearch_core.cli.main import main; "
        f"main(['search', {str(photos[0])!r}, '--json', '--store', {str(shop.store_path)!r}]); "
        "sys.exit(any(name.split('.')[0] in ('tensorflow', 'keras', 'streamlit') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["hits"]


def test_a_store_that_was_built_is_not_opened_for_its_report(
    run: Run, shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    real = store_on_disk.verify

    def verify(path: Path, manifest: object) -> None:
        opened.append(path)
        real(path, manifest)

    monkeypatch.setattr(store_on_disk, "verify", verify)
    picture = shop.sample_path / "images"
    (tmp_path / "shop.csv").write_text(f"id,image,name\na,{next(picture.iterdir()).name},One\n")
    shutil.copy(next(picture.iterdir()), tmp_path)
    status, lines, _ = run("store", "build", "--catalogue", tmp_path / "shop.csv", "--out", tmp_path / "s")
    assert (status, opened) == (0, [])
    assert any("1 of 1 products can be searched" in line for line in lines)


def test_a_code_in_a_photo_is_in_the_json_and_in_the_lines(run: Run, shop: Settings, tmp_path: Path) -> None:
    code = zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13).to_image(scale=3)
    canvas = Image.new("RGB", (640, 480), "white")
    canvas.paste(Image.fromarray(np.asarray(code)), (80, 80))
    canvas.save(tmp_path / "tag.png")
    _, lines, _ = run("analyse", tmp_path / "tag.png", "--json")
    (read,) = json.loads(lines[0])["codes"]
    assert (read["format"], read["value"]) == ("EAN-13", "4006381333931")
    assert len(read["box"]) == 4
    _, lines, _ = run("search", tmp_path / "tag.png", "--store", shop.store_path, "--json")
    record = json.loads(lines[0])
    assert [one["products"] for one in record["codes"]] == [[]]
    assert record["timings_ms"]["codes"] > 0
    _, lines, _ = run("search", tmp_path / "tag.png", "--store", shop.store_path)
    assert "  Barcode 4006381333931: not in this shop" in lines
