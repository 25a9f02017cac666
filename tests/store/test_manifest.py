"""The manifest: what is damaged or made up is refused, what is older is read, and nothing else is ever opened."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vsearch_core.errors import StoreError
from vsearch_core.store import Store, fold, info, remove_products
from vsearch_core.store.manifest import CHECKSUM, MANIFEST, read_manifest

Seal = Callable[..., None]


def content_of(path: Path) -> dict[str, Any]:
    return json.loads((path / MANIFEST).read_text())


def test_every_flipped_bit_is_refused_or_harmless(copied: Path) -> None:
    whole, before = (copied / MANIFEST).read_bytes(), read_manifest(copied)
    refused = 0
    # Every byte, and every bit of one in eight after the other: all of them take a minute.
    for place in range(len(whole)):
        flipped = bytes([whole[place] ^ (1 << place % 8)])
        (copied / MANIFEST).write_bytes(whole[:place] + flipped + whole[place + 1 :])
        try:
            assert read_manifest(copied) == before
        except StoreError as error:
            refused += 1
            told = error.code
            if told not in ("damaged", "newer_schema"):
                raise
    assert refused > len(whole) / 2


def test_a_store_whose_manifest_was_cut_or_mixed_up_is_refused(copied: Path) -> None:
    whole = (copied / MANIFEST).read_text()
    other = content_of(copied)
    other["segments"][0]["count"] += 1
    for text in (whole[:-20], whole + "x", json.dumps(other), whole.replace(CHECKSUM, "checksun")):
        (copied / MANIFEST).write_text(text)
        with pytest.raises(StoreError, match=r"manifest\.json is damaged") as caught:
            Store.open(copied)
        assert caught.value.code == "damaged"


def test_a_manifest_that_was_only_laid_out_anew_is_the_same(copied: Path) -> None:
    before = read_manifest(copied)
    (copied / MANIFEST).write_text(json.dumps(content_of(copied), sort_keys=True))
    assert read_manifest(copied) == before


def test_a_store_of_the_older_schema_is_read_and_becomes_a_newer_one_when_it_is_changed(copied: Path) -> None:
    older = {**content_of(copied), "schema_version": 1}
    del older[CHECKSUM]
    (copied / MANIFEST).write_text(json.dumps(older, indent=1))
    store = Store.open(copied)
    assert (len(store), store.manifest.schema_version) == (120, 1)
    assert content_of(copied) == older
    remove_products(copied, ["p7"])
    assert content_of(copied)["schema_version"] == 2
    assert len(content_of(copied)[CHECKSUM]) == 64
    assert len(Store.open(copied)) == 119


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '{"schema_version": 1}',
        '{"schema_version": "one"}',
        '{"schema_version": 1e400}',
        '{"schema_version": NaN}',
        f'{{"schema_version": {"9" * 5000}}}',
        "\udcff",
        "[" * 200_000,
        '{"schema_version": ' * 100_000,
    ],
)
def test_a_damaged_manifest_is_said_in_words(copied: Path, content: str) -> None:
    (copied / MANIFEST).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(StoreError, match=r"manifest\.json is damaged") as caught:
        Store.open(copied)
    assert caught.value.code == "damaged"
    assert len(list((copied / "segments").iterdir())) == 1


def test_a_huge_manifest_is_refused_before_it_is_read(copied: Path) -> None:
    with (copied / MANIFEST).open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(StoreError, match="damaged"):
        Store.open(copied)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "index/../../x.ann", "", "a.b\n"])
def test_a_manifest_that_leads_outside_is_refused(copied: Path, seal: Seal, name: str) -> None:
    entry = {"sha256": "0" * 64, "bytes": 1}
    whole = (copied / MANIFEST).read_bytes()
    for change in (
        lambda content: content["segments"][0].update(id=name),
        lambda content: content["segments"][0]["files"].update({name: entry}),
    ):
        seal(copied, change)
        with pytest.raises(StoreError) as caught:
            Store.open(copied)
        assert caught.value.code == "damaged"
        (copied / MANIFEST).write_bytes(whole)


def _segment(**facts: Any) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["segments"][0].update(facts)


@pytest.mark.parametrize(
    "change",
    [
        _segment(count=119),
        _segment(count=10**18),
        _segment(count=-1),
        _segment(count="120"),
        _segment(count=None),
        _segment(removed=["nobody"]),
        _segment(removed=["p1", "p1"]),
        _segment(removed=[7]),
        _segment(partitions={"Topwear": 1}),
        _segment(partitions=["Topwear", "Bags", "Shoes"]),
        _segment(files={}),
        _segment(files=[]),
        lambda content: content["segments"].append(content["segments"][0]),
        lambda content: content["segments"].append(None),
        lambda content: content.update(segments=7),
        lambda content: content.update(embedder=None),
        lambda content: content["embedder"].update(dimension=10**12),
        lambda content: content["embedder"].update(dimension=23),
        lambda content: content.update(hierarchy={"Shirts": 7}),
        lambda content: content.update(partitions={"Shoes": "many"}),
        lambda content: content.update(name=["a", "b"]),
        lambda content: content.update(schema_version=0),
    ],
)
def test_a_manifest_that_fits_its_checksum_and_makes_no_sense_is_refused_in_words(
    copied: Path, seal: Seal, change: Callable[[dict[str, Any]], object]
) -> None:
    seal(copied, change)
    with pytest.raises(StoreError) as caught:
        info(copied)
    assert caught.value.code == "damaged"


def test_the_helper_that_seals_a_store_makes_one_that_opens(copied: Path, seal: Seal) -> None:
    seal(copied, lambda content: content.update(name="Another name"))
    assert Store.open(copied).name == "Another name"


def test_a_newer_schema_is_refused_and_kept(copied: Path) -> None:
    (copied / MANIFEST).write_text(json.dumps({**content_of(copied), "schema_version": 99}))
    for ask in (Store.open, fold):
        with pytest.raises(StoreError, match="schema version 99") as caught:
            ask(copied)
        assert caught.value.code == "newer_schema"
    assert len(list((copied / "segments").iterdir())) == 1
