"""A recurrent network and backpropagation through time, in numpy.

The model (slides "Error or LOSS", "Gradient of loss wrt to V" and "The Math Behind BPTT"):

    a_t = U x_t + W h_{t-1} + b          h_t = φ(a_t),   φ = tanh or identity
    o_t = V h_t + c                      ŷ_t = softmax(o_t)
    L_t = -Σ_c y_tc log ŷ_tc             L = Σ_t L_t  ("sum")  or  (1/T) Σ_t L_t  ("mean")

Shapes: T steps, D inputs, H hidden units, K outputs. A sequence is an array with one row per step, so
row r of `H` is h_{r+1}: the slides count steps from 1, indices in code start at 0, and h_0 is `h_init`.
Everything is float64. No function changes its arguments. Ties in an argmax go to the lowest index.

Fill in the functions in the order of their task numbers; helpers of your own are welcome.
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
    """Turn logits into probabilities along the last axis.

        softmax(o)_i = exp(o_i) / Σ_j exp(o_j)

    Args:
        o: logits, shape (..., K); magnitudes up to 1e4 must neither overflow nor give nan.

    Returns:
        Probabilities of the same shape; each distribution along the last axis sums to 1.

    Slide: "Error or LOSS" (a suitable output function for this task).
    """
    raise NotImplementedError("Task 1: softmax")


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    """Measure how badly the predicted distributions fit the true ones.

        L_t = -Σ_c y_tc log ŷ_tc,    L = Σ_t L_t ("sum")  or  (1/T) Σ_t L_t ("mean")

    0 · log 0 counts as 0, never nan. A true class that was given probability 0 costs +inf, or a large
    number where an epsilon of 1e-12 or less guards the log.

    Args:
        Y_hat: predicted probabilities, shape (T, K).
        Y: true distributions, shape (T, K); one-hot rows as a rule.
        reduction: "sum" over the steps, or their "mean".

    Returns:
        The loss, a float.

    Slides: "Error or LOSS" (where the formula lacks the sum over classes) and "The Math Behind BPTT" (mean).
    """
    raise NotImplementedError("Task 2: cross_entropy")


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    """Run the network over a sequence.

        a_t = U x_t + W h_{t-1} + b,   h_t = φ(a_t),   o_t = V h_t + c,   ŷ_t = softmax(o_t)

    Args:
        params: the network's parameters.
        X: inputs x_1..x_T, shape (T, D), T ≥ 1.
        h_init: the state h_0 before the first step, shape (H,).
        activation: φ, "tanh" or "identity".

    Returns:
        `(H, Y_hat)`: the states h_1..h_T, shape (T, H), and the outputs ŷ_1..ŷ_T, shape (T, K).

    Slides: "The Math Behind BPTT" (forward equations, without biases) and "Error or LOSS" (θ has b and c).
    """
    raise NotImplementedError("Task 3: forward")


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    """Differentiate the loss with respect to the logits.

        ∂L/∂o_t = ŷ_t - y_t  ("sum"),    (ŷ_t - y_t) / T  ("mean")

    How the loss changes with each logit. Every gradient below starts from it.

    Args:
        Y_hat: predicted probabilities, shape (T, K).
        Y: true distributions, shape (T, K).
        reduction: which loss is differentiated, as in `cross_entropy`.

    Returns:
        `dO`, the rows ∂L/∂o_1..∂L/∂o_T, shape (T, K).

    Slides: "Gradient of loss wrt to V" (ŷ - y) and "The Math Behind BPTT" (the factor 1/T).
    """
    raise NotImplementedError("Task 4: output_error")


def bptt_V(dO: Array, H: Array) -> Array:
    """Differentiate the loss with respect to V.

        ∂L/∂V = Σ_t ∂L/∂o_t ⊗ h_t

    Args:
        dO: ∂L/∂o_t, shape (T, K); it already holds the 1/T of a mean loss.
        H: states h_1..h_T, shape (T, H).

    Returns:
        ∂L/∂V, shape (K, H).

    Slide: "Gradient of loss wrt to V".
    """
    raise NotImplementedError("Task 5: bptt_V")


def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
    """Differentiate one hidden state with respect to an earlier one.

        ∂h_t/∂h_k = ∂h_t/∂h_{t-1} · ∂h_{t-1}/∂h_{t-2} ··· ∂h_{k+1}/∂h_k,
        ∂h_m/∂h_{m-1} = diag(φ'(a_m)) W

    Matrices do not commute: the latest factor stands on the left.

    Args:
        params: the network's parameters.
        H: states, shape (T, H).
        t: row of `H` that is differentiated.
        k: row of `H` it is differentiated by, 0 ≤ k ≤ t < T; for k = t the answer is the identity.
        activation: φ, "tanh" or "identity".

    Returns:
        The Jacobian, shape (H, H); entry (i, j) is ∂(h_t)_i / ∂(h_k)_j.

    Slide: "The Math Behind BPTT" (the product of Jacobians that the lecture ends with).
    """
    raise NotImplementedError("Task 6: hidden_jacobian")


def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    """Differentiate the loss with respect to W, through all of time.

        ∂L/∂W = Σ_t Σ_{k≤t} [ φ'(a_k) (∂h_t/∂h_k)ᵀ Vᵀ ∂L/∂o_t ] ⊗ h_{k-1}
              = Σ_t δ_t ⊗ h_{t-1},    δ_t = ∂L/∂a_t

    Any correct way counts: the lecture's double sum, a backward recursion, einsum.

    Args:
        params: the network's parameters.
        dO: ∂L/∂o_t, shape (T, K).
        H: states h_1..h_T, shape (T, H).
        h_init: h_0, shape (H,); it is what W multiplied at the first step.
        activation: φ, "tanh" or "identity".

    Returns:
        ∂L/∂W, shape (H, H).

    Slides: "The Math Behind BPTT" and "Grad of loss wrt to W".
    """
    raise NotImplementedError("Task 7: bptt_W")


def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
    """Differentiate the loss with respect to U, through all of time.

        ∂L/∂U = Σ_t δ_t ⊗ x_t,    δ_t = ∂L/∂a_t

    Args:
        params: the network's parameters.
        dO: ∂L/∂o_t, shape (T, K).
        X: inputs x_1..x_T, shape (T, D).
        H: states h_1..h_T, shape (T, H).
        activation: φ, "tanh" or "identity".

    Returns:
        ∂L/∂U, shape (H, D).

    Slide: "Grad of loss wrt to U" (its formula is misprinted: trust a numerical gradient).
    """
    raise NotImplementedError("Task 8: bptt_U")


def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
    """Differentiate the loss with respect to b, through all of time.

        ∂L/∂b = Σ_t δ_t,    δ_t = ∂L/∂a_t

    Args:
        params: the network's parameters.
        dO: ∂L/∂o_t, shape (T, K).
        H: states h_1..h_T, shape (T, H).
        activation: φ, "tanh" or "identity".

    Returns:
        ∂L/∂b, shape (H,).

    Slide: "Error or LOSS" (θ = {U, W, V, b, c}; no slide derives the biases).
    """
    raise NotImplementedError("Task 9: bptt_bias")


def bptt_c(dO: Array) -> Array:
    """Differentiate the loss with respect to c.

        ∂L/∂c = Σ_t ∂L/∂o_t

    Args:
        dO: ∂L/∂o_t, shape (T, K).

    Returns:
        ∂L/∂c, shape (K,).

    Slide: "Error or LOSS" (θ = {U, W, V, b, c}; no slide derives the biases).
    """
    raise NotImplementedError("Task 9: bptt_bias")


def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
    """Take one step of gradient descent on every parameter.

        θ ← θ - α ∂L/∂θ

    Args:
        params: the network's parameters.
        grads: ∂L/∂θ, one array per parameter, of the same shapes.
        learning_rate: α.

    Returns:
        New parameters; the given ones stay as they are.

    Slide: "LOSS! LOSS! LOSS!" (the update rule, for all of θ).
    """
    raise NotImplementedError("Task 10: gradient_step")


def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
    """Predict step by step: the output of step t is fed as the input of step t + 1.

    `x` enters at the first step; from then on the input is the one-hot vector of the previous output's
    argmax, so D = K. The hidden state carries over from step to step; `steps=1` is the plain case.

    Args:
        params: the network's parameters, with D = K.
        x: the first input, shape (D,).
        h_init: h_0, shape (H,).
        steps: how many outputs to produce, at least 1.
        activation: φ, "tanh" or "identity".

    Returns:
        The outputs ŷ_1..ŷ_steps, shape (steps, K).

    Slide: "Various architectures or types of RNN: 1 to 1".
    """
    raise NotImplementedError("Task 11: one_to_one")


def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
    """Map a single input to a sequence of outputs.

    `x` enters at the first step, zeros at every later one: what follows comes from the hidden state.

    Args:
        params: the network's parameters.
        x: the single input, shape (D,).
        h_init: h_0, shape (H,).
        steps: how many outputs to produce, at least 1.
        activation: φ, "tanh" or "identity".

    Returns:
        The outputs ŷ_1..ŷ_steps, shape (steps, K).

    Slide: "One-to-Many" (which does not say what enters after step 1: zeros).
    """
    raise NotImplementedError("Task 12: one_to_many")


def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    """Map a sequence of inputs to a single output, read off when everything has been seen.

    Args:
        params: the network's parameters.
        X: inputs x_1..x_T, shape (T, D).
        h_init: h_0, shape (H,).
        activation: φ, "tanh" or "identity".

    Returns:
        The last output ŷ_T, shape (K,).

    Slide: "Many-to-One".
    """
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
    """Translate a sequence of any length into a sequence of any length.

    The encoder reads `X` from `h_init`. Its last hidden state is the decoder's first one. The decoder
    reads `start`, then the one-hot vector of its own previous output's argmax, and ends after the output
    whose argmax is `stop` (that row is included), or after `max_steps` rows.

    Args:
        encoder: parameters of the reading network (its V and c are not needed).
        decoder: parameters of the writing network; same H, and D = K.
        X: inputs of the encoder, shape (T, D of the encoder).
        h_init: h_0 of the encoder, shape (H,).
        start: first input of the decoder, shape (K,).
        stop: index of the output that ends the sequence.
        max_steps: the most rows to put out, at least 1.
        activation: φ of both networks, "tanh" or "identity".

    Returns:
        The decoder's outputs, shape (n, K) with 1 ≤ n ≤ max_steps.

    Slide: "Many-to-Many".
    """
    raise NotImplementedError("Task 14: many_to_many")


if __name__ == "__main__":
    print("Nothing was checked. To check your functions, type this in a terminal, in the folder of this file:  pytest")
