"""The page Similarity: its sections, each in a module, and what they share."""
