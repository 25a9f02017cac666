"""Reviews: what people decided about the labels of the catalogue, who and when."""

from vsearch_core.catalogue.corrections import AMBIGUOUS, KEEP, RELABEL, VERDICTS
from vsearch_core.reviews.reviews import Reviews, corrections, nothing_decided
from vsearch_core.reviews.tables import Verdict

__all__ = ["AMBIGUOUS", "KEEP", "RELABEL", "VERDICTS", "Reviews", "Verdict", "corrections", "nothing_decided"]
