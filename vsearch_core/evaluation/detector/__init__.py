"""The garment detector: matching boxes, figures, a sheet to look at."""
