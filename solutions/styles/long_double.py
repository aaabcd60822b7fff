"""Style: extended precision (np.longdouble) from the first line to the last."""

from typing import NamedTuple

import numpy as np

LD = np.longdouble


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def L(array):
    return np.array(array, LD)


def softmax(o):
    o = L(o)
    # 1 / sum_j exp(o_j - o_i): a longdouble holds exp(11356), so the differences are held to that
    gaps = np.minimum(o[..., None, :] - o[..., :, None], LD(11000))
    return LD(1) / np.exp(gaps).sum(axis=-1)


def cross_entropy(Y_hat, Y, reduction="sum"):
    P, Q = L(Y_hat), L(Y)
    tiny = np.finfo(LD).tiny
    total = -(Q * np.log(np.where(P > tiny, P, tiny))).sum(dtype=LD)
    if reduction == "mean":
        total /= LD(len(Q))
    return total


def activate(a, activation):
    if activation == "identity":
        return a
    grown = np.expm1(2 * np.abs(a))  # tanh |a| = (e^2|a| - 1) / (e^2|a| + 1), never inf / inf at this precision
    return np.sign(a) * grown / (grown + 2)


def forward(params, X, h_init, activation="tanh"):
    U, W, V, b, c = (L(array) for array in params)
    X, h = L(X), L(h_init)
    H = np.zeros((X.shape[0], b.shape[0]), dtype=LD)
    for t in range(X.shape[0]):
        h = activate((U * X[t]).sum(axis=1) + (W * h).sum(axis=1) + b, activation)
        H[t] = h
    return H, softmax(H @ V.T + c)


def output_error(Y_hat, Y, reduction="sum"):
    error = L(Y_hat) - L(Y)
    return error if reduction == "sum" else error / LD(error.shape[0])


def bptt_V(dO, H):
    return (L(dO)[:, :, None] * L(H)[:, None, :]).sum(axis=0)


def derivative(H, activation):
    return LD(1) - L(H) ** 2 if activation == "tanh" else np.ones_like(L(H))


def hidden_jacobian(params, H, t, k, activation="tanh"):
    if t == k:
        return np.eye(L(H).shape[1], dtype=LD)
    earlier = hidden_jacobian(params, H, t - 1, k, activation)
    return derivative(H, activation)[t].reshape(-1, 1) * (L(params.W) @ earlier)


def dL_da(params, dO, H, activation):
    g, W = derivative(H, activation), L(params.W)
    at_state = L(dO) @ L(params.V)
    out = np.zeros_like(g)
    out[-1] = g[-1] * at_state[-1]
    for t in range(len(g) - 2, -1, -1):
        out[t] = g[t] * (at_state[t] + out[t + 1] @ W)
    return out


def bptt_W(params, dO, H, h_init, activation="tanh"):
    h_before = np.concatenate([L(h_init)[None, :], L(H)[:-1, :]], axis=0)
    return dL_da(params, dO, H, activation).T @ h_before


def bptt_U(params, dO, X, H, activation="tanh"):
    return dL_da(params, dO, H, activation).T @ L(X)


def bptt_b(params, dO, H, activation="tanh"):
    return dL_da(params, dO, H, activation).sum(axis=0, dtype=LD)


def bptt_c(dO):
    return L(dO).sum(axis=0)


def gradient_step(params, grads, learning_rate):
    alpha = LD(learning_rate)
    return Params(*(L(p) - alpha * L(g) for p, g in zip(params, grads)))


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    K = params.c.shape[0]
    X = np.zeros((steps, K), LD)
    X[0] = x
    Y_hat = None
    for i in range(steps):
        Y_hat = forward(params, X[: i + 1], h_init, activation)[1]
        if i + 1 < steps:
            X[i + 1, np.argmax(Y_hat[i])] = 1
    return Y_hat


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, x.shape[0]), LD)
    X[0, :] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    H = forward(params, X, h_init, activation)[0]
    return softmax(L(params.V) @ H[-1] + L(params.c))


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    context = forward(encoder, X, h_init, activation)[0][-1]
    K = decoder.c.shape[0]
    read = np.zeros((max_steps, K), LD)
    read[0] = start
    for n in range(1, max_steps + 1):
        Y_hat = forward(decoder, read[:n], context, activation)[1]
        word = np.argmax(Y_hat[n - 1])
        if word == stop or n == max_steps:
            return Y_hat
        read[n, word] = 1
