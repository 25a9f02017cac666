"""Tables of the page Similarity."""
