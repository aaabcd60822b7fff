"""A recurrent network and backpropagation through time, in numpy.

Giulia - tasks 1 to 5 for now, the rest by Friday
"""

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


def softmax(o: Array) -> Array:
    """Turn logits into probabilities along the last axis."""
    # max trick from the tutorial
    e = np.exp(o - np.max(o, axis=-1)[..., None])
    return e / np.sum(e, axis=-1)[..., None]


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    """Measure how badly the predicted distributions fit the true ones."""
    mask = Y != 0
    with np.errstate(all="ignore"):
        L = -(Y[mask] * np.log(Y_hat[mask])).sum()
    if reduction == "sum":
        return float(L)
    if reduction == "mean":
        return float(L) / Y.shape[0]
    raise ValueError(reduction)


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    """Run the network over a sequence."""
    H = np.zeros((X.shape[0], params.b.shape[0]))
    Y_hat = np.zeros((X.shape[0], params.c.shape[0]))
    prev = h_init
    for t in range(X.shape[0]):
        a = params.U @ X[t] + params.W @ prev + params.b
        if activation == "tanh":
            H[t] = np.tanh(a)
        else:
            H[t] = a
        Y_hat[t] = softmax(params.V @ H[t] + params.c)
        prev = H[t]
    return H, Y_hat


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    """Differentiate the loss with respect to the logits."""
    d = Y_hat - Y
    if reduction == "mean":
        d = d / Y.shape[0]
    return d


def bptt_V(dO: Array, H: Array) -> Array:
    """Differentiate the loss with respect to V."""
    dV = np.zeros((dO.shape[1], H.shape[1]))
    for t in range(H.shape[0]):
        dV += dO[t][:, None] * H[t][None, :]
    return dV


def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
    """Differentiate one hidden state with respect to an earlier one."""
    raise NotImplementedError("Task 6: hidden_jacobian")


def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    """Differentiate the loss with respect to W, through all of time."""
    raise NotImplementedError("Task 7: bptt_W")


def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
    """Differentiate the loss with respect to U, through all of time."""
    raise NotImplementedError("Task 8: bptt_U")


def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
    """Differentiate the loss with respect to b, through all of time."""
    raise NotImplementedError("Task 9: bptt_bias")


def bptt_c(dO: Array) -> Array:
    """Differentiate the loss with respect to c."""
    raise NotImplementedError("Task 9: bptt_bias")


def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
    """Take one step of gradient descent on every parameter."""
    raise NotImplementedError("Task 10: gradient_step")


def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
    """Predict step by step: the output of step t is fed as the input of step t + 1."""
    raise NotImplementedError("Task 11: one_to_one")


def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
    """Map a single input to a sequence of outputs."""
    raise NotImplementedError("Task 12: one_to_many")


def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    """Map a sequence of inputs to a single output, read off when everything has been seen."""
    raise NotImplementedError("Task 13: many_to_one")


def many_to_many(
    encoder: Params,
    decoder: Params,
    X: Array,
    h_init: Array,
    start: Array,
    stop: int,
    max_steps: int,
    activation: Activation = "tanh",
) -> Array:
    """Translate a sequence of any length into a sequence of any length."""
    raise NotImplementedError("Task 14: many_to_many")
