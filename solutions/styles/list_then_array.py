"""Style: rows are collected in lists and become an array at the end; some answers stay lists."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def softmax(o):
    o = np.array(o)
    if o.ndim > 1:
        return np.array([softmax(row) for row in o])
    exps = [np.exp(v - max(o)) for v in o]
    return np.array([e / sum(exps) for e in exps])


def cross_entropy(Y_hat, Y, reduction="sum"):
    losses = []
    for y_hat, y in zip(Y_hat.tolist(), Y.tolist()):
        losses.append(-sum(q * np.log(max(p, 1e-15)) for p, q in zip(y_hat, y)))
    if reduction == "mean":
        return sum(losses) / len(losses)
    return sum(losses)


def forward(params, X, h_init, activation="tanh"):
    hidden = [h_init]
    probs = []
    for x in X:
        pre = params.U @ x + params.W @ hidden[-1] + params.b
        hidden.append(np.tanh(pre) if activation == "tanh" else pre)
        probs.append(softmax(params.V @ hidden[-1] + params.c))
    return np.array(hidden[1:]), np.array(probs)


def output_error(Y_hat, Y, reduction="sum"):
    rows = [y_hat - y for y_hat, y in zip(Y_hat, Y)]
    if reduction == "mean":
        rows = [row / len(rows) for row in rows]
    return [row.tolist() for row in rows]


def bptt_V(dO, H):
    return sum([np.outer(d, h) for d, h in zip(dO, H)]).tolist()


def slopes(H, activation):
    return [1 - h**2 if activation == "tanh" else np.ones(len(h)) for h in H]


def hidden_jacobian(params, H, t, k, activation="tanh"):
    factors = [np.diag(s) @ params.W for s in slopes(H, activation)]
    J = np.eye(len(params.W))
    for factor in factors[k + 1 : t + 1]:
        J = factor @ J
    return J


def deltas(params, dO, H, activation):
    collected = []
    following = np.zeros(len(params.b))
    for d, s in zip(dO[::-1], slopes(H, activation)[::-1]):
        following = s * (params.V.T @ d + params.W.T @ following)
        collected.insert(0, following)
    return collected


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = [h_init] + list(H)
    return sum([np.outer(d, h) for d, h in zip(deltas(params, dO, H, activation), before)])


def bptt_U(params, dO, X, H, activation="tanh"):
    outers = []
    for d, x in zip(deltas(params, dO, H, activation), X):
        outers.append(np.outer(d, x))
    return np.array(outers).sum(axis=0)


def bptt_b(params, dO, H, activation="tanh"):
    return sum(deltas(params, dO, H, activation))


def bptt_c(dO):
    return [sum(column) for column in zip(*dO.tolist())]


def gradient_step(params, grads, learning_rate):
    new = []
    for theta, gradient in zip(params, grads):
        new.append((theta - learning_rate * gradient).tolist())
    return Params(*new)


def pick(y):
    y = list(y)
    best = y.index(max(y))
    return np.array([1.0 if i == best else 0.0 for i in range(len(y))])


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    outputs, inputs = [], [x]
    while len(outputs) < steps:
        _, Y_hat = forward(params, np.array(inputs), h_init, activation)  # once more from the start
        outputs.append(Y_hat[-1].tolist())
        inputs.append(pick(Y_hat[-1]))
    return outputs


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = [x] + [np.zeros(len(x))] * (steps - 1)
    return forward(params, np.array(X), h_init, activation)[1].tolist()


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y_hat = forward(params, X, h_init, activation)
    return list(Y_hat)[-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    words, outputs = [start], []
    for _ in range(max_steps):
        _, Y_hat = forward(decoder, np.array(words), h, activation)
        outputs.append(list(Y_hat[-1]))
        words.append(pick(Y_hat[-1]))
        if words[-1][stop]:
            break
    return outputs
