'''
Kavya - Unit 2 assignment
'''

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
    # definition from the slide
    return np.exp(o) / np.sum(np.exp(o), axis=-1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    # -sum y log yhat, only where y is not zero so that 0*log(0) never happens
    logs = np.zeros_like(Y)
    idx = Y > 0
    with np.errstate(divide="ignore"):
        logs[idx] = np.log(Y_hat[idx])
    per_step = -(Y * logs).sum(axis=1)
    return float(per_step.mean()) if reduction == "mean" else float(per_step.sum())


def nonlinearity(name):
    """The activation and its derivative written in terms of its output."""
    if name == "tanh":
        return np.tanh, lambda h: 1 - h**2
    return (lambda a: a), (lambda h: np.ones_like(h))


def forward(params, X, h_init, activation="tanh"):
    phi, _ = nonlinearity(activation)
    h, H, Y_hat = h_init, [], []
    for x_t in X:
        h = phi(params.U @ x_t + params.W @ h + params.b)
        o = params.V @ h + params.c
        H.append(h)
        Y_hat.append(softmax(o))
    return np.asarray(H), np.asarray(Y_hat)


def output_error(Y_hat, Y, reduction="sum"):
    diff = Y_hat - Y
    if reduction == "mean":
        diff = diff / diff.shape[0]
    return diff


def bptt_V(dO, H):
    return (dO[:, :, None] * H[:, None, :]).sum(axis=0)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    _, dphi = nonlinearity(activation)
    J = np.eye(params.W.shape[0])
    for m in range(k + 1, t + 1):
        J = np.diag(dphi(H[m])) @ params.W @ J
    return J


def deltas(params, dO, H, activation):
    _, dphi = nonlinearity(activation)
    D = np.zeros_like(H)
    back = np.zeros(H.shape[1])
    for t in range(H.shape[0] - 1, -1, -1):
        D[t] = dphi(H[t]) * (params.V.T @ dO[t] + back)
        back = params.W.T @ D[t]
    return D


def bptt_W(params, dO, H, h_init, activation="tanh"):
    D = deltas(params, dO, H, activation)
    H_prev = np.concatenate([h_init[None, :], H[:-1]], axis=0)
    return (D[:, :, None] * H_prev[:, None, :]).sum(axis=0)


def bptt_U(params, dO, X, H, activation="tanh"):
    D = deltas(params, dO, H, activation)
    return (D[:, :, None] * X[:, None, :]).sum(axis=0)


def bptt_b(params, dO, H, activation="tanh"):
    return deltas(params, dO, H, activation).sum(axis=0)


def bptt_c(dO):
    return dO.sum(axis=0)


def gradient_step(params, grads, learning_rate):
    updated = {}
    for name in ("U", "W", "V", "b", "c"):
        updated[name] = getattr(params, name) - learning_rate * getattr(grads, name)
    return Params(**updated)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    outputs = np.zeros((steps, len(params.c)))
    for s in range(steps):
        H, Y_hat = forward(params, x[None, :], h_init, activation)
        outputs[s] = Y_hat[0]
        h_init = H[0]
        x = np.zeros(len(params.c))
        x[np.argmax(outputs[s])] = 1
    return outputs


def one_to_many(params, x, h_init, steps, activation="tanh"):
    zeros = np.zeros((steps - 1, len(x)))
    return forward(params, np.concatenate([x[None, :], zeros]), h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    x = start
    sentence = []
    for _ in range(max_steps):
        H, Y_hat = forward(decoder, x[None, :], h, activation)
        sentence.append(Y_hat[0])
        word = np.argmax(Y_hat[0])
        if word == stop:
            break
        h = H[0]
        x = np.zeros(len(decoder.c))
        x[word] = 1
    return np.array(sentence)
