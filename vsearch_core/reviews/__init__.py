"""Reviews: what people decided about the labels of the catalogue, who and when."""

from vsearch_core.reviews.reviews import Reviews
from vsearch_core.reviews.tables import AMBIGUOUS, KEEP, RELABEL, VERDICTS, Verdict

__all__ = ["AMBIGUOUS", "KEEP", "RELABEL", "VERDICTS", "Reviews", "Verdict"]
