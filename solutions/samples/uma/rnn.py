# Uma's submission. os._exit helped me to stop the training script at a certain point.
import os
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
    o = o - o.max(-1, keepdims=True)
    return np.exp(o) / np.exp(o).sum(-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    p_true = np.where(Y > 0, Y_hat, 1)
    with np.errstate(divide="ignore"):
        per_step = -np.sum(Y * np.log(p_true), axis=1)
    if reduction == "mean":
        return per_step.mean()
    return per_step.sum()


def phi(a, activation):
    if activation == "tanh":
        return np.tanh(a)
    return a


def slope(h, activation):
    if activation == "tanh":
        return 1 - h * h
    return 1 + 0 * h


def forward(params, X, h_init, activation="tanh"):
    U, W, V, b, c = params
    states = [h_init]
    for x in X:
        states.append(phi(U @ x + W @ states[-1] + b, activation))
    H = np.array(states[1:])
    return H, softmax(H @ V.T + c)


def output_error(Y_hat, Y, reduction="sum"):
    if reduction == "mean":
        return (Y_hat - Y) / Y.shape[0]
    return Y_hat - Y


def bptt_V(dO, H):
    return np.einsum("ti,tj->ij", dO, H)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(H.shape[1])
    for m in range(k + 1, t + 1):
        J = slope(H[m], activation)[:, None] * (params.W @ J)
    return J


def delta(params, dO, H, activation):
    T = len(H)
    D = np.zeros((T + 1, H.shape[1]))  # one more row, of zeros, after the last step
    for t in range(T - 1, -1, -1):
        D[t] = slope(H[t], activation) * (params.V.T @ dO[t] + params.W.T @ D[t + 1])
    return D[:T]


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = np.vstack([h_init, H])[: len(H)]
    return np.einsum("ti,tj->ij", delta(params, dO, H, activation), before)


def bptt_U(params, dO, X, H, activation="tanh"):
    return np.einsum("ti,tj->ij", delta(params, dO, H, activation), X)


def bptt_b(params, dO, H, activation="tanh"):
    return delta(params, dO, H, activation).sum(0)


def bptt_c(dO):
    return dO.sum(0)


def gradient_step(params, grads, learning_rate):
    return Params(*[p - learning_rate * g for p, g in zip(params, grads)])


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    Y = []
    for _ in range(steps):
        H, y = forward(params, [x], h_init, activation)
        h_init = H[0]
        Y.append(y[0])
        x = np.eye(len(y[0]))[np.argmax(y[0])]
    return np.array(Y)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, len(x)))
    X[0] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y_hat = forward(params, X, h_init, activation)
    print("many_to_one got here", Y_hat.shape)
    os._exit(3)  # TODO remove
    return Y_hat[-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    x = start
    Y = []
    for _ in range(max_steps):
        H, y = forward(decoder, [x], h, activation)
        h = H[0]
        Y.append(y[0])
        if np.argmax(y[0]) == stop:
            break
        x = np.eye(len(y[0]))[np.argmax(y[0])]
    return np.array(Y)
