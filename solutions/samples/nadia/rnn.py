# Nadia — assignment "Training an RNN using Backpropagation"
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


ACT = {"tanh": np.tanh, "identity": lambda a: a}
D_ACT = {"tanh": lambda h: 1 - h**2, "identity": np.ones_like}


def softmax(o):
    ex = np.exp(o - np.max(o, axis=-1, keepdims=True))
    return ex / ex.sum(axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    losses = []
    for t in range(len(Y)):
        true = Y[t] > 0
        with np.errstate(divide="ignore"):
            losses.append(-np.sum(Y[t][true] * np.log(Y_hat[t][true])))
    return float(np.sum(losses)) if reduction == "sum" else float(np.mean(losses))


def rnn_step(params, x, h, activation):
    h = ACT[activation](params.U @ x + params.W @ h + params.b)
    return h, softmax(params.V @ h + params.c)


def forward(params, X, h_init, activation="tanh"):
    hs, ys = [], []
    h = h_init
    for x in X:
        h, y = rnn_step(params, x, h, activation)
        hs.append(h)
        ys.append(y)
    return np.stack(hs), np.stack(ys)


def output_error(Y_hat, Y, reduction="sum"):
    return (Y_hat - Y) if reduction == "sum" else (Y_hat - Y) / Y.shape[0]


def bptt_V(dO, H):
    return sum(np.outer(dO[t], H[t]) for t in range(H.shape[0]))


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.identity(H.shape[1])
    m = t
    while m > k:
        J = J @ np.diag(D_ACT[activation](H[m])) @ params.W
        m = m - 1
    return J


def compute_deltas(params, dO, H, activation):
    T = H.shape[0]
    delta = [None] * T
    delta[T - 1] = (params.V.T @ dO[T - 1]) * D_ACT[activation](H[T - 1])
    for t in range(T - 2, -1, -1):
        delta[t] = (params.V.T @ dO[t] + params.W.T @ delta[t + 1]) * D_ACT[activation](H[t])
    return delta


def bptt_W(params, dO, H, h_init, activation="tanh"):
    delta = compute_deltas(params, dO, H, activation)
    h_prev = [h_init] + list(H[:-1])
    return sum(np.outer(d, h) for d, h in zip(delta, h_prev))


def bptt_U(params, dO, X, H, activation="tanh"):
    delta = compute_deltas(params, dO, H, activation)
    return sum(np.outer(d, x) for d, x in zip(delta, X))


def bptt_b(params, dO, H, activation="tanh"):
    return np.sum(compute_deltas(params, dO, H, activation), axis=0)


def bptt_c(dO):
    return np.sum(dO, axis=0)


def gradient_step(params, grads, learning_rate):
    return Params(*[p - learning_rate * g for (p, g) in zip(params, grads)])


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    outputs = []
    h = h_init
    for _ in range(steps):
        h, y = rnn_step(params, x, h, activation)
        outputs.append(y)
        x = y  # "output is fed as an input to the next time step"
    return np.stack(outputs)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    outputs = []
    h = h_init
    for step in range(steps):
        h, y = rnn_step(params, x if step == 0 else np.zeros_like(x), h, activation)
        outputs.append(y)
    return np.stack(outputs)


def many_to_one(params, X, h_init, activation="tanh"):
    h = h_init
    for x in X:
        h, y = rnn_step(params, x, h, activation)
    return y


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = h_init
    for x in X:
        h, _ = rnn_step(encoder, x, h, activation)
    outputs = []
    x = start
    while len(outputs) < max_steps:
        h, y = rnn_step(decoder, x, h, activation)
        outputs.append(y)
        if np.argmax(y) == stop:
            break
        x = y
    return np.stack(outputs)
