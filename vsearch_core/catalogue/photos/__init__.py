"""The public photo sets: what people sent, what they wear in the street, and what no shop sells."""
