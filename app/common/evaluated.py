"""Whether the shop that is set up is the evaluated catalogue, and which of its products are; the pages say it alike."""

from __future__ import annotations

from app.common.kept import kept
from vsearch_core.catalogue import identity
from vsearch_core.catalogue.identity import Identity
from vsearch_core.store import Store

ANOTHER_SHOP = "The models were measured on another catalogue than the one that is set up here."
NO_PICTURES = (
    "These products are not in the shop that is set up here: their pictures are not at hand, and placeholders stand "
    "for them."
)


def is_evaluated(store: Store) -> bool:
    """Whether the store is the evaluated catalogue, or a part of it."""
    return _identity(store).evaluated


def same_products(store: Store) -> frozenset[str]:
    """The ids of those products of the store that really are the evaluated catalogue's."""
    return _identity(store).same


@kept()
def _identity(store: Store) -> Identity:
    return identity.identify(store.products)
