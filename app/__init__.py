"""What the pages share: the opened shop, the visitor's query, cards, filters and states. Only the app imports it."""
