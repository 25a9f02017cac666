"""What the master data page looks at: a catalogue, the labels in it that are suspect, and where its pictures are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from app.common import evaluated, pictures, readers
from app.common.kept import kept
from app.quality import data
from app.shop.place import product_ids
from vsearch_core.catalogue.split import part_ids
from vsearch_core.contracts import Progress
from vsearch_core.errors import CatalogueError, StoreError
from vsearch_core.evaluation.out_of_sample import FOLDER, SHOWN, read_out_of_sample
from vsearch_core.images import decode
from vsearch_core.insight.master_data.label_issues import label_issues
from vsearch_core.insight.master_data.review_queue import in_order, same_files
from vsearch_core.insight.quality.models import SHOP, Model
from vsearch_core.insight.quality.shop import measure_shop
from vsearch_core.settings import settings
from vsearch_core.store import Store

CATALOGUE, OWN = "The catalogue of the models", "This shop"
PUBLIC = "Fashion products"
"""Under this name the verdicts about the catalogue of the models are kept, whatever the store of it is called."""


@dataclass(frozen=True)
class Source:
    """A catalogue whose labels were looked at.

    `labels` has the label of every product that was scored, `guesses` its most probable types with their
    probabilities, `hidden` the ids that are never shown, `here` those that the store that is set up has, with their
    pictures. `public`: it is the catalogue of the models.
    """

    catalogue: str
    issues: pd.DataFrame
    labels: Mapping[str, str]
    guesses: pd.DataFrame = field(repr=False)
    hidden: frozenset[str] = field(repr=False)
    public: bool
    here: frozenset[str] = field(repr=False)
    how: str

    @property
    def types(self) -> list[str]:
        """Every product type that a product may be given, by name."""
        known = readers.engine().store.facets(["product_type"])["product_type"] if self.here else {}
        return sorted({name for name in (*self.labels.values(), *known) if name})

    def guesses_of(self, product: str) -> list[tuple[str, float]]:
        """The most probable types of a product, best first."""
        if product not in self.guesses.index:
            return []
        row = self.guesses.loc[product]
        pairs = [(row.get(f"type_{place}"), row.get(f"probability_{place}")) for place in range(1, SHOWN + 1)]
        return [(name, float(sure)) for name, sure in pairs if isinstance(name, str) and name and pd.notna(sure)]

    def product(self, product: str) -> dict:
        """What the store knows of a product; empty where it is another shop's."""
        try:
            return readers.engine().store.product(product) if product in self.here else {}
        except StoreError:
            return {}

    def picture(self, product: str, side: int = 220) -> str:
        """A product's picture as a data URI; a plain placeholder where it is not at hand, or not to be looked at."""
        if product not in self.here or product in self.hidden:
            return pictures.MISSING
        try:
            data = readers.engine().store.thumbnail(product)
        except (StoreError, CatalogueError):
            return pictures.MISSING
        return pictures.preview(decode(data, max_side=side), side) if len(data) > 20_000 else pictures.data_uri(data)


def own_shop() -> Model | None:
    """The network on this shop's products; None where the shop is the catalogue that the network learned from."""
    return data.this_shop()


def predicted() -> bool:
    """Whether out-of-sample predictions are here."""
    return _predictions().is_file()


def catalogue() -> Source:
    """The catalogue that the models learned from, with the out-of-sample predictions.

    Raises:
        BundleError: they are broken.
        MissingDependency: a package that finds label errors is not installed.
    """
    store = readers.engine().store
    return _catalogue(_predictions().stat().st_mtime_ns, store)


def this_shop(measured: Model) -> Source:
    """The products of this shop, with what the network that ships says of them.

    Raises:
        BundleError: what it said cannot be read.
        MissingDependency: a package that finds label errors is not installed.
    """
    return _this_shop(measured, readers.engine().store)


def measure(chosen: Model, progress: Progress) -> None:
    """Ask the network that ships about every product of this shop whose type it knows.

    Raises:
        CatalogueError: there is none.
    """
    engine = readers.engine()
    measure_shop(chosen, engine.store, engine.model, progress)


def _predictions() -> Path:
    return settings().results / FOLDER / "predictions.parquet"


@kept(spinner="Looking for wrong labels …")
def _catalogue(changed: int, store: Store) -> Source:
    known = read_out_of_sample(settings().results)
    hidden = part_ids("catalogue", "test")
    predictions = known.predictions[~known.predictions["id"].isin(hidden)].reset_index(drop=True)
    # Another shop may have a few of its products: then all of it is looked at, and those few have pictures.
    here = evaluated.same_products(store)
    if evaluated.is_evaluated(store):
        products = store.products.loc[store.products["id"].isin(here), ["id", "name", "product_type"]]
    else:
        products = predictions[["id", "label"]].rename(columns={"label": "product_type"}).assign(name="")
    seen = set(predictions["id"])
    copies = known.copies[known.copies["first"].isin(seen) & known.copies["second"].isin(seen)]
    return Source(
        catalogue=PUBLIC,
        issues=in_order(label_issues(products, predictions, copies)),
        labels=_labels(products, predictions),
        guesses=predictions.set_index("id"),
        hidden=hidden,
        public=True,
        here=here,
        how="Each product was judged by a network that never saw it, trained on the other products.",
    )


@kept(spinner="Looking for wrong labels …")
def _this_shop(measured: Model, store: Store) -> Source:
    guesses = [f"{what}_{place}" for place in range(1, SHOWN + 1) for what in ("type", "probability")]
    predictions = measured.answers(SHOP).table[["id", "label", "label_probability", *guesses]]
    # The network learned from none of these: each is a fold of its own.
    predictions = predictions.assign(fold=range(len(predictions)))
    products = store.products[["id", "name", "product_type"]]
    return Source(
        catalogue=store.name,
        issues=in_order(label_issues(products, predictions, same_files(store.products))),
        labels=_labels(products, predictions),
        guesses=predictions.set_index("id"),
        hidden=frozenset(),
        public=False,
        here=product_ids(store),
        how="Judged by the network that ships, which learned from another catalogue and never saw these products: "
        "where the two shops mean different things by a type, it is the shop that is right.",
    )


def _labels(products: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, str]:
    now = products[products["id"].isin(predictions["id"])]
    return dict(zip(now["id"].astype(str), now["product_type"].astype(str), strict=True))
