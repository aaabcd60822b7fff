"""Style: a small automatic differentiation of one's own; gradients are read off a tape that is run backward."""

from typing import NamedTuple

import numpy as np


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


class Var:
    """A value on the tape, and how to send a gradient to what it came from."""

    def __init__(self, value, tape, parents=()):
        self.value = np.asarray(value)
        self.grad = np.zeros_like(self.value, dtype=float)
        self.parents = parents
        self.tape = tape
        tape.append(self)

    def __add__(self, other):
        return Var(self.value + other.value, self.tape, [(self, lambda g: g), (other, lambda g: g)])

    def __matmul__(self, v):
        return Var(
            self.value @ v.value,
            self.tape,
            [(self, lambda g: np.outer(g, v.value)), (v, lambda g: self.value.T @ g)],
        )

    def squash(self, h, activation):
        """Become the state h that was reached from this pre-activation."""
        slope = 1 - h * h if activation == "tanh" else np.ones(h.shape)
        return Var(h, self.tape, [(self, lambda g: slope * g)])


def run_backward(tape):
    for var in reversed(tape):
        for parent, pull in var.parents:
            parent.grad = parent.grad + pull(var.grad)


def softmax(o):
    z = np.asarray(o)
    z = z - np.maximum.reduce(z, axis=-1, keepdims=True)
    return np.exp(z - np.log(np.add.reduce(np.exp(z), axis=-1, keepdims=True)))


def cross_entropy(Y_hat, Y, reduction="sum"):
    rows, classes = np.nonzero(Y)
    with np.errstate(divide="ignore"):
        nats = -Y[rows, classes] * np.log(Y_hat[rows, classes])
    return np.sum(nats) / (1 if reduction == "sum" else Y.shape[0])


def forward(params, X, h_init, activation="tanh"):
    phi = np.tanh if activation == "tanh" else np.positive
    H = np.empty((len(X), len(h_init)))
    for t in range(len(X)):
        H[t] = phi(params.U @ X[t] + params.W @ (h_init if t == 0 else H[t - 1]) + params.b)
    Y_hat = softmax((params.V @ H.T).T + params.c)
    return H, Y_hat


def output_error(Y_hat, Y, reduction="sum"):
    return np.true_divide(Y_hat - Y, {"sum": 1, "mean": len(Y)}[reduction])


def record(params, dO, inputs, H, h_init, activation):
    """Lay the whole sequence on a tape; return the variables of U, W, V, b."""
    tape = []
    U, W, V, b = (Var(array, tape) for array in params[:4])
    h = Var(h_init, tape)
    for x, d, state in zip(inputs, dO, H):
        a = (U @ Var(x, tape)) + (W @ h) + b
        h = a.squash(state, activation)
        o = V @ h
        o.grad = np.array(d)  # the loss begins here
    run_backward(tape)
    return U, W, V, b


def bptt_V(dO, H):
    tape = []
    V = Var(np.zeros((dO.shape[1], H.shape[1])), tape)
    for d, h in zip(dO, H):
        (V @ Var(h, tape)).grad = d
    run_backward(tape)
    return V.grad


def hidden_jacobian(params, H, t, k, activation="tanh"):
    """A row at a time: start with a unit gradient at h_t and see what arrives at h_k."""
    J = []
    for unit in np.eye(H.shape[1]):
        tape = []
        W, start = Var(params.W, tape), Var(H[k], tape)
        h = start
        for state in H[k + 1 : t + 1]:
            h = (W @ h).squash(state, activation)
        h.grad = h.grad + unit
        run_backward(tape)
        J.append(start.grad)
    return np.array(J)


def bptt_W(params, dO, H, h_init, activation="tanh"):
    no_inputs = np.zeros((len(H), params.U.shape[1]))
    return record(params, dO, no_inputs, H, h_init, activation)[1].grad


def bptt_U(params, dO, X, H, activation="tanh"):
    return record(params, dO, X, H, np.zeros(H.shape[1]), activation)[0].grad


def bptt_b(params, dO, H, activation="tanh"):
    no_inputs = np.zeros((len(H), params.U.shape[1]))
    return record(params, dO, no_inputs, H, np.zeros(H.shape[1]), activation)[3].grad


def bptt_c(dO):
    tape = []
    c = Var(np.zeros(dO.shape[1]), tape)
    for d in dO:
        (c + Var(np.zeros(dO.shape[1]), tape)).grad = d
    run_backward(tape)
    return c.grad


def gradient_step(params, grads, learning_rate):
    U, W, V, b, c = (theta - g * learning_rate for theta, g in zip(params, grads))
    return Params(U, W, V, b, c)


def _walk(params, h, x, activation, most, stop=-1):
    result = []
    while len(result) < most:
        states, outputs = forward(params, x[None, :], h, activation)
        h = states[0]
        result.append(outputs[0])
        winner = outputs[0].argmax()
        if winner == stop:
            break
        x = np.bincount([winner], minlength=len(outputs[0])).astype(float)
    return np.array(result)


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    return _walk(params, h_init, x, activation, most=steps)


def one_to_many(params, x, h_init, steps, activation="tanh"):
    X = np.concatenate([x, np.zeros(len(x) * (steps - 1))]).reshape(steps, -1)
    return forward(params, X, h_init, activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    Y_hat = forward(params, X, h_init, activation)[1]
    return Y_hat[::-1][0]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    thought = forward(encoder, X, h_init, activation)[0][-1]
    return _walk(decoder, thought, start, activation, most=max_steps, stop=stop)
