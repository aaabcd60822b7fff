"""Style: functional; scans and folds (accumulate, reduce), no loop statement and no assignment to an element."""

from functools import partial, reduce
from itertools import accumulate, chain, islice, repeat, takewhile
from operator import add, matmul
from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


PHI = {"tanh": np.tanh, "identity": lambda a: a}
SLOPE = {"tanh": lambda h: 1 - h * h, "identity": lambda h: 0 * h + 1}
REDUCE = {"sum": lambda T: 1, "mean": lambda T: T}

softmax = lambda o: (lambda e: e / e.sum(axis=-1, keepdims=True))(np.exp(o - np.max(o, axis=-1, keepdims=True)))  # noqa: E731


def cross_entropy(Y_hat, Y, reduction="sum"):
    surprise = np.frompyfunc(lambda p, y: 0.0 if y == 0 else np.inf if p == 0 else -y * np.log(p), 2, 1)
    return float(reduce(add, surprise(Y_hat, Y).ravel(), 0.0)) / REDUCE[reduction](len(Y))


def cell(params, activation, h, x):
    return PHI[activation](params.U @ x + params.W @ h + params.b)


def readout(params, h):
    return softmax(params.V @ h + params.c)


def scan(params, X, h_init, activation):
    return list(accumulate(X, partial(cell, params, activation), initial=h_init))[1:]


def forward(params, X, h_init, activation="tanh"):
    hs = scan(params, X, h_init, activation)
    return np.stack(hs), np.stack(list(map(partial(readout, params), hs)))


def output_error(Y_hat, Y, reduction="sum"):
    return (Y_hat - Y) / REDUCE[reduction](Y.shape[0])


def bptt_V(dO, H):
    return reduce(add, map(np.outer, dO, H))


def hidden_jacobian(params, H, t, k, activation="tanh"):
    factors = (SLOPE[activation](h)[:, None] * params.W for h in H[t:k:-1])
    return reduce(matmul, factors, np.eye(params.W.shape[0]))


def deltas(params, dO, H, activation):
    errors = zip(reversed(dO), reversed(H))
    nothing = np.zeros(H.shape[1])

    def back(delta, error):
        d, h = error
        return SLOPE[activation](h) * (d @ params.V + delta @ params.W)

    return list(accumulate(errors, back, initial=nothing))[:0:-1]


def bptt_W(params, dO, H, h_init, activation="tanh"):
    return reduce(add, map(np.outer, deltas(params, dO, H, activation), chain([h_init], H)))


def bptt_U(params, dO, X, H, activation="tanh"):
    return reduce(add, map(np.outer, deltas(params, dO, H, activation), X))


def bptt_b(params, dO, H, activation="tanh"):
    return reduce(np.add, deltas(params, dO, H, activation))


def bptt_c(dO):
    return reduce(np.add, dO)


def gradient_step(params, grads, learning_rate):
    return Params._make(map(lambda p, g: p - learning_rate * g, params, grads))


def hot(y):
    return np.eye(y.size)[np.argmax(y)]


def dream(params, x, h, activation):
    """The endless stream of outputs that follows from x."""

    def following(state, _):
        h, y = state
        new = cell(params, activation, h, hot(y))
        return new, readout(params, new)

    first = cell(params, activation, h, x)
    return (y for _, y in accumulate(repeat(None), following, initial=(first, readout(params, first))))


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return np.stack(list(islice(dream(params, x, h_init, activation), steps)))


def one_to_many(params, x, h_init, steps, activation="tanh"):
    inputs = islice(chain([x], repeat(np.zeros_like(x))), steps)
    return np.stack([readout(params, h) for h in scan(params, inputs, h_init, activation)])


def many_to_one(params, X, h_init, activation="tanh"):
    return readout(params, reduce(partial(cell, params, activation), X, h_init))


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    thought = reduce(partial(cell, encoder, activation), X, h_init)
    written = list(islice(dream(decoder, start, thought, activation), max_steps))
    before_stop = list(takewhile(lambda y: np.argmax(y) != stop, written))
    return np.stack(written[: len(before_stop) + 1])
