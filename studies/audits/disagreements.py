"""The audit: a fixed sample of the pictures where network and label disagree, each looked at, with its verdict.

`results/audit/README.md` has the rules of the verdicts, `verdicts.csv` the verdicts by id, `summary.json` what follows.
`answers.parquet` and `network.json` keep what the audited network said, so that the audit can still be checked when
another network ships.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.catalogue.split import read_split
from vsearch_core.errors import BundleError, ReviewError
from vsearch_core.evaluation.protocols.types import SHOWN
from vsearch_core.evaluation.statistics import group_weights, mean_figure, weighted_figure
from vsearch_core.files import make_folder, replace_bytes, replace_json
from vsearch_core.settings import Settings
from vsearch_core.vision import Bundle

PART = "validation"
"""Only this part is looked at: whoever has seen the errors on test may tune to them."""

SAMPLE, SHOES = 200, 40
"""How many disagreements are looked at, and how many of those between casual and sports shoes."""

VERDICTS = ("model", "label", "ambiguous")
DECIDED = ("picture", "title")
COLUMNS = ("id", "label", "predicted", "verdict", "shown", "decided_by", "note")
"""Of `verdicts.csv`: `shown` is the type that picture and title show, `decided_by` whether the picture by itself would
have told; both are empty where the verdict is `ambiguous`."""

EXTRAS = ("picture_size", "suspicion")
"""What the summary holds besides, which needs the pictures and the shop."""

BESIDE = ("twins", "photos")
"""What was looked at besides: missed twins and missed user photos, a file of verdicts each."""

ANSWERS, NETWORK = "answers.parquet", "network.json"

JUDGED = ("verdicts.csv", "second_look.csv", *(f"{name}.csv" for name in BESIDE), "summary.json")
"""What follows from looking at one network's errors."""

_SALT = "audit-1"


