"""Roles of people, and visits from this machine: where anything is unclear, less is shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsearch_core.access import LOGIN_HOURS, Members, Person, Roles, is_local
from vsearch_core.errors import SettingsError

HERE = [("Host", "localhost:8502")]
ROLES = Roles.read("bea@shop.example, group:Buying Team", "group:analysts", "olga@shop.example")

words = st.text(max_size=12)
HEADERS = ["Host", "Origin", "X-Forwarded-For", "Via", "Accept"]
headers = st.lists(st.tuples(st.sampled_from(HEADERS), words), max_size=5)


@pytest.mark.parametrize(
    ("claims", "buyers", "analysts"),
    [
        ({"email": "bea@shop.example", "email_verified": True}, True, False),
        ({"email": "BEA@Shop.Example", "email_verified": "true"}, True, False),
        ({"email": "bea@shop.example"}, True, False),
        ({"email": "bea@shop.example", "email_verified": False}, False, False),
        ({"email": "bea@shop.example", "email_verified": "false"}, False, False),
        ({"email": "bea@shop.example", "email_verified": None}, False, False),
        ({"email": "bea@shop.example.evil.example"}, False, False),
        ({"email": " bea@shop.example"}, False, False),
        ({"email": ["bea@shop.example"]}, False, False),
        ({"name": "bea@shop.example", "sub": "bea@shop.example"}, False, False),
        ({"groups": ["buying team"]}, True, False),
        ({"groups": "analysts"}, False, True),
        ({"groups": ["analysts", "buying team"]}, True, True),
        ({"groups": ["group:analysts", "analysts,buying team", 7, None]}, False, False),
        ({"email": "group:analysts"}, False, False),
        ({"email": "olga@shop.example"}, True, True),
        ({}, False, False),
    ],
)
def test_a_role_is_had_by_e_mail_or_group(claims: dict[str, Any], buyers: bool, analysts: bool) -> None:
    person = Person.of(claims)
    assert (ROLES.allow(person, "buyers"), ROLES.allow(person, "analysts")) == (buyers, analysts)


def test_staff_alone_see_what_is_for_staff() -> None:
    assert ROLES.allow(Person.of({"email": "olga@shop.example"}), "staff")
    assert not ROLES.allow(Person.of({"email": "bea@shop.example"}), "staff")


@pytest.mark.parametrize("lookalike", ["be\u0430@shop.example", "bea@\u017fhop.example", "bea@shop.example\u200b"])
def test_a_look_alike_of_an_address_is_somebody_else(lookalike: str) -> None:
    assert not ROLES.of(Person.of({"email": lookalike}))


@settings(max_examples=200, deadline=None)
@given(claims=st.dictionaries(st.sampled_from(["email", "email_verified", "groups", "name", "iat"]), words | st.none()))
def test_nobody_has_a_role_that_nobody_was_given(claims: dict[str, Any]) -> None:
    nobody = Roles.read("", " , ", "")
    assert not nobody.of(Person.of(claims))


@settings(max_examples=100, deadline=None)
@given(name=st.from_regex(r"[A-Za-z0-9.+-]{1,8}", fullmatch=True), shout=st.booleans())
def test_an_address_that_is_listed_is_found_in_any_case(name: str, shout: bool) -> None:
    listed = Members.read(f"x@y.example,{name}@Shop.example ,group:z", "VSEARCH_STAFF")
    email = f"{name}@shop.example"
    assert Person.of({"email": email.upper() if shout else email}) in listed
    assert Person.of({"email": f"{name}@shop.example.org"}) not in listed


@pytest.mark.parametrize("entry", ["bea", "@shop.example", "*", "group:", "bea@shop", "bea@shop.example;x@y.example"])
def test_an_entry_that_is_neither_address_nor_group_is_refused_in_words(entry: str) -> None:
    with pytest.raises(SettingsError, match="VSEARCH_BUYERS"):
        Roles.read(entry, "", "")


def test_a_sign_in_counts_for_half_a_day() -> None:
    person = Person.of({"email": "bea@shop.example", "iat": 1_000_000})
    assert person.is_current(1_000_000 + LOGIN_HOURS * 3600 - 1)
    assert not person.is_current(1_000_000 + LOGIN_HOURS * 3600)


@pytest.mark.parametrize("iat", [None, "1000000", True, []])
def test_a_sign_in_of_an_unknown_time_does_not_count(iat: object) -> None:
    assert not Person.of({"iat": iat}).is_current(1_000_000)


@pytest.mark.parametrize(
    ("sent", "client", "served_at"),
    [
        (HERE, None, None),
        (HERE, "127.0.0.1", "localhost"),
        (HERE, "::ffff:127.0.0.1", None),
        ([("host", "127.0.0.1:8502"), ("Origin", "http://127.0.0.1:8502")], None, "127.0.0.1"),
        ([("Host", "[::1]:8502"), ("Origin", "http://[::1]:8502")], "::1", "::1"),
    ],
)
def test_a_visit_from_this_machine_is_known(sent: list[tuple[str, str]], client: str, served_at: str) -> None:
    assert is_local(sent, client, served_at)


@pytest.mark.parametrize(
    ("sent", "client", "served_at"),
    [
        (HERE, "203.0.113.9", None),  # another machine that says `localhost`
        (HERE, "::ffff:203.0.113.9", None),
        (HERE, None, "0.0.0.0"),  # told to serve others
        (HERE, None, "shop.example"),
        (HERE, None, "unix:///run/shop.sock"),
        ([], None, None),
        ([*HERE, *HERE], None, None),
        ([("Host", "")], None, None),
        ([("Host", "shop.example")], None, None),  # a proxy, or a page elsewhere whose name points here
        ([("Host", "localhost.shop.example")], None, None),
        ([("Host", "localhost@shop.example")], None, None),
        ([("Host", "[::1")], None, None),
        ([*HERE, ("Origin", "https://shop.example")], None, None),
        ([*HERE, ("Origin", "null")], None, None),
        ([*HERE, ("X-Forwarded-For", "127.0.0.1")], None, None),
        ([*HERE, ("x-forwarded-host", "localhost")], None, None),
        ([*HERE, ("Forwarded", "for=127.0.0.1")], None, None),
        ([*HERE, ("Via", "1.1 proxy")], None, None),
        ([*HERE, ("X-Real-IP", "127.0.0.1")], None, None),
    ],
)
def test_any_sign_of_another_machine_makes_a_visitor_a_stranger(
    sent: list[tuple[str, str]], client: str | None, served_at: str | None
) -> None:
    assert not is_local(sent, client, served_at)


@settings(max_examples=200, deadline=None)
@given(sent=headers, client=st.sampled_from(["203.0.113.9", "10.0.0.7", "2001:db8::1", "not an address", ""]))
def test_no_header_makes_another_machine_this_one(sent: list[tuple[str, str]], client: str) -> None:
    assert not is_local([*sent, *HERE], client, None)
