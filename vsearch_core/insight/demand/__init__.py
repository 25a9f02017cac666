"""Tables of the page Demand."""
