"""The temperature of probabilities."""

from __future__ import annotations

import numpy as np


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities as if the logits had been divided by the temperature; the order of the classes stays.

    Args:
        probabilities: (..., classes), each row of sum 1.
        temperature: above 0; above 1 the answers become less sure, at 1 they stay as they are.

    Returns:
        The same shape and type.
    """
    if temperature == 1:
        return probabilities
    # relative to the best one, so that nothing underflows where a network is very sure
    best = probabilities.max(axis=-1, keepdims=True)
    powers = (probabilities / best) ** (1 / temperature)
    softened: np.ndarray = powers / powers.sum(axis=-1, keepdims=True)
    return softened.astype(probabilities.dtype)
