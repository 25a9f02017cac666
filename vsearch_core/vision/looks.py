"""Looks at a photo twice: whole, and once more at its main thing from near."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from vsearch_core.contracts import Analysis, MainThing, Photo
from vsearch_core.errors import VsearchError
from vsearch_core.vision.crop import Corners, crop
from vsearch_core.vision.fashion import FashionModel
from vsearch_core.vision.finder import Finder
from vsearch_core.vision.interpreters import Outputs
from vsearch_core.vision.second_look import SecondLook
from vsearch_core.vision.trim import MARGIN

VECTORS = ("embedding", "features")
"""Outputs of a model that are not probabilities."""


class Looks:
    """A model with a finder beside it; without one, every photo is looked at once. Safe to use from several threads."""

    def __init__(self, model: FashionModel, finder: Finder | None = None, rule: SecondLook | None = None) -> None:
        self.model, self.finder, self.rule = model, finder, rule or model.bundle.second_look

    def analyse(self, photo: Photo, box: Corners | None = None) -> Analysis:
        """What is in a photo, on all threads at once.

        Args:
            box: in the original's pixels, where a person says what counts: it alone is looked at.

        Raises:
            VsearchError: the box holds nothing of the photo (code `bad_box`).
        """
        if box is None:
            return self._analysed(photo, None if self.finder is None else self.finder.find, self.model.run)
        part = crop(photo, box, margin=0.0)
        if part is None:
            raise VsearchError("The box is outside of the photo or too small; draw a larger one.", code="bad_box")
        return replace(self.model.analyse(part), main=MainThing(box, 1.0), remark=photo.remark)

    def analyse_many(self, photos: Sequence[Photo]) -> list[tuple[Analysis, float]]:
        """What is in each of several photos, equal to `analyse`, and the milliseconds that each took by itself."""
        find = None if self.finder is None else self.finder.find_alone

        def one(photo: Photo) -> tuple[Analysis, float]:
            started = time.perf_counter()
            analysis = self._analysed(photo, find, self.model.run_alone)
            return analysis, (time.perf_counter() - started) * 1000

        return self.model.each(one, photos)

    def joined(self, whole: Outputs, close: Outputs, main: MainThing) -> Analysis:
        """One analysis of two looks: the mean of the probabilities, and both embeddings."""
        both = {name: value if name in VECTORS else (value + close[name]) / 2 for name, value in whole.items()}
        return replace(self.model.analysis(both), main=main, close=close["embedding"])

    def _analysed(
        self, photo: Photo, find: Callable[[Photo], MainThing] | None, run: Callable[[Photo], Outputs]
    ) -> Analysis:
        main = None if find is None else find(photo)
        part = crop(photo, main.box, margin=MARGIN) if main is not None and self.rule.is_worth(photo, main) else None
        if part is None or main is None:
            return replace(self.model.analysis(run(photo)), remark=photo.remark)
        return replace(self.joined(run(photo), run(part), main), remark=photo.remark)
