"""What the data page says of a catalogue and of photo sets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vsearch_core.catalogue.cleaning import IDENTICAL, SIMILAR, CleaningReport
from vsearch_core.insight.data import catalogue, compare, photo_sets
from vsearch_core.insight.data.catalogue import NONE
from vsearch_core.insight.data.compare import PHOTOS, PRODUCTS
from vsearch_core.settings import Settings
from vsearch_core.store import Store
from vsearch_core.vision import FashionModel


@pytest.fixture(scope="module")
def store(shop: Settings) -> Store:
    """The small drawn shop."""
    return Store.open(shop.store_path)


def small(**columns: list) -> pd.DataFrame:
    """A catalogue of four products, whose other columns are empty."""
    table = pd.DataFrame({"id": ["1", "2", "3", "4"], "product_type": ["Tops", "Tops", "Tops", "Caps"], **columns})
    for column in catalogue.TEXT_COLUMNS:
        if column not in table:
            table[column] = ""
    return table.assign(price=float("nan"))


def report_of(*rows: tuple[str, str, str]) -> CleaningReport:
    findings = pd.DataFrame([(*row, "kept") for row in rows], columns=["id", "problem", "detail", "done"])
    return CleaningReport(findings, {})


def test_the_hierarchy_holds_every_product_once_and_leaves_out_levels_that_the_shop_does_not_use(store: Store) -> None:
    table = catalogue.hierarchy(store.products)
    assert list(table.columns) == ["department", "category", "product_type", "products"]
    assert table["products"].sum() == len(store)
    flat = catalogue.hierarchy(small(category=["Wear", "Wear", "", "Wear"]))
    assert list(flat.columns) == ["category", "product_type", "products"]
    assert NONE in set(flat["category"])


def test_the_tail_says_how_few_types_hold_half_of_the_products() -> None:
    tail = catalogue.tail(small())
    assert tail.types["type"].tolist() == ["Tops", "Caps"]
    assert tail.half == 1
    assert tail.few == 2
    assert tail.working_share == pytest.approx(1)


def test_rare_picture_sizes_are_counted_together() -> None:
    sizes = catalogue.picture_sizes(small(image_width=[60, 60, 61, 62], image_height=[80] * 4), most=1)
    assert sizes.values.tolist() == [["60 x 80", 2, 0.5], [catalogue.OTHER, 2, 0.5]]


def test_columns_that_some_products_lack_come_before_those_that_none_has() -> None:
    missing = catalogue.missing(small(name=["a", "", "", "d"]))
    assert missing.iloc[0].tolist() == ["name", 2, 0.5, "partly"]
    assert missing.set_index("column").loc["price", "use"] == "never used"
    assert missing.set_index("column").loc["product type", "use"] == "filled"


def test_products_that_share_a_picture_are_grouped_and_doubtful_labels_come_first() -> None:
    similar = CleaningReport(report_of().findings, {}, groups={SIMILAR: [["1", "2", "99"]]})
    groups = catalogue.duplicates(small(image_sha256=["a", "b", "c", "c"], image_dhash=[7, 7, 0, 0]), [similar])
    assert groups["ids"].tolist() == [["3", "4"], ["1", "2"]]
    assert groups["kind"].tolist() == [IDENTICAL, SIMILAR]
    assert groups["differ"].tolist() == [True, False]
    assert groups["types"].tolist() == ["Caps, Tops", "Tops"]


@pytest.mark.parametrize("sign", [", ", " and ", "; as ", "\n", ",", "A, B and 4 more", "[", "'"])
def test_whatever_stands_in_ids_groups_are_kept_as_they_were_found(sign: str) -> None:
    ids = [f"Top{sign}Skirt 0{number}" for number in range(1, 5)]
    kept = CleaningReport(report_of().findings, {}, groups={SIMILAR: [ids[:2]], IDENTICAL: [ids[2:]]})
    report = CleaningReport.from_json(json.loads(json.dumps(kept.to_json())))
    table = small(image_sha256=["a", "b", "c", "c"], image_dhash=[7, 7, 0, 0]).assign(id=ids)
    assert catalogue.duplicates(table, [report])["ids"].tolist() == [ids[2:], ids[:2]]


def test_a_product_whose_picture_was_replaced_leaves_its_group() -> None:
    report = CleaningReport(report_of().findings, {}, groups={SIMILAR: [["1", "2", "3"]]})
    groups = catalogue.duplicates(small(image_sha256=list("abcd"), image_dhash=[7, 7, 8, 0]), [report])
    assert groups["ids"].tolist() == [["1", "2"]]


def test_groups_of_several_deliveries_that_share_a_product_are_one() -> None:
    reports = [CleaningReport(report_of().findings, {}, groups={SIMILAR: [ids]}) for ids in (["1", "2"], ["2", "3"])]
    groups = catalogue.duplicates(small(image_sha256=list("abcd"), image_dhash=[7] * 4), reports)
    assert groups["ids"].tolist() == [["1", "2", "3"]]


def test_a_store_of_before_says_that_it_keeps_no_groups() -> None:
    counts = {"products": 2, "searchable": 2, "near-identical groups": 1}
    before = CleaningReport.from_json({"counts": counts, "findings": []})
    assert catalogue.lacks_groups([before])
    assert not catalogue.lacks_groups([CleaningReport(before.findings, counts, groups={SIMILAR: [["1", "2"]]})])


def test_titles_are_shared_whatever_their_case_and_spaces() -> None:
    names = ["Red  Top", "red top", "Cap", ""]
    families = catalogue.title_families(small(name=names, colour=["Red", "Rose", "Red", "Red"]))
    assert families[["name", "products", "types", "colours", "differ"]].values.tolist() == [
        ["Red  Top", 2, "Tops", 2, False]
    ]


def test_a_catalogue_without_findings_or_shared_titles_gives_empty_tables() -> None:
    assert catalogue.duplicates(small(image_sha256=list("abcd"), image_dhash=[7] * 4), []).empty
    assert catalogue.title_families(small()).empty
    assert catalogue.attributes(small()) == {}


def test_the_drawn_photos_are_the_sample_shops_photo_set(shop: Settings) -> None:
    photos = photo_sets.user_photos(shop, sample=True)
    assert photos is not None
    labels = photo_sets.labels(photos)
    assert labels["photos"].sum() == len(photos.photos)
    assert photo_sets.senders(photos).empty
    assert photo_sets.user_photos(shop, sample=False) is None


def test_photos_and_products_are_compared_and_the_difference_is_told(
    shop: Settings, store: Store, model: FashionModel
) -> None:
    photos = photo_sets.user_photos(shop, sample=True)
    assert photos is not None
    steps: list[tuple[int, int]] = []
    table = compare.compare(store, photos, model, lambda done, total: steps.append((done, total)))
    assert set(table["side"]) == {PRODUCTS, PHOTOS}
    assert table[["brightness", "ground", "unrest"]].to_numpy(dtype=float).min() >= 0
    assert table["nearest"].dropna().between(-1, 1 + 1e-5).all()
    products = table[table["side"] == PRODUCTS]
    assert products["white"].mean() > table.loc[table["side"] == PHOTOS, "white"].mean()
    assert steps[-1] == (len(table), len(table))
    assert len(compare.sentences(table)) == 4
    labels = compare.by_label(table, photos)
    assert labels["photos"].sum() == (table["side"] == PHOTOS).sum()


def test_the_ground_of_a_picture_is_its_edge() -> None:
    picture = np.full((100, 80, 3), 255, np.uint8)
    picture[20:80, 20:60] = 0
    looks = compare.looks(picture)
    assert looks == {"brightness": pytest.approx(0.7), "ground": 1.0, "unrest": 0.0, "white": True}


@pytest.mark.real_data
def test_a_street_photo_shows_several_garments(real_data: Path) -> None:
    found = photo_sets.outfits(Settings(data=real_data))
    each = photo_sets.garments_per_photo(found)
    assert each["photos"].sum() == found["photo"].nunique() > 800
    assert float((each["garments"] * each["photos"]).sum() / each["photos"].sum()) > 2
    assert (found[["x0", "y0"]].to_numpy() < found[["x1", "y1"]].to_numpy()).all()
    assert not {"skin", "hair", "null"} & set(photo_sets.garments(found)["garment"])


@pytest.mark.real_data
def test_user_photos_come_from_many_senders_and_some_labels_are_judged_by_nothing(real_data: Path) -> None:
    photos = photo_sets.user_photos(Settings(data=real_data), sample=False)
    assert photos is not None
    assert len(photos.photos) == 4393
    assert photo_sets.senders(photos)["up_to_here"].iloc[-1] == pytest.approx(1)
    labels = photo_sets.labels(photos).set_index("label")
    assert labels.loc["Body", "types"].startswith("none")
