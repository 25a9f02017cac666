"""Who may ask, from where and how often."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import text

from tests.service.conftest import served, wait_until
from vsearch_core.cli.main import main
from vsearch_core.database import open_database
from vsearch_core.errors import VsearchError
from vsearch_core.journal import Event, Query
from vsearch_core.service import keys as keys_module
from vsearch_core.service.guard import Rate
from vsearch_core.service.keys import make_key, revoke_key
from vsearch_core.service.problems import Refused
from vsearch_core.service.work import Work
from vsearch_core.settings import Settings

SHOP = "https://shop.example"


@pytest.fixture
def keyed(own: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[httpx.Client, str, str]]:
    """A server with a search key and a secret key."""
    monkeypatch.setattr(keys_module, "KNOWN_S", 0.0)
    database = open_database(own.database_url)
    search = make_key(database, "search", "web", origins=[SHOP], per_minute=30)
    secret = make_key(database, "secret", "nightly")
    with served(own) as (address, _), httpx.Client(base_url=address, timeout=60) as client:
        yield client, search, secret


def bearer(key: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", **headers}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_without_keys_whoever_may_be_a_stranger_is_refused(api: httpx.Client, headers: dict[str, str]) -> None:
    for path in ("/v1/products", "/metrics"):
        answer = api.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "key_needed")
        assert "access-control-allow-origin" not in answer.headers


def test_without_keys_this_machine_is_answered(api: httpx.Client) -> None:
    assert api.get("/v1/products", headers={"Host": "localhost:8503"}).status_code == 200
    assert api.get("/v1/products", headers={"Origin": "http://localhost:3000"}).status_code == 200


def test_with_keys_nobody_is_answered_without_one(keyed: tuple[httpx.Client, str, str]) -> None:
    client, search, secret = keyed
    assert client.get("/v1/products").json()["code"] == "key_needed"
    assert client.get("/v1/products").headers["www-authenticate"] == "Bearer"
    for wrong in ("x", secret[:-1] + ("A" if secret[-1] != "A" else "B"), search.replace("search", "secret")):
        assert client.get("/v1/products", headers=bearer(wrong)).status_code == 401, wrong
    assert client.get("/v1/products", headers=bearer(secret)).status_code == 200
    assert client.get("/healthz").status_code == 200


def test_a_search_key_asks_from_its_pages_and_changes_nothing(
    keyed: tuple[httpx.Client, str, str], photo: bytes
) -> None:
    client, search, secret = keyed
    found = client.post("/v1/search", headers=bearer(search, Origin=SHOP), content=photo)
    assert found.status_code == 200
    assert found.headers["access-control-allow-origin"] == SHOP
    elsewhere = client.post("/v1/search", headers=bearer(search, Origin="https://evil.example"), content=photo)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "bad_origin")
    id = found.json()["hits"][0]["id"]
    shown = client.get(f"/v1/products/{id}/thumbnail", params={"key": search})
    assert shown.status_code == 200
    assert client.get(f"/v1/products/{id}/thumbnail", params={"key": secret}).status_code == 401
    page = bearer(search, Origin=SHOP)
    for answer in (
        client.put(f"/v1/products/{id}", json={"price": 1}, headers=page),
        client.delete(f"/v1/products/{id}", headers=page),
        client.post("/v1/products", content=b"{}", headers=page),
        client.get("/metrics", headers=page | {"Host": "api.example"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "secret_key_needed")


def test_a_page_learns_before_it_asks_whether_it_may(keyed: tuple[httpx.Client, str, str]) -> None:
    client, _, _ = keyed
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    allowed = client.options("/v1/search", headers={**asked, "Origin": SHOP})
    assert allowed.headers["access-control-allow-origin"] == SHOP
    refused = client.options("/v1/search", headers={**asked, "Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


def test_who_asks_too_often_is_told_when_to_ask_again(keyed: tuple[httpx.Client, str, str]) -> None:
    client, search, secret = keyed
    answers = [client.get("/v1/products", headers=bearer(search)) for _ in range(40)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "too_often"
    assert int(refused.headers["retry-after"]) >= 1
    assert client.get("/v1/products", headers=bearer(secret)).status_code == 200


def test_a_revoked_key_is_refused_and_keys_are_kept_as_hashes_alone(
    keyed: tuple[httpx.Client, str, str], own: Settings
) -> None:
    client, _, secret = keyed
    database = open_database(own.database_url)
    with database.session() as session:
        assert secret.rpartition("_")[2] not in str(session.execute(text("SELECT * FROM keys")).all())
    revoke_key(database, secret.split("_")[2])
    assert client.get("/v1/products", headers=bearer(secret)).json()["code"] == "bad_key"


def test_keys_are_made_listed_and_revoked_by_commands(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VSEARCH_CACHE", str(own.cache))
    assert main(["keys", "make", "search", "--name", "web", "--origin", SHOP, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)["key"]
    id = made.split("_")[2]
    assert main(["keys", "revoke", id]) == 0
    capsys.readouterr()
    assert main(["keys", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert (listed["id"], listed["origins"], bool(listed["revoked"])) == (id, [SHOP], True)
    assert main(["keys", "revoke", "nothing"]) == 1
    assert main(["keys", "make", "search", "--name", "web"]) == 1
    assert main(["keys", "make", "search", "--name", "web", "--origin", "https://a.example/path"]) == 1


def test_events_of_every_kind_are_noted_beside_the_query(
    keyed: tuple[httpx.Client, str, str], own: Settings, photo: bytes
) -> None:
    client, search, secret = keyed
    page = bearer(search, Origin=SHOP)
    found = client.post("/v1/search", headers=page, content=photo, params={"consent": "v1"}).json()
    about = {"query": found["query"], "session": found["session"]}
    product = {**about, "product": found["hits"][0]["id"], "position": 1}
    kinds = ("shown", "viewed", "similar", "opened", "wanted", "unwanted")
    told = [{**product, "kind": kind} for kind in kinds]
    answer = client.post("/v1/events", headers=page, json=[*told, {**about, "kind": "none_of_these"}])
    assert (answer.status_code, answer.json()) == (202, {"noted": 7})
    bought = {**product, "kind": "bought", "value": 49.9}
    assert client.post("/v1/events", headers=page, json=bought).json()["code"] == "secret_key_needed"
    assert client.post("/v1/events", headers=bearer(secret), json=bought).status_code == 202
    assert client.post("/v1/events", headers=bearer(secret), json={**product, "kind": "basket"}).status_code == 202
    database = open_database(own.database_url)

    def events() -> dict[str, float | None]:
        with database.session() as session:
            return {event.kind: event.value for event in session.query(Event)}

    wait_until(lambda: len(events()) == 9)
    assert events()["bought"] == 49.9
    with database.session() as session:
        query = session.get(Query, found["query"])
        assert query is not None
        assert (query.source, query.session) == ("api", found["session"])
        assert query.photo is not None
    assert client.delete(f"/v1/sessions/{found['session']}/photos", headers=page).json() == {"deleted": True}
    with database.session() as session:
        assert session.query(Query.photo).scalar() is None


@pytest.mark.parametrize(
    "change",
    [
        {"query": "../../x"},
        {"query": "A" * 32},
        {"session": "a b"},
        {"kind": "stolen"},
        {"position": 0},
        {"position": 1.5},
        {"value": 3},
        {"product": ""},
        {"product": None},
        {"more": 1},
    ],
)
def test_an_event_that_does_not_fit_is_refused_with_all_that_came_with_it(
    api: httpx.Client, change: dict[str, object]
) -> None:
    good = {"query": "0" * 32, "session": "s", "kind": "viewed", "product": "1", "position": 1}
    answer = api.post("/v1/events", json=[good, {**good, **change}])
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_parameter")


def test_figures_name_routes_and_never_what_was_asked(api: httpx.Client, photo: bytes) -> None:
    api.post("/v1/search", content=photo)
    api.get("/v1/products/somebodys-secret")
    api.get("/nowhere/else")
    text = api.get("/metrics").text
    assert 'vsearch_requests_total{method="POST",path="/v1/search",status="200"}' in text
    assert 'vsearch_step_seconds_count{step="analyse"}' in text
    assert "vsearch_store_age_seconds" in text
    assert "somebodys-secret" not in text
    assert "nowhere" not in text


def test_more_work_than_fits_is_refused_at_once_and_what_began_is_finished() -> None:
    go, done = threading.Event(), []
    work = Work(threads=1, waiting=1, time_s=30)

    async def ask() -> list[object]:
        asked = [asyncio.create_task(work.do(lambda: (go.wait(30), done.append(1)))) for _ in range(3)]
        await asyncio.wait([asked[2]])
        go.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    *_, refused = asyncio.run(ask())
    work.close()
    assert isinstance(refused, Refused)
    assert (refused.code, refused.status, refused.retry_s, len(done)) == ("busy", 503, 1, 2)


def test_what_takes_too_long_is_given_up_and_never_begun() -> None:
    go, begun = threading.Event(), []
    work = Work(threads=1, waiting=1, time_s=0.05)

    async def ask() -> list[object]:
        return await asyncio.gather(work.do(go.wait, 30), work.do(begun.append, 1), return_exceptions=True)

    answers = asyncio.run(ask())
    go.set()
    work.close()
    assert [error.code for error in answers if isinstance(error, VsearchError)] == ["too_slow", "too_slow"]
    assert begun == []


def test_a_rate_fills_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    rate = Rate()
    assert [rate.take("a", 2) for _ in range(3)] == [0, 0, 30]
    assert rate.take("b", 2) == 0
    now = 30.0
    assert rate.take("a", 2) == 0
