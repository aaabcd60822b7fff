"""Style: linear algebra on whole sequences; one block system for all deltas, matrix powers where nothing is squashed."""

from typing import NamedTuple

import numpy as np
from numpy import linalg


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def softmax(o):
    o = np.atleast_1d(o)
    top = np.take_along_axis(o, o.argmax(axis=-1)[..., None], axis=-1)
    p = np.exp(o - top)
    return p / linalg.norm(p, ord=1, axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    T = len(Y)
    nats = -np.log(np.fmax(Y_hat, np.finfo(float).tiny))
    L = np.trace(nats @ Y.T)
    return L / T if reduction == "mean" else L


def forward(params, X, h_init, activation="tanh"):
    theta = np.block([[params.U, params.W, params.b[:, None]]])  # one matrix for all that enters
    Z = np.vstack([h_init, np.zeros((len(X), len(params.b)))])
    for t, x in enumerate(X):
        a = theta @ np.r_[x, Z[t], 1.0]
        Z[t + 1] = a if activation == "identity" else np.tanh(a)
    out = np.c_[Z[1:], np.ones(len(X))] @ np.c_[params.V, params.c].T
    return Z[1:], softmax(out)


def output_error(Y_hat, Y, reduction="sum"):
    T = len(Y)
    average = np.eye(T) / T if reduction == "mean" else np.eye(T)
    return average @ (Y_hat - Y)


def bptt_V(dO, H):
    return np.dot(np.transpose(dO), H)


def slope(H, activation):
    return 1.0 - H**2 if activation == "tanh" else np.ones(np.shape(H))


def hidden_jacobian(params, H, t, k, activation="tanh"):
    if activation == "identity":
        return linalg.matrix_power(params.W, t - k)
    steps = [np.diag(s) @ params.W for s in slope(H[k + 1 : t + 1], activation)]
    if len(steps) > 1:
        return linalg.multi_dot(steps[::-1])
    return steps[0] if steps else np.identity(len(params.b))


def deltas(params, dO, H, activation):
    """Solve (I - N) delta = slope * V^T dO, where N carries delta_{t+1} to delta_t."""
    T, n = H.shape
    s = slope(H, activation)
    system = np.eye(T * n)
    for t in range(T - 1):
        here, after = slice(t * n, (t + 1) * n), slice((t + 1) * n, (t + 2) * n)
        system[here, after] = -np.diag(s[t]) @ params.W.T
    return linalg.solve(system, (s * (dO @ params.V)).ravel()).reshape(T, n)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    earlier = np.eye(len(H), k=-1) @ H  # the shift by one step, as a matrix
    earlier[0] = h_init
    return deltas(params, dO, H, activation).T @ earlier


def bptt_U(params, dO, X, H, activation="tanh"):
    return deltas(params, dO, H, activation).T @ X


def bptt_b(params, dO, H, activation="tanh"):
    return np.add.reduce(deltas(params, dO, H, activation))


def bptt_c(dO):
    return np.full(len(dO), 1.0) @ dO


def gradient_step(params, grads, learning_rate):
    sizes = np.cumsum([p.size for p in params])[:-1]
    flat = np.concatenate([p.ravel() for p in params]) - learning_rate * np.concatenate([g.ravel() for g in grads])
    return Params(*(piece.reshape(p.shape) for piece, p in zip(np.split(flat, sizes), params)))


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    identity = np.eye(len(x))
    Y = []
    for _ in range(steps):
        (h_init,), (y,) = forward(params, x.reshape(1, -1), h_init, activation)
        Y.append(y)
        x = identity[:, y.argmax()]
    return np.vstack(Y)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    return forward(params, np.outer(np.eye(1, steps), x), h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return np.eye(1, len(X), len(X) - 1).ravel() @ forward(params, X, h_init, activation)[1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    Y = one_to_one(decoder, start, h, max_steps, activation)  # to the end, and cut afterwards
    stops = np.nonzero(Y.argmax(axis=1) == stop)[0]
    return Y[: stops[0] + 1] if stops.size else Y
