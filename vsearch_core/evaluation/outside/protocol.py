"""What a search does on pictures from outside, each question a function of pictures and a gallery."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from vsearch_core.contracts import Photo
from vsearch_core.evaluation.outside.layers import overlap
from vsearch_core.evaluation.outside.search import Answer, Gallery, Search
from vsearch_core.evaluation.outside.sets import AnotherShop, Pictures
from vsearch_core.evaluation.outside.snaps import LAID_ON, TRAITS, OutsideSnap, OutsideSnaps
from vsearch_core.evaluation.statistics import mean_figure, recalls
from vsearch_core.vision.crop import crop
from vsearch_core.vision.good_match import AGREEING

MARGIN = 0.06
"""Around the true box, where a snap is cut to it."""

SHARES = ((0.0, 0.45), (0.45, 0.7), (0.7, 1.0))
"""Sizes of the product in the frame by which snaps are reported separately."""

_BLOCK, _WORKERS = 64, 2


def embed_all(search: Search, count: int, read: Callable[[int], Photo]) -> np.ndarray:
    """What a search keeps of `count` pictures, (count, d)."""
    return np.concatenate([search.embed_catalogue(photos) for photos in _blocks(count, read)])


def snap_figures(search: Search, gallery: Gallery, maker: OutsideSnaps, rows: Sequence[int], own: np.ndarray) -> dict:
    """What snaps of a second recipe find, and what they would find cut to the true box of their product.

    Args:
        rows: which of the maker's products are asked; own: (q,) the row of each in the gallery.
    """
    types, groups = gallery.column("product_type"), gallery.column("group")[own]
    asked: list[dict[str, Any]] = []
    for start in range(0, len(rows), _BLOCK):
        with ThreadPoolExecutor(_WORKERS) as pool:
            snaps = list(pool.map(maker.snap, rows[start : start + _BLOCK]))
        whole = search.search([snap.photo for snap in snaps], gallery)
        cut = search.search([_cut(snap) for snap in snaps], gallery)
        for place, (snap, answer, ideal) in enumerate(zip(snaps, whole, cut, strict=True), start=start):
            asked.append(
                {
                    "ground": snap.ground,
                    "share": snap.share,
                    **{trait: trait in snap.traits for trait in TRAITS},
                    "rank": answer.rank(own[place]),
                    "rank_cut": ideal.rank(own[place]),
                    "right_type": types[answer.best(1)[0]] == types[own[place]],
                    "predicted": _predicted(search, answer) == types[own[place]],
                    "overlap": np.nan if answer.main is None else overlap(answer.main, snap.box),
                }
            )
    table = pd.DataFrame(asked).assign(group=groups)
    by = [("ground", kind, table["ground"] == kind) for kind in LAID_ON]
    by += [("trait", trait, table[trait]) for trait in TRAITS]
    by += [("trait", "none of these", ~table[list(TRAITS)].any(axis=1))]
    by += [("size", f"{low:.2f} to {high:.2f}", table["share"].between(low, high, "left")) for low, high in SHARES]
    found = {
        **_snap_figures(table),
        "by": [
            {"by": name, "which": which, "snaps": int(chosen.sum()), **_plain(_snap_figures(table[chosen]))}
            for name, which, chosen in by
            if chosen.any()
        ],
        "recipe": asdict(maker.recipe),
    }
    if table["overlap"].notna().any():
        seen = table["overlap"].fillna(0).to_numpy()
        found["main_thing_found"] = mean_figure(seen >= 0.5, groups).as_dict()
    return found


def another_shop_figures(search: Search, shop: AnotherShop) -> dict[str, Any]:
    """What photos of another shop's products find among all of its products."""
    gallery = Gallery(embed_all(search, len(shop.products), shop.products.read), shop.products.table)
    right = shop.queries.table["right"].to_numpy()
    places = np.array([answer.rank(right[row]) for row, answer in enumerate(_answers(search, shop.queries, gallery))])
    groups, names = shop.queries.table["group"].to_numpy(), shop.products.table["name"].to_numpy()[right]
    return {
        "products": len(shop.products),
        **recalls(places, groups, (1, 5)),
        "by_product": [
            {
                "product": str(name),
                "photos": int((names == name).sum()),
                **{f"r_at_{k}": round(float((places[names == name] <= k).mean()), 4) for k in (1, 5)},
            }
            for name in dict.fromkeys(names.tolist())
        ],
    }


def not_ours_figures(search: Search, gallery: Gallery, pictures: Pictures) -> dict[str, Any]:
    """How many pictures of what a fashion shop does not sell get a best hit that is called a good match."""
    good = np.array([_good(search, answer, gallery) for answer in _answers(search, pictures, gallery)])
    sets, groups = pictures.table["set"].to_numpy(), pictures.table["group"].to_numpy()
    return {
        "called_good": mean_figure(good, groups).as_dict(),
        "by_set": [
            {"set": str(name), "pictures": int((sets == name).sum()), "called_good": _share(good[sets == name])}
            for name in dict.fromkeys(sets.tolist())
        ],
    }


