"""The models that can be looked at, and what each said of every picture: the one reader of evaluation data.

A model is a folder below `models/` or `results/`, however deep (`fashion`, `ladder/cnn-2` …), with a folder
`evaluation/` that holds at least `catalogue.parquet`, and perhaps `user_photos.parquet` and `snaps.parquet`. It need
not hold weights. Each of these tables has a row a picture, of the parts validation and test of the committed split:

| column | what |
| --- | --- |
| `id` | of the product or the user photo, text |
| `part` | `validation` or `test` |
| `label` | what it is: a product type, or in `user_photos` one of the labels of `photo_types.csv` |
| `type_1`, `probability_1` | the most probable product type and its probability (0..1) |
| `type_2` … `type_5`, `probability_2` … | the next ones, where the model gives them |
| `first_hit_type` | optional: the product type of the first product that the search finds for it |
| anything else | optional, and kept: `colour`, `gender`, `season`, `image_width` …, by which results can be sliced |

`title` in `evaluation/figures.json`, where there is one, is how the pages call the model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from vsearch_core.catalogue.photos.user import right_types
from vsearch_core.catalogue.split import read_split
from vsearch_core.errors import BundleError
from vsearch_core.vision.bundle_files import model_file

SHOP = "shop"

SETS = {
    "catalogue": "Catalogue pictures",
    "snaps": "Phone snaps of products",
    "user_photos": "Photos that people took",
    SHOP: "This shop's products",
}
"""The evaluation tables, by file name, and how a page calls them."""

BROWSED = "validation"
"""The part whose pictures are looked at; `test` is only scored, so that nobody tunes to it by eye."""

_NEEDED = ("id", "part", "label", "type_1", "probability_1")
_MOST_FREQUENT = 10
_SHOES = ("Casual Shoes", "Sports Shoes")
SHOES = "Casual and sports shoes"
"""The group of the two types that classifiers of this data are known to confuse."""


@dataclass(frozen=True)
class Answers:
    """What one model said of one set of pictures.

    `table` has the columns of the file, and besides `predicted` and `probability` (the first type), `right` (bool),
    `label_probability` (of the label among the first types, 0 where it is not among them; NaN for user photos) and
    `group` (title group or sender: rows of one group are not independent cases).
    """

    model: str
    set: str
    table: pd.DataFrame

    def of(self, part: str) -> Answers:
        """The rows of one part of the split."""
        return self.where(self.table["part"] == part)

    def where(self, chosen: pd.Series | np.ndarray) -> Answers:
        """The rows where `chosen` (n,) is true."""
        return Answers(self.model, self.set, self.table[np.asarray(chosen, dtype=bool)].reset_index(drop=True))

    def labelled(self, types: Sequence[str]) -> Answers:
        """The rows whose label is one of these."""
        return self.where(self.table["label"].isin(list(types)))

    @property
    def typed(self) -> bool:
        """Whether its labels are product types; those of user photos are kinds."""
        return self.set != "user_photos"

    @cached_property
    def types(self) -> list[str]:
        """Every product type that occurs as a label, the most frequent first."""
        return list(self.table["label"].value_counts().index)

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True)
class Model:
    """A folder with evaluation data. `name` is its path below the models folder, `title` what a page calls it.

    `path` has the weights, where they are here; `evaluation` the tables of `sets`.
    """

    name: str
    title: str
    path: Path
    sets: tuple[str, ...]
    evaluation: Path

    @property
    def runs(self) -> bool:
        """Whether its weights are here too, as a bundle that serves."""
        return model_file(self.path).is_file() and (self.path / "labels.json").is_file()

    def answers(self, set_name: str) -> Answers:
        """What it said of one set.

        Raises:
            BundleError: the table is missing or lacks a column.
        """
        return Answers(self.name, set_name, read_answers(self.evaluation / f"{set_name}.parquet", set_name))

    @property
    def stamp(self) -> str:
        """Another one whenever an evaluation table has been written anew."""
        files = sorted(self.evaluation.glob("*.*"))
        return f"{self.name}:" + ":".join(f"{file.name}-{file.stat().st_mtime_ns}" for file in files)


def models_in(*folders: Path) -> list[Model]:
    """Every model below these folders that has evaluation data, `fashion` first, then by name."""
    found = []
    for folder in folders:
        for table in folder.rglob("evaluation/catalogue.parquet"):
            path = table.parent.parent
            name = path.relative_to(folder).as_posix()
            sets = tuple(one for one in SETS if (path / "evaluation" / f"{one}.parquet").is_file())
            found.append(Model(name, _title(path, name), path, sets, table.parent))
    return sorted(found, key=lambda model: (model.name != "fashion", model.name))


def read_answers(path: Path, set_name: str) -> pd.DataFrame:
    """One evaluation table with the columns that `Answers` adds.

    Raises:
        BundleError: it is missing, broken or lacks a column.
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise BundleError(
            f"{path} cannot be read ({error}); evaluate the model again to write it anew.", code="bundle_broken"
        ) from error
    missing = [column for column in _NEEDED if column not in table]
    if missing:
        raise BundleError(
            f"{path} has no column {', '.join(missing)}; evaluate the model again to write it anew.",
            code="bundle_broken",
        )
    table["predicted"], table["probability"] = table["type_1"], table["probability_1"].astype(float)
    if set_name == "user_photos":
        kinds = right_types()
        right = [type_ in kinds.get(label, ()) for label, type_ in zip(table["label"], table["type_1"], strict=True)]
        table["right"], table["label_probability"] = right, np.nan
    else:
        table["right"] = table["label"] == table["type_1"]
        table["label_probability"] = _probability_of(table, table["label"])
    if "group" not in table:
        split = read_split("photos" if set_name == "user_photos" else "catalogue")
        groups = table["id"].map(split.set_index("id")["group"])
        table["group"] = groups.where(groups.notna(), table["id"])
    return table


