# RNN homework - Hassan
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
    m = np.max(o, -1, keepdims=True)
    e = np.exp(o - m)
    return e / np.sum(e, -1, keepdims=True)


def cross_entropy(Y_hat, Y, reduction="sum"):
    total = 0.0
    for t in range(Y.shape[0]):
        for k in range(Y.shape[1]):
            if Y[t, k] != 0:
                total += -Y[t, k] * np.log(max(Y_hat[t, k], 1e-15))
    if reduction == "mean":
        return total / Y.shape[0]
    return total


def forward(params, X, h_init, activation="tanh"):
    U, W, V, b, c = params
    h = h_init
    H = []
    Y_hat = []
    for t in range(len(X)):
        h = np.dot(U, X[t]) + np.dot(W, h) + b
        if activation == "tanh":
            h = np.tanh(h)
        H.append(h)
        Y_hat.append(softmax(np.dot(V, h) + c))
    return np.array(H), np.array(Y_hat)


def output_error(Y_hat, Y, reduction="sum"):
    if reduction == "mean":
        return (Y_hat - Y) / len(Y)
    return Y_hat - Y


def bptt_V(dO, H):
    return np.dot(dO.T, H)


def hidden_jacobian(params, H, t, k, activation="tanh"):
    result = np.eye(H.shape[1])
    for i in range(t, k, -1):
        if activation == "tanh":
            result = np.dot(result, np.dot(np.diag(1 - H[i] ** 2), params.W))
        else:
            result = np.dot(result, params.W)
    return result


# From the slide: dh_t/dh_{t-1} = W, so the error goes back with W.T
def errors(params, dO, H):
    e = np.zeros(H.shape)
    later = np.zeros(H.shape[1])
    for t in range(len(H) - 1, -1, -1):
        e[t] = np.dot(params.V.T, dO[t]) + later
        later = np.dot(params.W.T, e[t])
    return e


def bptt_W(params, dO, H, h_init, activation="tanh"):
    e = errors(params, dO, H)
    dW = np.outer(e[0], h_init)
    for t in range(1, len(H)):
        dW = dW + np.outer(e[t], H[t - 1])
    return dW


def bptt_U(params, dO, X, H, activation="tanh"):
    return np.dot(errors(params, dO, H).T, X)


def bptt_b(params, dO, H, activation="tanh"):
    return np.sum(errors(params, dO, H), axis=0)


def bptt_c(dO):
    return np.sum(dO, axis=0)


def gradient_step(params, grads, learning_rate):
    U = params.U - learning_rate * grads.U
    W = params.W - learning_rate * grads.W
    V = params.V - learning_rate * grads.V
    b = params.b - learning_rate * grads.b
    c = params.c - learning_rate * grads.c
    return Params(U, W, V, b, c)


def onehot(i, n):
    v = np.zeros(n)
    v[i] = 1
    return v


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    out = []
    h = h_init
    for i in range(steps):
        H, Y = forward(params, np.array([x]), h, activation)
        out.append(Y[0])
        h = H[0]
        x = onehot(np.argmax(Y[0]), len(Y[0]))
    return np.array(out)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = [x]
    for i in range(steps - 1):
        X.append(np.zeros(len(x)))
    H, Y = forward(params, np.array(X), h_init, activation)
    return Y


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y = forward(params, X, h_init, activation)
    return Y[len(Y) - 1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, Y = forward(encoder, X, h_init, activation)
    h = H[-1]
    x = start
    out = []
    for i in range(max_steps):
        H, Y = forward(decoder, np.array([x]), h, activation)
        h = H[0]
        out.append(Y[0])
        k = np.argmax(Y[0])
        if k == stop:
            return np.array(out)
        x = onehot(k, len(Y[0]))
    return np.array(out)
