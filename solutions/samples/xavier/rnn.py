# Xavier
# (sorry for the prints)
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
    o = np.asarray(o)
    e = np.exp(o - np.max(o, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    s = 0.0
    for a, b in zip(Y_hat.ravel(), Y.ravel()):
        if b > 0:
            s = s - b * np.log(a) if a > 0 else np.inf
    if reduction == "mean":
        s = s / Y.shape[0]
    return s


def forward(params, X, h_init, activation="tanh"):
    H = np.zeros((len(X), len(h_init)))
    Y_hat = np.zeros((len(X), len(params.c)))
    for t in range(len(X)):
        H[t], Y_hat[t] = single_step(params, X[t], H[t - 1] if t else h_init, activation)
    return H, Y_hat


def single_step(params, x, h, activation):
    h = params.U @ x + params.W @ h + params.b
    if activation == "tanh":
        h = np.tanh(h)
    return h, softmax(params.V @ h + params.c)


def output_error(Y_hat, Y, reduction="sum"):
    print("output_error", Y_hat.shape, Y.shape)
    return (Y_hat - Y) / (len(Y) if reduction == "mean" else 1.0)


def bptt_V(dO, H):
    print("bptt_V", dO.shape, H.shape)
    return dO.T @ H


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(H.shape[1])
    for m in range(t, k, -1):
        D = np.diag(1 - H[m] ** 2) if activation == "tanh" else np.eye(H.shape[1])
        J = J @ D @ params.W
    return J


def deltas(params, dO, H, activation):
    result = np.zeros_like(H)
    for t in range(len(H) - 1, -1, -1):
        result[t] = params.V.T @ dO[t]
        if t + 1 < len(H):
            result[t] += params.W.T @ result[t + 1]
        if activation == "tanh":
            result[t] *= 1 - H[t] ** 2
    return result


def bptt_W(params, dO, H, h_init, activation="tanh"):
    d = deltas(params, dO, H, activation)
    print("deltas", d)
    W = np.outer(d[0], h_init)
    for t in range(1, len(H)):
        W += np.outer(d[t], H[t - 1])
    return W


def bptt_U(params, dO, X, H, activation="tanh"):
    return deltas(params, dO, H, activation).T @ X


def bptt_b(params, dO, H, activation="tanh"):
    return deltas(params, dO, H, activation).sum(axis=0)


def bptt_c(dO):
    return dO.sum(axis=0)


def gradient_step(params, grads, learning_rate):
    return Params(*[p - learning_rate * g for p, g in zip(params, grads)])


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    out = np.zeros((steps, len(params.c)))
    h = h_init
    for t in range(steps):
        h, out[t] = single_step(params, x, h, activation)
        x = np.zeros(len(params.c))
        x[np.argmax(out[t])] = 1
    return out


def one_to_many(params, x, h_init, steps, activation="tanh"):
    out = np.zeros((steps, len(params.c)))
    h = h_init
    t = 0
    while t < steps:
        h, out[t] = single_step(params, x, h, activation)
        x = np.zeros(len(x))
        print("one_to_many, step", t, "h =", h, "y =", out[t])
    return out


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    x = start
    out = []
    for t in range(max_steps):
        h, y = single_step(decoder, x, h, activation)
        out.append(y)
        if np.argmax(y) == stop:
            break
        x = np.zeros(len(y))
        x[np.argmax(y)] = 1
    return np.array(out)
