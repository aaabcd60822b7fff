"""Style: lists of floats and the math module; nothing comes back as an array."""

import math
from typing import NamedTuple


class Params(NamedTuple):
    U: list
    W: list
    V: list
    b: list
    c: list


def plain(a):
    """Nested lists of floats from whatever is given."""
    return a.tolist() if hasattr(a, "tolist") else [plain(v) if isinstance(v, (list, tuple)) else v for v in a]


def times(M, v):
    return [math.fsum(m * x for m, x in zip(row, v)) for row in M]


def transpose(M):
    return [list(column) for column in zip(*M)]


def outer(u, v):
    return [[x * y for y in v] for x in u]


def plus(*Ms):
    if isinstance(Ms[0], list):
        return [plus(*entries) for entries in zip(*Ms)]
    return math.fsum(Ms)


def softmax(o):
    o = plain(o)
    if isinstance(o[0], list):
        return [softmax(row) for row in o]
    m = max(o)
    e = [math.exp(v - m) for v in o]
    s = math.fsum(e)
    return [v / s for v in e]


def cross_entropy(Y_hat, Y, reduction="sum"):
    total = 0.0
    for p_row, y_row in zip(plain(Y_hat), plain(Y)):
        for p, y in zip(p_row, y_row):
            if y > 0:
                total += y * (-math.log(p) if p > 0 else math.inf)
    return total / len(Y) if reduction == "mean" else total


def step(params, x, h, activation):
    a = [u + w + b for u, w, b in zip(times(params.U, x), times(params.W, h), params.b)]
    h = [math.tanh(v) for v in a] if activation == "tanh" else a
    return h, softmax([o + c for o, c in zip(times(params.V, h), params.c)])


def forward(params, X, h_init, activation="tanh"):
    params, h = Params(*map(plain, params)), plain(h_init)
    H, Y_hat = [], []
    for x in plain(X):
        h, y = step(params, x, h, activation)
        H.append(h)
        Y_hat.append(y)
    return H, Y_hat


def output_error(Y_hat, Y, reduction="sum"):
    n = len(Y) if reduction == "mean" else 1
    return [[(p - y) / n for p, y in zip(*rows)] for rows in zip(plain(Y_hat), plain(Y))]


def bptt_V(dO, H):
    return plus(*map(outer, plain(dO), plain(H)))


def slope_of(h, activation):
    return [1 - v * v for v in h] if activation == "tanh" else [1.0] * len(h)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    W, H = plain(params.W), plain(H)
    columns = [[float(i == j) for i in range(len(W))] for j in range(len(W))]
    for m in range(k + 1, t + 1):
        s = slope_of(H[m], activation)
        columns = [[f * v for f, v in zip(s, times(W, column))] for column in columns]
    return transpose(columns)


def deltas(params, dO, H, activation):
    V_T, W_T = transpose(plain(params.V)), transpose(plain(params.W))
    result, carry = [], [0.0] * len(W_T)
    for d, h in zip(reversed(plain(dO)), reversed(plain(H))):
        dh = [a + b for a, b in zip(times(V_T, d), carry)]
        delta = [s * g for s, g in zip(slope_of(h, activation), dh)]
        carry = times(W_T, delta)
        result.append(delta)
    return result[::-1]


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = [plain(h_init), *plain(H)[:-1]]
    return plus(*map(outer, deltas(params, dO, H, activation), before))


def bptt_U(params, dO, X, H, activation="tanh"):
    return plus(*map(outer, deltas(params, dO, H, activation), plain(X)))


def bptt_b(params, dO, H, activation="tanh"):
    return plus(*deltas(params, dO, H, activation))


def bptt_c(dO):
    return [math.fsum(column) for column in zip(*plain(dO))]


def moved(theta, g, rate):
    return [moved(a, b, rate) for a, b in zip(theta, g)] if isinstance(theta, list) else theta - rate * g


def gradient_step(params, grads, learning_rate):
    return Params(*(moved(plain(p), plain(g), learning_rate) for p, g in zip(params, grads)))


def hot(y):
    return [1.0 if n == y.index(max(y)) else 0.0 for n in range(len(y))]


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    params, x, h, rows = Params(*map(plain, params)), plain(x), plain(h_init), []
    for _ in range(steps):
        h, y = step(params, x, h, activation)
        rows += [y]
        x = hot(y)
    return rows


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = [plain(x)] + [[0.0] * len(x) for _ in range(steps - 1)]
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    *_, last = forward(params, X, h_init, activation)[1]
    return last


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    *_, h = forward(encoder, X, h_init, activation)[0]
    decoder, x, rows = Params(*map(plain, decoder)), plain(start), []
    while True:
        h, y = step(decoder, x, h, activation)
        rows.append(y)
        if y.index(max(y)) == stop or len(rows) == max_steps:
            return rows
        x = hot(y)
