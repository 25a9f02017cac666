"""Who may see the staff pages: roles from the settings, people from what their identity provider says of them.

Two questions, each answered from plain values: which roles a person has, and whether a visit comes from this machine.
Where anything is unclear the answer is the one that shows less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from vsearch_core.errors import SettingsError

BUYERS, ANALYSTS, STAFF = "buyers", "analysts", "staff"
LOGIN_HOURS = 12
"""After this time a person signs in anew: a group that somebody has left counts no longer than that."""

_EMAIL = re.compile(r"[^\s@,:]+@[^\s@,:]+\.[^\s@,:]+")
_GROUP = "group:"
_A_TO_Z = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def fold(text: str) -> str:
    """Text with A to Z in lower case, and nothing else: other letters have look-alikes that `lower` makes equal."""
    return text.translate(_A_TO_Z)


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in.

    `name` is for showing alone. `email` is empty where it is unknown or said to be unverified. `email` and `groups` are
    folded (see `fold`). `since` is when the identity provider vouched for them, in seconds since 1970 (0: unknown).
    """

    name: str
    email: str = ""
    groups: frozenset[str] = frozenset()
    since: float = 0.0

    @staticmethod
    def of(claims: Mapping[str, Any]) -> Person:
        """The person of an ID token's claims (`email`, `email_verified`, `groups`, `name`, `iat`; any may miss)."""
        email = claims.get("email")
        # Some providers send it as text; without the claim the provider is taken to know its own people.
        verified = str(claims.get("email_verified", True)).lower() == "true"
        known = fold(email) if isinstance(email, str) and _EMAIL.fullmatch(email) and verified else ""
        groups = claims.get("groups")
        listed = groups if isinstance(groups, list) else [groups]
        since = claims.get("iat")
        return Person(
            name=next((str(claims[key]) for key in ("name", "email", "sub") if claims.get(key)), "somebody"),
            email=known,
            groups=frozenset(fold(group) for group in listed if isinstance(group, str) and group),
            since=float(since) if isinstance(since, int | float) and not isinstance(since, bool) else 0.0,
        )

    def is_current(self, now: float) -> bool:
        """Whether the sign-in still counts at `now` (seconds since 1970)."""
        return now - self.since < LOGIN_HOURS * 3600


@dataclass(frozen=True)
class Members:
    """Who has a role: folded e-mail addresses and names of groups."""

    emails: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    @staticmethod
    def read(text: str, setting: str) -> Members:
        """The members that a setting lists: e-mail addresses and `group:NAME`, separated by commas.

        Raises:
            SettingsError: an entry is neither.
        """
        emails, groups = set(), set()
        for entry in filter(None, (part.strip() for part in text.split(","))):
            if fold(entry).startswith(_GROUP) and (group := entry[len(_GROUP) :].strip()):
                groups.add(fold(group))
            elif _EMAIL.fullmatch(entry):
                emails.add(fold(entry))
            else:
                raise SettingsError(
                    f"{setting} has {entry!r}, which is neither an e-mail address nor group:NAME; change or remove it."
                )
        return Members(frozenset(emails), frozenset(groups))

    def __contains__(self, person: Person) -> bool:
        return bool(person.email and person.email in self.emails) or bool(person.groups & self.groups)


@dataclass(frozen=True)
class Roles:
    """Who has which role. Staff see every staff page; buyers and analysts see their own."""

    buyers: Members = field(default_factory=Members)
    analysts: Members = field(default_factory=Members)
    staff: Members = field(default_factory=Members)

    @staticmethod
    def read(buyers: str, analysts: str, staff: str) -> Roles:
        """The roles of the settings `VSEARCH_BUYERS`, `VSEARCH_ANALYSTS` and `VSEARCH_STAFF`.

        Raises:
            SettingsError: one of them has an entry that does not fit.
        """
        return Roles(
            Members.read(buyers, "VSEARCH_BUYERS"),
            Members.read(analysts, "VSEARCH_ANALYSTS"),
            Members.read(staff, "VSEARCH_STAFF"),
        )

    def of(self, person: Person) -> frozenset[str]:
        """The roles of a person, none for a stranger."""
        named = {BUYERS: self.buyers, ANALYSTS: self.analysts, STAFF: self.staff}
        return frozenset(role for role, members in named.items() if person in members)

    def allow(self, person: Person, role: str) -> bool:
        """Whether the person may see the pages of a role (`buyers`, `analysts` or `staff`)."""
        return bool(self.of(person) & {role, STAFF})


def is_local(headers: Iterable[tuple[str, str]], client: str | None, served_at: str | None) -> bool:
    """Whether a visit comes from the machine that serves it.

    A visitor chooses every header, so that a header is never taken as proof that somebody is local, only as proof that
    somebody is not: all of these must hold. The one case that no rule can see is a proxy on this machine that names no
    visitor and rewrites `Host`; whoever serves through a proxy sets up a login.

    Args:
        headers: of the request. `Host` must name this machine (a page elsewhere whose name points here must not pass),
            `Origin`, where sent, too, and nothing may say that a proxy handed the request on.
        client: address at the other end of the connection; None where it is this machine.
        served_at: the address that the server was told to listen on; None where it was not told.
    """
    sent = [(name.lower(), value) for name, value in headers]
    hosts = [value for name, value in sent if name == "host"]
    origins = [value for name, value in sent if name == "origin"]
    handed_on = any(name in _PROXY_HEADERS or name.startswith("x-forwarded-") for name, _ in sent)
    return (
        (client is None or _is_loopback(client))
        and (not served_at or _is_loopback(served_at))
        and not handed_on
        and len(hosts) == 1
        and _is_loopback(_host_of(f"//{hosts[0]}"))
        and all(_is_loopback(_host_of(origin)) for origin in origins)
    )


_PROXY_HEADERS = frozenset(
    ("forwarded", "via", "x-real-ip", "x-client-ip", "x-original-host", "cf-connecting-ip", "true-client-ip")
)


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if fold(host) == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    # A server that listens on IPv6 sees 127.0.0.1 as ::ffff:127.0.0.1.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
