"""Oskar. Gradients by forward accumulation (real-time recurrent learning), because I already had it
from last year's course: S = dh_t/dW is carried along with h_t.
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


def softmax(o):
    e = np.exp(o - o.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    with np.errstate(divide="ignore", invalid="ignore"):
        total = -np.nansum(np.where(Y > 0, Y * np.log(Y_hat), 0.0))
    return float(total / Y.shape[0] if reduction == "mean" else total)


def forward(params, X, h_init, activation="tanh"):
    squash = np.tanh if activation == "tanh" else (lambda a: a)
    H = np.zeros((len(X), len(h_init)))
    for t in range(len(X)):
        prev = H[t - 1] if t > 0 else h_init
        H[t] = squash(params.U @ X[t] + params.W @ prev + params.b)
    return H, softmax(H @ params.V.T + params.c)


def output_error(Y_hat, Y, reduction="sum"):
    n = {"sum": 1, "mean": Y.shape[0]}[reduction]
    return (Y_hat - Y) / n


def bptt_V(dO, H):
    return sum(do.reshape(-1, 1) @ h.reshape(1, -1) for do, h in zip(dO, H))


def local_jacobian(params, h, activation):
    gain = 1 - h**2 if activation == "tanh" else np.ones(len(h))
    return gain, gain[:, None] * params.W


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(H.shape[1])
    for h in H[k + 1 : t + 1]:
        J = local_jacobian(params, h, activation)[1] @ J
    return J


def accumulate(params, dO, H, Z, activation):
    """dL/dM where a_t = M z_t + ...; S[i, j, l] = d h_i / d M_jl."""
    n, d = H.shape[1], Z.shape[1]
    S = np.zeros((n, n, d))
    G = np.zeros((n, d))
    for do, h, z in zip(dO, H, Z):
        gain, J = local_jacobian(params, h, activation)
        S = np.tensordot(J, S, axes=1)
        for i in range(n):
            S[i, i] += gain[i] * z
        G += np.tensordot(params.V.T @ do, S, axes=1)
    return G


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return accumulate(params, dO, H, np.vstack([h_init, H[:-1]]), activation)


def bptt_U(params, dO, X, H, activation="tanh"):
    return accumulate(params, dO, H, X, activation)


def bptt_b(params, dO, H, activation="tanh"):
    ones = np.ones((len(H), 1))
    return accumulate(params, dO, H, ones, activation).ravel()


def bptt_c(dO):
    return np.add.reduce(dO)


def gradient_step(params, grads, learning_rate):
    return Params(*(p - learning_rate * g for p, g in zip(params, grads)))


def talk(params, x, h, activation):
    while True:
        H, Y = forward(params, x[None], h, activation)
        h = H[0]
        yield Y[0]
        x = np.zeros(Y.shape[1])
        x[Y[0].argmax()] = 1


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    talker = talk(params, x, h_init, activation)
    return np.array([next(talker) for _ in range(steps)])


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, x.shape[0]))
    X[0] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, _ = forward(encoder, X, h_init, activation)
    words = []
    for y in talk(decoder, start, H[-1], activation):
        if y.argmax() == stop:
            break  # <stop> is not a word
        words.append(y)
        if len(words) == max_steps:
            break
    return np.array(words)
