"""Style: real-time recurrent learning; the sensitivities dh_t/dW, dh_t/dU, dh_t/db run forward with the states."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def softmax(o):
    z = np.moveaxis(np.asarray(o, float), -1, 0)
    z = np.exp(z - z.max(axis=0))
    return np.moveaxis(z / z.sum(axis=0), 0, -1)


def cross_entropy(Y_hat, Y, reduction="sum"):
    # xlogy by hand: clip far below the smallest probability that a double needs
    per_step = -(Y * np.log(np.clip(Y_hat, 1e-300, None))).sum(axis=1)
    return per_step.sum() if reduction == "sum" else per_step.mean()


def phi(a, activation):
    return {"tanh": np.tanh, "identity": np.array}[activation](a)


def dphi(h, activation):
    return {"tanh": lambda: (1 - h) * (1 + h), "identity": lambda: h**0}[activation]()


def run(params, X, h, activation):
    """Yield the state and the output of every step."""
    for x in X:
        h = phi(params.U.dot(x) + params.W.dot(h) + params.b, activation)
        yield h, softmax(params.V.dot(h) + params.c)


def forward(params, X, h_init, activation="tanh"):
    states, outputs = zip(*run(params, X, h_init, activation))
    return np.asarray(states), np.asarray(outputs)


def output_error(Y_hat, Y, reduction="sum"):
    weight = 1 if reduction == "sum" else 1 / Y.shape[0]
    return weight * Y_hat - weight * Y


def bptt_V(dO, H):
    return np.tensordot(dO, H, axes=(0, 0))


def hidden_jacobian(params, H, t, k, activation="tanh"):
    """Push each unit vector of h_k forward: a column of the Jacobian at a time."""
    tangents = list(np.eye(H.shape[1]))
    for m in range(k + 1, t + 1):
        tangents = [dphi(H[m], activation) * params.W.dot(v) for v in tangents]
    return np.column_stack(tangents)


def sensitivities(params, H, factors, activation):
    """Return S with S[t, i, p, q] = d(h_t)_i / dM_pq, where M multiplies factors[t] at step t."""
    n = H.shape[1]
    S = np.zeros((n, n, factors.shape[1]))
    history = []
    for h, factor in zip(H, factors):
        S = np.tensordot(params.W, S, axes=1)
        S[np.arange(n), np.arange(n)] += factor  # the direct part: (a)_p holds M_pq times factor_q
        S = dphi(h, activation)[:, None, None] * S
        history.append(S)
    return np.stack(history)


def pulled(params, dO, S):
    return np.tensordot(dO @ params.V, S, axes=([0, 1], [0, 1]))


def bptt_W(params, dO, H, h_init, activation="tanh"):
    before = np.roll(H, 1, axis=0)
    before[0] = h_init
    return pulled(params, dO, sensitivities(params, H, before, activation))


def bptt_U(params, dO, X, H, activation="tanh"):
    return pulled(params, dO, sensitivities(params, H, X, activation))


def bptt_b(params, dO, H, activation="tanh"):
    ones = np.ones((H.shape[0], 1))
    return pulled(params, dO, sensitivities(params, H, ones, activation))[:, 0]


def bptt_c(dO):
    return np.ones(dO.shape[0]).dot(dO)


def gradient_step(params, grads, learning_rate):
    def moved(theta, gradient):
        return theta + (-learning_rate) * gradient

    return Params(*map(moved, params, grads))


def generate(params, x, h, activation):
    """Yield outputs for ever, each one's argmax being the next input."""
    while True:
        ((h, y),) = run(params, [x], h, activation)
        yield y
        x = np.where(np.arange(y.size) == np.argmax(y), 1.0, 0.0)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    outputs = generate(params, x, h_init, activation)
    return np.asarray([next(outputs) for _ in range(steps)])


def one_to_many(params, x, h_init, steps, activation="tanh"):
    inputs = (x if t == 0 else 0 * x for t in range(steps))
    return np.asarray([y for _, y in run(params, inputs, h_init, activation)])


def many_to_one(params, X, h_init, activation="tanh"):
    for _, y in run(params, X, h_init, activation):
        pass
    return y


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    for h, _ in run(encoder, X, h_init, activation):
        pass
    translation = []
    for y in generate(decoder, start, h, activation):
        translation.append(y)
        if y.argmax() == stop or len(translation) >= max_steps:
            return np.asarray(translation)
