"""Tables for the pages: what buyers and analysts read from products, embeddings and figures."""
