"""Faulty softmax, cross_entropy, output_error and gradient_step."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..rnn import Array, Params, Reduction
from ..rnn import softmax as right_softmax

Functions = dict[str, Callable[..., Any]]


def faulty_softmax(bugs: frozenset[str]) -> Functions:
    """Return `softmax` with these mistakes."""
    axis = 0 if "wrong-axis" in bugs else None if "whole-array" in bugs else -1

    def shifted(o: Array) -> Array:
        if "in-place-clip" in bugs:
            np.clip(o, -500, 500, out=o)
        if "mutates-input" in bugs:
            o -= o.max(axis=axis, keepdims=True)
        if "overflow" in bugs:
            return o
        if "epsilon-in-exp" in bugs:
            return o + 1e-12
        if "clipped-logits" in bugs:
            return np.clip(o, -500, 500)
        if "negated" in bugs:
            return -o
        largest: Array = o.max(axis=None if "global-max" in bugs else axis, keepdims=True)
        return o - largest

    def softmax(o: Array) -> Array:
        if "sigmoid" in bugs:
            return 1 / (1 + np.exp(-o))
        exp = np.exp(shifted(o))
        p: Array = exp if "unnormalised" in bugs else exp / exp.sum(axis=axis, keepdims=True)
        return np.log(p) if "log-softmax" in bugs else p

    return {"softmax": softmax}


def _divisor(shape: tuple[int, int], reduction: Reduction, bugs: frozenset[str]) -> int:
    """Return what the summed loss of (T, K) terms is divided by."""
    T, K = shape
    averaged = reduction == "mean"
    if "other-reduction" in bugs:
        averaged = not averaged
    if "always-sum" in bugs:
        averaged = False
    if "always-mean" in bugs:
        averaged = True
    divisor = T if averaged else 1
    if "mean-over-classes" in bugs or ("mean-over-entries" in bugs and averaged):
        divisor *= K
    return divisor


def _one_hot(Y: Array) -> Array:
    rows: Array = np.eye(Y.shape[1])[Y.argmax(axis=1)]
    return rows


_EPSILONS = {"epsilon-1e-7": 1e-7, "epsilon-1e-8": 1e-8, "epsilon-1e-10": 1e-10}
_LOGS = {"log2": np.log2, "log10": np.log10}


def faulty_cross_entropy(bugs: frozenset[str]) -> Functions:
    """Return `cross_entropy` with these mistakes."""
    log = next((_LOGS[bug] for bug in bugs & _LOGS.keys()), np.log)
    epsilon = next((_EPSILONS[bug] for bug in bugs & _EPSILONS.keys()), 0.0)

    def terms(weights: Array, p: Array) -> Array:
        """Return weights · log p, shape (T, K)."""
        if "zero-log-zero" in bugs:
            return weights * log(p)
        counted = weights > 0
        if "ignores-confident-errors" in bugs:
            counted &= p > 1e-12
        return weights * log(np.where(counted, p + epsilon, 1.0))

    def losses(Y_hat: Array, Y: Array) -> Array:
        """Return the loss of every step and class, shape (T, K)."""
        if "squared-error" in bugs:
            return (Y_hat - Y) ** 2 / 2
        if "arguments-swapped" in bugs:
            return -terms(Y_hat, Y)
        if "one-hot-only" in bugs:
            return -terms(_one_hot(Y), Y_hat)
        if "of-the-complement" in bugs:
            return -terms(Y, 1 - Y_hat)
        if "binary-ce" in bugs:
            return -terms(Y, Y_hat) - terms(1 - Y, 1 - Y_hat)
        return -terms(Y, Y_hat)

    def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Any:
        if "mutates-input" in bugs:
            Y_hat += 1e-12
        loss = losses(right_softmax(Y_hat) if "softmax-again" in bugs else Y_hat, Y)
        if "sign" in bugs:
            loss = -loss
        if "per-step-losses" in bugs:
            return loss.mean(axis=1) if "mean-over-classes" in bugs else loss.sum(axis=1)
        return loss.sum() / _divisor(Y.shape, reduction, bugs)

    return {"cross_entropy": cross_entropy}


def faulty_output_error(bugs: frozenset[str]) -> Functions:
    """Return `output_error` with these mistakes."""

    def error(Y_hat: Array, Y: Array) -> Array:
        """Return what stands in place of ŷ - y, shape (T, K)."""
        if "stops-at-probabilities" in bugs:
            return -Y / Y_hat
        if "whole-columns" in bugs:  # an index for the rows is missing: d[:, y] -= 1
            return Y_hat - np.isin(np.arange(Y.shape[-1]), Y.argmax(axis=-1))
        d = Y_hat - (_one_hot(Y) if "one-hot-only" in bugs else Y)
        if "squashed-error" in bugs:
            return d * Y_hat * (1 - Y_hat)
        if "tanh-squashed-error" in bugs:
            return d * (1 - Y_hat**2)
        if "squared-error" in bugs:  # diag(ŷ) - ŷ ŷᵀ is the Jacobian of the softmax
            along: Array = (d * Y_hat).sum(axis=1, keepdims=True)
            return Y_hat * (d - along)
        return d

    def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
        dO = error(right_softmax(Y_hat) if "softmax-again" in bugs else Y_hat, Y)
        dO = (-dO if "sign" in bugs else dO) / _divisor(Y.shape, reduction, bugs)
        if "mutates-input" in bugs:
            Y_hat[:] = dO
        return dO

    return {"output_error": output_error}


def faulty_gradient_step(bugs: frozenset[str]) -> Functions:
    """Return `gradient_step` with these mistakes."""
    forgotten = {field for field in Params._fields if f"{field}-forgotten" in bugs}
    if "biases-forgotten" in bugs:
        forgotten |= {"b", "c"}

    def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
        rate = 1.0 if "no-learning-rate" in bugs else learning_rate
        if "divided-by-rate" in bugs:
            rate = 1 / learning_rate
        if "ascent" in bugs:
            rate = -rate
        steps = [-rate * g for g in grads]
        if "mutates-input" in bugs:
            for g in grads:
                g *= learning_rate
        if "step-returned" in bugs:
            return Params(*steps)
        moved = [
            p.copy() if field in forgotten else p + step
            for field, p, step in zip(Params._fields, params, steps, strict=True)
        ]
        if "in-place-update" in bugs:
            for p, new in zip(params, moved, strict=True):
                p[:] = new
            return params
        return Params(*moved)

    return {"gradient_step": gradient_step}
