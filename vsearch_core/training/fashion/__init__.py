"""The training of the fashion network: types, attributes and embedding."""
