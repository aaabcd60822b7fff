"""Style: loops over steps, units and classes; numpy only holds the numbers."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def softmax(o):
    o = np.asarray(o, dtype=float)
    flat = o.reshape(-1, o.shape[-1])
    out = np.empty_like(flat)
    for r in range(flat.shape[0]):
        biggest = flat[r, 0]
        for j in range(1, flat.shape[1]):
            if flat[r, j] > biggest:
                biggest = flat[r, j]
        total = 0.0
        for j in range(flat.shape[1]):
            out[r, j] = np.exp(flat[r, j] - biggest)
            total += out[r, j]
        for j in range(flat.shape[1]):
            out[r, j] /= total
    return out.reshape(o.shape)


def cross_entropy(Y_hat, Y, reduction="sum"):
    loss = 0.0
    for t in range(Y.shape[0]):
        for c in range(Y.shape[1]):
            if Y[t, c] == 0:
                continue
            if Y_hat[t, c] == 0:
                return float("inf")
            loss -= Y[t, c] * np.log(Y_hat[t, c])
    if reduction == "mean":
        loss /= Y.shape[0]
    return loss


def forward(params, X, h_init, activation="tanh"):
    T, D = X.shape
    n_hidden = params.b.shape[0]
    n_out = params.c.shape[0]
    H = np.zeros((T, n_hidden))
    O = np.zeros((T, n_out))
    for t in range(T):
        for i in range(n_hidden):
            a = params.b[i]
            for j in range(D):
                a += params.U[i, j] * X[t, j]
            for j in range(n_hidden):
                if t == 0:
                    a += params.W[i, j] * h_init[j]
                else:
                    a += params.W[i, j] * H[t - 1, j]
            if activation == "tanh":
                H[t, i] = np.tanh(a)
            else:
                H[t, i] = a
        for k in range(n_out):
            O[t, k] = params.c[k]
            for i in range(n_hidden):
                O[t, k] += params.V[k, i] * H[t, i]
    return H, softmax(O)


def output_error(Y_hat, Y, reduction="sum"):
    T, K = Y.shape
    dO = np.zeros((T, K))
    for t in range(T):
        for k in range(K):
            dO[t, k] = Y_hat[t, k] - Y[t, k]
            if reduction == "mean":
                dO[t, k] = dO[t, k] / T
    return dO


def bptt_V(dO, H):
    dV = np.zeros((dO.shape[1], H.shape[1]))
    for t in range(H.shape[0]):
        for k in range(dO.shape[1]):
            for i in range(H.shape[1]):
                dV[k, i] += dO[t, k] * H[t, i]
    return dV


def hidden_jacobian(params, H, t, k, activation="tanh"):
    n = H.shape[1]
    J = np.zeros((n, n))
    for i in range(n):
        J[i, i] = 1.0
    for m in range(t, k, -1):  # from the left end of the product to the right
        new = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                for l in range(n):
                    slope = 1.0 - H[m, l] ** 2 if activation == "tanh" else 1.0
                    new[i, j] += J[i, l] * slope * params.W[l, j]
        J = new
    return J


def get_deltas(params, dO, H, activation):
    T, n = H.shape
    deltas = np.zeros((T, n))
    for t in range(T - 1, -1, -1):
        for i in range(n):
            dh = 0.0
            for k in range(dO.shape[1]):
                dh += params.V[k, i] * dO[t, k]
            if t < T - 1:
                for j in range(n):
                    dh += params.W[j, i] * deltas[t + 1, j]
            if activation == "tanh":
                dh *= 1.0 - H[t, i] * H[t, i]
            deltas[t, i] = dh
    return deltas


def bptt_W(params, dO, H, h_init, activation="tanh"):
    deltas = get_deltas(params, dO, H, activation)
    n = H.shape[1]
    dW = np.zeros((n, n))
    for t in range(H.shape[0]):
        for i in range(n):
            for j in range(n):
                before = h_init[j] if t == 0 else H[t - 1, j]
                dW[i, j] += deltas[t, i] * before
    return dW


def bptt_U(params, dO, X, H, activation="tanh"):
    deltas = get_deltas(params, dO, H, activation)
    dU = np.zeros((H.shape[1], X.shape[1]))
    for t in range(X.shape[0]):
        for i in range(H.shape[1]):
            for j in range(X.shape[1]):
                dU[i, j] += deltas[t, i] * X[t, j]
    return dU


def bptt_b(params, dO, H, activation="tanh"):
    deltas = get_deltas(params, dO, H, activation)
    db = np.zeros(H.shape[1])
    for t in range(H.shape[0]):
        for i in range(H.shape[1]):
            db[i] += deltas[t, i]
    return db


def bptt_c(dO):
    dc = np.zeros(dO.shape[1])
    for t in range(dO.shape[0]):
        for k in range(dO.shape[1]):
            dc[k] += dO[t, k]
    return dc


def gradient_step(params, grads, learning_rate):
    updated = []
    for n in range(5):
        updated.append(params[n] - learning_rate * grads[n])
    return Params(updated[0], updated[1], updated[2], updated[3], updated[4])


def index_of_largest(row):
    best = 0
    for j in range(1, len(row)):
        if row[j] > row[best]:
            best = j
    return best


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    K = params.c.shape[0]
    result = np.zeros((steps, K))
    inp = np.zeros((1, K))
    for j in range(K):
        inp[0, j] = x[j]
    h = h_init
    for s in range(steps):
        H, Y_hat = forward(params, inp, h, activation)
        h = H[0]
        winner = index_of_largest(Y_hat[0])
        for j in range(K):
            result[s, j] = Y_hat[0, j]
            inp[0, j] = 1.0 if j == winner else 0.0
    return result


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, x.shape[0]))
    for j in range(x.shape[0]):
        X[0, j] = x[j]
    H, Y_hat = forward(params, X, h_init, activation)
    return Y_hat


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y_hat = forward(params, X, h_init, activation)
    answer = np.zeros(Y_hat.shape[1])
    for k in range(Y_hat.shape[1]):
        answer[k] = Y_hat[Y_hat.shape[0] - 1, k]
    return answer


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, _ = forward(encoder, X, h_init, activation)
    h = H[len(H) - 1]
    inp = np.array([start], dtype=float)
    rows = []
    for s in range(max_steps):
        H, Y_hat = forward(decoder, inp, h, activation)
        rows.append(Y_hat[0])
        h = H[0]
        winner = index_of_largest(Y_hat[0])
        if winner == stop:
            break
        inp = np.zeros((1, len(start)))
        inp[0, winner] = 1.0
    return np.array(rows)
