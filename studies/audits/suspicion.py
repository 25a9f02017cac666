"""How far the suspicion of a label can be trusted: its scores beside the verdicts of those who looked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from studies.audits.disagreements import ANSWERS, audited, drawn_from, matched, read_verdicts
from vsearch_core.errors import StoreError
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.insight.quality.models import read_answers
from vsearch_core.insight.quality.suspicion import FROM, UNTIL, product_votes, suspicion
from vsearch_core.settings import Settings
from vsearch_core.store import Store

TRIED = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
"""Scores from which the label might be suspected."""
TRIED_UNTIL = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
"""Scores up to which the network might be."""


def audit_suspicion(settings: Settings) -> dict[str, Any]:
    """`suspicion_figures` of the audited sample, with the votes of the shop's store.

    Raises:
        StoreError: the store is not of the audited network, or lacks an audited product.
        ReviewError: the verdicts are not those of this sample.
    """
    network, _, _ = audited(settings)
    store = Store.open(settings.store_path)
    if store.manifest.embedder.fingerprint != network:
        raise StoreError(
            f"{settings.store_path} is not of the audited network {network}; where that is the one that ships, "
            "build it anew with `python -m vsearch_core evaluate all`."
        )
    drawn = drawn_from(read_answers(settings.results / "audit" / ANSWERS, "catalogue"))
    judged = matched(drawn, read_verdicts(settings))
    return suspicion_figures(scored(judged[judged["sample"]], store))


def scored(judged: pd.DataFrame, store: Store) -> pd.DataFrame:
    """Judged disagreements with `score`, `alone` (confidence is all the evidence) and `named` (by the title, or "").

    Args:
        judged: rows of `read_answers`, with their verdicts.
    """
    found = []
    for row in judged.to_dict("records"):
        title = str(store.product(row["id"])["name"])
        one = suspicion(
            row["label"],
            row["predicted"],
            probability=float(row["probability"]),
            label_probability=float(row["label_probability"]),
            votes=product_votes(store, row["id"]),
            title=title,
        )
        titles = [evidence.value for evidence in one.evidence if evidence.name == "Title"]
        named = {1.0: row["predicted"], 0.0: row["label"]}[titles[0]] if titles else ""
        found.append((one.score, len(one.evidence) == 1, named))
    score, alone, named = zip(*found, strict=True)
    return judged.assign(score=score, alone=alone, named=named)


def suspicion_figures(judged: pd.DataFrame) -> dict[str, Any]:
    """What comes of each threshold, with 95 % intervals by title group.

    Args:
        judged: a random sample with `verdict`, `score`, `alone`, `named`, `predicted` and `group`.
    """
    score, several = judged["score"].to_numpy(), ~judged["alone"].to_numpy()
    blamed = (score >= FROM) & several
    title_too = blamed & (judged["named"] == judged["predicted"]).to_numpy()
    return {
        "count": len(judged),
        "from": FROM,
        "until": UNTIL,
        "label_suspected": [
            {"threshold": tried, **_blamed(judged, (score >= tried) & several, "label")} for tried in TRIED
        ],
        "model_suspected": [{"threshold": tried, **_blamed(judged, score <= tried, "model")} for tried in TRIED_UNTIL],
        "title_names_prediction": _blamed(judged, title_too, "label"),
        "title_is_silent": _blamed(judged, blamed & ~title_too, "label"),
    }


def _blamed(judged: pd.DataFrame, chosen: np.ndarray, whose: str) -> dict[str, Any]:
    """Precision and recall of one verdict by choosing these rows, and the share of `ambiguous` ones among them."""
    verdict, group = judged["verdict"].to_numpy(), judged["group"].to_numpy()
    theirs = verdict == whose

    def share(values: np.ndarray, among: np.ndarray) -> dict[str, float] | None:
        return mean_figure(values[among], group[among]).as_dict() if among.any() else None

    return {
        "count": int(chosen.sum()),
        "precision": share(theirs, chosen),
        "recall": share(chosen, theirs),
        "f1": round(2 * int((chosen & theirs).sum()) / max(int(chosen.sum() + theirs.sum()), 1), 4),
        "ambiguous": share(verdict == "ambiguous", chosen),
    }
