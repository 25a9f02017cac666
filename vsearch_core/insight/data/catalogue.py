"""What is in a catalogue: kinds and their imbalance, attributes, picture sizes, gaps, duplicates, title families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from vsearch_core.catalogue.cleaning import IDENTICAL, SIMILAR, CleaningReport
from vsearch_core.catalogue.duplicates import join_groups
from vsearch_core.catalogue.table import TEXT_COLUMNS

LEVELS = ("department", "category", "product_type")
ATTRIBUTE_COLUMNS = {"colour": "Colour", "gender": "Gender", "season": "Season", "usage": "Usage", "year": "Year"}
WORKING_SET = 10
"""So many of the most frequent types make the working set that classifiers of this data are usually shown on."""

FEW = 20
"""A type with fewer products than this can hardly be learned, and not be measured well."""

OTHER = "other sizes"
NONE = "(none)"


def hierarchy(products: pd.DataFrame) -> pd.DataFrame:
    """How many products each place of the hierarchy holds.

    Returns:
        The used ones of `LEVELS` (an empty value is `NONE`) and `products`, the largest first.
    """
    used = [level for level in LEVELS if (products[level] != "").any()]
    if not used:
        return pd.DataFrame({"product_type": [NONE], "products": [len(products)]})
    named = products[used].replace("", NONE)
    sizes = named.groupby(used, observed=True).size().rename("products").reset_index()
    return sizes.sort_values("products", ascending=False, kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class Tail:
    """The imbalance: `types` has `type`, `products`, `share` and `up_to_here` (cumulative share), the largest first.

    `half` is how many types hold half of the products, `few` how many have fewer than `FEW`.
    """

    types: pd.DataFrame
    half: int
    few: int

    @property
    def working_set(self) -> list[str]:
        """The most frequent types."""
        return list(self.types["type"].head(WORKING_SET))

    @property
    def working_share(self) -> float:
        """The share of the products that are of the working set."""
        return float(self.types["share"].head(WORKING_SET).sum())


def tail(products: pd.DataFrame) -> Tail:
    """How unevenly the products are spread over their types."""
    counts = products["product_type"].replace("", NONE).value_counts()
    types = counts.rename_axis("type").rename("products").reset_index()
    types["share"] = types["products"] / max(len(products), 1)
    types["up_to_here"] = types["share"].cumsum()
    half = int((types["up_to_here"] < 0.5).sum()) + 1
    return Tail(types, min(half, len(types)), int((types["products"] < FEW).sum()))


def values(products: pd.DataFrame, column: str) -> pd.DataFrame:
    """`value`, `products`, `share` of a column, the most frequent first, years in order; `NONE` where it is empty."""
    counts = products[column].fillna("").astype(str).replace("", NONE).value_counts()
    if column == "year":
        counts = counts.sort_index()
    table = counts.rename_axis("value").rename("products").reset_index()
    table["share"] = table["products"] / max(len(products), 1)
    return table


def attributes(products: pd.DataFrame) -> dict[str, str]:
    """The attribute columns that this catalogue fills, and their titles."""
    return {
        column: title
        for column, title in ATTRIBUTE_COLUMNS.items()
        if column in products and products[column].fillna("").astype(str).ne("").any()
    }


def picture_sizes(products: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """`size` (width x height in pixels), `products`, `share`: the most frequent sizes, and all others together."""
    size = products["image_width"].astype(str) + " x " + products["image_height"].astype(str)
    counts = size.value_counts()
    shown = counts.head(most)
    rest = int(counts.iloc[most:].sum())
    if rest:
        shown = pd.concat([shown, pd.Series({OTHER: rest})])
    table = shown.rename_axis("size").rename("products").reset_index()
    table["share"] = table["products"] / max(len(products), 1)
    return table


def missing(products: pd.DataFrame) -> pd.DataFrame:
    """For each known column how many products lack it: `column`, `missing`, `share`, `use`; unused ones last.

    `use` is "filled", "partly" or "never used".
    """
    rows = []
    for column in (*TEXT_COLUMNS, "price"):
        empty = products[column].isna() if column == "price" else products[column].fillna("").eq("")
        number = int(empty.sum())
        use = "filled" if number == 0 else "never used" if number == len(products) else "partly"
        rows.append((column.replace("_", " "), number, number / max(len(products), 1), use))
    table = pd.DataFrame(rows, columns=["column", "missing", "share", "use"])
    order = table["use"].map({"partly": 0, "filled": 1, "never used": 2})
    return (
        table.assign(order=order)
        .sort_values(["order", "missing"], ascending=[True, False], kind="stable")
        .drop(columns="order")
    )


def findings(reports: Sequence[CleaningReport]) -> pd.DataFrame:
    """Every finding of the cleaning reports: `id`, `problem`, `detail`, `done`."""
    tables = [report.findings for report in reports]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["id", "problem", "detail", "done"])


def duplicates(products: pd.DataFrame, reports: Sequence[CleaningReport]) -> pd.DataFrame:
    """Groups of products that share a picture, byte by byte or nearly, the largest first.

    Args:
        products: with `id`, `name`, `product_type`, `image_sha256` and `image_dhash`.
        reports: know which pictures are nearly the same.

    Returns:
        `kind` (`IDENTICAL` or `SIMILAR`), `ids` (list), `products`, `types` (the product types in it), `name` of one,
        and `differ`: whether their product types differ, which says that a label is wrong.
    """
    known = products.drop_duplicates("id").set_index("id")
    rows = []
    for kind, groups in ((IDENTICAL, _same_files(known)), (SIMILAR, _similar(known, reports))):
        for ids in groups:
            types = sorted(set(known.loc[ids, "product_type"]))
            rows.append((kind, ids, len(ids), ", ".join(types), known.loc[ids[0], "name"], len(types) > 1))
    table = pd.DataFrame(rows, columns=["kind", "ids", "products", "types", "name", "differ"])
    return table.sort_values(["differ", "products"], ascending=False, kind="stable").reset_index(drop=True)


def lacks_groups(reports: Sequence[CleaningReport]) -> bool:
    """Whether a report found pictures that are nearly the same, and was written before it kept which ones those are."""
    return any(report.counts.get("near-identical groups", 0) and not report.groups for report in reports)


def title_families(products: pd.DataFrame) -> pd.DataFrame:
    """Products that share a title, the largest family first.

    Returns:
        `name`, `products`, `types` (in words), `colours` (how many), `ids` (list), `differ`: whether the types differ.
    """
    titles = products["name"].str.casefold().str.split().str.join(" ")
    shared = products.assign(title=titles)[titles.ne("") & titles.duplicated(keep=False)]
    made = shared.groupby("title", sort=False).agg(
        products=("id", "size"),
        name=("name", "first"),
        types=("product_type", lambda types: ", ".join(sorted(set(types)))),
        kinds=("product_type", "nunique"),
        colours=("colour", "nunique"),
        ids=("id", list),
    )
    made["differ"] = made.pop("kinds") > 1
    return made.sort_values("products", ascending=False, kind="stable").reset_index(drop=True)


def _same_files(known: pd.DataFrame) -> list[list[str]]:
    with_picture = known[known["image_sha256"].astype(str) != ""]
    return [list(ids) for ids in with_picture.groupby("image_sha256", sort=False).groups.values() if len(ids) > 1]


def _similar(known: pd.DataFrame, reports: Sequence[CleaningReport]) -> list[list[str]]:
    """The groups that the reports keep, as far as their products are still here with the picture that was looked at."""
    place = {id: number for number, id in enumerate(known.index)}
    outlines = known["image_dhash"].to_numpy() if len(place) else []
    links = []
    for group in (group for report in reports for group in report.groups.get(SIMILAR, ())):
        first: dict[int, int] = {}
        for row in (place[id] for id in group if id in place):
            # Pictures of one group have one outline: another one is of a picture that came later.
            links.append((first.setdefault(int(outlines[row]), row), row))
    joined: dict[int, list[str]] = {}
    roots = join_groups(len(place), links)
    for row in dict.fromkeys(row for _, row in links):
        joined.setdefault(int(roots[row]), []).append(str(known.index[row]))
    return [group for group in joined.values() if len(group) > 1]
