"""What the analyst has chosen: models, pictures, types, part. All of it stands in the page's address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app.common import controls, evaluated, readers
from app.common.stored import Row
from app.quality import data
from vsearch_core.insight.quality.confusions import ELSE
from vsearch_core.insight.quality.leaderboard import few_types, narrowed
from vsearch_core.insight.quality.models import BROWSED, SETS, SHOES, Answers, Model, both, type_groups
from vsearch_core.insight.quality.shop import measure_shop

PARTS = {"Validation": "validation", "Test": "test"}
VIEWS = ("Confusions", "Report", "Slices", "Costs", "Reliability", "Leaderboard")
_NONE = "no other"


@dataclass(frozen=True)
class Choice:
    """Chosen answers, of one model or of two on the same pictures, and the labels that are looked at.

    `narrowed` is whether a model knows only a few types, so that what is compared with it answers among these alone.
    """

    model: Model
    found: Answers
    group: str
    types: list[str]
    part: str
    other: Model | None = None
    others: Answers | None = None
    narrowed: bool = False

    @property
    def opens(self) -> bool:
        """Whether its pictures may be looked at."""
        return self.part == BROWSED


def choose() -> Choice | None:
    """Draw the controls; None where there is no model with evaluation data."""
    known = {model.name: model for model in data.models()}
    own = data.this_shop()
    if own is not None and not own.sets:
        _offer(own)
    if not known:
        return None
    row = Row("here", "the choice")
    with st.container(key="quality_choice"):
        models, pictures, group, part = st.columns([3, 3, 3, 2], vertical_alignment="top")
        with models:
            model = known[_select(row, "Model", list(known), "model")]
            other = _other(row, model, known)
        sets = {SETS[name]: name for name in model.sets if other is None or name in other.sets}
        with pictures:
            set_name = sets[_select(row, "Pictures", list(sets), "pictures")]
        every = data.answers(model, set_name)
        with part:
            part_name = _part(row, every)
        few = few_types(every) if set_name == "catalogue" else []
        found, others = every.of(part_name), None
        if other is not None:
            beside = data.answers(other, set_name)
            few = few or (few_types(beside) if set_name == "catalogue" else [])
            found, others = both(found, beside.of(part_name))
            if few:
                found, others = narrowed(found, few), narrowed(others, few)
        groups = type_groups(found, readers.engine().model.bundle.hierarchy)
        with group:
            name = _select(row, "Types", list(groups), "types", at=_first(list(groups)))
            if SHOES in groups and name != SHOES:
                st.button(SHOES, on_click=_look_at, args=(SHOES,), type="tertiary", key="quality_shoes")
    row.say()
    if few:
        st.caption(_few_words(len(few), compared=other is not None))
    return Choice(model, found, name, groups[name], part_name, other, others, narrowed=bool(few))


def _few_words(count: int, *, compared: bool) -> str:
    if not compared:
        return f"This model knows {count} types and was measured on pictures of these alone."
    return (
        f"Compared on pictures of the {count} types that the smaller model knows: a model that knows more answers with "
        "the first of these among its first five."
    )


def _offer(own: Model) -> None:
    """Offer to measure the model on the products of this shop, which is another one than it was measured on."""
    engine = readers.engine()
    with st.container(horizontal=True, vertical_alignment="center", key="quality_offer"):
        st.html(f"<p>{evaluated.ANOTHER_SHOP}</p>", width="stretch")
        if not st.button(f"Measure on this shop's {len(engine.store):,} products"):
            return
        with controls.progress("Running the model") as progress:
            measure_shop(own, engine.store, engine.model, progress)
    st.session_state["model"] = own.name
    st.rerun()


def _part(row: Row, every: Answers) -> str:
    parts = [title for title, name in PARTS.items() if (every.table["part"] == name).any()]
    row.one("part", "Part", parts.__contains__, parts[0])
    chosen = st.segmented_control(
        "Part",
        parts,
        default=parts[0],
        required=True,
        key="part",
        bind="query-params",
        help="The pictures of the part test are never opened here: it is only scored.",
    )
    return PARTS[chosen or parts[0]]


def _other(row: Row, model: Model, known: dict[str, Model]) -> Model | None:
    names = [name for name in known if name != model.name]
    return known.get(_select(row, "Compared with", [_NONE, *names], "with")) if names else None


def _select(row: Row, label: str, options: list[str], key: str, at: int = 0) -> str:
    row.one(key, label, options.__contains__, options[at])
    # the address holds what the options show, so they are shown as they are
    chosen = st.selectbox(label, options, index=at, key=key, bind="query-params")
    return chosen if chosen in options else options[at]


def _look_at(group: str) -> None:
    st.session_state["types"] = group


def _first(names: list[str]) -> int:
    starts = ("The 10 most frequent", "All ")
    return next((place for start in starts for place, name in enumerate(names) if name.startswith(start)), 0)


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix that is looked into, and the photo that is opened from it."""

    label: str
    predicted: str
    photo: str = ""


def chosen_cell(choice: Choice) -> Cell | None:
    """The cell that the address names, as far as there is one."""
    row = Row("among these pictures", "the address")
    every = {*choice.types, *choice.found.table["predicted"], ELSE}
    if choice.others is not None:
        every |= set(choice.others.table["predicted"])
    label = row.param("label", "Label", choice.types.__contains__)
    predicted = row.param("predicted", "Type", every.__contains__)
    row.say()
    return Cell(label, predicted, st.query_params.get("photo", "")) if label and predicted else None


def open_cell(label: str, predicted: str) -> None:
    """Look into a cell."""
    st.query_params["label"], st.query_params["predicted"] = label, predicted
    st.query_params.pop("photo", None)


def open_photo(photo: str) -> None:
    """Open one photo of the cell."""
    st.query_params["photo"] = photo


def close_photo() -> None:
    """Back to the photos of the cell."""
    st.query_params.pop("photo", None)
