"""A photo becomes an `Analysis` and its garments. The only place that runs models at serving time (LiteRT)."""

from vsearch_core.vision.bundle import Bundle
from vsearch_core.vision.detector import Detector
from vsearch_core.vision.fashion import FashionModel

__all__ = ["Bundle", "Detector", "FashionModel"]
