"""Style: a recursion in time, entry by entry."""

from collections import namedtuple
from math import exp, tanh

import numpy as np

Params = namedtuple("Params", "Wz Wr Wn bz br bn")


def affine(W, b, v):
    return [sum(w * e for w, e in zip(row, v)) + bias for row, bias in zip(W, b)]


def cell(params, x, h):
    z = np.array([1 / (1 + exp(-a)) for a in affine(params.Wz, params.bz, [*x, *h])])
    r = np.array([1 / (1 + exp(-a)) for a in affine(params.Wr, params.br, [*x, *h])])
    n = np.array([tanh(a) for a in affine(params.Wn, params.bn, [*x, *(r * h)])])
    return z * h + n - z * n, z, r, n


def back(W, error):
    M, columns = W.shape
    return np.array([sum(W[i, columns - M + j] * error[i] for i in range(M)) for j in range(M)])


def cell_errors(params, h, z, r, n, dh_new):
    dan = dh_new * (1 - z) * (1 - n * n)
    return dh_new * z * (1 - z) * (h - n), back(params.Wn, dan) * r * (1 - r) * h, dan


def cell_gradients(x, h, r, daz, dar, dan):
    pairs = (daz, [*x, *h]), (dar, [*x, *h]), (dan, [*x, *(r * h)])
    return Params(*(np.array([[d * e for e in v] for d in error]) for error, v in pairs), daz, dar, dan)


def cell_state(params, z, r, daz, dar, dan, dh_new):
    return back(params.Wr, dar) + back(params.Wz, daz) + back(params.Wn, dan) * r + z * dh_new


def forward(params, X, h_init):
    h = cell(params, X[0], h_init)[0]
    return np.array([h]) if len(X) == 1 else np.vstack([h, forward(params, X[1:], h)])


def backward(params, X, h_init, dH):
    return through(params, X, h_init, dH)[0]


def through(params, X, h, dH):
    if not len(X):
        return Params(*(0 * p for p in params)), 0 * h
    h_new, z, r, n = cell(params, X[0], h)
    later, dh = through(params, X[1:], h_new, dH[1:])
    dh = dh + dH[0]
    errors = cell_errors(params, h, z, r, n, dh)
    here = cell_gradients(X[0], h, r, *errors)
    return Params(*(a + b for a, b in zip(here, later))), cell_state(params, z, r, *errors, dh)
