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


EPS = 1e-12  # keeps the log finite


def _g(z, activation):
    return np.tanh(z) if activation == "tanh" else z


def _g_prime(h, activation):
    return 1.0 - np.power(h, 2) if activation == "tanh" else np.ones_like(h)


def softmax(o: Array) -> Array:
    z = o - np.amax(o, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(z), axis=-1, keepdims=True))
    return np.exp(z - log_sum)


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    loss = -np.sum(Y * np.log(Y_hat + EPS))
    if reduction == "mean":
        loss /= Y.shape[0]
    return float(loss)


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    T = X.shape[0]
    # row 0 is h_0, so H[t] is h_t as on the slides
    H = np.zeros((T + 1, params.W.shape[0]))
    H[0] = h_init
    Y_hat = np.zeros((T, params.V.shape[0]))
    for t in range(1, T + 1):
        H[t] = _g(params.W @ H[t - 1] + params.U @ X[t - 1] + params.b, activation)
        Y_hat[t - 1] = softmax(params.V @ H[t] + params.c)
    return H[1:], Y_hat


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    dO = Y_hat - Y
    return dO / Y.shape[0] if reduction == "mean" else dO


def bptt_V(dO: Array, H: Array) -> Array:
    return np.tensordot(dO, H, axes=(0, 0))


def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
    factors = [np.diag(_g_prime(H[m], activation)) @ params.W for m in range(t, k, -1)]
    if not factors:
        return np.eye(params.W.shape[0])
    return np.linalg.multi_dot(factors) if len(factors) > 1 else factors[0]


def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    # the double sum of the slides: the loss of step j reaches W through every step k <= j
    dW = np.zeros_like(params.W)
    for j in range(len(H)):
        for k in range(j + 1):
            dh_k = hidden_jacobian(params, H, j, k, activation).T @ params.V.T @ dO[j]
            h_before = H[k - 1] if k > 0 else h_init
            dW += np.outer(_g_prime(H[k], activation) * dh_k, h_before)
    return dW


def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
    dU = np.zeros_like(params.U)
    for j in range(len(H)):
        for k in range(j + 1):
            dh_k = hidden_jacobian(params, H, j, k, activation).T @ params.V.T @ dO[j]
            dU += np.outer(_g_prime(H[k], activation) * dh_k, X[k])
    return dU


def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
    # the bias is a weight whose input is always 1
    return bptt_U(params, dO, np.ones((len(H), 1)), H, activation)[:, 0]


def bptt_c(dO: Array) -> Array:
    return np.ones(len(dO)) @ dO


def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
    return Params(*[theta - learning_rate * g for theta, g in zip(params, grads)])


def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
    h = h_init
    Y_hat = np.zeros((steps, params.V.shape[0]))
    for s in range(steps):
        H, y = forward(params, x[np.newaxis], h, activation)
        Y_hat[s], h = y[0], H[0]
        x = np.eye(len(params.c))[np.argmax(Y_hat[s])]
    return Y_hat


def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
    X = np.vstack([x, np.zeros((steps - 1, len(x)))])
    return forward(params, X, h_init, activation)[1]


def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    _, Y_hat = forward(params, X, h_init, activation)
    return Y_hat[-1, :]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh") -> Array:
    H, _ = forward(encoder, X, h_init, activation)
    h, x, out, last = H[-1], start, [], None
    while last != stop and len(out) < max_steps:
        H, y = forward(decoder, x[np.newaxis], h, activation)
        h = H[0]
        out.append(y[0])
        last = np.argmax(y[0])
        x = np.eye(len(decoder.c))[last]
    return np.array(out)
