"""Products are put in, changed and taken out over HTTP, and what was answered is on the disk."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.drawn_products import product_picture
from tests.service.conftest import served
from vsearch_core.images import encode_jpeg
from vsearch_core.settings import ROOT, Settings
from vsearch_core.store import Store


@pytest.fixture
def client(own: Settings) -> Iterator[httpx.Client]:
    with served(own) as (address, _), httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def picture() -> bytes:
    return encode_jpeg(product_picture("Handbags", 3), max_side=400)


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def bulk(client: httpx.Client, *records: object) -> list[dict[str, Any]]:
    body = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in records)
    return lines(client.post("/v1/products", content=body))


def test_a_product_is_put_in_found_changed_and_taken_out(client: httpx.Client, picture: bytes) -> None:
    place = "/v1/products/new%2F1"
    product = {"name": "Red bag", "price": 25.5, "category": "Bags", "shelf": "7"}
    made = client.put(place, data={"product": json.dumps(product)}, files={"image": picture})
    assert (made.status_code, made.json()) == (201, {"id": "new/1", "status": "added"})
    first = client.post("/v1/search", params={"garments": False}, content=picture).json()["hits"][0]
    assert (first["id"], first["name"], first["shelf"]) == ("new/1", "Red bag", "7")
    image = client.get(f"{place}/thumbnail").content
    assert client.put(place, json={"price": 20}).json()["status"] == "changed"
    assert client.put(place, json={"price": 20}).json()["status"] == "unchanged"
    known = client.get(place).json()
    assert (known["price"], known["name"], known["shelf"]) == (20.0, "Red bag", "7")
    assert client.get(f"{place}/thumbnail").content == image
    assert client.put(place, json=known).json()["status"] == "unchanged"
    assert client.delete(place).json()["status"] == "removed"
    assert client.delete(place).status_code == 404
    assert client.get(place).json()["code"] == "unknown_product"


def test_every_line_of_a_bulk_update_is_answered(client: httpx.Client, picture: bytes) -> None:
    known, gone = (one["id"] for one in client.get("/v1/products", params={"limit": 2}).json()["products"])
    encoded = base64.b64encode(picture).decode()
    told = bulk(
        client,
        {"id": "a", "name": "First", "picture": encoded},
        {"id": "a", "name": "Second"},
        "",
        "not json",
        {"id": "b", "name": "Without a picture"},
        {"id": known, "price": 3},
        {"id": gone, "delete": True},
        {"id": "nowhere", "delete": True},
        {"id": "c", "picture": base64.b64encode(b"no picture").decode()},
        {"id": known, "price": "3"},
        [],
    )
    outcomes = [(one["line"], one["id"], one.get("status") or one["error"]["code"]) for one in told]
    assert outcomes == [
        (1, "a", "added"),
        (2, "a", "changed"),
        (4, None, "bad_json"),
        (5, "b", "image_missing"),
        (6, known, "changed"),
        (7, gone, "removed"),
        (8, "nowhere", "unknown_product"),
        (9, None, "image_format"),
        (10, None, "bad_product"),
        (11, None, "bad_product"),
    ]
    assert client.get("/v1/products/a").json()["name"] == "Second"
    assert client.get(f"/v1/products/{known}").json()["price"] == 3


@pytest.mark.parametrize(
    "product",
    [
        {"id": "another"},
        {"price": -1},
        {"price": True},
        {"price": float("inf")},
        {"name": 3},
        {"name": "a" * 10_001},
        {"name": "\ud800"},
        {"Color": "Red", "colour": "Blue"},
        {"sizes": [1, 2]},
        {"": "x"},
        {"picture": "not base64!"},
    ],
)
def test_a_product_that_does_not_fit_is_refused_in_a_sentence(api: httpx.Client, product: dict[str, Any]) -> None:
    known = api.get("/v1/products", params={"limit": 1}).json()["products"][0]
    answer = api.put(f"/v1/products/{known['id']}", content=json.dumps(product))
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_product")
    assert api.get(f"/v1/products/{known['id']}").json() == known


def test_products_are_leafed_through_and_counted(api: httpx.Client) -> None:
    every = api.get("/v1/products", params={"limit": 200, "sort": "-price"}).json()
    prices = [one["price"] for one in every["products"]]
    assert prices == sorted(prices, reverse=True)
    counts = api.get("/v1/facets", params={"column": "colour"}).json()["facets"]["colour"]
    assert sum(counts.values()) == every["total"]
    colour = next(iter(counts))
    narrowed = api.get("/v1/products", params={"filter": f"colour={colour}", "limit": 1}).json()
    assert narrowed["total"] == counts[colour]
    assert len(narrowed["products"]) == 1


def test_a_thumbnail_that_is_known_is_not_sent_again(api: httpx.Client) -> None:
    id = api.get("/v1/products", params={"limit": 1}).json()["products"][0]["id"]
    first = api.get(f"/v1/products/{id}/thumbnail")
    assert first.headers["content-type"] == "image/jpeg"
    assert "max-age" in first.headers["cache-control"]
    again = api.get(f"/v1/products/{id}/thumbnail", headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")


def test_a_kill_in_the_middle_of_a_bulk_update_loses_nothing_that_was_answered(own: Settings) -> None:
    ids = Store.open(own.store_path).products["id"].tolist()
    records = [{"id": id, "name": f"Name {turn}"} for turn in range(30) for id in ids]
    server = subprocess.Popen(
        [sys.executable, "-m", "vsearch_core", "serve", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "VSEARCH_CACHE": str(own.cache), "VSEARCH_STORE": str(own.store_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[2].rstrip(";")
        answered: list[dict[str, Any]] = []
        body = "\n".join(map(json.dumps, records)).encode()
        with httpx.stream("POST", f"{address}/v1/products", content=body, timeout=60) as answer:
            for line in answer.iter_lines():
                answered.append(json.loads(line))
                if len(answered) > 2 * len(ids):
                    break
            server.send_signal(signal.SIGKILL)
    finally:
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()
    assert all("status" in one for one in answered)
    assert len(answered) < len(records)
    kept = dict(Store.open(own.store_path).products[["id", "name"]].itertuples(index=False))
    assert set(kept) == set(ids)
    turns = {id: int(name.removeprefix("Name ")) for id, name in kept.items()}
    told = {one["id"]: (one["line"] - 1) // len(ids) for one in answered}
    assert all(turns[id] >= turn for id, turn in told.items())


def test_a_stopping_server_finishes_what_it_began(own: Settings, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    ids = Store.open(own.store_path).products["id"].tolist()
    body = "\n".join(json.dumps({"id": id, "name": "Last"}) for id in ids)
    with ThreadPoolExecutor(1) as pool:
        with served(own) as (address, server):
            httpx.get(f"{address}/readyz", timeout=60)
            waiting = pool.submit(httpx.post, f"{address}/v1/products", content=body, timeout=60)
            while not server.server_state.tasks:
                pass
        assert {one.get("status") for one in lines(waiting.result())} == {"changed"}
    assert set(Store.open(own.store_path).products["name"]) == {"Last"}
