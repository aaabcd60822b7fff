# Priya, roll no. 117
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
    shift = np.max(o, axis=-1, keepdims=True)
    e = np.exp(np.subtract(o, shift))
    return np.divide(e, np.sum(e, axis=-1, keepdims=True))


def cross_entropy(Y_hat, Y, reduction="sum"):
    tiny = np.finfo(float).tiny
    ce = -np.sum(Y * np.log(np.maximum(Y_hat, tiny)))
    if reduction == "mean":
        ce = ce / len(Y)
    return ce


def activate(a, activation):
    if activation == "tanh":
        return (np.exp(a) - np.exp(-a)) / (np.exp(a) + np.exp(-a))
    return a


def activation_grad(h, activation):
    if activation == "tanh":
        return (1 - h) * (1 + h)
    return np.ones(np.shape(h))


def forward(params, X, h_init, activation="tanh"):
    hidden = []
    outputs = []
    h = h_init
    for t in range(X.shape[0]):
        h = activate(np.matmul(params.U, X[t]) + np.matmul(params.W, h) + params.b, activation)
        hidden.append(h)
        outputs.append(softmax(np.matmul(params.V, h) + params.c))
    return np.array(hidden), np.array(outputs)


def output_error(Y_hat, Y, reduction="sum"):
    error = np.subtract(Y_hat, Y)
    if reduction == "mean":
        error = np.divide(error, len(Y))
    return error


def bptt_V(dO, H):
    dV = np.zeros((np.shape(dO)[1], np.shape(H)[1]))
    for t in range(len(H)):
        for k in range(np.shape(dO)[1]):
            dV[k] += dO[t, k] * H[t]
    return dV


def hidden_jacobian(params, H, t, k, activation="tanh"):
    J = np.eye(len(params.W))
    for step in range(t, k, -1):
        J = np.matmul(J, np.matmul(np.diag(activation_grad(H[step], activation)), params.W))
    return J


def get_deltas(params, dO, H, activation):
    deltas = np.zeros(np.shape(H))
    dh_next = np.zeros(np.shape(H)[1])
    for t in reversed(range(len(H))):
        dh = np.matmul(np.transpose(params.V), dO[t]) + dh_next
        deltas[t] = dh * activation_grad(H[t], activation)
        dh_next = np.matmul(np.transpose(params.W), deltas[t])
    return deltas


def bptt_W(params, dO, H, h_init, activation="tanh"):
    deltas = get_deltas(params, dO, H, activation)
    dW = np.zeros(np.shape(params.W))
    for t in range(len(H)):
        if t == 0:
            dW += np.outer(deltas[t], h_init)
        else:
            dW += np.outer(deltas[t], H[t - 1])
    return dW


def bptt_U(params, dO, X, H, activation="tanh"):
    deltas = get_deltas(params, dO, H, activation)
    dU = np.zeros(np.shape(params.U))
    for t in range(len(H)):
        dU += np.outer(deltas[t], X[t])
    return dU


def bptt_b(params, dO, H, activation="tanh"):
    return np.sum(get_deltas(params, dO, H, activation), axis=0)


def bptt_c(dO):
    return np.sum(dO, axis=0)


def gradient_step(params, grads, learning_rate):
    for p, g in zip(params, grads):
        p -= learning_rate * g
    return params


def make_one_hot(y):
    v = np.zeros(len(y))
    v[np.argmax(y)] = 1.0
    return v


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    result = np.zeros((steps, len(params.c)))
    h = h_init
    for i in range(steps):
        H, Y = forward(params, np.array([x]), h, activation)
        h = H[0]
        result[i] = Y[0]
        x = make_one_hot(Y[0])
    return result


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.zeros((steps, len(x)))
    X[0] = x
    H, Y = forward(params, X, h_init, activation)
    return Y


def many_to_one(params, X, h_init, activation="tanh"):
    H, Y = forward(params, X, h_init, activation)
    return Y[-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    H, Y = forward(encoder, X, h_init, activation)
    h = H[-1]
    x = start
    result = []
    done = False
    while not done:
        H, Y = forward(decoder, np.array([x]), h, activation)
        h = H[0]
        result.append(Y[0])
        x = make_one_hot(Y[0])
        done = np.argmax(Y[0]) == stop or len(result) >= max_steps
    return np.array(result)
