"""Who sees the staff pages: on this machine, elsewhere, and with a real identity provider."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Locator, Page, expect

from app.access import STAFF_PAGES, StaffPage
from app.access.sign_in import OPEN_HERE
from tests.browser.steps import Visit, settled
from vsearch_core.access import BUYERS
from vsearch_core.settings import Settings

THERE = [page for page in STAFF_PAGES if page.file.is_file()]
OF_BUYERS = [page for page in THERE if page.role == BUYERS]
OF_OTHERS = [page for page in THERE if page.role != BUYERS]
PEOPLE = [
    User(sub="bea", claims={"email": "Bea@shop.example", "email_verified": True, "name": "Bea"}),
    User(sub="ada", claims={"email": "ada@shop.example", "name": "Ada", "groups": ["Analysts"]}),
    User(sub="nemo", claims={"email": "nemo@shop.example", "email_verified": True, "name": "Nemo"}),
    User(sub="mallory", claims={"email": "bea@shop.example", "email_verified": False, "name": "Bea"}),
]


@pytest.fixture(scope="module")
def guarded(shop: Settings, serving: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The app with a login: Bea is a buyer, and the group of analysts are analysts."""
    folder = tmp_path_factory.mktemp("guarded")
    with run_server_in_thread(user_claims=PEOPLE) as provider:
        secrets = folder / "secrets.toml"
        secrets.write_text(f"""
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "a secret of these tests, and of nothing else"
client_id = "shop"
client_secret = "another secret of these tests"
server_metadata_url = "http://localhost:{provider.server_port}/.well-known/openid-configuration"
""")
        chosen = {"VSEARCH_CACHE": str(shop.cache), "VSEARCH_DATA": str(shop.data), "VSEARCH_STAFF": ""}
        chosen |= {"VSEARCH_BUYERS": "bea@shop.example", "VSEARCH_ANALYSTS": "group:analysts"}
        with serving(folder, "--secrets.files", str(secrets), **chosen) as server:
            yield server
            assert "Traceback" not in server.log.read_text(errors="replace")


def staff(page: Page) -> None:
    page.get_by_role("button", name="Staff").click()


def sign_in(page: Page, server: Any, sub: str) -> None:
    page.goto(server.url)
    staff(page)
    page.locator(".st-key-staff_menu").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=sub, exact=True).click()
    page.wait_for_url(f"{server.url}/")


def sign_out(page: Page, server: Any, where: Locator) -> None:
    """Out of the app and of the identity provider, which asks back."""
    where.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{server.url}/")


def stranger_to(page: Page, server: Any, closed: StaffPage) -> None:
    page.goto(f"{server.url}/{closed.name}")
    expect(page.get_by_role("heading", name=f"{closed.title} is not open to you")).to_be_visible()


def sent_by(visit: Visit, address: str, heading: str) -> bytes:
    """All that the server sends a new visitor of an address, whose page has this heading."""
    page = visit("about:blank")
    frames: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda sent: frames.append(_bytes(sent))))
    page.goto(address)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    settled(page)
    return b"".join(frames)


def _bytes(sent: bytes | str) -> bytes:
    return sent if isinstance(sent, bytes) else sent.encode()


def test_shoppers_see_search_and_shop_without_a_login(visit: Visit, guarded: Any) -> None:
    page = visit(guarded.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Shop", exact=True).click()
    expect(page.get_by_role("list", name="All products").get_by_role("listitem")).to_have_count(30)
    staff(page)
    expect(page.locator(".st-key-staff_menu").get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("closed", THERE, ids=lambda closed: closed.name)
def test_a_staff_page_s_address_gives_a_shopper_nothing_but_the_way_in(
    visit: Visit, guarded: Any, served: Any, closed: StaffPage
) -> None:
    # What the page says to those who may see it: none of it may reach a shopper.
    page = visit(f"{served.url}/{closed.name}")
    expect(page.get_by_text(OPEN_HERE)).to_be_visible()
    said = {line.strip() for line in settled(page).splitlines()}

    public, told = (
        sent_by(visit, guarded.url, "Show us what you like"),
        sent_by(visit, f"{guarded.url}/{closed.name}?period=30d&product=1", f"{closed.title} is for staff"),
    )
    # Masthead, styles and the names of the pages are part of the public pages as well.
    secret = {line for line in said if len(line) > 4 and line.encode() not in public}
    assert OPEN_HERE in secret
    assert not [line for line in secret if line.encode() in told]


def test_a_buyer_signs_in_sees_the_buyers_pages_alone_and_signs_out(visit: Visit, guarded: Any) -> None:
    page = visit(guarded.url)
    sign_in(page, guarded, "bea")
    staff(page)
    menu = page.locator(".st-key-staff_menu")
    expect(menu.get_by_text("Signed in as bea@shop.example")).to_be_visible()
    expect(menu.get_by_role("link")).to_have_text([seen.title for seen in OF_BUYERS])
    for seen in OF_BUYERS:
        page.goto(f"{guarded.url}/{seen.name}")
        staff(page)
        expect(menu.get_by_role("link", name=seen.title)).to_be_visible()
        assert settled(page)
        expect(page.locator(".st-key-closed")).to_have_count(0)
    for closed in OF_OTHERS:
        stranger_to(page, guarded, closed)
        expect(page.get_by_text("Ask whoever runs this search engine to add you to the analysts.")).to_be_visible()
    staff(page)
    sign_out(page, guarded, menu)
    for closed in THERE:
        page.goto(f"{guarded.url}/{closed.name}")
        expect(page.get_by_role("heading", name=f"{closed.title} is for staff")).to_be_visible()


def test_a_sign_in_leads_back_to_where_it_began(visit: Visit, guarded: Any) -> None:
    page = visit(f"{guarded.url}/{OF_BUYERS[0].name}?tab=Outcomes")
    page.locator(".st-key-closed").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="bea", exact=True).click()
    page.wait_for_url(f"{guarded.url}/{OF_BUYERS[0].name}?tab=Outcomes")
    expect(page.get_by_role("heading", name=OF_BUYERS[0].title, exact=True)).to_be_visible()
    # Once: what is opened afterwards stays open.
    page.goto(guarded.url)
    staff(page)
    expect(page.get_by_text("Signed in as bea@shop.example")).to_be_visible()
    assert settled(page)
    assert page.url == f"{guarded.url}/"

    page = visit(f"{guarded.url}/shop?page=2")
    staff(page)
    page.locator(".st-key-staff_menu").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="ada", exact=True).click()
    page.wait_for_url(f"{guarded.url}/shop?page=2")
    staff(page)
    expect(page.get_by_text("Signed in as ada@shop.example")).to_be_visible()


