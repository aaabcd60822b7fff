# jakub, group 4
# slides: h_t = tanh(U x_t + W h_{t-1}), o_t = V h_t
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
    o = o - o.max(axis=-1, keepdims=True)
    return np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    l = []
    for yh, y in zip(Y_hat, Y):
        s = 0
        for i in range(len(y)):
            if y[i] > 0:
                s -= y[i] * np.log(yh[i] + 1e-14)
        l.append(s)
    if reduction == "mean":
        return float(np.mean(l))
    else:
        return float(np.sum(l))


def forward(params, X, h_init, activation="tanh"):
    T = X.shape[0]
    H = np.zeros((T, params.W.shape[0]))
    O = np.zeros((T, params.V.shape[0]))
    h = h_init
    for t in range(T):
        z = params.U.dot(X[t]) + params.W.dot(h)
        h = np.tanh(z) if activation == "tanh" else z
        H[t] = h
        O[t] = params.V.dot(h)
    return H, softmax(O)


def output_error(Y_hat, Y, reduction="sum"):
    e = Y_hat - Y
    if reduction == "mean":
        e = e * (1 / len(Y))
    return e


def bptt_V(dO, H):
    g = 0
    for t in range(len(dO)):
        g = g + np.outer(dO[t], H[t])
    return g


def hidden_jacobian(params, H, t, k, activation="tanh"):
    if k == t:
        return np.eye(H.shape[1])
    d = 1 - H[t] ** 2 if activation == "tanh" else np.ones(H.shape[1])
    return (d.reshape(-1, 1) * params.W).dot(hidden_jacobian(params, H, t - 1, k, activation))


def backprop(params, dO, H, activation):
    T = len(H)
    dz = np.zeros_like(H)
    for t in range(T - 1, -1, -1):
        dh = params.V.T.dot(dO[t])
        if t < T - 1:
            dh = dh + params.W.T.dot(dz[t + 1])
        if activation == "tanh":
            dz[t] = dh * (1 - H[t] ** 2)
        else:
            dz[t] = dh
    return dz


def bptt_W(params, dO, H, h_init, activation="tanh"):
    dz = backprop(params, dO, H, activation)
    Hprev = np.roll(H, 1, axis=0)
    Hprev[0] = h_init
    return dz.T.dot(Hprev)


def bptt_U(params, dO, X, H, activation="tanh"):
    return backprop(params, dO, H, activation).T.dot(X)


def bptt_b(params, dO, H, activation="tanh"):
    return backprop(params, dO, H, activation).sum(axis=0)


def bptt_c(dO):
    return dO.sum(axis=0)


def gradient_step(params, grads, learning_rate):
    return Params(*map(lambda p, g: p - learning_rate * g, params, grads))


def argmax_onehot(y):
    x = np.zeros(len(y))
    x[np.argmax(y)] = 1
    return x


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    res = []
    h = h_init
    for _ in range(steps):
        H, Y = forward(params, x.reshape(1, -1), h, activation)
        h = H[-1]
        res.append(Y[-1])
        x = argmax_onehot(Y[-1])
    return np.array(res)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, len(x)))
    X[0, :] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    x = start
    res = []
    for _ in range(max_steps):
        H, Y = forward(decoder, x.reshape(1, -1), h, activation)
        h = H[-1]
        res.append(Y[-1])
        if np.argmax(Y[-1]) == stop:
            break
        x = argmax_onehot(Y[-1])
    return np.array(res)
