"""The names of the trunks that a fashion network may have."""

MOBILENET, LITE0 = TRUNKS = ("mobilenet-v2", "efficientnet-lite0")
