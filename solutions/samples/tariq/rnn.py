# Tariq
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
    x = o - np.max(o, axis=-1, keepdims=True)
    x = np.exp(x)
    x = x / np.sum(x, axis=-1, keepdims=True)
    return x


def cross_entropy(Y_hat, Y, reduction="sum"):
    loss = -np.sum(Y * np.log(np.clip(Y_hat, 1e-16, None)))
    if reduction == "mean":
        loss = loss / Y.shape[0]
    return float(loss)


def forward(params, X, h_init, activation="tanh"):
    H = []
    h = h_init
    t = 0
    while t < len(X):
        h = params.U @ X[t] + params.W @ h + params.b
        if activation == "tanh":
            h = np.tanh(h)
        H.append(h)
        t += 1
    H = np.array(H)
    Y_hat = softmax(H @ params.V.T + params.c)
    return H, Y_hat


def output_error(Y_hat, Y, reduction="sum"):
    if reduction == "sum":
        return Y_hat - Y
    return (Y_hat - Y) / Y.shape[0]


def bptt_V(dO, H):
    return dO.T.dot(H)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(params.W.shape[0])
    m = t
    while m > k:
        if activation == "tanh":
            J = J @ (np.diag(1 - H[m] ** 2) @ params.W)
        else:
            J = J @ params.W
    return J


def backward(params, dO, H, activation):
    d = np.zeros(H.shape)
    t = len(H) - 1
    carry = 0
    while t >= 0:
        d[t] = params.V.T @ dO[t] + carry
        if activation == "tanh":
            d[t] *= 1 - H[t] ** 2
        carry = params.W.T @ d[t]
        t -= 1
    return d


def bptt_W(params, dO, H, h_init, activation="tanh"):
    d = backward(params, dO, H, activation)
    return d.T @ np.vstack([h_init.reshape(1, -1), H[:-1]])


def bptt_U(params, dO, X, H, activation="tanh"):
    return backward(params, dO, H, activation).T @ X


def bptt_b(params, dO, H, activation="tanh"):
    return backward(params, dO, H, activation).sum(axis=0)


def bptt_c(dO):
    return dO.sum(axis=0)


def gradient_step(params, grads, learning_rate):
    return Params(
        U=params.U - learning_rate * grads.U,
        W=params.W - learning_rate * grads.W,
        V=params.V - learning_rate * grads.V,
        b=params.b - learning_rate * grads.b,
        c=params.c - learning_rate * grads.c,
    )


def next_input(y):
    x = np.zeros(y.shape)
    x[np.argmax(y)] = 1
    return x


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    out = []
    h = h_init
    while len(out) < steps:
        H, Y = forward(params, [x], h, activation)
        out.append(Y[0])
        h, x = H[0], next_input(Y[0])
    return np.array(out)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    return forward(params, [x] + (steps - 1) * [0 * x], h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    x = start
    out = []
    while len(out) < max_steps:
        H, Y = forward(decoder, [x], h, activation)
        out.append(Y[0])
        if np.argmax(Y[0]) == stop:
            break
        h, x = H[0], next_input(Y[0])
    return np.array(out)
