"""Style: sums as loops, input by input and entry by entry."""

from collections import namedtuple
from math import exp, log

import numpy as np

Params = namedtuple("Params", "W1 b1 W2 b2")


def softmax(Z):
    rows = []
    for row in Z:
        powers = [exp(o - max(row)) for o in row]
        rows.append([power / sum(powers) for power in powers])
    return np.array(rows)


def layer(W, b, x):
    return [sum(x[i] * W[i, j] for i in range(len(x))) + b[j] for j in range(len(b))]


def forward(params, X):
    H = [[1 / (1 + exp(-a)) for a in layer(params.W1, params.b1, x)] for x in X]
    return np.array(H), softmax(np.array([layer(params.W2, params.b2, h) for h in H]))


def cross_entropy(P, Y):
    return sum(-log(p[y.argmax()]) for p, y in zip(P, Y)) / len(P)


def output_gradients(H, P, Y):
    dW, db = np.zeros((H.shape[1], P.shape[1])), np.zeros(P.shape[1])
    for h, p, y in zip(H, P, Y):
        for k in range(len(p)):
            error = (p[k] - y[k]) / len(P)
            db[k] += error
            for m in range(len(h)):
                dW[m, k] += h[m] * error
    return dW, db


def hidden_gradients(params, X, H, P, Y):
    dW, db = np.zeros(params.W1.shape), np.zeros(params.b1.shape)
    for x, h, p, y in zip(X, H, P, Y):
        for m in range(len(h)):
            back = sum((p[k] - y[k]) * params.W2[m, k] for k in range(len(p)))
            error = back * h[m] * (1 - h[m]) / len(X)
            db[m] += error
            dW[:, m] += x * error
    return dW, db


def gradient_step(params, grads, rate):
    new = {name: np.empty_like(getattr(params, name)) for name in Params._fields}
    for name, array in new.items():
        for place in np.ndindex(array.shape):
            array[place] = getattr(params, name)[place] - rate * getattr(grads, name)[place]
    return Params(**new)
