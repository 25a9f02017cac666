"""Twins: products of the same title with another picture, found from a catalogue shot.

A title stands for a product here, as nothing better is in the data. It is a hard reading: a shop's titles often name
several designs ("Women Silver Earrings"), which is why only titles of two to five products count, and why products that
show the same picture are left out, who would be found by anything.
"""

from __future__ import annotations

import numpy as np

from vsearch_core.evaluation.statistics import Stopwatch, ranks, recalls

SMALLEST, LARGEST = 2, 5
CLASS_SMALLEST, CLASS_LARGEST = 2, 30
SEED = 2026


def twin_figures(
    embeddings: np.ndarray, titles: np.ndarray, pictures: np.ndarray, groups: np.ndarray, rows: np.ndarray
) -> dict[str, object]:
    """R@1, R@5 and R@10 of finding a twin in the whole catalogue without the query itself.

    Args:
        embeddings: (n, d) of the whole catalogue; titles, pictures, groups: (n,).
        rows: (q,) the products that are asked, those of the test part.
    """
    twins = title_twins(titles, pictures, rows)
    asked = np.array([len(found) > 0 for found in twins])
    queries = rows[asked]
    targets = [found for found in twins if len(found)]
    with Stopwatch(len(queries)) as watch:
        places = ranks(embeddings[queries], embeddings, targets, same_picture(pictures, queries))
    return {
        **recalls(places, groups[queries], (1, 5, 10)),
        "titles": len(set(titles[queries])),
        "search_ms": watch.milliseconds,
    }


def published_figures(
    embeddings: np.ndarray, titles: np.ndarray, pictures: np.ndarray, groups: np.ndarray, rows: np.ndarray
) -> dict[str, object]:
    """The form in which others publish: titles of 2 to 30 products, of one part of the split alone (class-disjoint).

    Half of each class is searched, the other half asks; the same picture in both halves counts, as it does there.
    `other_picture` is the same without it.

    Args:
        As `twin_figures`; rows: the part's products.
    """
    asking, gallery = halves(titles, rows)
    class_rows = _rows_by(titles[gallery])
    targets = [class_rows[title] for title in titles[asking]]
    places = ranks(embeddings[asking], embeddings[gallery], targets)
    inside = {int(row): place for place, row in enumerate(gallery)}
    copies = [
        np.array([inside[int(row)] for row in found if int(row) in inside], np.int64)
        for found in same_picture(pictures, asking)
    ]
    others = [np.setdiff1d(right, same) for right, same in zip(targets, copies, strict=True)]
    left = np.array([len(right) > 0 for right in others])
    stricter = ranks(
        embeddings[asking[left]],
        embeddings[gallery],
        [right for right in others if len(right)],
        [same for same, kept in zip(copies, left, strict=True) if kept],
    )
    return {
        **recalls(places, groups[asking], (1, 10)),
        "classes": len(class_rows),
        "gallery": len(gallery),
        "other_picture": recalls(stricter, groups[asking[left]], (1, 10)),
    }


def title_twins(
    titles: np.ndarray, pictures: np.ndarray, rows: np.ndarray, *, smallest: int = SMALLEST, largest: int = LARGEST
) -> list[np.ndarray]:
    """For each of `rows` the rows of its title that show another picture; none where the title has other than
    `smallest` to `largest` products."""
    members = _rows_by(titles)
    found = []
    for row in rows:
        of_title = members[titles[row]]
        fits = smallest <= len(of_title) <= largest
        found.append(of_title[pictures[of_title] != pictures[row]] if fits else of_title[:0])
    return found


def same_picture(pictures: np.ndarray, rows: np.ndarray) -> list[np.ndarray]:
    """For each of `rows` the rows that show its picture, itself among them."""
    members = _rows_by(pictures)
    return [members[pictures[row]] for row in rows]


def halves(titles: np.ndarray, rows: np.ndarray, *, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Split each title of 2 to 30 of the rows at random into those that ask and those that are searched.

    Returns:
        Two sorted arrays of rows; of an odd class the larger half is searched.
    """
    random = np.random.default_rng(seed)
    asking, gallery = [], []
    for _, places in sorted(_rows_by(titles[rows]).items()):
        if CLASS_SMALLEST <= len(places) <= CLASS_LARGEST:
            mixed = random.permutation(rows[places])
            asking.append(mixed[: len(mixed) // 2])
            gallery.append(mixed[len(mixed) // 2 :])
    return np.sort(np.concatenate(asking)), np.sort(np.concatenate(gallery))


def _rows_by(values: np.ndarray) -> dict:
    unique, inverse = np.unique(values, return_inverse=True)
    rows = np.split(np.argsort(inverse, kind="stable"), np.cumsum(np.bincount(inverse))[:-1])
    return dict(zip(unique.tolist(), rows, strict=True))
