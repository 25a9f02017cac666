"""The photos of one cell of the matrix."""

from __future__ import annotations

from html import escape

import pandas as pd
import streamlit as st

from app.common import evaluated, readers, states, words
from app.common.kept import kept
from app.quality import data, matrix, parts, photo
from app.quality.choice import Cell, Choice, open_photo
from vsearch_core.insight.quality import confusions, costs
from vsearch_core.insight.quality.costs import SEARCHES
from vsearch_core.insight.quality.models import Answers, Model, is_right
from vsearch_core.insight.quality.suspicion import LABEL_WRONG, Suspicion, product_votes, suspicion
from vsearch_core.store import Store

_SHOWN = 40
_NAMED = 12
_ORDERS = ("Surest first", "Most suspicious labels first")


def show(choice: Choice, cell: Cell) -> None:
    """What the cell holds, what it costs, its photos, and the one that is opened."""
    every, counts = _pictures(choice, cell)
    total = int((choice.found.table["label"] == cell.label).sum())
    right = is_right(cell.label, cell.predicted, choice.found.set)
    verb = "rightly called" if right else "taken for"
    st.html(
        f'<div class="quality-chosen"><h2 class="strip-title">{escape(cell.label)} {verb} {escape(cell.predicted)}: '
        f"{escape(counts)} of {words.count(total, 'picture')}</h2><p>{escape(_cost(choice, cell, right))}</p></div>"
    )
    if not choice.opens:
        states.error("The pictures of the part test stay closed, so that nobody tunes to them; look at validation.")
        return
    if every.empty:
        states.error("Nothing is taken for that here.")
        return
    suspicions = _suspicions(choice, every[~every["right"]])
    if cell.photo in set(every["id"]):
        photo.show(choice, every[every["id"] == cell.photo].iloc[0].to_dict(), suspicions.get(cell.photo))
    _grid(choice, cell, _ordered(every, suspicions), suspicions)


def _pictures(choice: Choice, cell: Cell) -> tuple[pd.DataFrame, str]:
    """The pictures of the cell, of two models those of either, and how many that is in words."""
    columns = matrix.columns_of(choice, choice.types)
    every = confusions.pictures_of(choice.found, cell.label, cell.predicted, columns)
    if choice.others is None or choice.other is None:
        return every, f"{len(every):,}"
    beside = confusions.pictures_of(choice.others, cell.label, cell.predicted, columns)
    more = choice.found.table[choice.found.table["id"].isin(set(beside["id"]) - set(every["id"]))]
    counts = f"{len(every):,} by {choice.model.title} and {len(beside):,} by {choice.other.title},"
    return pd.concat([every, more], ignore_index=True), counts


def _cost(choice: Choice, cell: Cell, right: bool) -> str:
    searches = [data.answers(choice.model, name) for name in SEARCHES if name in choice.model.sets]
    if right or choice.found.set == "user_photos" or cell.predicted == confusions.ELSE:
        return ""
    return costs.cost_sentence(searches, cell.label, cell.predicted)


def _ordered(every: pd.DataFrame, suspicions: dict[str, Suspicion]) -> pd.DataFrame:
    if len(suspicions) < 2:
        return every
    order = st.segmented_control(
        "Order",
        _ORDERS,
        default=_ORDERS[0],
        required=True,
        key="order",
        bind="query-params",
        label_visibility="collapsed",
    )
    if order == _ORDERS[0]:
        return every
    scores = every["id"].map({name: one.score for name, one in suspicions.items()})
    return every.loc[scores.sort_values(ascending=False, kind="stable").index]


def _grid(choice: Choice, cell: Cell, every: pd.DataFrame, suspicions: dict[str, Suspicion]) -> None:
    pages = -(-len(every) // _SHOWN)
    page = st.pagination(pages, key=f"photos_{cell.label}_{cell.predicted}") if pages > 1 else 1
    shown = every.iloc[(page - 1) * _SHOWN : page * _SHOWN]
    others = _said_by_other(choice)
    cards = [
        {
            "id": row["id"],
            "picture": data.picture(choice.found, row["id"]),
            "alt": f"{row['label']} {row['id']}",
            "first": f"{row['predicted']} {words.percent(row['probability'])}",
            "second": _second(row, others),
            "badge": "label?" if _blames_label(suspicions.get(row["id"])) else "",
            "chosen": row["id"] == cell.photo,
        }
        for row in shown.to_dict("records")
    ]
    label = f"{cell.label} taken for {cell.predicted}"
    at = f"{choice.model.name} {choice.found.set} {label} {cell.photo}"
    parts.photos(cards, key="quality_photos", label=label, on_open=open_photo, at=at)
    here = data.in_shop(choice.found)
    away = [id for id in shown["id"] if id not in here] if choice.found.set != "user_photos" else []
    if away:
        st.caption(words.plain(f"{evaluated.NO_PICTURES} Their ids: {', '.join(away[:_NAMED])}."))


def _second(row: dict, others: dict[str, str]) -> str:
    labelled = f"label: {row['label']}"
    if pd.notna(row["label_probability"]):
        labelled += f" {words.percent(row['label_probability'])}"
    return f"{labelled}; other model: {others[row['id']]}" if row["id"] in others else labelled


def _said_by_other(choice: Choice) -> dict[str, str]:
    if choice.others is None:
        return {}
    table = choice.others.table
    return dict(zip(table["id"], table["predicted"], strict=True))


def _blames_label(found: Suspicion | None) -> bool:
    return found is not None and found.verdict == LABEL_WRONG


def _suspicions(choice: Choice, every: pd.DataFrame) -> dict[str, Suspicion]:
    if choice.found.set == "user_photos" or every.empty:
        return {}
    return _weighed(choice.model, choice.found.set, tuple(every["id"]), readers.engine().store, choice.found)


@kept(entries=60, spinner="Asking the neighbours …")
def _weighed(model: Model, set_name: str, ids: tuple[str, ...], store: Store, _found: Answers) -> dict[str, Suspicion]:
    rows = _found.table.set_index("id").loc[list(ids)]
    here = data.in_shop(_found)
    found = {}
    for id, row in rows.iterrows():
        found[str(id)] = suspicion(
            row["label"],
            row["predicted"],
            probability=float(row["probability"]),
            label_probability=float(row["label_probability"]),
            votes=product_votes(store, str(id)) if id in here else None,
            title=str(row.get("name") or ""),
        )
    return found
