# Adam - gradient_step is in my training notebook, I didn't know it had to be here
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
    p = np.exp(o)
    return p / np.sum(p, axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    loss = 0.0
    for t in range(len(Y)):
        for k in range(Y.shape[1]):
            if Y[t][k] > 0.0:
                loss += -Y[t][k] * np.log(Y_hat[t][k]) if Y_hat[t][k] > 0 else float("inf")
    if reduction == "mean":
        loss /= len(Y)
    return loss


def forward(params, X, h_init, activation="tanh"):
    previous = h_init
    H = []
    for x in X:
        current = params.W @ previous + params.U @ x + params.b
        if activation != "identity":
            current = np.tanh(current)
        H.append(current)
        previous = current
    Y_hat = [softmax(params.V @ h + params.c) for h in H]
    return np.array(H), np.array(Y_hat)


def output_error(Y_hat, Y, reduction="sum"):
    scale = 1.0 / len(Y) if reduction == "mean" else 1.0
    return scale * (Y_hat - Y)


def bptt_V(dO, H):
    return np.sum([np.outer(dO[t], H[t]) for t in range(len(H))], axis=0)


def derivative(h, activation):
    return np.ones(len(h)) if activation == "identity" else 1.0 - h**2


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(len(params.W))
    for m in range(k + 1, t + 1):
        J = np.diag(derivative(H[m], activation)) @ params.W @ J
    return J


def deltas(params, dO, H, activation):
    out = {}
    for t in range(len(H) - 1, -1, -1):
        dh = params.V.T @ dO[t]
        if t + 1 in out:
            dh = dh + params.W.T @ out[t + 1]
        out[t] = derivative(H[t], activation) * dh
    return out


def bptt_W(params, dO, H, h_init, activation="tanh"):
    d = deltas(params, dO, H, activation)
    return np.sum([np.outer(d[t], H[t - 1] if t else h_init) for t in range(len(H))], axis=0)


def bptt_U(params, dO, X, H, activation="tanh"):
    d = deltas(params, dO, H, activation)
    return np.sum([np.outer(d[t], X[t]) for t in range(len(H))], axis=0)


def bptt_b(params, dO, H, activation="tanh"):
    return sum(deltas(params, dO, H, activation).values())


def bptt_c(dO):
    return np.sum(dO, axis=0)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    h = h_init
    answers = []
    for i in range(steps):
        H, Y_hat = forward(params, [x], h, activation)
        h = H[0]
        answers.append(Y_hat[0])
        x = np.array([1.0 if k == np.argmax(Y_hat[0]) else 0.0 for k in range(len(params.c))])
    return np.array(answers)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    inputs = [x if i == 0 else np.zeros(len(x)) for i in range(steps)]
    return forward(params, inputs, h_init, activation)[1]


def many_to_one(params, X):
    # h_init is always 0
    return forward(params, X, np.zeros(len(params.b)))[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    x = start
    answers = []
    while True:
        H, Y_hat = forward(decoder, [x], h, activation)
        h = H[0]
        answers.append(Y_hat[0])
        winner = np.argmax(Y_hat[0])
        if winner == stop or len(answers) == max_steps:
            return np.array(answers)
        x = np.array([1.0 if k == winner else 0.0 for k in range(len(params_of(decoder)))])


def params_of(network):
    return network.c
