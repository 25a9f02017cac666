"""The suspicion of labels beside verdicts: precision and recall as they are counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from studies.audits.suspicion import audit_suspicion, scored, suspicion_figures
from vsearch_core.errors import ReviewError, StoreError
from vsearch_core.settings import Settings
from vsearch_core.store import Store


def test_precision_and_recall_are_of_the_verdicts() -> None:
    rows = [
        # verdict, score, alone, named by the title
        ("label", 0.9, False, "Tops"),
        ("label", 0.6, False, ""),
        ("ambiguous", 0.8, False, ""),
        ("model", 0.75, False, ""),
        ("model", 0.4, False, "Shirts"),
        # nothing but confidence: never blamed, however high
        ("label", 0.95, True, ""),
    ]
    judged = pd.DataFrame(rows, columns=["verdict", "score", "alone", "named"])
    judged = judged.assign(predicted="Tops", group=[str(number) for number in range(len(rows))])
    found = suspicion_figures(judged)
    at = {line["threshold"]: line for line in found["label_suspected"]}
    assert at[0.7]["count"] == 3
    assert at[0.7]["precision"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert at[0.7]["recall"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert at[0.7]["ambiguous"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    assert at[0.55]["recall"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert at[0.9]["f1"] == 0.5
    model = {line["threshold"]: line for line in found["model_suspected"]}
    assert model[0.5]["precision"]["value"] == 1
    assert model[0.3]["precision"] is None
    assert found["title_names_prediction"]["precision"]["value"] == 1
    assert found["title_is_silent"]["count"] == 2


def test_a_judged_product_is_scored_with_the_votes_of_the_shop(shop: Settings) -> None:
    store = Store.open(shop.store_path)
    product = store.products.iloc[0]
    judged = pd.DataFrame(
        [
            {
                "id": product["id"],
                "label": "Tops",
                "predicted": product["product_type"],
                "probability": 0.9,
                "label_probability": 0.1,
                "verdict": "label",
            }
        ]
    )
    found = scored(judged, store).iloc[0]
    assert 0 <= found["score"] <= 1
    assert not found["alone"]
    assert found["named"] in ("", product["product_type"])


def test_the_audit_needs_the_shop_that_was_audited(shop: Settings) -> None:
    with pytest.raises((StoreError, ReviewError)):
        audit_suspicion(shop)
