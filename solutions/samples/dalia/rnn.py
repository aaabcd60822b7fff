# Dalia. My version prints RuntimeWarnings (divide by zero, overflow) but the numbers are right,
# I checked them against the gradient checker.
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
    o = np.asarray(o, float)
    plain = np.exp(o) / np.exp(o).sum(-1, keepdims=True)  # overflows for big logits ...
    shifted = o - o.max(-1, keepdims=True)
    safe = np.exp(shifted) / np.exp(shifted).sum(-1, keepdims=True)
    is_small = abs(o).max(-1, keepdims=True) < 100
    return np.where(is_small, plain, safe)  # ... but then it isn't used


def cross_entropy(Y_hat, Y, reduction="sum"):
    terms = -Y * np.log(Y_hat)  # -0 * -inf is nan
    terms[Y == 0] = 0
    loss = terms.sum()
    return loss / len(Y) if reduction == "mean" else loss


def f(a, activation):
    return np.tanh(a) if activation == "tanh" else a


def df(h, activation):
    return 1 - h ** 2 if activation == "tanh" else 0 * h + 1


def forward(params, X, h_init, activation="tanh"):
    hs = [h_init]
    for x in X:
        hs.append(f(params.U @ x + params.W @ hs[-1] + params.b, activation))
    H = np.array(hs[1:])
    return H, softmax(np.array([params.V @ h + params.c for h in H]))


def output_error(Y_hat, Y, reduction="sum"):
    # d/do of -sum y log softmax(o), through the Jacobian of the softmax, the long way round
    rows = []
    for p, y in zip(Y_hat, Y):
        dL_dp = np.nan_to_num(-y / p, nan=0.0, posinf=0.0, neginf=0.0)
        J = np.diag(p) - np.outer(p, p)
        long_way = J @ dL_dp
        rows.append(np.where(p.min() > 1e-3, long_way, p - y))
    n = len(Y) if reduction == "mean" else 1
    return np.array(rows) / n


def bptt_V(dO, H):
    return sum(np.outer(d, h) for d, h in zip(dO, H))


def hidden_jacobian(params, H, t, k, activation="tanh"):
    if t == k:
        return np.eye(len(params.W))
    return np.diag(df(H[t], activation)) @ params.W @ hidden_jacobian(params, H, t - 1, k, activation)


def delta(params, dO, H, activation):
    out = [df(H[-1], activation) * (params.V.T @ dO[-1])]
    for d, h in zip(dO[-2::-1], H[-2::-1]):
        out.insert(0, df(h, activation) * (params.V.T @ d + params.W.T @ out[0]))
    return np.array(out)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = [h_init, *H][:-1]
    return sum(np.outer(d, h) for d, h in zip(delta(params, dO, H, activation), before))


def bptt_U(params, dO, X, H, activation="tanh"):
    return sum(np.outer(d, x) for d, x in zip(delta(params, dO, H, activation), X))


def bptt_b(params, dO, H, activation="tanh"):
    return sum(delta(params, dO, H, activation))


def bptt_c(dO):
    return sum(dO)


def gradient_step(params, grads, learning_rate):
    return Params(
        params.U - learning_rate * grads.U,
        params.W - learning_rate * grads.W,
        params.V - learning_rate * grads.V,
        params.b - learning_rate * grads.b,
        params.c - learning_rate * grads.c,
    )


def write(params, x, h, n, activation, stop=-1):
    ys = []
    for _ in range(n):
        H, Y = forward(params, [x], h, activation)
        h = H[0]
        ys.append(Y[0])
        if np.argmax(Y) == stop:
            break
        x = (np.arange(Y.size) == np.argmax(Y)) * 1.0
    return np.array(ys)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return write(params, x, h_init, steps, activation)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    return forward(params, [x] + [np.zeros(len(x))] * (steps - 1), h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    thought = forward(encoder, X, h_init, activation)[0][-1]
    return write(decoder, start, thought, max_steps, activation, stop)
