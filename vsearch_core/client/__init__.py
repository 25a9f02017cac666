"""Asks a distant API in Python, with the same words as the command line. Needs the extra `client`."""

from vsearch_core.client.client import ApiError, Client, Photo, ProductChange

__all__ = ["ApiError", "Client", "Photo", "ProductChange"]
