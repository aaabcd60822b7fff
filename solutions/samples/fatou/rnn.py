"""A recurrent network and backpropagation through time, in numpy."""

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
    raise NotImplementedError("Task 1: softmax")


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    """Measure how badly the predicted distributions fit the true ones."""
    raise NotImplementedError("Task 2: cross_entropy")


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    """Run the network over a sequence."""
    raise NotImplementedError("Task 3: forward")


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    """Differentiate the loss with respect to the logits."""
    raise NotImplementedError("Task 4: output_error")


def bptt_V(dO: Array, H: Array) -> Array:
    """Differentiate the loss with respect to V."""
    raise NotImplementedError("Task 5: bptt_V")


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
