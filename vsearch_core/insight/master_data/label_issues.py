"""Products whose label is suspect: by out-of-sample probabilities, by near-identical pictures, by fitting no type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.evaluation.out_of_sample import SHOWN, VOTERS
from vsearch_core.insight.quality.suspicion import FROM, NEIGHBOURS, UNTIL, named_type, suspicion
from vsearch_core.optional import optional

LABEL_ERROR, COPIES_DISAGREE, FITS_NONE = "label error", "near copies disagree", "fits no type"
KINDS = (LABEL_ERROR, COPIES_DISAGREE, FITS_NONE)
"""Of an issue, the most telling first: a product that is of several is listed once, under the first."""

COLUMNS = (
    *("id", "label", "suggested", "label_probability", "suggested_probability"),
    *("kind", "score", "evidence", "copy_ids", "neighbours_said"),
)

FEWEST = 10
"""A type that the other folds have fewer products of was hardly learned: its labels are not judged by probability."""

_STRANGE = 0.01
"""Share of the products that may be listed as fitting no type: those that are least typical of any."""

_LISTED = 5
_INSTALL = "install it with `pip install cleanlab` to look for wrong labels"


@dataclass(frozen=True)
class _Asked:
    """The predictions of products whose label is still the same, their titles, and what cleanlab needs of them.

    `types` are the names of the columns of `probabilities` (n, types); `labels` (n,) the columns of the labels.
    """

    table: pd.DataFrame
    types: tuple[str, ...]
    labels: np.ndarray
    probabilities: np.ndarray


def label_issues(products: pd.DataFrame, predictions: pd.DataFrame, copies: pd.DataFrame | None = None) -> pd.DataFrame:
    """The products whose label somebody should look at, the most suspicious first.

    - `label error`: by the probabilities of a network that never saw the product, confident learning (Northcutt et
      al., arXiv 1911.00068) takes it for another type, or the most probable type is the one that the title names; and
      all evidence together does not side with the label.
    - `near copies disagree`: nearly the same picture is sold under another type.
    - `fits no type`: among the least typical of any type, by those probabilities and by the distance to what is known.

    The score is the mean of the evidence: probabilities, the votes of similar pictures, near-identical pictures and,
    counted twice, which of the two types the title names; of what fits no type, how untypical it is, times how unsure
    the network is of its best type, and half of that where the title names the label.

    Args:
        products: of the catalogue as it is now, with `id`, `name` and `product_type`. Those whose type has changed
            since the predictions were made are left out, as are products that it no longer has.
        predictions: as `evaluation/out_of_sample` has them; `votes_…` and `distance` may be missing.
        copies: pairs of near-identical pictures, likewise; without them no copies are known.

    Returns:
        A row a product: `id`, `label`, `suggested` (a product type; where a picture fits none, the least bad one),
        `label_probability`, `suggested_probability` (both out of sample), `kind` (one of `KINDS`), `score` (0..1),
        `evidence` (plain sentences), `copy_ids` (a tuple of the ids of near-identical pictures with other labels) and
        `neighbours_said`: whether the evidence says what the nearest products are.

    Raises:
        MissingDependency: cleanlab is not installed.
    """
    asked = _asked(products, predictions)
    if not len(asked.table):
        return pd.DataFrame(columns=list(COLUMNS))
    others = _other_labels(products, copies)
    learned = _learned(asked.table)
    wrong, strange = _wrong(asked, learned), _strangeness(asked)
    most = np.quantile(strange, 1 - _STRANGE)
    records = []
    for place, row in enumerate(asked.table.to_dict("records")):
        around = others.get(row["id"], {})
        suspect = _suspect(row, LABEL_ERROR, str(row["suggested"]), around) if wrong[place] else {"score": 0.0}
        if suspect["score"] > UNTIL:
            records.append(suspect)
        elif any(label != row["label"] for label in around.values()):
            records.append(_suspect(row, COPIES_DISAGREE, _best_of_copies(row, around), around))
        elif learned[place] and strange[place] > most:
            records.append(_stranger(row, float(strange[place])))
    table = pd.DataFrame(records, columns=list(COLUMNS))
    return table.sort_values(["score", "label_probability"], ascending=[False, True], kind="stable", ignore_index=True)


def clearly_wrong(issues: pd.DataFrame) -> dict[str, str]:
    """The label errors that are suspected as strongly as a page would say "the label looks wrong": id -> label."""
    chosen = issues[(issues["kind"] == LABEL_ERROR) & (issues["score"] >= FROM)]
    return dict(zip(chosen["id"], chosen["label"], strict=True))


def _asked(products: pd.DataFrame, predictions: pd.DataFrame) -> _Asked:
    now = products[["id", "name", "product_type"]].astype({"id": str})
    table = predictions.astype({"id": str}).merge(now, on="id", validate="one_to_one")
    table = table[table["label"] == table["product_type"]].reset_index(drop=True)
    first = table["type_1"] == table["label"]
    for what in ("type", "probability"):
        name = "suggested" if what == "type" else "suggested_probability"
        table[name] = table[f"{what}_2"].where(first, table[f"{what}_1"])
    names = {*table["label"], *(name for place in range(1, SHOWN + 1) for name in table[f"type_{place}"])}
    types = tuple(sorted(names))
    return _Asked(table, types, _columns(table["label"], types), _matrix(table, types))


def _columns(names: pd.Series, types: tuple[str, ...]) -> np.ndarray:
    return pd.Categorical(names, categories=types).codes.astype(np.int64)


def _matrix(table: pd.DataFrame, types: tuple[str, ...]) -> np.ndarray:
    """(n, types) probabilities: what is known of each row, and the rest spread evenly over the other types."""
    rows = np.arange(len(table))
    known = np.full((len(table), len(types)), np.nan)
    known[rows, _columns(table["label"], types)] = table["label_probability"]
    for place in range(1, SHOWN + 1):
        known[rows, _columns(table[f"type_{place}"], types)] = table[f"probability_{place}"]
    unknown = np.isnan(known)
    rest = np.maximum(1 - np.nansum(known, axis=1), 0) / np.maximum(unknown.sum(axis=1), 1)
    full = np.where(unknown, rest[:, None], known)
    return full / full.sum(axis=1, keepdims=True)


def _learned(table: pd.DataFrame) -> np.ndarray:
    """(n,) whether the network that was asked had enough products of the label's type to learn it."""
    of_type = table.groupby("label")["id"].transform("size")
    return (of_type - table.groupby(["label", "fold"])["id"].transform("size")).to_numpy() >= FEWEST


