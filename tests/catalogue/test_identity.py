"""Whether a shop is the evaluated catalogue is decided by what its products are, and never by their numbers."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from vsearch_core.catalogue.identity import CONTENT, content_of, identify, public_data
from vsearch_core.catalogue.split import read_split
from vsearch_core.errors import CatalogueError
from vsearch_core.settings import Settings


def products(start: int, count: int, name: str = "Thing {}", picture: str = "picture {}") -> pd.DataFrame:
    numbers = [str(number) for number in range(start, start + count)]
    sums = [hashlib.sha256(picture.format(number).encode()).hexdigest() for number in numbers]
    return pd.DataFrame({"id": numbers, "name": [name.format(one) for one in numbers], "image_sha256": sums})


@pytest.fixture
def known(tmp_path: Path) -> Path:
    table = products(1, 100)
    content_of(table["id"], table["name"], table["image_sha256"]).to_parquet(tmp_path / "content.parquet")
    return tmp_path / "content.parquet"


def test_the_catalogue_itself_and_a_part_of_it_are_the_evaluated_one(known: Path) -> None:
    assert identify(products(1, 100), known).evaluated
    assert identify(products(20, 5), known).evaluated
    assert identify(products(95, 20), known).same == {str(number) for number in range(95, 101)}


def test_a_shop_of_the_same_numbers_is_another_shop(known: Path) -> None:
    other = products(1, 100, name="Watch {}", picture="watch {}")
    assert identify(other, known).same == frozenset()
    assert not identify(other, known).evaluated


def test_titles_or_pictures_alone_are_enough_with_the_id_and_nothing_is_without(known: Path) -> None:
    assert identify(products(1, 100, picture="saved anew {}"), known).evaluated
    assert identify(products(1, 100, name="  THING   {} ", picture="saved anew {}"), known).evaluated
    assert identify(products(1, 100, name="Titel auf Deutsch {}"), known).evaluated
    assert not identify(products(1, 100).assign(id=[f"A{number}" for number in range(100)]), known).evaluated
    shuffled = products(1, 100).assign(id=[str(number) for number in range(100, 0, -1)])
    assert not identify(shuffled, known).evaluated


def test_products_without_title_and_picture_agree_with_nothing(tmp_path: Path) -> None:
    nothing = products(1, 10).assign(name="", image_sha256="")
    content_of(nothing["id"], nothing["name"], nothing["image_sha256"]).to_parquet(tmp_path / "content.parquet")
    assert identify(nothing, tmp_path / "content.parquet").same == frozenset()
    assert not identify(nothing.head(0), tmp_path / "content.parquet").evaluated


def test_of_a_mixed_shop_the_same_products_are_known_and_most_of_them_decide(known: Path) -> None:
    mixed = pd.concat([products(1, 30), products(31, 70, name="Own {}", picture="own {}")])
    assert identify(mixed, known).same == {str(number) for number in range(1, 31)}
    assert not identify(mixed, known).evaluated


def test_the_committed_checksums_are_of_the_products_of_the_split() -> None:
    assert set(pd.read_parquet(CONTENT)["id"]) == set(read_split("catalogue")["id"])


def test_checksums_that_cannot_be_read_are_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "content.parquet").write_bytes(b"not a table")
    with pytest.raises(CatalogueError, match="writes it anew"):
        identify(products(1, 2), tmp_path / "content.parquet")


def test_the_public_photos_are_only_for_a_shop_of_the_public_products(tmp_path: Path) -> None:
    assert public_data(Settings(data=tmp_path), products(1, 10)) is None


@pytest.mark.real_data
def test_the_real_catalogue_is_known_by_what_is_in_it(real_data: Path) -> None:
    from vsearch_core.catalogue import read_catalogue

    catalogue = read_catalogue(real_data / "fashion-products")
    some = catalogue.products.sample(40, random_state=5)
    sums = [hashlib.sha256(catalogue.images.read(image)).hexdigest() for image in some["image"]]
    by_picture = some.assign(name="Other", image_sha256=sums)
    assert identify(by_picture).same == set(some["id"])
    assert identify(some.assign(image_sha256="")).evaluated
    assert not identify(some.assign(id=list(some["id"])[::-1], image_sha256=sums)).evaluated
    assert public_data(Settings(data=real_data), by_picture) == real_data
