"""A photo becomes products: `Engine` joins a model and a store."""

from vsearch_core.search.engine import Engine
from vsearch_core.search.items import complete_the_look
from vsearch_core.search.present import HitGroup, enough_groups, group_hits, similarity_words

__all__ = ["Engine", "HitGroup", "complete_the_look", "enough_groups", "group_hits", "similarity_words"]
