"""Tables of the page Master data."""
