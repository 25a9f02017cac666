"""The Python client asks a real server in the command line's words."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.drawn_products import product_picture
from tests.service.conftest import served
from vsearch_core.client import ApiError, Client, ProductChange
from vsearch_core.images import encode_jpeg
from vsearch_core.settings import Settings


def test_a_shop_is_searched_and_changed_by_the_client(own: Settings, photo: bytes) -> None:
    picture = encode_jpeg(product_picture("Handbags", 3), max_side=400)
    with served(own) as (address, _), Client(address) as client:
        found = client.search(photo, 3, garments=False)
        assert [hit["id"] for hit in found["hits"]][:1] == [client.product(found["hits"][0]["id"])["id"]]
        client.tell({"query": found["query"], "session": found["session"], "kind": "none_of_these"})
        assert len(client.embed(photo)) > 100
        assert client.analyse(photo)["product_type"] == found["product_type"]
        total = client.products()["total"]
        assert sum(client.facets(["colour"])["colour"].values()) == total == client.status()["store"]["products"]
        changes = [
            ProductChange("a/b", {"name": "Bag", "price": 3.5}, picture),
            ProductChange("nowhere", delete=True),
            ProductChange("a/b", {"price": 3.0}),
        ]
        told = list(client.update(changes, together=2))
        assert [one.get("status") or one["error"]["code"] for one in told] == ["added", "unknown_product", "changed"]
        assert client.put(ProductChange("a/b", {"price": 3.0})) == "unchanged"
        assert client.thumbnail("a/b").startswith(b"\xff\xd8")
        assert "a/b" not in {hit["id"] for hit in client.similar("a/b")}
        client.delete("a/b")
        with pytest.raises(ApiError, match="no product") as refused:
            client.product("a/b")
        assert (refused.value.code, refused.value.status) == ("unknown_product", 404)


def test_a_busy_server_is_asked_again_after_the_time_that_it_names() -> None:
    answers = [(503, {"Retry-After": "2"}, b""), (200, {}, b'{"total": 0, "products": []}'), (502, {}, b"<html>")]

    class Busy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.pop(0)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    waited: list[float] = []
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with Client(address, sleep=waited.append) as client:
            assert client.products()["total"] == 0
            with pytest.raises(ApiError, match="answered 502"):
                client.status()
        server.shutdown()
    assert waited == [2.0]
    with Client(address) as client, pytest.raises(ApiError, match="does not answer"):
        client.status()
