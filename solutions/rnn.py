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


### BEGIN SOLUTION
def _phi(a: Array, activation: Activation) -> Array:
    """Apply the activation φ to a pre-activation `a` of any shape."""
    if activation == "tanh":
        return np.tanh(a)
    if activation == "identity":
        return a
    raise ValueError(f'activation is {activation!r}; it must be "tanh" or "identity"')


def _slope(H: Array, activation: Activation) -> Array:
    """Return φ'(a_t) in terms of h_t = φ(a_t): 1 - h² for tanh, 1 for the identity. Shape of `H`."""
    if activation == "tanh":
        return 1.0 - H**2
    if activation == "identity":
        return np.ones_like(H)
    raise ValueError(f'activation is {activation!r}; it must be "tanh" or "identity"')


def _steps_averaged(T: int, reduction: Reduction) -> int:
    """Return what the summed loss of T steps is divided by: T for "mean", 1 for "sum"."""
    if reduction == "mean":
        return T
    if reduction == "sum":
        return 1
    raise ValueError(f'reduction is {reduction!r}; it must be "sum" or "mean"')


### END SOLUTION
def softmax(o: Array) -> Array:
    """Turn logits into probabilities along the last axis.

        softmax(o)_i = exp(o_i) / Σ_j exp(o_j)

    Args:
        o: logits, shape (..., K); magnitudes up to 1e4 must neither overflow nor give nan.

    Returns:
        Probabilities of the same shape; each distribution along the last axis sums to 1.

    Slide: "Error or LOSS" (a suitable output function for this task).
    """
    ### BEGIN SOLUTION
    o = np.asarray(o)
    # Adding a constant to every logit changes nothing, so the largest of each row may become 0.
    exp = np.exp(o - o.max(axis=-1, keepdims=True))
    p: Array = exp / exp.sum(axis=-1, keepdims=True)
    return p
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    asked = Y > 0  # only classes with true mass count, which is what makes 0 · log 0 = 0
    with np.errstate(divide="ignore"):  # log 0 = -inf is the right price of a ruled-out truth
        log_p = np.log(np.where(asked, Y_hat, 1.0))  # (T, K)
    loss: float = -np.sum(Y * log_p) / _steps_averaged(len(Y), reduction)
    return loss
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    states = []
    h = h_init
    for x in X:
        h = _phi(params.U @ x + params.W @ h + params.b, activation)  # (H,)
        states.append(h)
    H = np.array(states)  # (T, H)
    return H, softmax(H @ params.V.T + params.c)  # logits (T, K)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    return (Y_hat - Y) / _steps_averaged(len(Y), reduction)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    return dO.T @ H  # the sum over t of the outer products
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    slope = _slope(H, activation)  # (T, H)
    J = np.eye(len(params.W))
    for m in range(k + 1, t + 1):
        J = (slope[m][:, None] * params.W) @ J  # each later step acts on the left
    return J
    ### END SOLUTION


### BEGIN SOLUTION
def _deltas(params: Params, dO: Array, H: Array, activation: Activation) -> Array:
    """Return δ_t = ∂L/∂a_t for every step, shape (T, H).

    h_t reaches the loss twice, through o_t and through a_{t+1}, so the two paths are added before the
    slope: δ_t = φ'(a_t) (Vᵀ ∂L/∂o_t + Wᵀ δ_{t+1}). One sweep from the last step to the first replaces
    the lecture's double sum, which takes every pair k ≤ t one by one.
    """
    slope = _slope(H, activation)  # (T, H)
    deltas = np.zeros_like(H)
    carry = np.zeros_like(params.b)  # Wᵀ δ_{t+1}: nothing comes after the last step
    for t in reversed(range(len(H))):
        deltas[t] = slope[t] * (params.V.T @ dO[t] + carry)  # (H,)
        carry = params.W.T @ deltas[t]
    return deltas


### END SOLUTION
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
    ### BEGIN SOLUTION
    previous = np.vstack([h_init, H[:-1]])  # (T, H), what W multiplied at each step
    return _deltas(params, dO, H, activation).T @ previous
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    return _deltas(params, dO, H, activation).T @ X
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    gradient: Array = _deltas(params, dO, H, activation).sum(axis=0)
    return gradient
    ### END SOLUTION


def bptt_c(dO: Array) -> Array:
    """Differentiate the loss with respect to c.

        ∂L/∂c = Σ_t ∂L/∂o_t

    Args:
        dO: ∂L/∂o_t, shape (T, K).

    Returns:
        ∂L/∂c, shape (K,).

    Slide: "Error or LOSS" (θ = {U, W, V, b, c}; no slide derives the biases).
    """
    ### BEGIN SOLUTION
    gradient: Array = dO.sum(axis=0)
    return gradient
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    return Params(*(p - learning_rate * g for p, g in zip(params, grads, strict=True)))
    ### END SOLUTION


### BEGIN SOLUTION
def _step(params: Params, x: Array, h: Array, activation: Activation) -> tuple[Array, Array]:
    """Run the network for one step: x (D,), h (H,) → the new state (H,), the output (K,)."""
    H, Y_hat = forward(params, x[None, :], h, activation)
    return H[0], Y_hat[0]


def _one_hot_argmax(y_hat: Array) -> Array:
    """Return the one-hot vector of the most probable class, the lowest index on a tie. Shape (K,)."""
    x = np.zeros_like(y_hat)
    x[np.argmax(y_hat)] = 1.0
    return x


### END SOLUTION
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
    ### BEGIN SOLUTION
    outputs = []
    h = h_init
    for _ in range(steps):
        h, y_hat = _step(params, x, h, activation)
        outputs.append(y_hat)
        x = _one_hot_argmax(y_hat)
    return np.array(outputs)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    X = np.zeros((steps, len(x)))
    X[0] = x
    return forward(params, X, h_init, activation)[1]
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    _, Y_hat = forward(params, X, h_init, activation)
    last: Array = Y_hat[-1]
    return last
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    h = forward(encoder, X, h_init, activation)[0][-1]
    x = start
    outputs: list[Array] = []
    while len(outputs) < max_steps:
        h, y_hat = _step(decoder, x, h, activation)
        outputs.append(y_hat)
        if np.argmax(y_hat) == stop:
            break
        x = _one_hot_argmax(y_hat)
    return np.array(outputs)
    ### END SOLUTION


if __name__ == "__main__":
    print("Nothing was checked. To check your functions, type this in a terminal, in the folder of this file:  pytest")
