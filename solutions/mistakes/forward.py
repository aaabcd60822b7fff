"""A faulty forward pass."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..rnn import Activation, Array, Params, softmax

Functions = dict[str, Callable[..., Any]]


def _activate(a: Array, activation: Activation, bugs: frozenset[str]) -> Array:
    """Return h_t from a_t; of `half-tanh` it is (1 - e^-a)/(1 + e^-a) that is tanh(a/2)."""
    if "always-identity" in bugs or (activation == "identity" and "activation-ignored" not in bugs):
        return a
    if "half-tanh" in bugs:
        return np.tanh(a / 2)
    if "sigmoid-for-tanh" in bugs:
        return 1 / (1 + np.exp(-a))
    return np.tanh(a)


def _weights(params: Params, bugs: frozenset[str]) -> Params:
    """Return the parameters as they are applied: turned or left out."""
    U, W, V, b, c = params
    if "row-convention" in bugs:
        U, W, V = U.T, W.T, V.T
    if "W-transposed" in bugs:
        W = W.T
    if bugs & {"no-bias", "no-b"}:
        b = np.zeros_like(b)
    if bugs & {"no-bias", "no-c"}:
        c = np.zeros_like(c)
    return Params(U, W, V, b, c)


def _probabilities(O: Array, bugs: frozenset[str]) -> Array:  # noqa: E741 - the logits o_1..o_T
    if "logits-returned" in bugs:
        return O
    return softmax(O.T).T if "softmax-over-time" in bugs else softmax(O)


def _returned(h_0: Array, H: Array, Y_hat: Array, bugs: frozenset[str]) -> tuple[Array, Array]:
    if "same-array-appended" in bugs:
        H = np.tile(H[-1], (len(H), 1))
    if "outputs-swapped" in bugs:
        return Y_hat, H
    if "h_init-included" in bugs:
        return np.vstack([h_0, H]), Y_hat
    if "last-row-only" in bugs:
        return H[-1], Y_hat[-1]
    return H, Y_hat


def faulty_forward(bugs: frozenset[str]) -> Functions:
    """Return `forward` with these mistakes.

    `wraparound` reads H[-1] of an array of zeros that is filled from row 0 on, so its first state is zero.
    `stale-state` keeps a state per size of the hidden layer, as a global that is used where it fits.
    """
    kept: dict[tuple[int, ...], Array] = {}

    def first_state(h_init: Array) -> Array:
        if bugs & {"ignores-h_init", "wraparound"}:
            return np.zeros_like(h_init)
        return kept.get(h_init.shape, h_init)

    def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
        U, W, V, b, c = _weights(params, bugs)
        h_0 = first_state(h_init).copy()
        h = h_0
        steps = []
        for x in X:
            before = h_0 if "resets-state" in bugs else h
            a = U @ x + W @ before + b
            h = _activate(a, activation, bugs)
            steps.append((before, a, h))
        previous, A, H = (np.array(rows) for rows in zip(*steps, strict=True))  # (T, H) each
        if "stale-state" in bugs:
            kept[h_init.shape] = H[-1].copy()
        if "mutates-input" in bugs:
            h_init[:] = H[-1]
        if "softmax-of-h" in bugs:
            return _returned(h_0, H, _probabilities(H, bugs), bugs)
        source = previous if "output-from-previous" in bugs else A if "output-from-preactivation" in bugs else H
        return _returned(h_0, H, _probabilities(source @ V.T + c, bugs), bugs)

    return {"forward": forward}
