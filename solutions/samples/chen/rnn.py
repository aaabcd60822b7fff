"""Assignment 2 - recurrent network with BPTT
Author: Chen

The functions at the bottom are only the interface; the work is done in the class Network.
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


class Network:
    """An RNN with buffers that are allocated once, before the loop over time."""

    def __init__(self, params, activation="tanh"):
        self.params = params
        self.activation = activation
        self.n_hidden = params.W.shape[0]
        self.n_out = params.V.shape[0]

    def squash(self, a):
        if self.activation == "tanh":
            return np.tanh(a)
        elif self.activation == "identity":
            return a
        raise ValueError("unknown activation: " + str(self.activation))

    def slope(self, h):
        if self.activation == "tanh":
            return 1.0 - h * h
        elif self.activation == "identity":
            return np.ones(self.n_hidden)
        raise ValueError("unknown activation: " + str(self.activation))

    def step(self, x, h):
        p = self.params
        h = self.squash(p.U.dot(x) + p.W.dot(h) + p.b)
        return h, softmax(p.V.dot(h) + p.c)

    def run(self, X, h_init):
        T = len(X)
        H = np.zeros((T, self.n_hidden), dtype=float)
        Y_hat = np.zeros((T, self.n_out), dtype=float)
        h = h_init
        for t in range(T):
            h, y = self.step(X[t], h)
            H[t, :] = h
            Y_hat[t, :] = y
        return H, Y_hat

    def generate(self, x, h, max_steps, stop=None):
        out = np.zeros((max_steps, self.n_out), dtype=float)
        for t in range(max_steps):
            h, out[t] = self.step(x, h)
            winner = int(np.argmax(out[t]))
            if winner == stop:
                return out[: t + 1]
            x = np.zeros(self.n_out)
            x[winner] = 1.0
        return out

    def jacobian(self, H, t, k):
        J = np.identity(self.n_hidden)
        for m in range(k + 1, t + 1):
            J = np.diag(self.slope(H[m])).dot(self.params.W).dot(J)
        return J

    def backward(self, dO, H):
        """Return the array of dL/da_t."""
        T = len(H)
        dA = np.zeros((T, self.n_hidden), dtype=float)
        dh_next = np.zeros(self.n_hidden, dtype=float)
        for t in range(T)[::-1]:
            dh = self.params.V.T.dot(dO[t])
            dh += dh_next
            dA[t] = dh * self.slope(H[t])
            dh_next = self.params.W.T.dot(dA[t])
        return dA


# ---------------------------------------------------------------- interface


def softmax(o):
    o = np.array(o, dtype=float)  # a copy, changed in place below
    o -= o.max(axis=-1, keepdims=True)
    np.exp(o, out=o)
    o /= o.sum(axis=-1, keepdims=True)
    return o


def cross_entropy(Y_hat, Y, reduction="sum"):
    T, K = Y.shape
    losses = np.zeros(T, dtype=float)
    for t in range(T):
        for i in range(K):
            if Y[t, i] > 0:
                losses[t] += -Y[t, i] * np.log(Y_hat[t, i]) if Y_hat[t, i] > 0 else np.inf
    return float(losses.mean() if reduction == "mean" else losses.sum())


def forward(params, X, h_init, activation="tanh"):
    return Network(params, activation).run(X, h_init)


def output_error(Y_hat, Y, reduction="sum"):
    dO = Y_hat.copy()
    dO -= Y
    if reduction == "mean":
        dO /= Y.shape[0]
    return dO


def bptt_V(dO, H):
    dV = np.zeros((dO.shape[1], H.shape[1]), dtype=float)
    for t in range(len(H)):
        dV += np.outer(dO[t], H[t])
    return dV


def hidden_jacobian(params, H, t, k, activation="tanh"):
    return Network(params, activation).jacobian(H, t, k)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    dA = Network(params, activation).backward(dO, H)
    dW = np.zeros_like(params.W)
    dW += np.outer(dA[0], h_init)
    for t in range(1, len(H)):
        dW += np.outer(dA[t], H[t - 1])
    return dW


def bptt_U(params, dO, X, H, activation="tanh"):
    dA = Network(params, activation).backward(dO, H)
    dU = np.zeros_like(params.U)
    for t in range(len(H)):
        dU += np.outer(dA[t], X[t])
    return dU


def bptt_b(params, dO, H, activation="tanh"):
    db = np.zeros_like(params.b)
    for row in Network(params, activation).backward(dO, H):
        db += row
    return db


def bptt_c(dO):
    return np.sum(dO, axis=0)


def gradient_step(params, grads, learning_rate):
    new = [p.copy() for p in params]
    for p, g in zip(new, grads):
        p -= learning_rate * g
    return Params(*new)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return Network(params, activation).generate(x, h_init, steps)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    net = Network(params, activation)
    out = np.zeros((steps, net.n_out), dtype=float)
    h = h_init
    for t in range(steps):
        h, out[t] = net.step(x if t == 0 else np.zeros(len(x)), h)
    return out


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y_hat = forward(params, X, h_init, activation)
    return Y_hat[-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, _ = Network(encoder, activation).run(X, h_init)
    return Network(decoder, activation).generate(start, H[-1], max_steps, stop)


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    p = Params(rng.normal(size=(4, 3)), rng.normal(size=(4, 4)), rng.normal(size=(2, 4)), np.zeros(4), np.zeros(2))
    print(forward(p, rng.normal(size=(5, 3)), np.zeros(4)))
