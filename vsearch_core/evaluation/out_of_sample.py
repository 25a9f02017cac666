"""What networks that never saw a product's picture say of its label: the folder `results/out_of_sample`, and its reader.

`train out-of-sample` writes it. `predictions.parquet` has a row a product of the parts train and validation:

| column | what |
| --- | --- |
| `id`, `label` | of the product, text; the product type that the catalogue gave it then |
| `fold` | the network that was asked: it was trained on the products of the other folds alone |
| `type_1` … `type_5`, `probability_1` … | its most probable product types, with its temperature |
| `label_probability` | what it gives the label |
| `votes_label`, `votes_suggested` | of the `VOTERS` most similar pictures of the other folds, how many carry the label, and how many the most probable type that is not the label |
| `distance` | the mean cosine distance to those pictures, in the network's own features |

`copies.parquet` has a row a pair of those products with nearly the same picture: `first`, `second` (ids) and
`difference`, as `catalogue/duplicates` measures it. `training.json` says how both were made.
"""  # noqa: E501

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from vsearch_core.errors import BundleError

FOLDER = "out_of_sample"
COMMAND = "python -m vsearch_core train out-of-sample"
SHOWN = 5
VOTERS = 20

_NEEDED = (
    *("id", "label", "fold", "label_probability"),
    *(f"{what}_{place}" for what in ("type", "probability") for place in range(1, SHOWN + 1)),
)


@dataclass(frozen=True)
class OutOfSample:
    """The tables `predictions` and `copies`, and what `training.json` says of them."""

    predictions: pd.DataFrame
    copies: pd.DataFrame
    facts: Mapping[str, Any]


def read_out_of_sample(results: Path) -> OutOfSample:
    """What `train out-of-sample` wrote.

    Args:
        results: the folder of measured evidence.

    Raises:
        BundleError: it was not made yet (code `no_out_of_sample`), or is broken (code `bundle_broken`).
    """
    folder = results / FOLDER
    if not (folder / "predictions.parquet").is_file():
        raise BundleError(
            f"There are no out-of-sample predictions in {folder}; make them with `{COMMAND}`.", code="no_out_of_sample"
        )
    try:
        predictions = pd.read_parquet(folder / "predictions.parquet")
        copies = pd.read_parquet(folder / "copies.parquet")
        facts = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(
            f"{folder} cannot be read ({error}); make it anew with `{COMMAND}`.", code="bundle_broken"
        ) from error
    missing = [column for column in _NEEDED if column not in predictions]
    if missing:
        raise BundleError(
            f"The predictions in {folder} have no column {', '.join(missing)}; make them anew with `{COMMAND}`.",
            code="bundle_broken",
        )
    return OutOfSample(predictions, copies, facts)
