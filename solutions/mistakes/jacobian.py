"""A faulty Jacobian of one hidden state by an earlier one."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..mistakes.slopes import late, slopes
from ..rnn import Activation, Array, Params

Functions = dict[str, Callable[..., Any]]


def _steps(t: int, k: int, bugs: frozenset[str]) -> range:
    """Return the steps m whose ∂h_m/∂h_{m-1} is a factor, the earliest first."""
    if "includes-k" in bugs:
        return range(k, t + 1)
    if "misses-first-factor" in bugs:
        return range(k + 2, t + 1)
    if "misses-last-factor" in bugs:
        return range(k + 1, t)
    if "one-factor-only" in bugs:
        return range(max(t, k + 1), t + 1)
    return range(k + 1, t + 1)


def _times(factor: Array, J: Array, bugs: frozenset[str]) -> Array:
    """Return the product so far with one more factor, that of a later step, shape (H, H)."""
    if "wrong-order-product" in bugs:
        return J @ factor
    return J * factor if "elementwise-product" in bugs else factor @ J


def faulty_hidden_jacobian(bugs: frozenset[str]) -> Functions:
    """Return `hidden_jacobian` with these mistakes.

    `mutates-input` turns the states into the slopes where they stand; the identity needs no slopes and changes nothing.
    """

    def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
        slope = slopes(H, late(H, H[-1:]), activation, bugs)  # (T, H)
        if "mutates-input" in bugs and activation == "tanh":
            H[:] = slope
        W = params.W.T if "W-transposed" in bugs else params.W
        J = np.zeros_like(W) if "zeros-for-k-equals-t" in bugs and k == t else np.eye(len(W))
        for m in _steps(t, k, bugs):
            diagonal = slope[t if "last-slope-throughout" in bugs else m]  # (H,)
            J = _times(W * diagonal if "diag-on-the-right" in bugs else diagonal[:, None] * W, J, bugs)
        return J.T if "transposed-result" in bugs else J

    return {"hidden_jacobian": hidden_jacobian}
