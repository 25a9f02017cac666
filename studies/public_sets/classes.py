"""Published sets as embeddings are compared on them: classes of pictures, split so that none is on both sides.

A class is what is one and the same product: products of one category that share a picture are joined. A picture that
still belongs to several classes says nothing of either and is left out, the same picture counts once in its class, and
classes of 2 to 30 pictures are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from vsearch_core.catalogue.duplicates import join_groups, links_of_equal

SMALLEST, LARGEST = 2, 30
TRAIN_SHARE = 0.8
SEED = 2026


@dataclass(frozen=True)
class Classes:
    """The merged classes of a set.

    `pictures` has `picture` (as in `PublicSet.rows`), `class_id`, `category` and `part` (train or test), a row a
    picture. `counts` says what became of the rest: `joined_products` (into another one's class), `ambiguous_pictures`,
    `same_pictures`, `classes_too_small`, `classes_too_large`, and `classes` and `pictures` that are kept.
    """

    pictures: pd.DataFrame
    counts: Mapping[str, int]


def merged_classes(rows: pd.DataFrame, *, seed: int = SEED) -> Classes:
    """Merge a cleaned set (`PublicSet.rows`), whatever the roles of its photos, by class."""
    products = rows["product"].drop_duplicates()
    class_of = _joined(rows)
    # the same file with the same box is the same picture, whatever numbers it was listed under
    looks = [*zip(rows["sha256"], rows["box"], strict=True)]
    frame = pd.DataFrame(
        {
            "picture": rows["picture"].to_numpy(),
            "class_id": rows["product"].map(class_of).to_numpy(),
            "category": rows["category"].to_numpy(),
            "look": pd.factorize(pd.Series(looks, dtype=object).map(repr))[0],
        }
    )
    ambiguous = frame.groupby("look")["class_id"].transform("nunique") > 1
    single = frame[~ambiguous]
    once = single.drop_duplicates("look")
    sizes = once.groupby("class_id")["picture"].transform("size")
    kept = once[(sizes >= SMALLEST) & (sizes <= LARGEST)].reset_index(drop=True)
    parts = class_parts(kept["class_id"], seed=seed)
    counts = {
        "joined_products": len(products) - len(set(class_of.values())),
        "ambiguous_pictures": int(frame.loc[ambiguous, "look"].nunique()),
        "same_pictures": int(single["picture"].nunique() - len(once)),
        "classes_too_small": int(once.loc[sizes < SMALLEST, "class_id"].nunique()),
        "classes_too_large": int(once.loc[sizes > LARGEST, "class_id"].nunique()),
        "classes": len(parts),
        "pictures": len(kept),
    }
    return Classes(kept.drop(columns="look").assign(part=kept["class_id"].map(parts)), counts)


def class_parts(classes: Iterable[str], *, seed: int = SEED, train_share: float = TRAIN_SHARE) -> dict[str, str]:
    """Split classes into `train` and `test`, so that no class is in both.

    The order is that of a hash of the seed and the class's id: neither the order of the rows nor the other classes
    matter, and a set with one class more moves one class at most from one part to the other.
    """
    ordered = sorted(set(classes), key=lambda id: hashlib.sha256(f"{seed}:{id}".encode()).digest())
    train = round(train_share * len(ordered))
    return {id: "train" if place < train else "test" for place, id in enumerate(ordered)}


def _joined(rows: pd.DataFrame) -> dict[str, str]:
    """For each product the class that it belongs to: the smallest id of the products joined with it."""
    keys = [*zip(rows["category"], rows["sha256"], rows["box"], strict=True)]
    ids = rows["product"].tolist()
    roots = join_groups(len(ids), [*links_of_equal(ids), *links_of_equal(keys)])
    smallest: dict[int, str] = {}
    for id, root in zip(ids, roots, strict=True):
        smallest[int(root)] = min(id, smallest.get(int(root), id))
    return {id: smallest[int(root)] for id, root in zip(ids, roots, strict=True)}
