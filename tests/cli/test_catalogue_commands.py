"""`catalogue correct` tells what it did in two lines, and what it cannot do in one."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from vsearch_core.catalogue import read_catalogue
from vsearch_core.catalogue.correct import LOG
from vsearch_core.cli.main import main

LISTING = "id,image,name,product_type\n1,1.jpg,A mug,Plates\n2,2.jpg,A plate,Plates\n3,3.jpg,A mug,Mugs\n"
REVIEW = """id,from,to,verdict,reviewer,time
1,Plates,Mugs,relabel,ana@shop.example,2026-11-21T18:00:00+00:00
2,Plates,,keep,ana@shop.example,2026-11-21T18:01:00+00:00
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop's CSV and a review of it."""
    (tmp_path / "shop.csv").write_text(LISTING, encoding="utf-8")
    (tmp_path / "review.csv").write_text(REVIEW, encoding="utf-8")
    return tmp_path


def correct(shop: Path) -> int:
    files = ("--catalogue", "shop.csv"), ("--corrections", "review.csv"), ("--out", "new")
    return main(["catalogue", "correct", *(part for flag, name in files for part in (flag, str(shop / name)))])


def test_a_review_is_applied_and_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert correct(shop) == 0
    out = capsys.readouterr().out
    assert "version 2" in out
    assert "1 product types corrected, 1 kept as they were, 0 ambiguous" in out
    assert read_catalogue(shop / "new").products["product_type"].tolist() == ["Mugs", "Plates", "Mugs"]
    assert json.loads((shop / "new" / LOG).read_text(encoding="utf-8"))["changed"][0]["id"] == "1"


def test_what_does_not_fit_is_one_sentence_and_status_1(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "shop.csv").write_text(LISTING.replace("A mug,Plates", "A mug,Mugs"), encoding="utf-8")
    assert correct(shop) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (shop / "new").exists()


@pytest.mark.real_data
def test_the_real_catalogue_is_corrected_in_what_was_reviewed_alone(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = real_data / "fashion-products"
    before = read_catalogue(folder).products
    one = before[before["product_type"] == "Casual Shoes"].iloc[0]
    review = pd.DataFrame([(one["id"], "Casual Shoes", "Sandals", "relabel", "ana", "2026-11-21")])
    review.to_csv(tmp_path / "review.csv", index=False, header=["id", "from", "to", "verdict", "reviewer", "time"])
    arguments = ["--catalogue", str(folder), "--corrections", str(tmp_path / "review.csv")]
    assert main(["catalogue", "correct", *arguments, "--out", str(tmp_path / "new")]) == 0
    after = read_catalogue(tmp_path / "new")
    changed = (after.products != before) & ~(after.products.isna() & before.isna())
    assert changed.sum().sum() == 2, "the type, and the category that goes with it"
    assert after.products.set_index("id").at[one["id"], "category"] == "Sandal"
    assert after.images.read(one["image"])[:2] == b"\xff\xd8"
