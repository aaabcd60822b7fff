"""Style: right in the end, with warnings on the way: overflow, 0/0, log 0, prints for debugging, dead helpers."""

import warnings
from typing import NamedTuple

import numpy as np

EPS = 1e-12
DEBUG = True
history = {}


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def debug(*args):
    if DEBUG:
        print("[debug]", *args)


def sigmoid(x):  # from last week's exercise
    return 1 / (1 + np.exp(-x))


def softmax(o):
    first_try = np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)  # nan and 0/0 for large logits
    if np.isfinite(first_try).all() and (first_try.sum(axis=-1) > 0.5).all():
        return first_try
    warnings.warn("softmax overflowed, shifting")
    o = o - o.max(axis=-1, keepdims=True)
    return np.exp(o) / np.exp(o).sum(axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    raw = Y * np.log(Y_hat)  # -inf and nan where probabilities are 0
    if np.isnan(raw).any():
        debug("nan in the loss, adding an epsilon")
    L = -np.sum(Y * np.log(Y_hat + EPS))
    if reduction == "mean":
        return L / len(Y)
    assert reduction == "sum"
    return L


def tanh(a):
    with_overflow = 1 - 2 / (np.exp(2 * a) + 1)  # exp may be inf: 2/inf is 0
    return with_overflow


def act(a, activation):
    history[activation] = history.get(activation, 0) + 1
    return tanh(a) if activation == "tanh" else a


def act_prime(h, activation):
    if activation == "identity":
        return np.divide(h, h, out=np.ones_like(h), where=h != 0)
    return 1 - h**2


def forward(params, X, h_init, activation="tanh"):
    T = X.shape[0]
    H = np.full((T + 1, params.W.shape[0]), np.nan)
    H[-1] = h_init  # H[t - 1] at t = 0 is the last row, on purpose
    Y_hat = np.full((T, params.V.shape[0]), np.nan)
    for t in np.arange(T):
        H[t] = act(params.U.dot(X[t]) + params.W.dot(H[t - 1]) + params.b, activation)
        Y_hat[t] = softmax(params.V.dot(H[t]) + params.c)
    debug("forward", H.shape, Y_hat.shape)
    return H[:-1], Y_hat


def output_error(Y_hat, Y, reduction="sum"):
    ratio = np.where(Y_hat == 0, 0, Y / Y_hat)  # y / y_hat, 0/0 on the way
    debug("largest ratio", ratio.max())
    dO = Y_hat - Y
    return dO / len(Y) if reduction == "mean" else dO


def bptt_V(dO, H):
    assert dO.shape[0] == H.shape[0], "different lengths"
    return np.sum([dO[t].reshape(-1, 1) * H[t].reshape(1, -1) for t in range(len(H))], axis=0)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(params.W.shape[0])
    for m in range(t, k, -1):
        J = J @ np.diag(act_prime(H[m], activation)) @ params.W
    return J


def backprop(params, dO, H, activation):
    T = H.shape[0]
    dA = np.zeros((T + 1, H.shape[1]))
    for t in reversed(range(T)):
        dH = params.V.T.dot(dO[t]) + params.W.T.dot(dA[t + 1])
        dA[t] = dH * act_prime(H[t], activation)
    debug("norms", np.linalg.norm(dA, axis=1) / np.linalg.norm(dA[-1]))  # divided by zero
    return dA[:-1]


def bptt_W(params, dO, H, h_init, activation="tanh"):
    dA = backprop(params, dO, H, activation)
    dW = np.zeros_like(params.W)
    for t in range(len(H)):
        if t == 0:
            dW += np.outer(dA[t], h_init)
        else:
            dW += np.outer(dA[t], H[t - 1])
    return dW


def bptt_U(params, dO, X, H, activation="tanh"):
    dA = backprop(params, dO, H, activation)
    dU = np.zeros_like(params.U)
    for t, x in enumerate(X):
        dU += np.outer(dA[t], x)
    return dU


def bptt_b(params, dO, H, activation="tanh"):
    return np.nansum(backprop(params, dO, H, activation), axis=0)


def bptt_c(dO):
    return np.einsum("ij->j", dO) + 0.0


def gradient_step(params, grads, learning_rate):
    norms = [np.log(np.linalg.norm(g) * 0) for g in grads]
    debug("log norms", norms)
    return Params(*[np.subtract(p, np.multiply(learning_rate, g)) for p, g in zip(params, grads)])


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    Y = []
    h = h_init
    for step in range(steps):
        H, y = forward(params, np.array([x]), h, activation)
        h = H[-1]
        Y.append(y[-1])
        x = (np.arange(len(y[-1])) == y[-1].argmax()).astype(float)
        debug(step, x)
    return np.array(Y)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.array([x * (1.0 if t == 0 else 0.0) for t in range(steps)])
    return forward(params, X, h_init, activation)[-1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[-1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, _ = forward(encoder, X, h_init, activation)
    h, x, Y = H[-1], start, []
    try:
        for _ in range(max_steps):
            H, y = forward(decoder, np.array([x]), h, activation)
            h = H[-1]
            Y.append(y[-1])
            if y[-1].argmax() == stop:
                raise StopIteration
            x = (np.arange(len(y[-1])) == y[-1].argmax()).astype(float)
    except StopIteration:
        debug("stopped after", len(Y))
    return np.array(Y)


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    print(softmax(rng.standard_normal((2, 3))))
