"""Style: np.vectorize, apply_along_axis and ufuncs; each loss is followed back by vector-Jacobian products."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def _softmax_1d(z):
    z = np.exp(np.subtract(z, np.amax(z)))
    return np.divide(z, np.sum(z))


def softmax(o):
    return np.apply_along_axis(_softmax_1d, -1, o)


@np.vectorize(otypes=[float])
def _nats(p, y):
    if not y:
        return 0.0
    return -y * np.log(p) if p else np.inf


def cross_entropy(Y_hat, Y, reduction="sum"):
    reducer = np.sum if reduction == "sum" else np.mean
    return reducer(_nats(Y_hat, Y).sum(axis=1))


_phi = {"tanh": np.vectorize(np.tanh), "identity": np.vectorize(float)}
_slope = {"tanh": np.vectorize(lambda h: 1 - h * h), "identity": np.vectorize(lambda h: 1.0)}

_matvec = np.vectorize(np.dot, signature="(i,j),(j)->(i)")


def forward(params, X, h_init, activation="tanh"):
    from_inputs = _matvec(params.U, X) + params.b
    H = np.empty(from_inputs.shape)
    for t in np.ndindex(len(X)):
        earlier = H[t[0] - 1] if t[0] else h_init
        H[t] = _phi[activation](from_inputs[t] + _matvec(params.W, earlier))
    return H, softmax(_matvec(params.V, H) + params.c)


def output_error(Y_hat, Y, reduction="sum"):
    T = Y.shape[0] if reduction == "mean" else 1
    return np.vectorize(lambda p, y: (p - y) / T)(Y_hat, Y)


def bptt_V(dO, H):
    return np.add.reduce(np.multiply(dO[..., np.newaxis], H[:, np.newaxis]), axis=0)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    S = _slope[activation](H)
    rows = np.eye(H.shape[1])
    for m in range(t, k, -1):
        rows = np.apply_along_axis(lambda row, m=m: (row * S[m]) @ params.W, 1, rows)  # v J, a row at a time
    return rows


def _da(params, dO, H, activation):
    """Follow each step's loss back on its own, and add what arrives where."""
    S = _slope[activation](H)
    total = np.zeros(H.shape)
    for j in range(len(H)):
        v = np.dot(dO[j], params.V)
        for k in range(j, -1, -1):
            v = v * S[k]
            np.add.at(total, k, v)
            v = np.dot(v, params.W)
    return total


def bptt_W(params, dO, H, h_init, activation="tanh"):
    dA = _da(params, dO, H, activation)
    first = np.multiply.outer(dA[0], h_init)
    return first + np.sum(np.multiply(dA[1:, :, None], H[:-1, None, :]), axis=0)


def bptt_U(params, dO, X, H, activation="tanh"):
    return np.inner(_da(params, dO, H, activation).T, X.T)


def bptt_b(params, dO, H, activation="tanh"):
    return np.cumsum(_da(params, dO, H, activation), axis=0)[-1]


def bptt_c(dO):
    return np.apply_along_axis(np.sum, 0, dO)


def gradient_step(params, grads, learning_rate):
    descend = np.vectorize(lambda theta, g: theta - learning_rate * g)
    return Params(*(descend(theta, g) for theta, g in zip(params, grads)))


def _next(params, x, h, activation):
    H, P = forward(params, x.reshape(1, x.size), h, activation)
    onehot = np.equal(np.arange(P.size), np.argmax(P)).astype(np.float64)
    return H[0], P[0], onehot


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    outputs = np.zeros((steps, params.c.size))
    h = h_init
    for row in range(steps):
        h, outputs[row], x = _next(params, x, h, activation)
    return outputs


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.where(np.arange(steps)[:, None] == 0, x, 0.0)
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return np.take(forward(params, X, h_init, activation)[1], -1, axis=0)


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = np.take(forward(encoder, X, h_init, activation)[0], -1, axis=0)
    outputs = np.zeros((max_steps, decoder.c.size))
    x, n, word = start, 0, None
    while n < max_steps and word != stop:
        h, outputs[n], x = _next(decoder, x, h, activation)
        word = x.argmax()
        n += 1
    return np.resize(outputs[:n], (n, decoder.c.size))
