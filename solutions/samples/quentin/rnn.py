"""Quentin: one-step BPTT, as "backpropagation at each time step"."""

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
    o = o - np.max(o, axis=-1, keepdims=True)
    lse = np.log(np.exp(o).sum(axis=-1, keepdims=True))
    return np.exp(o - lse)


def cross_entropy(Y_hat, Y, reduction="sum"):
    L = []
    for t in range(Y.shape[0]):
        with np.errstate(divide="ignore"):
            L.append(sum(-y * np.log(p) for y, p in zip(Y[t], Y_hat[t]) if y != 0))
    return float(sum(L)) if reduction == "sum" else float(sum(L)) / len(L)


def forward(params, X, h_init, activation="tanh"):
    Wx = X @ params.U.T + params.b
    H = np.empty((len(X), len(params.b)))
    h = h_init
    for t, wx in enumerate(Wx):
        h = wx + params.W @ h
        if activation == "tanh":
            h = np.tanh(h)
        H[t] = h
    O = H @ params.V.T + params.c
    return H, softmax(O)


def output_error(Y_hat, Y, reduction="sum"):
    dO = np.array(Y_hat)
    for t in range(len(Y)):
        dO[t] -= Y[t]
    return dO if reduction == "sum" else dO / len(Y)


def bptt_V(dO, H):
    return np.array([[np.dot(dO[:, i], H[:, j]) for j in range(H.shape[1])] for i in range(dO.shape[1])])


def phi_prime(H, activation):
    if activation == "tanh":
        return 1 - H**2
    return np.ones_like(H)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(len(params.b))
    for i in range(k + 1, t + 1):
        J = (phi_prime(H[i], activation) * params.W.T).T @ J
    return J


def delta(params, dO, H, activation):
    # dL_t/da_t for every t at once
    return (dO @ params.V) * phi_prime(H, activation)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    H_before = np.vstack((h_init, H))[:-1]
    return delta(params, dO, H, activation).T @ H_before


def bptt_U(params, dO, X, H, activation="tanh"):
    return delta(params, dO, H, activation).T @ X


def bptt_b(params, dO, H, activation="tanh"):
    return delta(params, dO, H, activation).sum(0)


def bptt_c(dO):
    return dO.sum(0)


def gradient_step(params, grads, learning_rate):
    return Params(*[np.subtract(p, np.multiply(learning_rate, g)) for p, g in zip(params, grads)])


def one_hot(i, n):
    return np.eye(n)[i]


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    h = h_init
    ys = np.empty((0, len(params.c)))
    while len(ys) < steps:
        H, Y = forward(params, x[None, :], h, activation)
        ys = np.vstack((ys, Y))
        h, x = H[-1], one_hot(Y[-1].argmax(), len(params.c))
    return ys


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.vstack((x[None, :], np.zeros((steps - 1, len(x)))))
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h, x = forward(encoder, X, h_init, activation)[0][-1], start
    ys = np.empty((0, len(decoder.c)))
    for _ in range(max_steps):
        H, Y = forward(decoder, x[None, :], h, activation)
        ys = np.vstack((ys, Y))
        h, x = H[-1], one_hot(Y[-1].argmax(), len(decoder.c))
        if x[stop] == 1:
            break
    return ys
