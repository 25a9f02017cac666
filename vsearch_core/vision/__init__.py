"""A photo becomes an `Analysis`. The only place that runs a model at serving time (LiteRT)."""

from vsearch_core.vision.bundle import Bundle
from vsearch_core.vision.fashion import FashionModel

__all__ = ["Bundle", "FashionModel"]