def test_an_analyst_has_the_role_by_a_group(visit: Visit, guarded: Any) -> None:
    page = visit(guarded.url)
    sign_in(page, guarded, "ada")
    staff(page)
    expect(page.locator(".st-key-staff_menu").get_by_role("link")).to_have_text([seen.title for seen in OF_OTHERS])
    for closed in OF_BUYERS:
        stranger_to(page, guarded, closed)


@pytest.mark.parametrize(("sub", "told"), [("nemo", "nemo@shop.example"), ("mallory", "does not vouch for")])
def test_who_has_no_role_is_told_whom_to_ask(visit: Visit, guarded: Any, sub: str, told: str) -> None:
    page = visit(guarded.url)
    sign_in(page, guarded, sub)
    for closed in THERE:
        stranger_to(page, guarded, closed)
        expect(page.locator(".st-key-closed")).to_contain_text(told)
    sign_out(page, guarded, page.locator(".st-key-closed"))


def test_a_sign_in_that_somebody_wrote_themselves_opens_nothing(visit: Visit, guarded: Any) -> None:
    page = visit(guarded.url)
    page.context.add_cookies([{"name": "_streamlit_user", "value": '{"is_logged_in": true}', "url": guarded.url}])
    for closed in THERE:
        page.goto(f"{guarded.url}/{closed.name}")
        expect(page.get_by_role("heading", name=f"{closed.title} is for staff")).to_be_visible()


def test_without_a_login_the_staff_pages_are_open_on_this_machine_with_a_notice(visit: Visit, served: Any) -> None:
    page = visit(served.url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(OPEN_HERE)).to_have_count(0)
    staff(page)
    expect(page.locator(".st-key-staff_menu").get_by_role("link")).to_have_text([seen.title for seen in THERE])
    page.locator(".st-key-staff_menu").get_by_role("link", name=THERE[0].title).click()
    expect(page.get_by_text(OPEN_HERE)).to_be_visible()


def test_without_a_login_the_staff_pages_are_closed_to_any_other_address(visit: Visit, served: Any) -> None:
    # Chromium takes every name below localhost to this machine: so does a name that an attacker points here.
    elsewhere = served.url.replace("127.0.0.1", "shop.localhost")
    for closed in THERE:
        page = visit(f"{elsewhere}/{closed.name}")
        expect(page.get_by_role("heading", name=f"{closed.title} is closed")).to_be_visible()
        expect(page.get_by_text("set up [auth] in .streamlit/secrets.toml and VSEARCH_STAFF")).to_be_visible()
    expect(page.get_by_role("button", name="Staff")).to_have_count(0)


@pytest.mark.parametrize("closed", THERE[:1], ids=lambda closed: closed.name)
def test_the_first_visitor_of_a_fresh_server_comes_through_the_frame(
    visit: Visit, shop: Settings, serving: Any, tmp_path: Path, closed: StaffPage
) -> None:
    # Until its first visitor has come by the app's frame, Streamlit runs the files in pages/ by themselves.
    broken = tmp_path / "secrets.toml"
    broken.write_text("[auth")
    chosen = {"VSEARCH_CACHE": str(shop.cache), "VSEARCH_DATA": str(shop.data)}
    with serving(tmp_path, "--secrets.files", str(broken), **chosen) as server:
        page = visit(f"{server.url}/{closed.name}")
        expect(page.get_by_role("heading", name=f"{closed.title} is closed")).to_be_visible()
        expect(page.get_by_role("link", name="Shop", exact=True)).to_be_visible()
        expect(page.get_by_text("The login is not set up rightly")).to_be_visible()
