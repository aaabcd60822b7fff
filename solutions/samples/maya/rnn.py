"""Maya's RNN.

Conventions: everything that starts with d is a gradient, dh = dL/dh_t, da = dL/da_t.
"""

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


def softmax(o: Array) -> Array:
    top = np.max(o, axis=-1, keepdims=True)
    return np.exp(o - top) / np.sum(np.exp(o - top), axis=-1, keepdims=True)


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    p = np.where(Y > 0, Y_hat, 1.0)
    with np.errstate(divide="ignore"):
        loss = -(Y * np.log(p)).sum()
    return float(loss / Y.shape[0]) if reduction == "mean" else float(loss)


def _phi(a: Array, activation: Activation) -> Array:
    return np.tanh(a) if activation == "tanh" else a


def _dphi(h: Array, activation: Activation) -> Array:
    return 1.0 - h * h if activation == "tanh" else np.ones(h.shape)


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    T = len(X)
    H = np.zeros((T, len(params.b)))
    Y_hat = np.zeros((T, len(params.c)))
    h = h_init
    for t in range(T):
        a = params.U @ X[t] + params.W @ h + params.b
        h = _phi(a, activation)
        H[t] = h
        Y_hat[t] = softmax(params.V @ h + params.c)
    return H, Y_hat


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    T = len(Y)
    return (Y_hat - Y) / T if reduction == "mean" else Y_hat - Y


def bptt_V(dO: Array, H: Array) -> Array:
    dV = 0.0
    for do, h in zip(dO, H):
        dV = dV + np.outer(do, h)
    return dV


def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
    """Product over m = k+1 .. t of diag(phi'(a_m)) W."""
    J = np.eye(len(params.b))
    for m in range(k + 1, t + 1):
        J = J @ (np.diag(_dphi(H[m], activation)) @ params.W)
    return J


def _da(params: Params, dO: Array, H: Array, activation: Activation) -> Array:
    dA = np.zeros_like(H)
    dh_next = np.zeros(H.shape[1])
    for t in range(len(H) - 1, -1, -1):
        dh = params.V.T @ dO[t] + dh_next
        dA[t] = dh * _dphi(H[t], activation)
        dh_next = params.W.T @ dA[t]
    return dA


def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    dA = _da(params, dO, H, activation)
    dW = np.outer(dA[0], h_init)
    for t in range(1, len(H)):
        dW += np.outer(dA[t], H[t - 1])
    return dW


def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
    dA = _da(params, dO, H, activation)
    return sum(np.outer(dA[t], X[t]) for t in range(len(H)))


def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
    return _da(params, dO, H, activation).sum(axis=0)


def bptt_c(dO: Array) -> Array:
    return dO.sum(axis=0)


def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
    U, W, V, b, c = (p - learning_rate * g for p, g in zip(params, grads))
    return Params(U=U, W=W, V=V, b=b, c=c)


def _pick(y_hat: Array) -> Array:
    x = np.zeros(len(y_hat))
    x[y_hat.argmax()] = 1.0
    return x


def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
    Y = np.zeros((steps, len(params.c)))
    h = h_init
    for t in range(steps):
        H, y = forward(params, x.reshape(1, len(x)), h, activation)
        h = H[0]
        Y[t] = y[0]
        x = _pick(Y[t])
    return Y


def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
    X = np.zeros((steps, len(x)))
    X[0] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(
    encoder: Params,
    decoder: Params,
    X: Array,
    h_init: Array,
    start: Array,
    stop: int,
    max_steps: int,
    activation: Activation = "tanh",
) -> Array:
    H, _ = forward(encoder, X, h_init, activation)
    h = H[-1]
    x = start
    Y = []
    for _ in range(max_steps):
        H, y = forward(decoder, x.reshape(1, len(x)), h, activation)
        h = H[0]
        Y.append(y[0])
        if y[0].argmax() == stop:
            break
        x = _pick(y[0])
    return np.array(Y)
