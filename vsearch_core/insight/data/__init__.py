"""Tables of the page Data."""
