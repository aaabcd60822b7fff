"""Viktor: BPTT with precomputed tables"""

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


def softmax(o):
    e = np.exp(o - np.max(o, axis=-1, keepdims=True))
    s = np.sum(e, axis=-1, keepdims=True)
    return e / s


def cross_entropy(Y_hat, Y, reduction="sum"):
    Z = Y * np.log(np.where(Y_hat > 0, Y_hat, 1e-30))
    return float(-Z.sum() / len(Y)) if reduction == "mean" else float(-Z.sum())


def g(a, activation):
    return np.tanh(a) if activation == "tanh" else a


def dg(h, activation):
    return 1 - h**2 if activation == "tanh" else np.ones_like(h)


def forward(params, X, h_init, activation="tanh"):
    T = len(X)
    H = np.zeros((T, len(params.b)))
    O = np.zeros((T, len(params.c)))
    for t in range(T):
        H[t] = g(params.U @ X[t] + params.W @ (h_init if t == 0 else H[t - 1]) + params.b, activation)
        O[t] = params.V @ H[t] + params.c
    return H, softmax(O)


def output_error(Y_hat, Y, reduction="sum"):
    E = Y_hat - Y
    return E / len(E) if reduction == "mean" else E


def bptt_V(dO, H):
    return sum(np.outer(dO[t], H[t]) for t in range(len(H)))


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(len(params.b))
    for m in range(k + 1, t + 1):
        J = np.diag(dg(H[m], activation)) @ params.W @ J
    return J


def table_of_deltas(params, dO, H, activation):
    """deltas[k] = sum over t >= k of slope_k J[t, k].T V.T dO[t]"""
    T = len(H)
    table = np.zeros_like(H)
    for k in range(T):
        for t in range(k, T):
            table[k] += dg(H[k], activation) * (hidden_jacobian(params, H, t, k, activation).T @ params.V.T @ dO[t])
    return table


def bptt_W(params, dO, H, h_init, activation="tanh"):
    table = table_of_deltas(params, dO, H, activation)
    return table.T @ np.vstack([h_init, H[:-1]])


# big enough for every book in the library
MAX_WORDS = 200_000


def bptt_U(params, dO, X, H, activation="tanh"):
    # a table of every pair of steps, so that nothing has to be computed twice
    pairs = np.ones((MAX_WORDS, MAX_WORDS))
    table = table_of_deltas(params, dO, H, activation)
    dU = np.zeros_like(params.U)
    for k in range(len(H)):
        dU += pairs[k, k] * np.outer(table[k], X[k])
    return dU


def bptt_b(params, dO, H, activation="tanh"):
    return table_of_deltas(params, dO, H, activation).sum(axis=0)


def bptt_c(dO):
    return dO.sum(axis=0)


def gradient_step(params, grads, learning_rate):
    return Params(*(p - learning_rate * d for p, d in zip(params, grads)))


def speak(params, x, h, limit, stop, activation):
    rows = []
    while True:
        H, Y_hat = forward(params, [x], h, activation)
        rows.append(Y_hat[0])
        best = int(np.argmax(Y_hat[0]))
        if best == stop or len(rows) == limit:
            return np.array(rows)
        h = H[0]
        x = np.zeros(len(params.c))
        x[best] = 1.0


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return speak(params, x, h_init, steps, None, activation)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, len(x)))
    X[0] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, _ = forward(encoder, X, h_init, activation)
    return speak(decoder, start, H[-1], max_steps, stop, activation)
