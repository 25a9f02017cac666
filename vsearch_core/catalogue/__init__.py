"""Products in: readers for what shops deliver, cleaning, the drawn sample shop, data fetching."""
