"""The audit draws the same for everyone, refuses what does not fit, and counts what can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from studies.audits.disagreements import (
    ANSWERS,
    COLUMNS,
    NETWORK,
    SAMPLE,
    SHOES,
    audit,
    audit_figures,
    audited,
    begin,
    ceilings,
    check_ships,
    counts_of,
    drawn_from,
    matched,
    read_verdicts,
    shares,
)
from studies.cli.main import main
from vsearch_core.catalogue.split import read_split
from vsearch_core.errors import BundleError, ReviewError
from vsearch_core.settings import Settings, settings
from vsearch_core.vision import Bundle


def _products(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["id", "label", "predicted"])
    return table.assign(group=table["id"])


def _verdicts(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


PRODUCTS = _products(
    [
        ("1", "Tops", "Tshirts"),
        ("2", "Heels", "Flats"),
        ("3", "Casual Shoes", "Sports Shoes"),
        ("4", "Tops", "Shirts"),
        *((str(number), "Caps", "Caps") for number in range(5, 13)),
    ]
)
JUDGED = (
    ("1", "Tops", "Tshirts", "model", "Tops", "title", ""),
    ("2", "Heels", "Flats", "label", "Flats", "picture", ""),
    ("3", "Casual Shoes", "Sports Shoes", "ambiguous", "", "", ""),
    ("4", "Tops", "Shirts", "model", "Tops", "picture", ""),
)


def test_the_sample_is_a_hash_of_the_id_whatever_the_order() -> None:
    rows = [(str(number), "Tops", "Tshirts") for number in range(300)]
    rows += [(f"s{number}", "Casual Shoes", "Sports Shoes") for number in range(300)]
    table = _products([*rows, ("right", "Caps", "Caps")])
    drawn = drawn_from(table)
    again = drawn_from(table.sample(frac=1, random_state=1))
    assert list(drawn["id"]) == list(again["id"])
    assert drawn["sample"].sum() == SAMPLE
    assert drawn["shoes"].sum() == SHOES
    assert set(drawn.loc[drawn["shoes"], "label"]) == {"Casual Shoes"}
    assert "right" not in set(drawn["id"])
    # an agreement more or less does not change who is drawn
    assert list(drawn_from(table[table["id"] != "right"])["id"]) == list(drawn["id"])


def test_shares_are_those_of_the_verdicts() -> None:
    found = shares(matched(drawn_from(PRODUCTS), _verdicts(*JUDGED)))
    values = {name: figure["value"] for name, figure in found.items() if name != "count"}
    assert values == {
        "model": 0.5,
        "label": 0.25,
        "ambiguous": 0.25,
        "title_decides": 0.25,
        "picture_decides": 0.25,
        "prediction_right": 0.25,
    }
    assert found["model"]["low"] <= 0.5 <= found["model"]["high"]


def test_a_label_that_is_wrong_beside_a_prediction_that_is_wrong_too_does_not_make_the_network_right() -> None:
    third = ("2", "Heels", "Flats", "label", "Sandals", "picture", "")
    found = shares(matched(drawn_from(PRODUCTS), _verdicts(JUDGED[0], third, *JUDGED[2:])))
    assert found["label"]["value"] == 0.25
    assert found["prediction_right"]["value"] == 0


def test_the_accuracy_rises_by_the_audited_share_of_the_disagreements() -> None:
    found = ceilings(PRODUCTS, matched(drawn_from(PRODUCTS), _verdicts(*JUDGED)))
    values = {name: figure["value"] for name, figure in found.items() if name != "judged"}
    right, wrong = 8 / 12, 4 / 12
    assert values == pytest.approx(
        {
            "as_labelled": right,
            "mended": right + wrong / 4,
            "forgiven": right + wrong / 2,
            "forgiven_titles": right + wrong * 3 / 4,
        },
        abs=1e-4,
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (JUDGED[:-1], "4 has no verdict"),
        ((*JUDGED, ("99", "Tops", "Caps", "model", "Tops", "title", "")), "99 is not a disagreement"),
        ((*JUDGED, JUDGED[0]), "1 has two verdicts"),
        ((*JUDGED[:-1], ("4", "Tops", "Tshirts", "model", "Tops", "title", "")), "4 was judged on other types"),
        ((*JUDGED[:-1], ("4", "Tops", "Shirts", "perhaps", "Tops", "title", "")), "4 has no known verdict"),
        ((*JUDGED[:-1], ("4", "Tops", "Shirts", "label", "Tops", "title", "")), "4 has a verdict unlike"),
        ((*JUDGED[:-1], ("4", "Tops", "Shirts", "model", "Tops", "", "")), "4 does not say what decided"),
    ],
)
def test_verdicts_that_do_not_fit_are_refused_by_id(rows: tuple[tuple[str, ...], ...], said: str) -> None:
    with pytest.raises(ReviewError, match=said) as caught:
        audit_figures(PRODUCTS, _verdicts(*rows), ["Tops"])
    assert caught.value.code == "bad_verdicts"


def test_without_verdicts_or_with_half_the_columns_nothing_is_counted(tmp_path: Path) -> None:
    chosen = Settings(models=tmp_path, results=tmp_path)
    with pytest.raises(ReviewError, match="restore the file"):
        read_verdicts(chosen)
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "verdicts.csv").write_text("id,label\n1,Tops\n", encoding="utf-8")
    with pytest.raises(ReviewError, match="no column predicted"):
        read_verdicts(chosen)


def _copied(tmp_path: Path) -> Settings:
    """Settings of a copy of the shipped bundle's evaluation and of the audit."""
    shipped = Settings().models
    for name in ("fashion/model.tflite", "fashion/labels.json", "fashion/calibration.json"):
        _link(shipped / name, tmp_path / name)
    for name in ("figures.json", "catalogue.parquet"):
        _link(shipped / "fashion" / "evaluation" / name, tmp_path / "fashion" / "evaluation" / name)
    for file in (Settings().results / "audit").iterdir():
        if file.name != "summary.json":
            _link(file, tmp_path / "audit" / file.name)
    return Settings(models=tmp_path, results=tmp_path)


