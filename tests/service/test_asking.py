"""Questions over HTTP are answered as on the command line."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.service.conftest import copied, served
from vsearch_core.cli.main import main
from vsearch_core.service.problems import MEDIA
from vsearch_core.settings import Settings
from vsearch_core.store import remove_products


def record_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--json"]) == 0
    record: dict[str, object] = json.loads(capsys.readouterr().out)
    return record


def test_a_search_is_answered_as_on_the_command_line(
    api: httpx.Client, shop: Settings, photo: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photo.webp").write_bytes(photo)
    told = record_of(capsys, "search", str(tmp_path / "photo.webp"), "--store", str(shop.store_path), "-k", "3")
    found = api.post("/v1/search", params={"k": 3}, files={"image": ("photo.webp", photo)}).json()
    assert set(found) == {*told, "query", "session"}
    assert found["image"] == "photo.webp"
    same = set(told) - {"image", "timings_ms"}
    assert {name: found[name] for name in same} == {name: told[name] for name in same}
    assert set(found["timings_ms"]) == set(told["timings_ms"])  # type: ignore[call-overload]


def test_the_photo_may_be_the_body_and_options_may_be_fields_of_the_form(api: httpx.Client, photo: bytes) -> None:
    raw = api.post("/v1/search", params={"k": 2, "garments": False}, content=photo).json()
    form = api.post("/v1/search", data={"k": "2", "garments": "false"}, files={"image": photo}).json()
    assert [hit["id"] for hit in raw["hits"]] == [hit["id"] for hit in form["hits"]]
    assert len(raw["hits"]) == 2
    assert raw["items"] == [] == form["items"]


def test_filters_mode_and_box_narrow_a_search(api: httpx.Client, photo: bytes) -> None:
    colour = api.post("/v1/search", content=photo).json()["hits"][0]["colour"]
    found = api.post("/v1/search", params={"filter": f"colour={colour}", "k": 50}, content=photo).json()
    assert {hit["colour"] for hit in found["hits"]} == {colour}
    assert len(api.post("/v1/search", params={"mode": "top1"}, content=photo).json()["partitions"]) == 1
    boxed = api.post("/v1/search", params={"box": "10,20,200,300", "garments": False}, content=photo).json()
    assert boxed["main"]["box"] == [10, 20, 200, 300]


def test_analyse_and_embed_tell_what_a_photo_is(api: httpx.Client, photo: bytes) -> None:
    told = api.post("/v1/analyse", content=photo).json()
    assert len(told["product_types"]) == 5
    assert {"decode", "analyse", "total", "detect"} <= set(told["timings_ms"])
    embedding = api.post("/v1/embed", content=photo).json()["embedding"]
    assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-4)


def test_products_like_one_of_the_store_are_found_by_its_id(api: httpx.Client) -> None:
    id = api.get("/v1/products", params={"limit": 1}).json()["products"][0]["id"]
    similar = api.get(f"/v1/products/{id}/similar", params={"k": 4}).json()
    assert len(similar["hits"]) == 4
    assert id not in {hit["id"] for hit in similar["hits"]}
    assert api.post("/v1/search", params={"product_id": id, "k": 4}).json()["hits"] == similar["hits"]


def test_photos_that_come_together_are_answered_as_by_themselves(address: str, photo: bytes) -> None:
    out = io.BytesIO()
    Image.effect_noise((200, 300), 90).convert("RGB").save(out, "PNG")

    def hits(data: bytes) -> list[dict[str, object]]:
        found = httpx.post(f"{address}/v1/search", params={"garments": False}, content=data, timeout=60).json()
        return [{**hit, "score": round(hit["score"], 4)} for hit in found["hits"]]

    alone = [hits(photo), hits(out.getvalue())]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(hits, [photo, out.getvalue()] * 6)) == alone * 6


@pytest.mark.parametrize(
    ("path", "params", "content", "status", "code"),
    [
        ("/v1/search", {}, b"", 422, "no_image"),
        ("/v1/search", {}, b"GIF89a, and nothing else", 422, "image_broken"),
        ("/v1/search", {"k": 0}, b"x", 422, "bad_parameter"),
        ("/v1/search", {"mode": "twice"}, b"x", 422, "bad_parameter"),
        ("/v1/search", {"kk": 3}, b"x", 422, "bad_parameter"),
        ("/v1/search", {"product_id": "../../etc/passwd"}, b"", 404, "unknown_product"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_code_and_a_sentence(
    api: httpx.Client, path: str, params: dict[str, str], content: bytes, status: int, code: str
) -> None:
    answer = api.post(path, params=params, content=content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "nan,0,1,1", "5000,5000,6000,6000", "9,9,1,1"])
def test_a_box_that_holds_nothing_is_refused(api: httpx.Client, photo: bytes, box: str) -> None:
    answer = api.post("/v1/search", params={"box": box}, content=photo)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_box")


def test_unknown_filters_and_places_are_told(api: httpx.Client, photo: bytes) -> None:
    assert api.post("/v1/search", params={"filter": "smell=rose"}, content=photo).json()["code"] == "bad_filter"
    assert api.get("/v1/nothing").json()["code"] == "not_found"
    assert api.delete("/v1/search").json()["code"] == "method_not_allowed"


def test_too_large_a_body_is_refused_before_it_is_read(api: httpx.Client) -> None:
    answer = api.post("/v1/events", content=b"[" * 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    streamed = api.post("/v1/events", content=(b" " * 100_000 for _ in range(20)))
    assert streamed.json()["code"] == "too_large"


def test_a_store_that_takes_the_place_of_another_is_answered_from(shop: Settings, own: Settings, photo: bytes) -> None:
    with served(own) as (address, _):
        before = httpx.get(f"{address}/v1/status", timeout=60).json()["store"]
        first = httpx.get(f"{address}/v1/products", params={"limit": 1}).json()["products"][0]["id"]
        remove_products(own.store_path, [first])
        after = httpx.get(f"{address}/v1/status", timeout=60).json()["store"]
        assert after["products"] == before["products"] - 1
        assert httpx.get(f"{address}/v1/products/{first}").status_code == 404


def test_a_server_without_a_store_says_that_it_is_not_ready(shop: Settings, tmp_path: Path) -> None:
    nothing = shop.model_copy(update={"cache": tmp_path / "empty"})
    with served(nothing) as (address, _):
        assert httpx.get(f"{address}/healthz").json() == {"ok": True}
        answer = httpx.get(f"{address}/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_a_store")
        assert "Retry-After" in answer.headers
        # once it is there, it is found
        nothing.store_path.parent.mkdir(parents=True)
        copied(shop, tmp_path / "other").store_path.rename(nothing.store_path)
        assert httpx.get(f"{address}/readyz", timeout=60).status_code == 200
