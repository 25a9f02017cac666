"""How far suspect labels agree with what else is known: the audited network, and the audit by eye."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from studies.audits.disagreements import VERDICTS, audited, drawn_from, read_verdicts
from vsearch_core.evaluation.statistics import mean_figure
from vsearch_core.insight.master_data.label_issues import KINDS, LABEL_ERROR
from vsearch_core.settings import Settings


def of_disagreements(settings: Settings, issues: pd.DataFrame) -> dict[str, Any]:
    """What share of the audited network's validation disagreements is called an issue, and how the audit judged them.

    Args:
        issues: as `label_issues` gives them.

    Returns:
        `model`, `disagreements` (count), `called` (a figure for each kind), `audited` (for each verdict how many of the
        audit's sample have it, and how many of those are called a label error), and `label_errors` (count, and a figure
        for each verdict: its share of the audited disagreements that are called label errors).

    Raises:
        ReviewError: there is no audit, or there are no verdicts.
    """
    model, table, _ = audited(settings)
    return {"model": model, **compared(table, read_verdicts(settings), issues)}


def compared(table: pd.DataFrame, verdicts: pd.DataFrame, issues: pd.DataFrame) -> dict[str, Any]:
    """The same from tables: `id`, `label`, `predicted` and `group` of one part; the verdicts; the issues."""
    wrong = table[table["label"] != table["predicted"]]
    drawn = drawn_from(table)
    sample = drawn[drawn["sample"]].merge(verdicts[["id", "verdict"]], on="id")
    kind_of = issues.set_index("id")["kind"]
    called = (sample["id"].map(kind_of) == LABEL_ERROR).to_numpy()
    groups, judged = sample["group"].to_numpy(object), sample["verdict"].to_numpy(object)
    return {
        "disagreements": len(wrong),
        "called": {
            kind: mean_figure((wrong["id"].map(kind_of) == kind).to_numpy(), wrong["group"].to_numpy(object)).as_dict()
            for kind in KINDS
        },
        "audited": {
            verdict: {"count": int((judged == verdict).sum()), "called": int((called & (judged == verdict)).sum())}
            for verdict in VERDICTS
        },
        "label_errors": {
            "count": int(called.sum()),
            **{
                verdict: mean_figure(judged[called] == verdict, np.asarray(groups[called])).as_dict()
                for verdict in VERDICTS
                if called.any()
            },
        },
    }
