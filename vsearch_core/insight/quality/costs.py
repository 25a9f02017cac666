"""What a confusion costs: in how many searches the wrong kind came first.

A search is a photo that somebody took, or a phone snap of a product. What came first is the product type of the first
product that the search found (`first_hit_type`), where the evaluation kept it, else the type that the model named.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from vsearch_core.insight.quality.models import SETS, Answers, is_right

SEARCHES = ("user_photos", "snaps")
"""The sets whose pictures are searches; catalogue pictures are not what people search with."""


def by_hit(answers: Answers) -> bool:
    """Whether the evaluation kept what the search found, and not only what the model named."""
    return "first_hit_type" in answers.table


def wrong_first(answers: Answers) -> pd.DataFrame:
    """The searches of one set where the wrong kind came first: `id`, `label`, `first`."""
    table = answers.table
    first = table["first_hit_type"] if by_hit(answers) else table["predicted"]
    right = [is_right(label, one, answers.set) for label, one in zip(table["label"], first, strict=True)]
    wrong = ~pd.Series(right, index=table.index, dtype=bool)
    return pd.DataFrame({"id": table["id"], "label": table["label"], "first": first})[wrong].reset_index(drop=True)


def cost_table(searches: Sequence[Answers]) -> pd.DataFrame:
    """Each confusion that put the wrong kind first, over all sets of searches, the dearest first.

    Returns:
        `source` (a title of `SETS`), `label`, `first`, `searches`, and `share` of all searches of the source.
    """
    parts = []
    for answers in searches:
        counted = wrong_first(answers).groupby(["label", "first"]).size().rename("searches").reset_index()
        counted.insert(0, "source", SETS[answers.set])
        counted["share"] = counted["searches"] / max(len(answers), 1)
        parts.append(counted)
    if not parts:
        return pd.DataFrame(columns=["source", "label", "first", "searches", "share"])
    every = pd.concat(parts, ignore_index=True)
    return every.sort_values(["share", "searches"], ascending=False, kind="stable").reset_index(drop=True)


def cost_sentence(searches: Sequence[Answers], label: str, predicted: str) -> str:
    """What one confusion of product types costs, in a plain sentence.

    A user photo's label stands for several types: the confusion costs a search where the label holds the one type and
    not the other, and the other came first.
    """
    parts = []
    for answers in searches:
        wrong = wrong_first(answers)
        holds = [is_right(one, label, answers.set) for one in wrong["label"]]
        number = int((pd.Series(holds, dtype=bool) & (wrong["first"] == predicted)).sum())
        parts.append(f"{number:,} of {len(answers):,} {SETS[answers.set].lower()}")
    if not parts:
        return ""
    return f"{predicted} came first, where {label} would have been right, in {' and in '.join(parts)}."
