"""The shift: how far what people send lies from what the catalogue shows, category by category, and what it costs.

The distance is the squared maximum mean discrepancy of two sets of embeddings, unbiased (Gretton et al., A Kernel
Two-Sample Test, JMLR 13, 2012): 0 where both could come from one distribution. Its kernel is Gaussian, as wide as the
median distance between catalogue pictures, and the same for every category and set. A picture is compared with a
product of a kind that it shows, so that the distance is that of the photography and not of what was photographed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from studies.kept import kept
from studies.snap_sample import EVERY, sampled_snaps
from vsearch_core.evaluation.measure import Measured
from vsearch_core.evaluation.predictions import Say
from vsearch_core.evaluation.protocols.twins import same_picture
from vsearch_core.evaluation.statistics import Figure, group_weights, mean_figure, nearest, weighted_figure
from vsearch_core.evaluation.studies import write_study
from vsearch_core.settings import Settings

FEWEST = 20
"""Pictures of a category below which a distance says little."""

MOST = 400
"""Pictures of a category that are compared; more cost time and change little."""

SEED = 2026
_WIDTH_SAMPLE = 1000


@dataclass(frozen=True)
class Sent:
    """Pictures that people send: `embeddings` (n, d), `right` sets of product types, `categories`, `groups`, each (n,).

    `own` (n,) are the rows of what they show in the catalogue, where that is known.
    """

    embeddings: np.ndarray
    right: Sequence[frozenset[str]]
    categories: np.ndarray
    groups: np.ndarray
    own: np.ndarray | None = None


def discrepancy(
    sent: np.ndarray,
    shown: np.ndarray,
    width: float,
    groups: Sequence[str] | np.ndarray,
    *,
    paired: bool = False,
) -> Figure:
    """The squared maximum mean discrepancy, unbiased, with its interval by groups of the pictures that were sent.

    Args:
        sent: (n, d) and shown: (m, d) embeddings, n and m at least 2; width: of the Gaussian kernel.
        groups: (n,) sender or title group; pictures of one are drawn together.
        paired: each row of one shows what the same row of the other does, so that these two are not compared.
    """
    weights = group_weights(groups)
    inside = _kernel(sent, sent, width)
    np.fill_diagonal(inside, 0.0)
    pairs = weights.sum(axis=1) ** 2 - (weights**2).sum(axis=1)
    twice = np.einsum("ri,ij,rj->r", weights, inside, weights, optimize=True)
    # a draw of one group alone has no pairs, and is left out of the interval
    among_sent = np.divide(twice, pairs, out=np.full_like(twice, np.nan), where=pairs > 0)
    shots = _kernel(shown, shown, width)
    np.fill_diagonal(shots, 0.0)
    among_shown = shots.sum() / (len(shown) * (len(shown) - 1))
    across = _kernel(sent, shown, width)
    if paired:
        np.fill_diagonal(across, 0.0)
    between = weights @ across.sum(axis=1) / (weights.sum(axis=1) * (len(shown) - paired))
    return weighted_figure(among_sent + among_shown - 2 * between, len(sent))


def kernel_width(gallery: np.ndarray) -> float:
    """The median distance between two catalogue pictures, of a seeded sample."""
    rows = np.random.default_rng(SEED).permutation(len(gallery))[:_WIDTH_SAMPLE]
    cosines = gallery[rows] @ gallery[rows].T
    apart = np.sqrt(np.maximum(0.0, 2 - 2 * cosines[np.triu_indices(len(rows), 1)]))
    return float(np.median(apart))


def study_shift(settings: Settings, *, say: Say = print) -> list[str]:
    """Measure the shipped network's shift on test; writes `results/studies/shift.json`.

    Returns:
        The figures, a line each.

    Raises:
        CatalogueError: the public data sets are not at hand.
    """
    whole = kept(settings, settings.models / "fashion", say=say)
    (snaps,) = sampled_snaps(settings, [whole.model], whole.shots.table, say)
    measured = Measured.of(settings, whole.model, shots=whole.shots, photos=whole.photos, snaps=snaps)
    width = kernel_width(measured.shots.embeddings)
    rows = [row for name, sent in sent_pictures(measured, "test").items() for row in shift_rows(measured, name, sent)]
    write_study(
        settings,
        "shift",
        title="Shift",
        about="How far pictures that people send lie from catalogue pictures of the same kinds: the squared maximum "
        f"mean discrepancy of embeddings (Gretton et al., JMLR 13, 2012), with a Gaussian kernel of width {width:.2f}, "
        "0 where there is no shift. Beside it the share of right kinds among the first ten that they find, and that "
        "which catalogue pictures of the same kinds find in their stead, their own picture left out. The yardstick is "
        "the distance between the catalogue pictures of two categories, the median over all pairs of those below.",
        split="part test of splits/catalogue.csv and splits/photos.csv; the gallery is the whole catalogue, and of the "
        f"snaps every {EVERY}th is asked",
        models={"shipped network": measured.model.fingerprint},
        yardstick=round(_yardstick(measured, sorted({row["category"] for row in rows}), width), 4),
        rows=rows,
    )
    return [
        f"{row['asked']}, {row['category']} ({row['shift']['count']}): shift {row['shift']['value']:.4f}, right kind "
        f"of the first ten {row['first_ten_right_kind']['value']:.3f} (catalogue pictures "
        f"{row['catalogue_first_ten_right_kind']['value']:.3f})"
        for row in rows
    ]


def sent_pictures(measured: Measured, part: str) -> dict[str, Sent]:
    """User photos and snaps of a part; a photo is of the category that most products of its right kinds have."""
    photos, snaps = measured.photos.of(part), measured.snaps.of(part)
    place = dict(zip(measured.column("product_type"), measured.column("category"), strict=True))
    counts = Counter(measured.column("product_type"))
    category_of: dict[frozenset[str], str] = {}
    for right in set(photos.table["right"]):
        sizes: Counter[str] = Counter()
        for kind in right:
            sizes[place.get(kind, "")] += counts[kind]
        category_of[right] = sizes.most_common(1)[0][0]
    rights = photos.table["right"].to_list()
    return {
        "user_photos": Sent(
            photos.embeddings,
            rights,
            np.array([category_of[right] for right in rights]),
            photos.table["sender_id"].to_numpy(),
        ),
        "snaps": Sent(
            snaps.embeddings,
            [frozenset({kind}) for kind in snaps.table["product_type"]],
            snaps.table["category"].to_numpy(),
            snaps.table["group"].to_numpy(),
            pd.Index(measured.column("id")).get_indexer(snaps.table["id"]),
        ),
    }


def shift_rows(measured: Measured, name: str, sent: Sent) -> list[dict[str, Any]]:
    """Distance and cost of each category with enough pictures, the largest distance first."""
    gallery, kinds = measured.shots.embeddings, measured.column("product_type")
    random = np.random.default_rng(SEED)
    width = kernel_width(gallery)
    rows_of = {right: np.flatnonzero(np.isin(kinds, list(right))) for right in set(sent.right)}
    found = []
    for category in np.unique(sent.categories):
        places = np.flatnonzero(sent.categories == category)
        places = np.sort(random.permutation(places)[:MOST])
        places = np.array([place for place in places if len(rows_of[sent.right[int(place)]])])
        if len(places) < FEWEST:
            continue
        rights, groups = [sent.right[int(place)] for place in places], sent.groups[places]
        shown = (
            sent.own[places]
            if sent.own is not None
            else np.array([random.choice(rows_of[right]) for right in rights], np.int64)
        )
        asked = sent.embeddings[places]
        found.append(
            {
                "asked": name,
                "category": str(category),
                "shift": discrepancy(asked, gallery[shown], width, groups, paired=sent.own is not None).as_dict(),
                "first_ten_right_kind": _right_kinds(asked, gallery, kinds, rights, groups, None).as_dict(),
                "catalogue_first_ten_right_kind": _right_kinds(
                    gallery[shown], gallery, kinds, rights, groups, same_picture(measured.column("picture"), shown)
                ).as_dict(),
            }
        )
    return sorted(found, key=lambda row: -row["shift"]["value"])


def _right_kinds(
    asked: np.ndarray,
    gallery: np.ndarray,
    kinds: np.ndarray,
    rights: Sequence[frozenset[str]],
    groups: np.ndarray,
    left_out: Sequence[np.ndarray] | None,
) -> Figure:
    """Share of right kinds among the first ten hits, some rows of the gallery being left out for each picture."""
    spare = 0 if left_out is None else max(len(rows) for rows in left_out)
    found, _ = nearest(asked, gallery, min(len(gallery), 10 + spare))
    if left_out is not None:
        found = np.stack([rows[~np.isin(rows, own)][:10] for rows, own in zip(found, left_out, strict=True)])
    right = [np.isin(kinds[rows[:10]], list(one)).mean() for rows, one in zip(found, rights, strict=True)]
    return mean_figure(np.array(right), groups)


def _yardstick(measured: Measured, categories: Sequence[str], width: float) -> float:
    random = np.random.default_rng(SEED)
    column, gallery = measured.column("category"), measured.shots.embeddings
    sets: Mapping[str, np.ndarray] = {
        name: gallery[random.permutation(np.flatnonzero(column == name))[:MOST]] for name in categories
    }
    apart = [
        discrepancy(sets[one], sets[other], width, np.arange(len(sets[one]))).value
        for one, other in combinations(categories, 2)
        if min(len(sets[one]), len(sets[other])) > 1
    ]
    return float(np.median(apart)) if apart else float("nan")


def _kernel(first: np.ndarray, second: np.ndarray, width: float) -> np.ndarray:
    """Gaussian kernel of L2-normalised rows, (n, d) and (m, d) -> (n, m) float64."""
    squared = np.maximum(0.0, 2 - 2 * (first @ second.T).astype(np.float64))
    return np.exp(-squared / (2 * width**2))
