"""The slope of the activation, with the mistakes that are made in it."""

from collections.abc import Callable

import numpy as np

from ..rnn import Activation, Array


def late(rows: Array, first: Array) -> Array:
    """Return the rows one step late, and `first`, of shape (1, n), before them."""
    return np.concatenate([first, rows[:-1]])


#: What stands in place of 1 - h², from the states and the states one step before, both (T, H).
_SLOPES: dict[str, Callable[[Array, Array], Array]] = {
    "no-tanh-slope": lambda H, _: np.ones_like(H),
    "double-tanh": lambda H, _: 1 - np.tanh(H) ** 2,
    "slope-of-preactivation": lambda H, _: 1 - np.arctanh(H) ** 2,
    "inverse-slope": lambda H, _: 1 / (1 - H**2),
    "slope-of-wrong-step": lambda _, before: 1 - before**2,
    "slope-of-wrong-step-wrapped": lambda H, _: 1 - late(H, H[-1:]) ** 2,
    "slope-of-wrong-step-from-zero": lambda H, _: 1 - late(H, np.zeros_like(H[:1])) ** 2,
}


def slopes(H: Array, before: Array, activation: Activation, bugs: frozenset[str]) -> Array:
    """Return φ'(a_t) as a student with these mistakes has it, shape (T, H).

    `before` holds h_{t-1} in the rows of h_t; what its first row is depends on what the function knows.
    """
    if activation == "identity" and "activation-ignored" not in bugs:
        return np.ones_like(H)
    for bug in bugs & _SLOPES.keys():
        return _SLOPES[bug](H, before)
    return 1 - H**2
