"""Style: recursion on the sequence; a step, then the rest."""

import sys
from typing import NamedTuple

import numpy as np

sys.setrecursionlimit(5000)


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def softmax(o):
    if np.ndim(o) == 1:
        e = np.exp(o - np.max(o))
        return e / np.sum(e)
    return np.stack([softmax(row) for row in o])


def _loss(Y_hat, Y):
    if len(Y) == 0:
        return 0.0
    here = Y[0] != 0
    with np.errstate(all="ignore"):
        first = np.sum(Y[0][here] * np.log(1 / Y_hat[0][here]))
    return first + _loss(Y_hat[1:], Y[1:])


def cross_entropy(Y_hat, Y, reduction="sum"):
    return _loss(Y_hat, Y) / (len(Y) if reduction == "mean" else 1)


def _states(params, X, h, activation):
    if len(X) == 0:
        return []
    a = params.U @ X[0] + params.W @ h + params.b
    h = np.tanh(a) if activation == "tanh" else a
    return [h, *_states(params, X[1:], h, activation)]


def forward(params, X, h_init, activation="tanh"):
    H = np.stack(_states(params, X, h_init, activation))
    return H, softmax(H @ params.V.T + params.c)


def output_error(Y_hat, Y, reduction="sum"):
    if reduction == "mean":
        return output_error(Y_hat, Y) / Y.shape[0]
    return Y_hat - Y


def bptt_V(dO, H):
    if len(H) == 0:
        return 0.0
    return np.outer(dO[-1], H[-1]) + bptt_V(dO[:-1], H[:-1])


def hidden_jacobian(params, H, t, k, activation="tanh"):
    if t == k:
        return np.eye(len(params.W))
    if t == k + 1:
        return (1 - H[t] ** 2 if activation == "tanh" else np.ones(len(params.W)))[:, None] * params.W
    middle = (t + k) // 2
    late = hidden_jacobian(params, H, t, middle, activation)
    early = hidden_jacobian(params, H, middle, k, activation)
    return late @ early


def _delta(params, dO, H, activation):
    """The list of dL/da_t: the first from the second, the second from the third."""
    slope = 1 - H[0] ** 2 if activation == "tanh" else np.ones(H.shape[1])
    if len(H) == 1:
        return [slope * (params.V.T @ dO[0])]
    later = _delta(params, dO[1:], H[1:], activation)
    return [slope * (params.V.T @ dO[0] + params.W.T @ later[0]), *later]


def _outers(left, right):
    if len(left) == 1:
        return np.outer(left[0], right[0])
    half = len(left) // 2
    return _outers(left[:half], right[:half]) + _outers(left[half:], right[half:])


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return _outers(_delta(params, dO, H, activation), [h_init, *H[:-1]])


def bptt_U(params, dO, X, H, activation="tanh"):
    return _outers(_delta(params, dO, H, activation), X)


def bptt_b(params, dO, H, activation="tanh"):
    return _outers(_delta(params, dO, H, activation), np.ones((len(H), 1))).ravel()


def bptt_c(dO):
    return dO[0] + bptt_c(dO[1:]) if len(dO) > 1 else dO[0] + 0.0


def gradient_step(params, grads, learning_rate):
    def walk(thetas, gs):
        if not thetas:
            return ()
        return (thetas[0] - learning_rate * gs[0], *walk(thetas[1:], gs[1:]))

    return Params(*walk(tuple(params), tuple(grads)))


def _speak(params, x, h, left, stop, activation):
    """The outputs from here on: at most `left`, ending after the one whose argmax is `stop`."""
    (h,) = _states(params, [x], h, activation)
    y = softmax(params.V @ h + params.c)
    word = int(np.argmax(y))
    if left == 1 or word == stop:
        return [y]
    following = np.zeros(len(y))
    following[word] = 1.0
    return [y, *_speak(params, following, h, left - 1, stop, activation)]


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return np.stack(_speak(params, x, h_init, steps, None, activation))


def one_to_many(params, x, h_init, steps, activation="tanh"):
    if steps == 1:
        return forward(params, x[None], h_init, activation)[1]
    H, Y_hat = forward(params, x[None], h_init, activation)
    return np.concatenate([Y_hat, one_to_many(params, 0 * x, H[0], steps - 1, activation)])


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y_hat = forward(params, X[:1], h_init, activation)
    return Y_hat[0] if len(X) == 1 else many_to_one(params, X[1:], H[0], activation)


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    return np.stack(_speak(decoder, start, _states(encoder, X, h_init, activation)[-1], max_steps, stop, activation))
