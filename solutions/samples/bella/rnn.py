# Bella: plots at the bottom, hence seaborn
import seaborn as sns
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
    stable = o - np.max(o, axis=-1, keepdims=True)
    exps = np.exp(stable)
    return exps / exps.sum(axis=-1, keepdims=True)


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    with np.errstate(divide="ignore"):
        logs = np.where(Y > 0, np.log(np.where(Y > 0, Y_hat, 1)), 0)
    loss = -(Y * logs).sum(axis=-1)
    return loss.mean() if reduction == "mean" else loss.sum()


def act(a, activation):
    return np.tanh(a) if activation == "tanh" else a


def act_slope(h, activation):
    return 1 - h**2 if activation == "tanh" else np.ones_like(h)


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    def run(h, X):
        # recursive, one call per time step
        if len(X) == 0:
            return []
        h = act(params.U @ X[0] + params.W @ h + params.b, activation)
        return [h] + run(h, X[1:])

    H = np.array(run(h_init, X))
    return H, softmax(H @ params.V.T + params.c)


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    if reduction == "mean":
        return (Y_hat - Y) / Y.shape[0]
    return Y_hat - Y


def bptt_V(dO: Array, H: Array) -> Array:
    return np.einsum("tk,th->kh", dO, H)


def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
    if k == t:
        return np.eye(len(params.b))
    last = act_slope(H[t], activation)[:, None] * params.W
    return last @ hidden_jacobian(params, H, t - 1, k, activation)


def deltas(params, dO, H, activation):
    if len(H) == 0:
        return np.zeros((0, len(params.b)))
    later = deltas(params, dO[1:], H[1:], activation)
    from_later = params.W.T @ later[0] if len(later) else 0
    mine = act_slope(H[0], activation) * (params.V.T @ dO[0] + from_later)
    return np.vstack([mine, later])


def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    return deltas(params, dO, H, activation).T @ np.vstack([h_init, H[:-1]])


def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
    return deltas(params, dO, H, activation).T @ X


def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
    return deltas(params, dO, H, activation).sum(axis=0)


def bptt_c(dO: Array) -> Array:
    return dO.sum(axis=0)


def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
    return Params(*(p - learning_rate * g for p, g in zip(params, grads)))


def chain(params, x, h, left, stop, activation):
    if left == 0:
        return []
    H, Y = forward(params, [x], h, activation)
    i = np.argmax(Y[0])
    if i == stop:
        return [Y[0]]
    x = np.zeros(len(Y[0]))
    x[i] = 1
    return [Y[0]] + chain(params, x, H[0], left - 1, stop, activation)


def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
    return np.array(chain(params, x, h_init, steps, None, activation))


def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
    X = np.zeros((steps, len(x)))
    X[0] = x
    return forward(params, X, h_init, activation)[1]


def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    h = forward(encoder, X, h_init, activation)[0][-1]
    return np.array(chain(decoder, start, h, max_steps, stop, activation))


def plot_jacobian(params, H):
    sns.heatmap(hidden_jacobian(params, H, len(H) - 1, 0))


sns.set_theme()