def is_right(label: str, predicted: str, set_name: str) -> bool:
    """Whether a prediction counts as right: for a user photo, any type of its kind does."""
    return predicted in right_types().get(label, ()) if set_name == "user_photos" else label == predicted


def type_groups(answers: Answers, hierarchy: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """Named groups of the labels that occur, for choosing what to look at; each the most frequent first.

    Args:
        hierarchy: type -> (department, category); types that it does not know are only among all.
    """
    types = answers.types
    groups: dict[str, list[str]] = {}
    if answers.set == "user_photos":
        return {f"All {len(types)} labels": types}
    if all(name in types for name in _SHOES):
        groups[SHOES] = list(_SHOES)
    if len(types) > _MOST_FREQUENT:
        groups[f"The {_MOST_FREQUENT} most frequent"] = types[:_MOST_FREQUENT]
    groups[f"All {len(types)} types"] = types
    for level in (0, 1):
        named: dict[str, list[str]] = {}
        for name in types:
            if name in hierarchy:
                named.setdefault(hierarchy[name][level], []).append(name)
        for title, members in named.items():
            if len(members) > 1 and title not in groups:
                groups[title] = members
    return groups


def _probability_of(table: pd.DataFrame, names: pd.Series) -> np.ndarray:
    """The probability that each row gives to the type in `names`, 0 where it is not among its first types."""
    given = np.zeros(len(table))
    for place in range(1, 6):
        if f"type_{place}" in table and f"probability_{place}" in table:
            same = (table[f"type_{place}"] == names).to_numpy()
            given[same] = table[f"probability_{place}"].to_numpy()[same]
    return given


def _title(path: Path, name: str) -> str:
    figures = path / "evaluation" / "figures.json"
    if figures.is_file():
        content = json.loads(figures.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("title"):
            return str(content["title"])
    return name


def both(first: Answers, second: Answers) -> tuple[Answers, Answers]:
    """The pictures that two models have in common, in the same order, so that they are compared on the same ones."""
    # a product may have several snaps: the n-th of one table is the n-th of the other
    left, right = (one.table.assign(turn=one.table.groupby("id").cumcount()) for one in (first, second))
    left, right = (table.set_index(["id", "turn"]) for table in (left, right))
    shared = left.index.intersection(right.index, sort=False)
    kept = [table.loc[shared].reset_index().drop(columns="turn") for table in (left, right)]
    return Answers(first.model, first.set, kept[0]), Answers(second.model, second.set, kept[1])
