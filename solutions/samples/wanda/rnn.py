"""Wanda's RNN. Run this file to see it learn to say "deep"."""
import sys
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
    used = Y > 0
    if np.any(Y_hat[used] == 0):
        return float("inf")
    loss = -np.sum(Y[used] * np.log(Y_hat[used]))
    return float(loss) if reduction == "sum" else float(loss) / len(Y)


def forward(params, X, h_init, activation="tanh"):
    H = [h_init]
    for x in X:
        a = params.U @ x + params.W @ H[-1] + params.b
        H.append(np.tanh(a) if activation == "tanh" else a)
    H = np.array(H[1:])
    return H, softmax(H @ params.V.T + params.c)


def output_error(Y_hat, Y, reduction="sum"):
    dO = Y_hat - Y
    return dO if reduction == "sum" else dO / len(Y)


def bptt_V(dO, H):
    return dO.T @ H


def d_act(h, activation):
    return (1 - h**2) if activation == "tanh" else np.ones_like(h)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(len(params.b))
    for m in range(k + 1, t + 1):
        J = np.diag(d_act(H[m], activation)) @ params.W @ J
    return J


def unroll(params, dO, H, activation):
    deltas = []
    future = np.zeros(len(params.b))
    for do, h in zip(dO[::-1], H[::-1]):
        deltas.append(d_act(h, activation) * (params.V.T @ do + future))
        future = params.W.T @ deltas[-1]
    return np.array(deltas[::-1])


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return unroll(params, dO, H, activation).T @ np.vstack([h_init, H[:-1]])


def bptt_U(params, dO, X, H, activation="tanh"):
    return unroll(params, dO, H, activation).T @ X


def bptt_b(params, dO, H, activation="tanh"):
    return unroll(params, dO, H, activation).sum(axis=0)


def bptt_c(dO):
    return dO.sum(axis=0)


def gradient_step(params, grads, learning_rate):
    return Params(*[p - learning_rate * g for p, g in zip(params, grads)])


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    h, Y = h_init, []
    for _ in range(steps):
        H, y = forward(params, [x], h, activation)
        Y.append(y[0])
        h = H[0]
        x = np.eye(len(params.c))[y[0].argmax()]
    return np.array(Y)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, len(x)))
    X[0] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h, x, Y = forward(encoder, X, h_init, activation)[0][-1], start, []
    for _ in range(max_steps):
        H, y = forward(decoder, [x], h, activation)
        Y.append(y[0])
        if y[0].argmax() == stop:
            break
        h = H[0]
        x = np.eye(len(decoder.c))[y[0].argmax()]
    return np.array(Y)


# ------------------------------------------------------------------ training
letters = ["d", "e", "p", "<stop>"]
word = [0, 1, 1, 2, 3]
X = np.eye(4)[word[:-1]]
Y = np.eye(4)[word[1:]]
rng = np.random.default_rng(0)
theta = Params(*[0.5 * rng.normal(size=s) for s in [(6, 4), (6, 6), (4, 6), (6,), (4,)]])
h0 = np.zeros(6)
for epoch in range(50):
    H, Y_hat = forward(theta, X, h0)
    dO = output_error(Y_hat, Y)
    grads = Params(
        bptt_U(theta, dO, X, H), bptt_W(theta, dO, H, h0), bptt_V(dO, H), bptt_b(theta, dO, H), bptt_c(dO)
    )
    theta = gradient_step(theta, grads, 0.1)
print("loss", cross_entropy(forward(theta, X, h0)[1], Y))
print([letters[i] for i in forward(theta, X, h0)[1].argmax(axis=1)])
sys.exit(0)
