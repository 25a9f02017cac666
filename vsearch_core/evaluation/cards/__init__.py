"""The model cards, made from the figures alone."""
