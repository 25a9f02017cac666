"""Saved: the products that a visitor gave a heart to."""

from app.common import frame, readers
from app.shop import saved

frame.within("saved")
saved.show(readers.engine())