def user_photo_figures(search: Search, gallery: Gallery, photos: Pictures) -> dict[str, Any]:
    """What photos of people find, and how many of those that are answered rightly are called a good match."""
    kinds = gallery.column("product_type")
    first, ten, good = [], [], []
    for answer, right in zip(_answers(search, photos, gallery), photos.table["right"], strict=True):
        hits = np.isin(kinds[answer.best(10)], list(right))
        first.append(hits[0])
        ten.append(hits.mean())
        good.append(_good(search, answer, gallery))
    senders, answered = photos.table["group"].to_numpy(), np.array(first)
    found = {
        "first_hit_right_kind": mean_figure(answered, senders).as_dict(),
        "first_ten_right_kind": mean_figure(np.array(ten), senders).as_dict(),
    }
    if answered.any():
        found["called_good_when_right"] = mean_figure(np.array(good)[answered], senders[answered]).as_dict()
    return found


def judged_figures(search: Search, gallery: Gallery, photos: Pictures) -> dict[str, Any]:
    """Exact types, colours and wearers of what photos find that were judged by eye.

    `five_all_right` is the share of the first five hits that are right in all three; `five_all_there` is the most that
    any search could reach with this catalogue, which has few products of some kinds. `by_label` has their means for
    the photos of each label.
    """
    table = photos.table
    words = {name: gallery.column(name) for name in ("product_type", "colour", "gender")}
    lines = []
    asked = zip(_answers(search, photos, gallery), table.itertuples(index=False), strict=True)
    for answer, photo in asked:
        right = {
            "type": np.isin(words["product_type"], list(photo.types)),
            "colour": np.isin(words["colour"], list(photo.colours)),
            "wearer": np.isin(words["gender"], list(photo.genders)),
        }
        every = np.logical_and.reduce(list(right.values()))
        best = answer.best(5)
        lines.append(
            {
                "predicted_exact_type": _predicted(search, answer) in photo.types,
                "first_exact_type": right["type"][best[0]],
                **{f"five_right_{name}": inside[best].mean() for name, inside in right.items()},
                "five_all_right": every[best].mean(),
                "five_all_there": min(int(every.sum()), 5) / 5,
            }
        )
    senders = table["group"].to_numpy()
    found = pd.DataFrame(lines).astype(float)
    labels = table["label"].to_numpy()
    return {
        **{name: mean_figure(found[name].to_numpy(), senders).as_dict() for name in found.columns},
        "by_label": [
            {"label": str(label), "photos": int((labels == label).sum()), **found[labels == label].mean().round(4)}
            for label in sorted(set(labels))
        ],
    }


def _snap_figures(table: pd.DataFrame) -> dict[str, Any]:
    groups = table["group"].to_numpy()
    return {
        **recalls(table["rank"].to_numpy(), groups, (1, 5)),
        "first_hit_right_type": mean_figure(table["right_type"].to_numpy(), groups).as_dict(),
        "predicted_type": mean_figure(table["predicted"].to_numpy(), groups).as_dict(),
        "cut_to_true_box": recalls(table["rank_cut"].to_numpy(), groups, (1, 5)),
    }


def _plain(figures: dict[str, Any]) -> dict[str, float]:
    """Values without their intervals, for a table."""
    return {name: figures[name]["value"] for name in ("r_at_1", "r_at_5", "first_hit_right_type")} | {
        f"cut_{name}": figure["value"] for name, figure in figures["cut_to_true_box"].items()
    }


def _cut(snap: OutsideSnap) -> Photo:
    part = crop(snap.photo, snap.box, margin=MARGIN)
    return snap.photo if part is None else part


def _answers(search: Search, pictures: Pictures, gallery: Gallery) -> Iterator[Answer]:
    for photos in _blocks(len(pictures), pictures.read):
        yield from search.search(photos, gallery)


def _blocks(count: int, read: Callable[[int], Photo]) -> Iterator[list[Photo]]:
    with ThreadPoolExecutor(_WORKERS) as pool:
        for start in range(0, count, _BLOCK):
            yield list(pool.map(read, range(start, min(start + _BLOCK, count))))


def _good(search: Search, answer: Answer, gallery: Gallery) -> bool:
    return search.is_good(answer, gallery.column("product_type")[answer.best(AGREEING)].tolist())


def _predicted(search: Search, answer: Answer) -> str:
    """The most probable product type; empty where the search knows none."""
    return str(search.product_types[int(answer.types.argmax())]) if len(search.product_types) else ""


def _share(values: np.ndarray) -> float:
    return round(float(values.mean()), 4)