def audit(settings: Settings, extras: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Check the verdicts, and write `results/audit/summary.json`.

    Args:
        extras: figures for `EXTRAS`; those that are not given stay as they are if they are of the same network.

    Returns:
        The summary.

    Raises:
        ReviewError: no audit was begun, or the verdicts are not those of this sample.
    """
    model, table, ten = audited(settings)
    found = {
        "command": "python -m studies audit",
        "model": model,
        "split": PART,
        **audit_figures(table, read_verdicts(settings), ten),
        "beside": {name: counts_of(settings, name) for name in BESIDE},
    }
    path = settings.results / "audit" / "summary.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = before if before.get("model") == model else {}
    given = {**{name: kept[name] for name in EXTRAS if name in kept}, **(extras or {})}
    replace_json(path, {**found, **given})
    return {**found, **given}


def counts_of(settings: Settings, name: str) -> dict[str, int]:
    """How often each verdict was given in one of the files of `BESIDE`; nothing where there is no such file."""
    path = settings.results / "audit" / f"{name}.csv"
    if not path.is_file():
        return {}
    return {str(verdict): int(count) for verdict, count in pd.read_csv(path)["verdict"].value_counts().items()}


def begin(settings: Settings) -> pd.DataFrame:
    """Begin an audit of the bundle that ships: keep what it said of the audited part, and take away what was judged of
    another network.

    Returns:
        What is to be looked at, as `drawn_from` gives it.

    Raises:
        BundleError: there is no bundle, or no evaluation of it.
    """
    bundle = Bundle.open(settings.models / "fashion")
    folder = bundle.path / "evaluation"
    again = "make it with `python -m vsearch_core evaluate fashion`"
    if not all((folder / name).is_file() for name in ("figures.json", "catalogue.parquet")):
        raise BundleError(f"{folder} holds no evaluation; {again}.")
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    if figures.get("model") != bundle.fingerprint:
        raise BundleError(f"The evaluation in {folder} is of another network; {again}.")
    answers = pd.read_parquet(folder / "catalogue.parquet")
    kept = io.BytesIO()
    answers[answers["part"] == PART].to_parquet(kept, index=False)
    make_folder(settings.results / "audit")
    replace_bytes(settings.results / "audit" / ANSWERS, kept.getvalue())
    network = {"model": bundle.fingerprint, "ten_types_names": figures["types"]["ten_types_names"]}
    replace_json(settings.results / "audit" / NETWORK, network)
    for name in JUDGED:
        (settings.results / "audit" / name).unlink(missing_ok=True)
    return drawn_from(audited(settings)[1])


def audited(settings: Settings) -> tuple[str, pd.DataFrame, list[str]]:
    """Fingerprint of the audited network, what it said of the audited part, and the ten types.

    The table has `id`, `label`, `predicted` and `group`.

    Raises:
        ReviewError: no audit was begun.
    """
    folder = settings.results / "audit"
    if not all((folder / name).is_file() for name in (ANSWERS, NETWORK)):
        raise ReviewError(
            f"No audit was begun in {folder}; begin one with `python -m studies audit --begin`.",
            code="no_audit",
        )
    network = json.loads((folder / NETWORK).read_text(encoding="utf-8"))
    table = pd.read_parquet(folder / ANSWERS, columns=["id", "label", "type_1"])
    groups = read_split("catalogue").set_index("id")["group"]
    table = table.rename(columns={"type_1": "predicted"}).assign(group=table["id"].map(groups))
    return network["model"], table, network["ten_types_names"]


def check_ships(settings: Settings) -> None:
    """See that the audited network is the one that ships: what needs pictures is measured with it.

    Raises:
        ReviewError: another one ships, or no audit was begun.
        BundleError: there is no bundle.
    """
    model, ships = audited(settings)[0], Bundle.open(settings.models / "fashion").fingerprint
    if model != ships:
        raise ReviewError(
            f"Network {model} was audited and {ships} ships, which cannot be measured in its place; leave out "
            "--pictures, or begin an audit of the new one with `python -m studies audit --begin`.",
            code="other_network",
        )


def audit_figures(table: pd.DataFrame, verdicts: pd.DataFrame, ten: list[str]) -> dict[str, Any]:
    """What the verdicts say, all with 95 % intervals by title group.

    Args:
        table: one part's products with `id`, `label`, `predicted` and `group`.
        verdicts: as `read_verdicts` gives them; ten: the types of the ten-type task.

    Raises:
        ReviewError: see `matched`.
    """
    drawn = matched(drawn_from(table), verdicts)
    sample, shoes = drawn[drawn["sample"]], drawn[drawn["shoes"]]
    two_shoes = _of_shoes(table)
    of_ten, sample_of_ten = (one[one["label"].isin(ten)] for one in (table, sample))
    return {
        "products": len(table),
        "disagreements": int((table["label"] != table["predicted"]).sum()),
        "sample": shares(sample),
        "shoes": {"disagreements": int((two_shoes["label"] != two_shoes["predicted"]).sum()), **shares(shoes)},
        "accuracy": {
            "every_type": ceilings(table, sample),
            "ten_types": ceilings(of_ten, sample_of_ten),
            "casual_or_sports_shoes": ceilings(two_shoes, shoes),
        },
    }


def drawn_from(table: pd.DataFrame) -> pd.DataFrame:
    """The disagreements that are looked at, in the order of a hash of their ids.

    Args:
        table: with `id`, `label` and `predicted`.

    Returns:
        Rows of the table with two further columns: `sample`, one of the `SAMPLE` first, and `shoes`, one of the
        `SHOES` first where one type is casual and the other sports shoes. A row may be both.
    """
    order = table["id"].map(lambda one: hashlib.sha256(f"{_SALT}:{one}".encode()).hexdigest())
    wrong = table.loc[order.sort_values().index]
    wrong = wrong[wrong["label"] != wrong["predicted"]]
    chosen = wrong.assign(
        sample=wrong["id"].isin(wrong["id"].head(SAMPLE)), shoes=wrong["id"].isin(_of_shoes(wrong)["id"].head(SHOES))
    )
    return chosen[chosen["sample"] | chosen["shoes"]].reset_index(drop=True)


def read_verdicts(settings: Settings) -> pd.DataFrame:
    """`results/audit/verdicts.csv`, all columns text.

    Raises:
        ReviewError: it is missing, or lacks a column.
    """
    path = settings.results / "audit" / "verdicts.csv"
    if not path.is_file():
        raise ReviewError(f"There are no verdicts in {path}; restore the file from the repository.", code="no_verdicts")
    verdicts = pd.read_csv(path, dtype=str, keep_default_na=False)
    missing = [name for name in COLUMNS if name not in verdicts]
    if missing:
        raise ReviewError(f"{path} has no column {', '.join(missing)}; add it.", code="bad_verdicts")
    return verdicts


def matched(drawn: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The drawn disagreements with their verdicts, in the order of drawing.

    Raises:
        ReviewError: `bad_verdicts`: an id is unknown, named twice or has no verdict, a verdict is none, was given on
            other types, or does not follow from what is shown.
    """
    ids = set(drawn["id"])
    unknown = [one for one in verdicts["id"] if one not in ids]
    _refuse(
        unknown, "is not a disagreement of this sample", "take its verdict out, or use the evaluation it was given on"
    )
    _refuse(list(verdicts["id"][verdicts["id"].duplicated()]), "has two verdicts", "keep one")
    _refuse([one for one in drawn["id"] if one not in set(verdicts["id"])], "has no verdict", "look at it and add one")
    found = drawn.merge(verdicts.rename(columns={"label": "label_seen", "predicted": "predicted_seen"}), on="id")
    other = (found["label"] != found["label_seen"]) | (found["predicted"] != found["predicted_seen"])
    _refuse(list(found["id"][other]), "was judged on other types", "look at it again")
    _refuse(list(found["id"][~found["verdict"].isin(VERDICTS)]), "has no known verdict", f"write {', '.join(VERDICTS)}")
    follows = np.where(found["shown"] == "", "ambiguous", np.where(found["shown"] == found["label"], "model", "label"))
    _refuse(list(found["id"][found["verdict"] != follows]), "has a verdict unlike what it shows", "correct one of them")
    told = found["decided_by"].isin(DECIDED) == (found["verdict"] != "ambiguous")
    _refuse(list(found["id"][~told]), "does not say what decided", f"write {' or '.join(DECIDED)} unless ambiguous")
    return found.drop(columns=["label_seen", "predicted_seen"])


def shares(judged: pd.DataFrame) -> dict[str, Any]:
    """The share of each verdict among judged disagreements, and three that look closer.

    `picture_decides`: the label is right, and the picture shows it. `title_decides`: the label is right, but only the
    title says so; the picture by itself would pass for both.
    `prediction_right`: the label is wrong and the network right, so not where both are wrong.
    """
    groups = judged["group"].to_numpy()
    found = {name: (judged["verdict"] == name).to_numpy() for name in VERDICTS}
    found["title_decides"] = _title_decides(judged)
    found["picture_decides"] = found["model"] & ~found["title_decides"]
    found["prediction_right"] = (judged["shown"] == judged["predicted"]).to_numpy()
    return {"count": len(judged), **{name: mean_figure(values, groups).as_dict() for name, values in found.items()}}


def ceilings(table: pd.DataFrame, judged: pd.DataFrame) -> dict[str, Any]:
    """Accuracy as labelled, and what it would be if the audited share of the disagreements were right.

    `mended`: the labels stay as they are, and the network makes none of the errors that the picture decides; what it
    could reach at best, as elsewhere it could only guess. `forgiven`: wrong labels and ambiguous pictures count as
    right. `forgiven_titles`: those too where only the title decides. Pictures on which network and label agree were not
    looked at; where both are wrong, that counts as right throughout.

    Args:
        table: all products of the kind; judged: those disagreements among them that were looked at.
    """
    right = (table["label"] == table["predicted"]).to_numpy()
    weights = group_weights(table["group"].to_numpy())
    accuracy = weights @ right / weights.sum(axis=1)
    weights_judged = group_weights(judged["group"].to_numpy(), seed=1)

    def with_right(rows: np.ndarray) -> dict[str, float]:
        share = weights_judged @ rows / weights_judged.sum(axis=1)
        return weighted_figure(accuracy + (1 - accuracy) * share, len(table)).as_dict()

    models, by_title = (judged["verdict"] == "model").to_numpy(), _title_decides(judged)
    return {
        "judged": len(judged),
        "as_labelled": weighted_figure(accuracy, len(table)).as_dict(),
        "mended": with_right(models & ~by_title),
        "forgiven": with_right(~models),
        "forgiven_titles": with_right(~models | by_title),
    }


def _title_decides(judged: pd.DataFrame) -> np.ndarray:
    return ((judged["verdict"] == "model") & (judged["decided_by"] == "title")).to_numpy()


def _of_shoes(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["label"].isin(SHOWN) & table["predicted"].isin(SHOWN)]


def _refuse(ids: list[str], what: str, way_out: str) -> None:
    if ids:
        more = f" (and {len(ids) - 1} more)" if len(ids) > 1 else ""
        raise ReviewError(f"In the audit, {ids[0]}{more} {what}; {way_out}.", code="bad_verdicts")
