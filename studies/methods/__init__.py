"""The classic ways to learn an embedding, on one protocol beside the network that ships."""
