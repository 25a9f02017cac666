"""Changing a store without building it anew."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from vsearch_core.catalogue.table import Catalogue
from vsearch_core.contracts import Embedder
from vsearch_core.errors import StoreError
from vsearch_core.images import decode
from vsearch_core.store import Filters, Store, add_products, build_store, fold, info, manifest, remove_products

MakeCatalogue = Callable[..., Catalogue]
MakeRows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def path(tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows) -> Path:
    build_store(make_catalogue(make_rows(40)), embedder, tmp_path / "s")
    return tmp_path / "s"


def segments_on_disk(path: Path) -> set[str]:
    return {folder.name for folder in (path / "segments").iterdir()}


def test_added_products_are_found_and_counted(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_picture: Callable[..., bytes]
) -> None:
    row = {"id": "new", "category": "Hats", "colour": "Red", "price": 3.0}
    new = make_catalogue([row], hierarchy={"Caps": ("Accessories", "Hats")})
    assert add_products(path, new, embedder).counts["searchable"] == 1
    store = Store.open(path, embedder=embedder)
    query = embedder.embed([decode(make_picture("new"))])[0]
    assert store.search(query, 1)[0].id == "new"
    assert [hit.id for hit in store.search(query, 9, partitions=["Hats"])] == ["new"]
    assert store.search(query, 1, filters=Filters({"colour": "Red"}, {"price": (None, 3)}))[0].id == "new"
    assert store.partitions["Hats"] == 1
    assert store.manifest.hierarchy == {"Caps": ("Accessories", "Hats")}
    assert store.thumbnail("new").startswith(b"\xff\xd8")
    assert info(path).segments == 2
    assert "40 of 40 products can be searched." in info(path).cleaning
    assert "Added later: 1 of 1 products can be searched." in info(path).cleaning


def test_an_added_product_with_a_known_id_takes_its_place(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_picture: Callable[..., bytes]
) -> None:
    change = make_catalogue([{"id": "p3", "name": "Changed", "category": "Hats", "picture": "something else"}])
    assert add_products(path, change, embedder).counts["searchable"] == 1
    store = Store.open(path)
    assert len(store) == 40
    assert store.product("p3")["name"] == "Changed"
    old = embedder.embed([decode(make_picture("p3"))])[0]
    hits = store.search(old, 40)
    assert len({hit.id for hit in hits}) == 40
    assert next(hit for hit in hits if hit.id == "p3").score < 0.9
    assert sum(store.partitions.values()) == 40


@pytest.mark.parametrize("picture", [b"broken", None])
def test_a_product_whose_new_image_cannot_be_read_changes_and_keeps_its_picture(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, picture: bytes | None
) -> None:
    before = Store.open(path)
    change = make_catalogue(
        [
            {"id": "p3", "name": "Changed", "price": 79.0, "picture": picture},
            {"id": "p5", "picture": picture},
            {"id": "new"},
        ]
    )
    assert add_products(path, change, embedder).counts["searchable"] == 3
    for _ in range(2):
        store = Store.open(path)
        assert len(store) == 41
        assert (store.product("p3")["name"], store.product("p3")["price"]) == ("Changed", 79.0)
        for name in ("p3", "p5", "new"):
            place = store.products["id"].tolist().index(name)
            assert [hit.id for hit in store.search(store.embeddings[place], 1)] == [name]
        for name in ("p3", "p5"):
            assert store.thumbnail(name) == before.thumbnail(name)
            assert store.product(name)["image_sha256"] == before.product(name)["image_sha256"]
        report = store.cleaning[-1]
        assert report.counts["picture kept"] == 2
        assert (report.counts["added"], report.counts["changed"], report.left_out) == (1, 2, 0)
        assert any("p3, p5" in line for line in report.summary())
        fold(path)


def test_what_was_just_written_is_not_opened_and_checked_again_to_say_what_became_of_it(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    verify = manifest.verify
    monkeypatch.setattr("vsearch_core.store.store.verify", lambda *given: (opened.append("once"), verify(*given)))
    report = build_store(make_catalogue(make_rows(3)), embedder, path)
    assert (report.counts["searchable"], opened) == (3, [])
    report = add_products(path, make_catalogue([{"id": "new"}]), embedder)
    assert report.rows[0].startswith("1 row read: 1 taken (1 added,")
    assert opened == ["once"], "the store as it was before"


def test_a_change_of_products_without_any_new_image_is_made(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    known = make_catalogue([{"id": "p3", "price": 79.0, "picture": None}])
    assert add_products(path, known, embedder).counts["searchable"] == 1
    assert Store.open(path).product("p3")["price"] == 79.0


def test_adding_nothing_readable_changes_nothing(path: Path, embedder: Embedder, make_catalogue: MakeCatalogue) -> None:
    before = Store.open(path).version
    with pytest.raises(StoreError, match="None of the 1 images"):
        add_products(path, make_catalogue([{"id": "new", "picture": b"broken"}]), embedder)
    assert Store.open(path).version == before


def test_removed_products_are_never_found(path: Path) -> None:
    query = np.array(Store.open(path).embeddings[5])
    assert remove_products(path, ["p5", "p6", "p5"]) == 2
    store = Store.open(path)
    assert not {"p5", "p6"} & {hit.id for hit in store.search(query, 40)}
    assert len(store.search(query, 40)) == len(store) == sum(store.partitions.values()) == 38
    with pytest.raises(StoreError, match="no product 'p5'"):
        store.product("p5")


def test_removing_an_unknown_product_changes_nothing(path: Path) -> None:
    before = Store.open(path).version
    with pytest.raises(StoreError, match="no product ghost, wraith; nothing was removed") as caught:
        remove_products(path, ["p1", "wraith", "ghost"])
    assert caught.value.code == "unknown_product"
    assert Store.open(path).version == before


def test_everything_can_be_removed_and_filled_again(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    remove_products(path, [f"p{number}" for number in range(40)])
    for _ in range(2):
        store = Store.open(path)
        assert len(store) == 0
        assert store.search(np.ones(24), 5) == []
        assert store.page().total == 0
        assert store.facets(["colour"]) == {"colour": {}}
        fold(path)
    add_products(path, make_catalogue([{"id": "first"}]), embedder)
    assert [hit.id for hit in Store.open(path).search(np.ones(24), 5)] == ["first"]


def test_another_models_products_are_refused(
    path: Path, make_embedder: Callable[..., Embedder], make_catalogue: MakeCatalogue
) -> None:
    for other in (make_embedder(dimension=8), make_embedder(seed=2)):
        with pytest.raises(StoreError, match="was built with the model pixels") as caught:
            add_products(path, make_catalogue([{"id": "new"}]), other)
        assert caught.value.code == "other_model"


def test_columns_that_only_some_products_have_are_missing_elsewhere(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    add_products(path, make_catalogue([{"id": "new", "brand": "Acme", "season_year": "unknown"}]), embedder)
    for _ in range(2):
        store = Store.open(path)
        assert store.product("new")["brand"] == "Acme"
        assert store.product("p1")["brand"] in (None, "")
        assert store.product("p1")["season_year"] == "2011"
        assert [hit.id for hit in store.search(np.ones(24), 9, filters=Filters({"brand": "Acme"}))] == ["new"]
        fold(path)


def test_newcomers_join_the_groups_of_what_they_look_like(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    add_products(path, make_catalogue([{"id": "a copy", "picture": "p7"}]), embedder)
    assert Store.open(path).product("a copy")["group"] == "p7"
    fold(path)
    assert Store.open(path).product("p7")["group"] == "a copy"


def test_a_fold_changes_nothing_that_a_search_shows(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows
) -> None:
    add_products(path, make_catalogue(make_rows(20, start=35)), embedder)
    remove_products(path, ["p1", "p36", "p50"])
    before = Store.open(path)
    fold(path)
    after = Store.open(path)
    assert (len(before.segments), len(after.segments)) == (2, 1)
    assert info(path).removed == 0
    assert after.products.equals(before.products)
    assert after.search(np.ones(24), 20) == before.search(np.ones(24), 20)
    assert {name: before.thumbnail(name) for name in before.products["id"]} == {
        name: after.thumbnail(name) for name in after.products["id"]
    }


def test_many_small_updates_do_not_make_many_segments(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vsearch_core.store.update.SIDE_SEGMENTS", 2)
    base = Store.open(path).manifest.segments[0].id
    for number in range(5):
        add_products(path, make_catalogue([{"id": f"new {number}"}]), embedder)
    manifest = Store.open(path).manifest
    assert manifest.segments[0].id == base
    assert len(manifest.segments) <= 3
    assert manifest.living == 45
    assert segments_on_disk(path) == {segment.id for segment in manifest.segments}


def test_many_changes_fold_by_themselves(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue, make_rows: MakeRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vsearch_core.store.update.FOLD_ROWS", 10)
    add_products(path, make_catalogue(make_rows(8, start=40)), embedder)
    assert len(Store.open(path).segments) == 2
    remove_products(path, ["p0", "p1", "p2"])
    store = Store.open(path)
    assert (len(store.segments), store.manifest.segments[0].removed, len(store)) == (1, (), 45)
    assert segments_on_disk(path) == {store.manifest.segments[0].id}


def test_an_open_store_does_not_change_and_says_when_it_is_stale(
    path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    store = Store.open(path)
    before = store.search(np.ones(24), 40)
    picture = store.thumbnail("p9")
    assert not store.is_stale()
    remove_products(path, ["p9"])
    fold(path)
    assert store.is_stale()
    assert store.search(np.ones(24), 40) == before
    assert store.thumbnail("p9") == picture
    again = Store.open(path)
    assert not again.is_stale()
    assert again.version != store.version


def test_building_onto_a_store_replaces_it(path: Path, embedder: Embedder, make_catalogue: MakeCatalogue) -> None:
    old = Store.open(path)
    build_store(make_catalogue([{"id": "only"}], name="New shop"), embedder, path)
    new = Store.open(path)
    assert (new.name, new.products["id"].tolist()) == ("New shop", ["only"])
    assert old.is_stale()
    assert segments_on_disk(path) == {new.manifest.segments[0].id}


def test_a_folder_with_something_else_is_not_touched(
    tmp_path: Path, embedder: Embedder, make_catalogue: MakeCatalogue
) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"precious")
    for place in (tmp_path, tmp_path / "holiday.jpg"):
        with pytest.raises(StoreError) as caught:
            build_store(make_catalogue([{"id": "1"}]), embedder, place)
        assert caught.value.code == "not_a_store"
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


class Updates(RuleBasedStateMachine):
    """Whatever is added, removed and folded in whatever order, a store equals a plain dictionary of products."""

    embedder: Embedder
    make_catalogue: MakeCatalogue
    make_picture: Callable[..., bytes]

    ids = st.integers(0, 14).map("p{}".format)

    @initialize(count=st.integers(1, 15))
    def build(self, count: int) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "s"
        self.model: dict[str, tuple[str, str]] = {}
        self.put([(f"p{number}", number % 3) for number in range(count)], build=True)

    @rule(products=st.lists(st.tuples(ids, st.integers(0, 3)), min_size=1, max_size=4, unique_by=lambda row: row[0]))
    def put(self, products: list[tuple[str, int]], build: bool = False) -> None:
        rows = [
            {"id": name, "picture": f"{name} {look}", "category": "abc"[look % 3], "colour": "Red" if look else "Blue"}
            for name, look in products
        ]
        if build:
            build_store(self.make_catalogue(rows), self.embedder, self.path)
        else:
            assert add_products(self.path, self.make_catalogue(rows), self.embedder).counts["searchable"] == len(rows)
        for row in rows:
            self.model.pop(row["id"], None)
            self.model[row["id"]] = (row["picture"], row["colour"])

    @rule(names=st.lists(ids, max_size=5))
    def remove(self, names: list[str]) -> None:
        if set(names) <= set(self.model):
            assert remove_products(self.path, names) == len(set(names))
            for name in set(names):
                del self.model[name]
        else:
            with pytest.raises(StoreError, match="nothing was removed"):
                remove_products(self.path, names)

    @rule()
    def fold(self) -> None:
        fold(self.path)

    @invariant()
    def equals_the_dictionary(self) -> None:
        if not hasattr(self, "path"):
            return
        store = Store.open(self.path, embedder=self.embedder)
        assert store.products["id"].tolist() == list(self.model)
        assert store.products["colour"].tolist() == [colour for _, colour in self.model.values()]
        assert sum(store.partitions.values()) == store.manifest.living == len(self.model)
        query = self.embedder.embed([decode(self.make_picture("a photo"))])[0]
        for filters, names in (
            (None, list(self.model)),
            (Filters({"colour": "Red"}), [name for name, (_, colour) in self.model.items() if colour == "Red"]),
        ):
            hits = store.search(query, 6, filters=filters)
            looks = [decode(self.make_picture(self.model[name][0])) for name in names]
            scores = dict(zip(names, self.embedder.embed(looks) @ query, strict=True)) if names else {}
            assert [hit.score for hit in hits] == pytest.approx(sorted(scores.values(), reverse=True)[:6], abs=1e-5)
            assert [hit.score for hit in hits] == pytest.approx([scores[hit.id] for hit in hits], abs=1e-5)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


def test_any_sequence_of_updates_equals_a_dictionary(
    embedder: Embedder, make_catalogue: MakeCatalogue, make_picture: Callable[..., bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("vsearch_core.store.segment.SMALLEST", 4)
    monkeypatch.setattr("vsearch_core.store.update.FOLD_ROWS", 6)
    monkeypatch.setattr("vsearch_core.store.update.SIDE_SEGMENTS", 2)
    machine = type(
        "ThisShop",
        (Updates,),
        {
            "embedder": embedder,
            "make_catalogue": staticmethod(make_catalogue),
            "make_picture": staticmethod(make_picture),
        },
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
