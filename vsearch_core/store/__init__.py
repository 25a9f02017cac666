"""The store: a catalogue made searchable, as a folder on disk.

A store is made of segments, immutable folders of products; `manifest.json` names them and the checksum of each of their
files. A change writes new segments and then replaces the manifest, so that a crash at any moment leaves the old store
whole, and a reader never sees half of a change.
"""

from vsearch_core.store.engines import AnnoyEngine, Engine, ExactEngine, Index, engine_named, recall_at_k
from vsearch_core.store.filters import Filters
from vsearch_core.store.info import StoreInfo, info
from vsearch_core.store.products import Page
from vsearch_core.store.store import Store, model_of
from vsearch_core.store.update import add_products, build_store, fold, remove_products

__all__ = [
    "AnnoyEngine",
    "Engine",
    "ExactEngine",
    "Filters",
    "Index",
    "Page",
    "Store",
    "StoreInfo",
    "add_products",
    "build_store",
    "engine_named",
    "fold",
    "info",
    "model_of",
    "recall_at_k",
    "remove_products",
]
