"""Style: in place, on copies of one's own: +=, out=, slices that are filled."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def softmax(o):
    out = np.array(o, dtype=np.float64, copy=True)
    out -= np.max(out, axis=-1, keepdims=True)
    np.exp(out, out=out)
    out /= np.sum(out, axis=-1, keepdims=True)
    return out


def cross_entropy(Y_hat, Y, reduction="sum"):
    work = Y_hat.copy()
    work[work <= 0] = 1e-13
    np.log(work, out=work)
    np.multiply(work, Y, out=work)
    np.negative(work, out=work)
    loss = work.sum()
    if reduction == "mean":
        loss /= Y.shape[0]
    return float(loss)


def forward(params, X, h_init, activation="tanh"):
    H = X @ params.U.T
    H += params.b
    H[0] += params.W @ h_init
    for t in range(len(H)):
        if t:
            H[t] += params.W @ H[t - 1]
        if activation == "tanh":
            np.tanh(H[t], out=H[t])
    O = H @ params.V.T
    O += params.c
    return H, softmax(O)


def output_error(Y_hat, Y, reduction="sum"):
    dO = Y_hat.copy()
    dO -= Y
    if reduction == "mean":
        dO /= dO.shape[0]
    return dO


def bptt_V(dO, H):
    dV = np.zeros((dO.shape[1], H.shape[1]))
    buffer = np.empty_like(dV)
    for t in range(dO.shape[0]):
        np.multiply(dO[t, :, None], H[t, None, :], out=buffer)
        dV += buffer
    return dV


def squash_back(G, h, activation):
    """Multiply G by phi' in place."""
    if activation == "tanh":
        G -= G * h**2


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.zeros_like(params.W)
    np.fill_diagonal(J, 1.0)
    for m in range(k + 1, t + 1):
        J[:] = params.W @ J
        squash_back(J, H[m][:, None], activation)
    return J


def sweep(params, dO, H, activation):
    G = dO @ params.V
    squash_back(G[-1], H[-1], activation)
    for t in range(len(G) - 1, 0, -1):
        G[t - 1] += G[t] @ params.W
        squash_back(G[t - 1], H[t - 1], activation)
    return G


def bptt_W(params, dO, H, h_init, activation="tanh"):
    G = sweep(params, dO, H, activation)
    before = H.copy()
    before[1:] = H[:-1]
    before[0] = h_init
    dW = np.empty_like(params.W)
    np.matmul(G.T, before, out=dW)
    return dW


def bptt_U(params, dO, X, H, activation="tanh"):
    dU = np.empty_like(params.U)
    np.dot(sweep(params, dO, H, activation).T, X, out=dU)
    return dU


def bptt_b(params, dO, H, activation="tanh"):
    db = np.zeros(params.b.shape)
    for g in sweep(params, dO, H, activation):
        db += g
    return db


def bptt_c(dO):
    dc = dO[0].copy()
    for row in dO[1:]:
        dc += row
    return dc


def gradient_step(params, grads, learning_rate):
    mine = Params(*(np.copy(theta) for theta in params))
    for theta, g in zip(mine, grads):
        theta -= learning_rate * g
    return mine


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    x, h = x.copy()[None], h_init.copy()
    out = np.zeros((steps, len(params.c)))
    for row in out:
        H, Y_hat = forward(params, x, h, activation)
        h[:] = H[0]
        row[:] = Y_hat[0]
        x.fill(0)
        x[0, row.argmax()] = 1
    return out


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.tile(x, (steps, 1))
    X[1:] *= 0
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    last = np.empty(len(params.c))
    last[:] = forward(params, X, h_init, activation)[1][-1]
    return last


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1].copy()
    x = start[None].copy()
    out = np.zeros((max_steps, len(decoder.c)))
    n = 0
    while n < max_steps:
        H, Y_hat = forward(decoder, x, h, activation)
        h[...] = H[0]
        out[n] = Y_hat[0]
        n += 1
        word = Y_hat[0].argmax()
        if word == stop:
            break
        x[...] = 0
        x[0, word] = 1
    return out[:n]
