"""Tables of the page Model quality."""
