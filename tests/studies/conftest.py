"""What the studies' tests use of the other tests' parts."""

from tests.catalogue.conftest import draw, make_tar
from tests.evaluation.conftest import measured
from tests.training.conftest import make_catalogue, tiny_trunk

__all__ = ["draw", "make_catalogue", "make_tar", "measured", "tiny_trunk"]
