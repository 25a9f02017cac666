"""Suspect labels are compared with the disagreements of the network that ships and with the audit's verdicts."""

from __future__ import annotations

import pandas as pd
import pytest

from studies.audits.label_checks import compared
from vsearch_core.insight.master_data.label_issues import COPIES_DISAGREE, LABEL_ERROR


def test_what_is_called_a_label_error_is_counted_by_verdict() -> None:
    table = pd.DataFrame(
        {
            "id": [str(number) for number in range(100)],
            "label": ["Tops"] * 100,
            "predicted": ["Tshirts"] * 40 + ["Tops"] * 60,
            "group": [str(number // 2) for number in range(100)],
        }
    )
    verdicts = pd.DataFrame({"id": table["id"][:40], "verdict": ["label"] * 10 + ["ambiguous"] * 10 + ["model"] * 20})
    issues = pd.DataFrame(
        {
            "id": [*map(str, range(6)), "12", "30", "33", "70"],
            "kind": [LABEL_ERROR] * 8 + [COPIES_DISAGREE, LABEL_ERROR],
        }
    )
    found = compared(table, verdicts, issues)
    assert found["disagreements"] == 40
    assert found["called"][LABEL_ERROR]["value"] == pytest.approx(8 / 40)
    assert found["called"][COPIES_DISAGREE]["value"] == pytest.approx(1 / 40)
    assert found["audited"] == {
        "model": {"count": 20, "called": 1},
        "label": {"count": 10, "called": 6},
        "ambiguous": {"count": 10, "called": 1},
    }
    assert found["label_errors"]["count"] == 8
    assert found["label_errors"]["label"]["value"] == pytest.approx(6 / 8)


def test_where_nothing_is_called_an_error_there_are_no_shares() -> None:
    table = pd.DataFrame({"id": ["1", "2"], "label": ["Tops"] * 2, "predicted": ["Jeans"] * 2, "group": ["1", "2"]})
    verdicts = pd.DataFrame({"id": ["1", "2"], "verdict": ["model"] * 2})
    found = compared(table, verdicts, pd.DataFrame({"id": [], "kind": []}))
    assert found["label_errors"] == {"count": 0}
