"""BPTT assignment, Amina.

I wrote everything with loops and lists first, to follow the indices on the slides. It is slow but I
understand every line of it.
"""
import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Activation = Literal["tanh", "identity"]
Reduction = Literal["sum", "mean"]


class Params(NamedTuple):
    """The parameters θ = {U, W, V, b, c} of one network; also the container of their gradients."""

    U: Array  # (H, D), input to hidden
    W: Array  # (H, H), hidden to hidden
    V: Array  # (K, H), hidden to output
    b: Array  # (H,), hidden bias
    c: Array  # (K,), output bias


def phi(a, activation):
    return math.tanh(a) if activation == "tanh" else a


def dphi(h, activation):
    return 1 - h * h if activation == "tanh" else 1.0


def matvec(M, v):
    out = []
    for row in M:
        s = 0.0
        for m, x in zip(row, v):
            s += m * x
        out.append(s)
    return out


def matmul(A, B):
    columns = list(zip(*B))
    return [[sum(a * b for a, b in zip(row, column)) for column in columns] for row in A]


def softmax(o):
    """Turn logits into probabilities along the last axis."""
    if np.ndim(o) > 1:
        return np.array([softmax(row) for row in o])
    biggest = max(o)
    exps = [math.exp(z - biggest) for z in o]
    total = sum(exps)
    return np.array([e / total for e in exps])


def cross_entropy(Y_hat, Y, reduction="sum"):
    loss = 0.0
    for y_hat_t, y_t in zip(Y_hat, Y):
        for p, y in zip(y_hat_t, y_t):
            if y == 0:
                continue  # 0 log 0 = 0
            if p == 0:
                return math.inf
            loss -= y * math.log(p)
    if reduction == "mean":
        loss = loss / len(Y)
    return loss


def forward(params, X, h_init, activation="tanh"):
    H, Y_hat = [], []
    h = list(h_init)
    for x in X:
        ux = matvec(params.U, x)
        wh = matvec(params.W, h)
        h = [phi(ux[i] + wh[i] + params.b[i], activation) for i in range(len(wh))]
        o = [vh + c for vh, c in zip(matvec(params.V, h), params.c)]
        H.append(h)
        Y_hat.append(softmax(o))
    return np.array(H), np.array(Y_hat)


def output_error(Y_hat, Y, reduction="sum"):
    dO = []
    for t in range(len(Y)):
        row = []
        for c in range(len(Y[t])):
            d = Y_hat[t][c] - Y[t][c]
            if reduction == "mean":
                d = d / len(Y)
            row.append(d)
        dO.append(row)
    return np.array(dO)


def bptt_V(dO, H):
    K, n = len(dO[0]), len(H[0])
    dV = [[0.0] * n for _ in range(K)]
    for t in range(len(H)):
        for i in range(K):
            for j in range(n):
                dV[i][j] += dO[t][i] * H[t][j]
    return np.array(dV)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    n = len(params.W)
    J = [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]
    for m in range(t, k, -1):
        # going down in time, so the next factor goes to the right
        factor = [[dphi(H[m][i], activation) * params.W[i][j] for j in range(n)] for i in range(n)]
        J = matmul(J, factor)
    return np.array(J)


def all_deltas(params, dO, H, activation):
    """delta[t] = dL/da_t, computed from the last step to the first."""
    T, n, K = len(H), len(H[0]), len(dO[0])
    delta = [None] * T
    for t in range(T - 1, -1, -1):
        row = []
        for i in range(n):
            dh = 0.0
            for o in range(K):
                dh += params.V[o][i] * dO[t][o]
            if t < T - 1:
                for j in range(n):
                    dh += params.W[j][i] * delta[t + 1][j]
            row.append(dh * dphi(H[t][i], activation))
        delta[t] = row
    return delta


def sum_of_outer(delta, Z):
    G = [[0.0] * len(Z[0]) for _ in delta[0]]
    for d, z in zip(delta, Z):
        for i in range(len(d)):
            for j in range(len(z)):
                G[i][j] += d[i] * z[j]
    return np.array(G)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = [list(h_init)] + [list(h) for h in H[:-1]]
    return sum_of_outer(all_deltas(params, dO, H, activation), before)


def bptt_U(params, dO, X, H, activation="tanh"):
    return sum_of_outer(all_deltas(params, dO, H, activation), X)


def bptt_b(params, dO, H, activation="tanh"):
    # a plain list: the assignment says that is fine
    return [float(sum(column)) for column in zip(*all_deltas(params, dO, H, activation))]


def bptt_c(dO):
    return [float(sum(column)) for column in zip(*dO)]


def gradient_step(params, grads, learning_rate):
    new = []
    for p, g in zip(params, grads):
        new.append(np.array(p) - learning_rate * np.array(g))
    return Params(*new)


def one_hot(index, length):
    return [1.0 if i == index else 0.0 for i in range(length)]


def argmax(values):
    best = 0
    for i in range(len(values)):
        if values[i] > values[best]:  # > and not >=, the lowest index wins a tie
            best = i
    return best


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    outputs = []
    h = h_init
    for _ in range(steps):
        H, Y_hat = forward(params, [x], h, activation)
        outputs.append(Y_hat[0])
        h = H[0]
        x = one_hot(argmax(Y_hat[0]), len(Y_hat[0]))
    return np.array(outputs)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = [x]
    while len(X) < steps:
        X.append([0.0] * len(x))
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y_hat = forward(params, X, h_init, activation)
    return Y_hat[-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, _ = forward(encoder, X, h_init, activation)
    h, x = H[-1], start
    outputs = []
    for _ in range(max_steps):
        H, Y_hat = forward(decoder, [x], h, activation)
        h = H[0]
        outputs.append(Y_hat[0])
        winner = argmax(Y_hat[0])
        if winner == stop:
            break
        x = one_hot(winner, len(Y_hat[0]))
    return np.array(outputs)