def _link(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(source)


def _summary() -> dict:
    return json.loads((Settings().results / "audit" / "summary.json").read_text(encoding="utf-8"))


def test_the_committed_summary_follows_from_the_committed_verdicts(tmp_path: Path) -> None:
    found, committed = audit(_copied(tmp_path)), _summary()
    assert {name: committed[name] for name in found} == found
    assert found["sample"]["count"] == SAMPLE
    assert found["shoes"]["count"] == SHOES
    assert set(committed) - set(found) == {"picture_size", "suspicion"}


def test_what_needs_pictures_stays_until_another_network_is_audited(tmp_path: Path) -> None:
    chosen = _copied(tmp_path)
    audit(chosen, {"picture_size": {"small": 1}})
    assert audit(chosen)["picture_size"] == {"small": 1}
    path = tmp_path / "audit" / "summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "model": "another"}), encoding="utf-8")
    assert "picture_size" not in audit(chosen)


def test_an_audit_begins_with_what_the_network_that_ships_says_now(tmp_path: Path) -> None:
    chosen = _copied(tmp_path)
    for name in (ANSWERS, NETWORK):
        (tmp_path / "audit" / name).unlink()
    with pytest.raises(ReviewError, match="No audit was begun"):
        audit(chosen)
    drawn = begin(chosen)
    model, table, ten = audited(chosen)
    assert model == Bundle.open(tmp_path / "fashion").fingerprint
    assert drawn["sample"].sum() == SAMPLE
    assert (drawn["label"] != drawn["predicted"]).all()
    assert len(ten) == 10
    split = read_split("catalogue").set_index("id")["part"]
    assert set(table["id"].map(split)) == {"validation"}
    check_ships(chosen)
    left = {file.name for file in (tmp_path / "audit").iterdir()}
    assert left == {ANSWERS, NETWORK, "README.md"}, "nothing that was judged of another network"


def test_what_needs_pictures_is_not_measured_with_another_network(tmp_path: Path) -> None:
    chosen = _copied(tmp_path)
    path = tmp_path / "audit" / NETWORK
    network = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    path.write_text(json.dumps({**network, "model": "another"}), encoding="utf-8")
    with pytest.raises(ReviewError, match="Network another was audited"):
        check_ships(chosen)


def test_no_audit_begins_without_an_evaluation_of_the_network(tmp_path: Path) -> None:
    chosen = _copied(tmp_path)
    path = tmp_path / "fashion" / "evaluation" / "figures.json"
    path.unlink()
    with pytest.raises(BundleError, match="holds no evaluation"):
        begin(chosen)
    path.write_text('{"model": "another"}', encoding="utf-8")
    with pytest.raises(BundleError, match="of another network"):
        begin(chosen)


def test_the_command_prints_the_shares_and_refuses_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _copied(tmp_path)
    monkeypatch.setenv("VSEARCH_MODELS", str(tmp_path))
    monkeypatch.setenv("VSEARCH_RESULTS", str(tmp_path))
    settings.cache_clear()
    assert main(["audit"]) == 0
    assert "sample.ambiguous: 0." in capsys.readouterr().out
    assert main(["audit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["split"] == "validation"
    verdicts = tmp_path / "audit" / "verdicts.csv"
    text = verdicts.read_text(encoding="utf-8")
    verdicts.unlink()
    verdicts.write_text("".join(text.splitlines(keepends=True)[:-1]), encoding="utf-8")
    assert main(["audit"]) == 1
    assert "has no verdict" in capsys.readouterr().err


def test_what_was_looked_at_besides_is_counted_by_verdict(tmp_path: Path) -> None:
    chosen = Settings(models=tmp_path, results=tmp_path)
    assert counts_of(chosen, "twins") == {}
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "twins.csv").write_text("id,verdict\n1,other\n2,same\n3,other\n")
    assert counts_of(chosen, "twins") == {"other": 2, "same": 1}
