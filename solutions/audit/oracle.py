"""Every task by its definition: nothing here is shared with the reference, the judge or the hidden cases.

Losses are sums of logarithms, gradients and Jacobians are complex steps of what is differentiated, and
generated sequences are simulated step by step. Slow and plain: it is what the fast answers are held against.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.inexact]  # real, or complex on the way to a derivative

# Squire and Trapp (1998): nothing is subtracted, so the step may be as small as a double allows.
_STEP = 1e-200


class Theta(NamedTuple):
    """The parameters of one network, real or with one entry moved into the complex plane."""

    U: Numbers  # (H, D)
    W: Numbers  # (H, H)
    V: Numbers  # (K, H)
    b: Numbers  # (H,)
    c: Numbers  # (K,)


def derivative(function: Callable[[Numbers], Numbers], at: Array) -> Array:
    """Return the derivative of `function` by every entry of `at`, shape (shape of the value..., shape of `at`...)."""
    columns = []
    for index in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[index] += 1j * _STEP
        columns.append(np.imag(function(moved)) / _STEP)
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(*stacked.shape[:-1], *at.shape)


def softmax(o: Array) -> Array:
    """p_i = 1 / Σ_j exp(o_j - o_i): what overflows there is a probability of zero."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / np.exp(o[..., None, :] - o[..., :, None]).sum(axis=-1))


def cross_entropy(Y_hat: Array, Y: Array, reduction: str) -> float:
    """-Σ y log ŷ over the classes that have true mass, infinite where one of them was ruled out."""
    terms = []
    for p, y in zip(Y_hat.ravel().tolist(), Y.ravel().tolist(), strict=True):
        if y > 0:
            terms.append(-y * math.log(p) if p > 0 else math.inf)
    return math.fsum(terms) / (len(Y) if reduction == "mean" else 1)


def states(theta: Theta, X: Numbers, h: Numbers, activation: str) -> Numbers:
    """h_t = φ(U x_t + W h_{t-1} + b) for every row of X, shape (T, H)."""
    rows = []
    for x in X:
        a = (theta.U * x).sum(axis=1) + (theta.W * h).sum(axis=1) + theta.b
        h = np.tanh(a) if activation == "tanh" else a
        rows.append(h)
    return np.array(rows)


def logits(theta: Theta, H: Numbers) -> Numbers:
    """o_t = V h_t + c, shape (T, K)."""
    return np.array([(theta.V * h).sum(axis=1) + theta.c for h in H])


def loss_of_logits(o: Numbers, Y: Array, reduction: str) -> Numbers:
    """Σ_t [log Σ_j exp o_tj - Σ_c y_tc o_tc], the cross-entropy of softmax outputs; (1/T) of it for "mean"."""
    total = np.zeros((), o.dtype)
    for row, y in zip(o, Y, strict=True):
        shift = row.real.max()
        total = total + shift + np.log(np.exp(row - shift).sum()) - (y * row).sum()
    return np.asarray(total / len(o) if reduction == "mean" else total)


def output_error(Y_hat: Array, Y: Array, reduction: str) -> Array:
    """∂L/∂o_t at logits that give Ŷ: their logarithms do. Needs ŷ > 0 and rows that sum to 1. Shape (T, K)."""
    return derivative(lambda o: loss_of_logits(o, Y, reduction), np.log(Y_hat))


def gradient(
    name: str, theta: Theta, X: Array, h_init: Array, activation: str, loss: Callable[[Numbers], Numbers]
) -> Array:
    """Return the derivative of a loss, given as a function of all logits, by one parameter."""

    def moved(array: Numbers) -> Numbers:
        changed = theta._replace(**{name: array})
        return loss(logits(changed, states(changed, X, h_init, activation)))

    return derivative(moved, np.asarray(getattr(theta, name), np.float64))


def hidden_jacobian(theta: Theta, X: Array, h_k: Array, activation: str) -> Array:
    """Return ∂h_t/∂h_k, where X holds the inputs of the steps k+1..t, possibly none. Shape (H, H)."""
    if len(X) == 0:
        return np.identity(len(h_k))
    return derivative(lambda h: states(theta, X, h, activation)[-1], h_k)


def first_largest(row: Array) -> int:
    """Return the index of the largest entry, the lowest of several."""
    values = row.tolist()
    return int(values.index(max(values)))


def generated(theta: Theta, x: Array, h: Array, activation: str) -> Iterator[Array]:
    """Yield outputs for ever; the next input is the one-hot vector of each one's largest entry."""
    while True:
        h = np.asarray(states(theta, x[None], h, activation)[0], np.float64)
        y_hat = softmax(np.asarray(logits(theta, h[None])[0], np.float64))
        yield y_hat
        x = np.zeros(len(y_hat))
        x[first_largest(y_hat)] = 1.0


def outputs(theta: Theta, X: Array, h: Array, activation: str) -> Array:
    """Return ŷ_t for every row of X, shape (T, K)."""
    return softmax(np.asarray(logits(theta, states(theta, X, h, activation)), np.float64))


def many_to_many(
    reader: Theta, writer: Theta, X: Array, h: Array, start: Array, stop: int, max_steps: int, activation: str
) -> Array:
    """Return the outputs up to the first whose largest entry is at `stop`, or `max_steps` of them."""
    meaning = np.asarray(states(reader, X, h, activation)[-1], np.float64)
    rows = []
    for y_hat in generated(writer, start, meaning, activation):
        rows.append(y_hat)
        if first_largest(y_hat) == stop or len(rows) == max_steps:
            break
    return np.array(rows)
