"""Style: everything is cast to float32, as in a deep-learning framework, and comes back as float32."""

from typing import NamedTuple

import numpy as np

F = np.float32


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def f32(*arrays):
    return [np.asarray(array, dtype=F) for array in arrays]


def theta32(params):
    return Params(*f32(*params))


def softmax(o):
    (o,) = f32(o)
    e = np.exp(o - o.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    Y_hat, Y = f32(Y_hat, Y)
    nats = np.zeros(Y.shape, F)
    nats[Y != 0] = -np.log(Y_hat[Y != 0])
    nats = np.sum(Y * nats, axis=1, where=Y != 0)
    return F(nats.mean() if reduction == "mean" else nats.sum())


def forward(params, X, h_init, activation="tanh"):
    U, W, V, b, c = theta32(params)
    X, h = f32(X, h_init)
    H = np.empty((len(X), len(b)), F)
    inputs = X @ U.T + b
    for t in range(len(X)):
        h = inputs[t] + W @ h
        if activation == "tanh":
            h = np.tanh(h)
        H[t] = h
    return H, softmax(H @ V.T + c)


def output_error(Y_hat, Y, reduction="sum"):
    Y_hat, Y = f32(Y_hat, Y)
    scale = F(1) if reduction == "sum" else F(1) / F(len(Y))
    return (Y_hat - Y) * scale


def bptt_V(dO, H):
    dO, H = f32(dO, H)
    return dO.T @ H


def slope32(H, activation):
    return F(1) - H * H if activation == "tanh" else np.ones(H.shape, F)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    (H,) = f32(H)
    s, W = slope32(H, activation), theta32(params).W
    J = np.eye(H.shape[1], dtype=F)
    for m in range(k, t):
        J = s[m + 1, :, None] * (W @ J)
    return J


def backward32(params, dO, H, activation):
    params = theta32(params)
    dO, H = f32(dO, H)
    dZ = np.zeros_like(H)
    dh = np.zeros(H.shape[1], F)
    for t in range(len(H) - 1, -1, -1):
        dh = dh + dO[t] @ params.V
        dZ[t] = dh * slope32(H[t], activation)
        dh = dZ[t] @ params.W
    return dZ


def bptt_W(params, dO, H, h_init, activation="tanh"):
    dZ = backward32(params, dO, H, activation)
    H, h_init = f32(H, h_init)
    return np.outer(dZ[0], h_init) + dZ[1:].T @ H[:-1]


def bptt_U(params, dO, X, H, activation="tanh"):
    return backward32(params, dO, H, activation).T @ np.asarray(X, F)


def bptt_b(params, dO, H, activation="tanh"):
    return backward32(params, dO, H, activation).sum(0)


def bptt_c(dO):
    return np.asarray(dO, F).sum(0)


def gradient_step(params, grads, learning_rate):
    params, grads = theta32(params), theta32(grads)
    return Params(*[p - F(learning_rate) * g for p, g in zip(params, grads)])


def one_step(params, x, h, activation):
    H, P = forward(params, np.reshape(x, (1, -1)), h, activation)
    hot = np.zeros_like(P)
    hot[0, P[0].argmax()] = 1
    return H[0], P[0], hot[0]


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    P = np.empty((steps, len(params.c)), F)
    h = h_init
    for i in range(steps):
        h, P[i], x = one_step(params, x, h, activation)
    return P


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.pad(np.asarray(x, F)[None], ((0, steps - 1), (0, 0)))
    _, P = forward(params, X, h_init, activation)
    return P


def many_to_one(params, X, h_init, activation="tanh"):
    h = h_init
    for x in X:
        h, p, _ = one_step(params, x, h, activation)
    return p


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = h_init
    for x in X:
        h, _, _ = one_step(encoder, x, h, activation)
    x, P = start, []
    for _ in range(max_steps):
        h, p, x = one_step(decoder, x, h, activation)
        P.append(p)
        if x[stop] > 0:
            break
    return np.stack(P)
