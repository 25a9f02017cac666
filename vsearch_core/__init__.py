"""Visual search for fashion shops: a photo becomes product types, attributes and the most similar products."""

__version__ = "0.1.0"
