"""Every protocol runs on a whole small world, and what is written is whole and agrees with itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vsearch_core.evaluation.cards.fashion import write_card
from vsearch_core.evaluation.cards.targets import HEADINGS, LINES
from vsearch_core.evaluation.fashion import write_evaluation
from vsearch_core.evaluation.measure import PROTOCOLS, Measured
from vsearch_core.evaluation.predictions import catalogue_table, predict, predict_snaps, reader
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle, FashionModel


@pytest.fixture(scope="module")
def written(measured: Measured) -> Path:
    """The measured bundle with its evaluation."""
    write_evaluation(measured)
    return measured.model.bundle.path


def test_every_figure_of_every_protocol_lies_inside_its_interval(written: Path) -> None:
    figures = json.loads((written / "evaluation" / "figures.json").read_text())
    assert set(PROTOCOLS) <= set(figures)
    assert set(HEADINGS) == set(PROTOCOLS)
    told = [figure for line in LINES if (figure := line.figure(figures)) is not None]
    assert len(told) > 30
    for figure in told:
        assert 0 <= figure["low"] <= figure["high"] <= 1
        assert 0 <= figure["value"] <= 1
        assert figure["count"] > 0


def test_no_time_is_told_but_under_timing(written: Path) -> None:
    figures = json.loads((written / "evaluation" / "figures.json").read_text())
    for name in ("snaps", "user_photos", "twins"):
        assert set(figures[name]["timing"]) == {"inference_ms", "search_ms"}
        assert "search_ms" not in figures[name]


def test_the_tables_hold_what_serving_shows(written: Path, measured: Measured) -> None:
    bundle = Bundle.open(written)
    assert bundle.match is not None
    assert bundle.match.together is not None
    items = json.loads((written / "calibration.json").read_text())["items"]
    assert bundle.item_match is not None
    assert bundle.item_match.together == items["agreement"]["together"]
    assert "garments of test street photos" in (written / "card.md").read_text()
    model = FashionModel(bundle)
    for name, label in (("catalogue", "product_type"), ("snaps", "product_type"), ("user_photos", "label")):
        table = pd.read_parquet(written / "evaluation" / f"{name}.parquet")
        source = {"catalogue": measured.shots, "snaps": measured.snaps, "user_photos": measured.photos}[name]
        kept = source.where((source.table["part"] != "train").to_numpy())
        assert set(table["part"]) == {"validation", "test"}
        assert (table["label"] == kept.table[label]).all()
        outputs = {"product_type": kept.types[0], "embedding": kept.embeddings[0]}
        outputs |= {attribute: values[0] for attribute, values in kept.attributes.items()}
        shown = model.analysis(outputs).product_type
        assert shown.name == table["type_1"].iat[0]
        assert shown.probability == pytest.approx(table["probability_1"].iat[0], abs=1e-4)


def test_the_card_shows_every_protocol_beside_its_targets(written: Path) -> None:
    card = (written / "card.md").read_text()
    for heading in HEADINGS.values():
        assert heading in card
    assert card.count("met |") >= 10
    assert "{" not in card


def test_the_card_tells_the_limits_that_an_audit_beside_it_found(written: Path, tmp_path: Path) -> None:
    assert "What keeps it from the targets" not in (written / "card.md").read_text(), "there is no audit beside it"
    for name in ("audit", "ladder"):
        (tmp_path / name).symlink_to(Settings().results / name)
    bundle = shutil.copytree(written, tmp_path / "fashion")
    summary = json.loads((tmp_path / "audit" / "summary.json").read_text())
    card = write_card(bundle, tmp_path).read_text()
    assert f"{summary['sample']['ambiguous']['value']:.1%}" in card
    assert f"{summary['accuracy']['every_type']['mended']['value']:.1%}" in card
    assert "{" not in card
    assert ("this network and" in card) == (Bundle.open(bundle).fingerprint == summary["model"])


@pytest.mark.real_data
def test_a_part_of_the_real_catalogue_is_measured(real_data: Path) -> None:
    chosen = Settings(data=real_data, store=None)
    model = FashionModel(Bundle.open(chosen.models / "fashion"))
    table, source = catalogue_table(chosen)
    assert len(table) == 40_070
    # same pictures lie in one group, and hardly any group is one picture
    same = table[table.duplicated("picture", keep=False)]
    assert same.groupby("picture")["group"].nunique().max() == 1
    assert 300 < len(same) < 2000
    groups = table.loc[table["part"] == "test", "group"].drop_duplicates().sample(120, random_state=1)
    few = table[table["group"].isin(groups) & (table["part"] == "test")].head(200).reset_index(drop=True)
    few["part"] = np.where(few.index % 2, "test", "validation")
    shots = predict(model, few, reader(source, few, 256))
    snaps = predict_snaps(chosen, model, few, source, lambda line: None)
    small = Measured.of(chosen, model, shots=shots, photos=shots, snaps=snaps)
    found = PROTOCOLS["snaps"](small)
    assert found["r_at_1"]["value"] > 0.3
    assert found["r_at_10"]["value"] > found["r_at_1"]["value"]
    assert found["first_hit_right_type"]["value"] > 0.6
    assert PROTOCOLS["verification"](small)["easy"]["accuracy"]["value"] > 0.8
