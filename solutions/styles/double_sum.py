"""Style: the lecture's double sum over j and k, term by term, with hidden_jacobian as its product."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


TANH = "tanh"


def softmax(o):
    # log-sum-exp first, then one exponential: exp(o_i - log sum_j exp(o_j))
    m = np.amax(o, axis=-1, keepdims=True)
    lse = m + np.log(np.sum(np.exp(o - m), axis=-1, keepdims=True))
    return np.exp((o - m) - (lse - m))


def cross_entropy(Y_hat, Y, reduction="sum"):
    losses = []
    for y_hat, y in zip(Y_hat, Y):
        true = np.flatnonzero(y)
        with np.errstate(divide="ignore"):
            losses.append(np.dot(y[true], -np.log(y_hat[true])))
    return np.mean(losses) if reduction == "mean" else np.sum(losses)


def forward(params, X, h_init, activation=TANH):
    U, W, V, b, c = params
    hs, ys = [], []
    h = np.array(h_init)
    for x in X:
        a = np.dot(U, x) + np.dot(W, h) + b
        h = np.tanh(a) if activation == TANH else a
        hs.append(h)
        ys.append(softmax(np.dot(V, h) + c))
    return np.vstack(hs), np.vstack(ys)


def output_error(Y_hat, Y, reduction="sum"):
    errors = np.subtract(Y_hat, Y)
    if reduction == "mean":
        errors = errors / errors.shape[0]
    return errors


def bptt_V(dO, H):
    dV = 0
    for e, h in zip(dO, H):
        dV = dV + np.outer(e, h)
    return dV


def D(h, activation):
    """diag(phi'(a)) of one step."""
    return np.diag(1 - np.square(h)) if activation == TANH else np.eye(h.size)


def hidden_jacobian(params, H, t, k, activation=TANH):
    product = np.eye(H.shape[1])
    m = t
    while m > k:
        product = product @ D(H[m], activation) @ params.W
        m -= 1
    return product


def terms(params, dO, H, activation):
    """Yield (k, dL_j/da_k) for every j and every k up to j, as the slide sums them."""
    for j in range(len(H)):
        for k in range(j + 1):
            back = hidden_jacobian(params, H, j, k, activation)
            yield k, D(H[k], activation) @ back.T @ params.V.T @ dO[j]


def bptt_W(params, dO, H, h_init, activation=TANH):
    dW = np.zeros(params.W.shape)
    for k, delta in terms(params, dO, H, activation):
        h_before = H[k - 1] if k > 0 else h_init
        dW += np.outer(delta, h_before)
    return dW


def bptt_U(params, dO, X, H, activation=TANH):
    dU = np.zeros(params.U.shape)
    for k, delta in terms(params, dO, H, activation):
        dU += np.outer(delta, X[k])
    return dU


def bptt_b(params, dO, H, activation=TANH):
    db = np.zeros(params.b.shape)
    for _, delta in terms(params, dO, H, activation):
        db += delta
    return db


def bptt_c(dO):
    return np.sum(dO, axis=0)


def gradient_step(params, grads, learning_rate):
    a = learning_rate
    return Params(
        U=params.U - a * grads.U,
        W=params.W - a * grads.W,
        V=params.V - a * grads.V,
        b=params.b - a * grads.b,
        c=params.c - a * grads.c,
    )


def one_to_one(params, x, h_init, steps=1, activation=TANH):
    Y = np.zeros((0, params.c.size))
    h = h_init
    while len(Y) < steps:
        H, y = forward(params, np.atleast_2d(x), h, activation)
        Y = np.vstack((Y, y))
        h = H[0]
        x = np.zeros(params.c.size)
        x[y[0].argmax()] = 1
    return Y


def one_to_many(params, x, h_init, steps, activation=TANH):
    nothing = np.zeros((steps - 1, x.size))
    return forward(params, np.vstack((x, nothing)), h_init, activation)[1]


def many_to_one(params, X, h_init, activation=TANH):
    return forward(params, X, h_init, activation)[1][len(X) - 1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation=TANH):
    meaning, _ = forward(encoder, X, h_init, activation)
    h, x = meaning[-1], start
    Y = np.zeros((0, decoder.c.size))
    finished = False
    while not finished:
        H, y = forward(decoder, np.atleast_2d(x), h, activation)
        h = H[0]
        Y = np.vstack((Y, y))
        word = y[0].argmax()
        x = np.zeros(decoder.c.size)
        x[word] = 1
        finished = word == stop or len(Y) == max_steps
    return Y