def _wrong(asked: _Asked, learned: np.ndarray) -> np.ndarray:
    """(n,) whether confident learning takes the label for an error, or the title names the most probable type.

    Confident learning does not judge types that were hardly learned; the title may.
    """
    filter_ = optional("cleanlab.filter", _INSTALL)
    table = asked.table
    judged = np.unique(asked.labels[learned])
    if len(judged) < 2:
        return np.zeros(len(table), bool)  # there is nothing to take anything for
    # cleanlab wants every class to occur: probabilities are among the types that are judged
    place = np.full(len(asked.types), -1)
    place[judged] = np.arange(len(judged))
    among = asked.probabilities[learned][:, judged]
    found = filter_.find_label_issues(
        place[asked.labels[learned]],
        among / among.sum(axis=1, keepdims=True),
        filter_by="confident_learning",
        n_jobs=1,
    )
    wrong = np.zeros(len(table), bool)
    wrong[np.flatnonzero(learned)[found]] = True
    other = (table["type_1"] != table["label"]).to_numpy()
    for row in np.flatnonzero(other & ~wrong):
        label, suggested = table["label"].iat[row], table["type_1"].iat[row]
        wrong[row] = named_type(str(table["name"].iat[row]), label, suggested) == suggested
    return wrong & other


def _strangeness(asked: _Asked) -> np.ndarray:
    """(n,) how untypical of any type, 0..1: the mean rank of cleanlab's score of its probabilities and of its distance.

    The label has no say in it.
    """
    outlier = optional("cleanlab.outlier", _INSTALL)
    detector = outlier.OutOfDistribution({"method": "entropy", "adjust_pred_probs": False})
    typical = detector.score(pred_probs=asked.probabilities)
    ranks = [pd.Series(-typical).rank(pct=True).to_numpy()]
    if "distance" in asked.table:
        ranks.append(asked.table["distance"].rank(pct=True).to_numpy())
    return np.mean(ranks, axis=0)


