# Liam
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


def softmax(o):
    mx = np.max(o, axis=-1, keepdims=True)
    num = np.exp(o - mx)
    den = num.sum(axis=-1, keepdims=True)
    return num / den


def cross_entropy(Y_hat, Y, reduction="sum"):
    # average over the sequence, otherwise long sentences look worse than short ones
    safe = np.clip(Y_hat, 1e-15, 1.0)
    return -(Y * np.log(safe)).sum(axis=1).mean()


def forward(params, X, h_init, activation="tanh"):
    def cell(h, x):
        a = params.W @ h + params.U @ x + params.b
        return a if activation == "identity" else np.tanh(a)

    H = []
    for x in X:
        H.append(cell(H[-1] if H else h_init, x))
    H = np.array(H)
    return H, softmax(H @ params.V.T + params.c)


def output_error(Y_hat, Y, reduction="sum"):
    out = Y_hat - Y
    return out if reduction == "sum" else out / out.shape[0]


def bptt_V(dO, H):
    return np.matmul(dO.T, H)


def slopes(H, activation):
    return np.ones(H.shape) if activation == "identity" else 1 - H**2


def hidden_jacobian(params, H, t, k, activation="tanh"):
    s = slopes(H, activation)
    J = np.eye(H.shape[1])
    for m in range(k, t):
        J = np.matmul(s[m + 1][:, None] * params.W, J)
    return J


def bptt_all(params, dO, X, H, h_init, activation):
    """One pass for W, U and b together."""
    s = slopes(H, activation)
    dW, dU, db = np.zeros_like(params.W), np.zeros_like(params.U), np.zeros_like(params.b)
    from_future = np.zeros_like(params.b)
    for t in range(len(H) - 1, -1, -1):
        d = s[t] * (params.V.T @ dO[t] + from_future)
        dW += np.outer(d, H[t - 1] if t >= 1 else h_init)
        dU += np.outer(d, X[t])
        db += d
        from_future = params.W.T @ d
    return dW, dU, db


def bptt_W(params, dO, H, h_init, activation="tanh"):
    no_input = np.zeros((len(H), params.U.shape[1]))
    return bptt_all(params, dO, no_input, H, h_init, activation)[0]


def bptt_U(params, dO, X, H, activation="tanh"):
    return bptt_all(params, dO, X, H, np.zeros(H.shape[1]), activation)[1]


def bptt_b(params, dO, H, activation="tanh"):
    no_input = np.zeros((len(H), params.U.shape[1]))
    return bptt_all(params, dO, no_input, H, np.zeros(H.shape[1]), activation)[2]


def bptt_c(dO):
    return dO.sum(axis=0)


def gradient_step(params, grads, learning_rate):
    return Params(*[p - learning_rate * g for p, g in zip(params, grads)])


def sample(params, x, h, n, activation, stop=None):
    ys = []
    while len(ys) < n:
        H, Y = forward(params, [x], h, activation)
        h, y = H[0], Y[0]
        ys.append(y)
        i = y.argmax()
        if stop is not None and i == stop:
            break
        x = np.zeros(len(y))
        x[i] = 1.0
    return np.array(ys)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return sample(params, x, h_init, steps, activation)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, len(x)))
    X[0] += x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    context = forward(encoder, X, h_init, activation)[0][-1]
    return sample(decoder, start, context, max_steps, activation, stop)
