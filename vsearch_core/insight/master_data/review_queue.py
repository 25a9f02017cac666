"""The queue of suspect labels: what is in it, how far its review has come, and what speaks for either type."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from vsearch_core.contracts import Hit
from vsearch_core.insight.master_data.label_issues import FITS_NONE, KINDS
from vsearch_core.insight.quality.suspicion import VOTERS, votes_for
from vsearch_core.store import Filters, Store

OPEN, REVIEWED, EVERY = "To review", "Reviewed", "All"
STATES = (OPEN, REVIEWED, EVERY)


@dataclass(frozen=True)
class Wanted:
    """Which issues are looked at; what is empty narrows nothing. `least` is the lowest score (0..1)."""

    kind: str = ""
    label: str = ""
    least: float = 0.0
    state: str = OPEN


def with_verdicts(issues: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The issues with `verdict`, `new_label`, `reviewer` and `time` of those that are decided, empty for the others.

    Args:
        issues: of `label_issues`.
        standing: of `Reviews.standing`, verdicts about the labels that the products have now.
    """
    decided = ["verdict", "new_label", "reviewer"]
    known = standing[["product", *decided, "time"]].astype({"product": object})
    table = issues.merge(known, left_on="id", right_on="product", how="left").drop(columns="product")
    table[decided] = table[decided].astype(object).fillna("")
    return table


def in_order(issues: pd.DataFrame) -> pd.DataFrame:
    """The issues as they are reviewed: labels that look wrong first, then pictures that fit no type.

    The scores of the latter are ranks, which say nothing of how wrong a label is.
    """
    return issues.sort_values("kind", key=lambda kind: kind == FITS_NONE, kind="stable", ignore_index=True)


def chosen(table: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    """The issues that are wanted, in their order; the score is rounded as a page shows it."""
    keep = table["score"].astype(float).round(2) >= wanted.least - 1e-9
    if wanted.kind:
        keep &= table["kind"] == wanted.kind
    if wanted.label:
        keep &= table["label"] == wanted.label
    if wanted.state == OPEN:
        keep &= table["verdict"] == ""
    elif wanted.state == REVIEWED:
        keep &= table["verdict"] != ""
    return table[keep].reset_index(drop=True)


def by_kind(table: pd.DataFrame, scored: int) -> pd.DataFrame:
    """How many issues there are of each kind: `kind`, `issues`, `share` of the `scored` products, `reviewed`."""
    rows = []
    for kind in KINDS:
        of_it = table[table["kind"] == kind]
        reviewed = int((of_it["verdict"] != "").sum())
        rows.append((kind, len(of_it), len(of_it) / max(scored, 1), reviewed))
    return pd.DataFrame(rows, columns=["kind", "issues", "share", "reviewed"])


def by_type(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Where the issues are: `type`, one column of counts for each of `KINDS`, `issues`, `products`, `share`.

    The type with most issues first.

    Args:
        labels: the label of every product that was scored, by id.
    """
    products = pd.Series(list(labels.values()), dtype="string").value_counts()
    counts = table.groupby(["label", "kind"], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(KINDS), fill_value=0)
    found = counts.assign(issues=counts.sum(axis=1)).rename_axis("type").reset_index()
    found["products"] = found["type"].map(products).fillna(0).astype(int)
    found["share"] = found["issues"] / found["products"].clip(lower=1)
    found.columns.name = None
    return found.sort_values(["issues", "type"], ascending=[False, True], ignore_index=True)


def around(rows: Sequence[str], here: str) -> tuple[str, str]:
    """The ids before and after one of the queue; from one that is not in it, its end and its beginning.

    At an end the queue goes on at the other one; an id is empty where there is no other.
    """
    others = [row for row in rows if row != here]
    if not others:
        return "", ""
    if here not in rows:
        return others[-1], others[0]
    place = list(rows).index(here)
    return rows[place - 1], rows[(place + 1) % len(rows)]


def same_files(products: pd.DataFrame, most: int = 10) -> pd.DataFrame:
    """Pairs of products whose picture files are the same bytes: `first`, `second` (ids), `difference` (0).

    Args:
        products: of a store, with `id` and `image_sha256`.
        most: how many of the products that share one picture count at most.
    """
    pairs: list[tuple[str, str]] = []
    known = products[products["image_sha256"].astype(str) != ""]
    for _, ids in known.groupby("image_sha256", sort=False)["id"]:
        pairs += itertools.combinations(ids.iloc[:most], 2)
    return pd.DataFrame(pairs, columns=["first", "second"]).assign(difference=0.0)


@dataclass(frozen=True)
class Beside:
    """The products that look most like one: votes of the nearest, and the nearest of each of some types."""

    votes: Mapping[str, int]
    of_types: Mapping[str, tuple[Hit, ...]]


def beside(
    store: Store, product: str, types: Sequence[str], *, hidden: frozenset[str] = frozenset(), shown: int = 4
) -> Beside:
    """The neighbours of a product, without its own variants and without what must not be looked at.

    Args:
        types: the product types of which the nearest are wanted; one that the store does not have has none.
        hidden: ids that neither vote nor are shown: the part test, which is only scored.

    Raises:
        StoreError: the store has no such product.
    """
    own = str(store.product(product)["group"])

    def near(k: int, filters: Filters | None = None) -> list[Hit]:
        # As many more as may be left out; hardly ever are more than half of the nearest hidden.
        return [hit for hit in store.similar(product, 3 * k, filters) if hit.id not in hidden and hit.group != own]

    of_types = {
        name: tuple(near(4 * shown, Filters(equals={"product_type": frozenset((name,))}))[:shown]) for name in types
    }
    return Beside(votes_for(near(VOTERS)), of_types)