def _other_labels(products: pd.DataFrame, copies: pd.DataFrame | None) -> dict[str, dict[str, str]]:
    """For each product the ids of its near-identical pictures, and their labels as they are now."""
    found: dict[str, dict[str, str]] = {}
    if copies is None or copies.empty:
        return found
    label_of = dict(zip(products["id"].astype(str), products["product_type"], strict=True))
    for first, second in zip(copies["first"].astype(str), copies["second"].astype(str), strict=True):
        for one, other in ((first, second), (second, first)):
            if label_of.get(one) and label_of.get(other):
                found.setdefault(one, {})[other] = label_of[other]
    return found


def _best_of_copies(row: Mapping, around: Mapping[str, str]) -> str:
    """Of the other labels of near-identical pictures the most probable one, then the most frequent."""
    others = [label for label in around.values() if label != row["label"]]
    return max(sorted(set(others)), key=lambda label: (_probability(row, label), others.count(label)))


def _probability(row: Mapping, name: str) -> float:
    """What a row gives to a type: 0 where it is neither its label nor among its first types."""
    if name == row["label"]:
        return float(row["label_probability"])
    return next((float(row[f"probability_{at}"]) for at in range(1, SHOWN + 1) if row[f"type_{at}"] == name), 0.0)


def _suspect(row: Mapping, kind: str, suggested: str, around: Mapping[str, str]) -> dict[str, Any]:
    label, probability = str(row["label"]), _probability(row, suggested)
    votes = None
    if "votes_label" in row and suggested == row["suggested"]:
        for_label, against = int(row["votes_label"]), int(row["votes_suggested"])
        votes = {label: for_label, suggested: against, "": VOTERS - for_label - against}
    found = suspicion(
        label,
        suggested,
        probability=probability,
        label_probability=float(row["label_probability"]),
        votes=votes,
        title=str(row["name"]),
    )
    values = [(one.value, one.weight) for one in found.evidence]
    words = [one.words for one in found.evidence]
    same, other = (sum(name == wanted for name in around.values()) for wanted in (label, suggested))
    if same + other:
        # the product itself speaks for its label too
        values.append((other / (same + other + 1), 1.0))
    differing = tuple(id for id, name in around.items() if name != label)
    if differing:
        words.append(_sold_as(differing, around))
    return {
        **_given(row, suggested, probability),
        "kind": kind,
        "score": round(sum(value * weight for value, weight in values) / sum(weight for _, weight in values), 4),
        "evidence": " ".join(words),
        "copy_ids": differing,
        "neighbours_said": any(one.name == NEIGHBOURS for one in found.evidence),
    }


def _stranger(row: Mapping, strange: float) -> dict[str, Any]:
    best, probability = str(row["type_1"]), float(row["probability_1"])
    words = f"No type is probable: at best {best}, with {probability:.0%}."
    if "distance" in row:
        words += f" The {VOTERS} most similar pictures are unlike it (mean cosine {1 - float(row['distance']):.2f})."
    # one that is nearly sure of a type is odd, and still of that type
    score = strange * (1 - probability)
    if named_type(str(row["name"]), str(row["label"]), ""):
        words += f" The title names {row['label']}: perhaps it is the picture that is unusual, and not the label."
        score /= 2
    given = _given(row, best, probability)
    return {
        **given,
        "kind": FITS_NONE,
        "score": round(score, 4),
        "evidence": words,
        "copy_ids": (),
        "neighbours_said": False,
    }


def _given(row: Mapping, suggested: str, probability: float) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "label": str(row["label"]),
        "suggested": suggested,
        "label_probability": round(float(row["label_probability"]), 6),
        "suggested_probability": round(probability, 6),
    }


def _sold_as(ids: tuple[str, ...], labels: Mapping[str, str]) -> str:
    shown = ", ".join(f"{id} ({labels[id]})" for id in ids[:_LISTED])
    more = f" and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    return f"Nearly the same picture carries another label: {shown}{more}."
