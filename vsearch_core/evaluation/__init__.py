"""Figures from predictions, measured on the committed split."""
