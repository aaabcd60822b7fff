"""Style: weights cut into the parts of x and h, gates by tanh, products by einsum, one cache for the way back."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    Wz: np.ndarray
    Wr: np.ndarray
    Wn: np.ndarray
    bz: np.ndarray
    br: np.ndarray
    bn: np.ndarray


def cut(W):
    return np.split(W, [W.shape[1] - W.shape[0]], axis=1)


def gate(W, b, x, h):
    of_x, of_h = cut(W)
    return of_x.dot(x) + of_h.dot(h) + b


def cell(params, x, h):
    z = (np.tanh(gate(params.Wz, params.bz, x, h) / 2) + 1) / 2
    r = (np.tanh(gate(params.Wr, params.br, x, h) / 2) + 1) / 2
    n = np.tanh(gate(params.Wn, params.bn, x, h * r))
    return n + z * (h - n), z, r, n


def cell_errors(params, h, z, r, n, dh_new):
    dan = (dh_new - dh_new * z) * (1 + n) * (1 - n)
    back = np.einsum("ij,i->j", cut(params.Wn)[1], dan)
    return (z - z**2) * dh_new * (h - n), (r - r**2) * back * h, dan


def cell_gradients(x, h, r, daz, dar, dan):
    pairs = (daz, [*x, *h]), (dar, [*x, *h]), (dan, np.hstack([x, h * r]))
    return Params(*(np.einsum("i,j->ij", *pair) for pair in pairs), daz, dar, dan)


def cell_state(params, z, r, daz, dar, dan, dh_new):
    through_gates = np.hstack([daz, dar]) @ np.vstack([cut(params.Wz)[1], cut(params.Wr)[1]])
    return z * dh_new + through_gates + dan @ cut(params.Wn)[1] * r


def forward(params, X, h_init):
    H = np.empty((len(X), len(h_init)))
    for t, x in enumerate(X):
        h_init = H[t] = cell(params, x, h_init)[0]
    return H


def backward(params, X, h_init, dH):
    cache = []
    for x in X:
        h_new, *gates = cell(params, x, h_init)
        cache.append((x, h_init, *gates))
        h_init = h_new
    dh, steps = 0, []
    while cache:
        x, h, z, r, n = cache.pop()
        dh = dh + dH[len(cache)]
        errors = cell_errors(params, h, z, r, n, dh)
        steps.append(cell_gradients(x, h, r, *errors))
        dh = cell_state(params, z, r, *errors, dh)
    return Params._make(map(sum, zip(*steps)))
