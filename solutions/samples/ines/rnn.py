"""Inês. All gradients go through time_reversed(), see there."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Activation = Literal["tanh", "identity"]
Reduction = Literal["sum", "mean"]


class Params(NamedTuple):
    """The parameters θ = {U, W, V, b, c} of one network; also the container of their gradients."""

    U: Array  # (H, D), input to hidden
    W: Array  # (H, H), hidden to hidden
    V: Array  # (K, H), hidden to output
    b: Array  # (H,), hidden bias
    c: Array  # (K,), output bias


def apply(activation, a):
    if activation == "identity":
        return a
    return np.tanh(a)


def derivative(activation, h):
    if activation == "identity":
        return np.ones_like(h)
    return 1.0 - h * h


def softmax(o: Array) -> Array:
    """Shifted by the row's maximum."""
    o = np.asarray(o)
    shifted = o - o.max(axis=-1, keepdims=True)
    p = np.exp(shifted)
    p /= p.sum(axis=-1, keepdims=True)
    return p


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    where = np.nonzero(Y)
    with np.errstate(divide="ignore"):
        loss = -np.dot(Y[where], np.log(Y_hat[where]))
    return loss / (len(Y) if reduction == "mean" else 1)


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    H = np.vstack([h_init] + [np.zeros_like(h_init)] * len(X))
    for t, x in enumerate(X):
        H[t + 1] = apply(activation, params.U @ x + params.W @ H[t] + params.b)
    return H[1:], softmax(H[1:] @ params.V.T + params.c)


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    return (Y_hat - Y) / (len(Y) if reduction == "mean" else 1)


def bptt_V(dO: Array, H: Array) -> Array:
    return dO.T @ H


def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
    J = np.eye(len(params.b))
    while t > k:
        J = J @ (derivative(activation, H[t])[:, None] * params.W)
        t -= 1
    return J


def time_reversed(params, dO, H, activation):
    """Yield (t, delta_t) from the last step to the first."""
    carry = 0
    for t in reversed(range(len(H))):
        delta = derivative(activation, H[t]) * (dO[t] @ params.V + carry)
        carry = delta @ params.W
        yield t, delta


def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    dW = np.zeros_like(params.W)
    for t, delta in time_reversed(params, dO, H, activation):
        if t > 0:  # the first step has no previous state
            dW += np.outer(delta, H[t - 1])
    return dW


def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
    dU = np.zeros_like(params.U)
    for t, delta in time_reversed(params, dO, H, activation):
        dU += np.outer(delta, X[t])
    return dU


def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
    db = np.zeros_like(params.b)
    for _, delta in time_reversed(params, dO, H, activation):
        db += delta
    return db


def bptt_c(dO: Array) -> Array:
    return dO.sum(0)


def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
    return Params(*(p - learning_rate * g for p, g in zip(params, grads)))


def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
    rows = []
    for _ in range(steps):
        (h_init,), (y,) = forward(params, x[None], h_init, activation)
        rows.append(y)
        x = np.eye(len(y))[y.argmax()]
    return np.vstack(rows)


def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
    X = np.zeros((steps, x.size))
    X[0] = x
    _, Y_hat = forward(params, X, h_init, activation)
    return Y_hat


def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    _, Y_hat = forward(params, X, h_init, activation)
    return Y_hat[-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    states, _ = forward(encoder, X, h_init, activation)
    h, x, rows = states[-1], start, []
    while len(rows) < max_steps:
        (h,), (y,) = forward(decoder, x[None], h, activation)
        rows.append(y)
        if y.argmax() == stop:
            break
        x = np.eye(len(y))[y.argmax()]
    return np.vstack(rows)
