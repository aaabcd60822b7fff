# Björn: the lecture's double sum, as einsums. No time loop in the gradients except for building the
# Jacobians.

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


def act(a, kind):
    return {"tanh": np.tanh, "identity": lambda z: z}[kind](a)


def dact(H, kind):
    return 1 - np.square(H) if kind == "tanh" else np.ones(H.shape)


def softmax(o: Array) -> Array:
    o = np.asarray(o, dtype=np.float64)
    e = np.exp(o - np.max(o, axis=-1, keepdims=True))
    return e / np.einsum("...k->...", e)[..., np.newaxis]


def cross_entropy(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> float:
    with np.errstate(divide="ignore"):
        log_p = np.log(Y_hat, out=np.zeros(Y.shape), where=Y > 0)
    L = -np.einsum("tk,tk->t", Y, log_p)
    return float({"sum": np.sum, "mean": np.mean}[reduction](L))


def forward(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> tuple[Array, Array]:
    U, W, V, b, c = params
    A = np.einsum("hd,td->th", U, X) + b  # all inputs at once
    H = np.empty_like(A)
    for t in range(len(X)):
        H[t] = act(A[t] + np.einsum("ij,j->i", W, H[t - 1] if t else h_init), activation)
    return H, softmax(np.einsum("kh,th->tk", V, H) + c)


def output_error(Y_hat: Array, Y: Array, reduction: Reduction = "sum") -> Array:
    scale = {"sum": 1.0, "mean": 1.0 / Y.shape[0]}[reduction]
    return scale * np.subtract(Y_hat, Y)


def bptt_V(dO: Array, H: Array) -> Array:
    return np.einsum("tk,th->kh", dO, H)


def jacobians(params, H, activation):
    """J[t, k] = ∂h_t/∂h_k for every pair, 0 where k > t."""
    T, n = H.shape
    step = np.einsum("ti,ij->tij", dact(H, activation), params.W)  # ∂h_t/∂h_{t-1}
    J = np.zeros((T, T, n, n))
    J[0, 0] = np.eye(n)
    for t in range(1, T):
        J[t, t] = np.eye(n)
        J[t, :t] = np.einsum("ij,kjl->kil", step[t], J[t - 1, :t])
    return J


def hidden_jacobian(params: Params, H: Array, t: int, k: int, activation: Activation = "tanh") -> Array:
    return jacobians(params, H, activation)[t, k]


def dL_da(params, dO, H, activation):
    """The sum over t >= k of slope_k * J[t, k]ᵀ Vᵀ dO_t, for every k."""
    dh = np.einsum("ko,tk->to", params.V, dO)
    return np.einsum("kj,tkij,ti->kj", dact(H, activation), jacobians(params, H, activation), dh)


def bptt_W(params: Params, dO: Array, H: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    before = np.concatenate((np.reshape(h_init, (1, -1)), H[:-1]))
    return np.einsum("ki,kj->ij", dL_da(params, dO, H, activation), before)


def bptt_U(params: Params, dO: Array, X: Array, H: Array, activation: Activation = "tanh") -> Array:
    return np.einsum("ki,kd->id", dL_da(params, dO, H, activation), X)


def bptt_b(params: Params, dO: Array, H: Array, activation: Activation = "tanh") -> Array:
    return np.einsum("ki->i", dL_da(params, dO, H, activation))


def bptt_c(dO: Array) -> Array:
    return np.einsum("tk->k", dO)


def gradient_step(params: Params, grads: Params, learning_rate: float) -> Params:
    return params._replace(**{name: getattr(params, name) - learning_rate * getattr(grads, name) for name in params._fields})


def generate(params, x, h, activation):
    """Yield output after output for ever; each one's argmax is the next input."""
    eye = np.eye(len(params.c))
    while True:
        H, Y_hat = forward(params, np.reshape(x, (1, -1)), h, activation)
        yield Y_hat[0]
        h, x = H[0], eye[Y_hat[0].argmax()]


def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, activation: Activation = "tanh") -> Array:
    return np.stack([y for y, _ in zip(generate(params, x, h_init, activation), range(steps))])


def one_to_many(params: Params, x: Array, h_init: Array, steps: int, activation: Activation = "tanh") -> Array:
    X = np.outer(np.arange(steps) == 0, x).astype(float)
    return forward(params, X, h_init, activation)[1]


def many_to_one(params: Params, X: Array, h_init: Array, activation: Activation = "tanh") -> Array:
    return forward(params, X, h_init, activation)[1][-1]


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh") -> Array:
    h = forward(encoder, X, h_init, activation)[0][-1]
    rows = []
    for y in generate(decoder, start, h, activation):
        rows.append(y)
        if y.argmax() == stop or len(rows) == max_steps:
            return np.stack(rows)
