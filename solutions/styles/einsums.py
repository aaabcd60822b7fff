"""Style: index notation; every sum is an einsum, and all Jacobians at once are one tensor."""

from typing import NamedTuple

import numpy as np
from numpy import einsum


class Params(NamedTuple):
    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray


def softmax(o):
    e = np.exp(o - np.max(o, axis=-1)[..., None])
    return einsum("...i,...->...i", e, 1 / einsum("...i->...", e))


def cross_entropy(Y_hat, Y, reduction="sum"):
    logs = np.log(Y_hat, where=Y > 0, out=np.zeros(Y.shape))
    total = -einsum("tc,tc->", Y, logs)
    return {"sum": total, "mean": total / Y.shape[0]}[reduction]


def forward(params, X, h_init, activation="tanh"):
    drive = einsum("hd,td->th", params.U, X) + params.b[None, :]
    H = np.empty_like(drive)
    last = h_init
    for t, a in enumerate(drive):
        a = a + einsum("ij,j->i", params.W, last)
        H[t] = last = np.tanh(a) if activation == "tanh" else a
    return H, softmax(einsum("kh,th->tk", params.V, H) + params.c[None, :])


def output_error(Y_hat, Y, reduction="sum"):
    # diag(y_hat) - y_hat y_hat^T applied to -y / y_hat, written so that nothing is divided
    dO = einsum("tk,tj->tk", Y_hat, Y) - Y
    return dO if reduction == "sum" else einsum("tk,->tk", dO, 1.0 / len(dO))


def bptt_V(dO, H):
    return einsum("tk,th->kh", dO, H)


def step_jacobians(params, H, activation):
    phi = 1 - H * H if activation == "tanh" else np.ones(H.shape)
    return phi, einsum("ti,ij->tij", phi, params.W)


def all_jacobians(params, H, activation):
    """J[t, k] = dh_t / dh_k, zero for t < k."""
    T, n = H.shape
    phi, step = step_jacobians(params, H, activation)
    J = np.zeros((T, T, n, n))
    for k in range(T):
        J[k, k] = np.identity(n)
        for t in range(k + 1, T):
            J[t, k] = einsum("ij,jl->il", step[t], J[t - 1, k])
    return phi, J


def hidden_jacobian(params, H, t, k, activation="tanh"):
    return all_jacobians(params, H, activation)[1][t, k]


def bptt_W(params, dO, H, h_init, activation="tanh"):
    phi, J = all_jacobians(params, H, activation)
    before = np.concatenate((h_init[None], H))[: len(H)]
    return einsum("to,oi,tkij,kj,kl->jl", dO, params.V, J, phi, before)


def bptt_U(params, dO, X, H, activation="tanh"):
    phi, J = all_jacobians(params, H, activation)
    return einsum("to,oi,tkij,kj,kd->jd", dO, params.V, J, phi, X)


def bptt_b(params, dO, H, activation="tanh"):
    phi, J = all_jacobians(params, H, activation)
    return einsum("to,oi,tkij,kj->j", dO, params.V, J, phi)


def bptt_c(dO):
    return einsum("tk->k", dO)


def gradient_step(params, grads, learning_rate):
    both = zip(params._asdict().items(), grads)
    return Params(**{name: p + einsum(",...->...", -learning_rate, g) for (name, p), g in both})


def one_to_one(params, x, h_init, steps=1, activation="tanh"):
    hot = np.identity(len(params.c))
    out = np.empty((steps, len(params.c)))
    h = h_init
    for s in range(steps):
        states, probabilities = forward(params, x[np.newaxis], h, activation=activation)
        out[s], h = probabilities[-1], states[-1]
        x = hot[out[s].argmax()]
    return out


def one_to_many(params, x, h_init, steps, activation="tanh"):
    first = np.zeros(steps)
    first[0] = 1
    return forward(params, einsum("t,d->td", first, x), h_init, activation=activation)[1]


def many_to_one(params, X, h_init, activation="tanh"):
    states = forward(params, X, h_init, activation=activation)[0]
    return softmax(einsum("kh,h->k", params.V, states[-1]) + params.c)


def many_to_many(encoder, decoder, X, h_init, start, stop, max_steps, activation="tanh"):
    hot = np.identity(len(start))
    h = forward(encoder, X, h_init, activation=activation)[0][-1]
    out = np.empty((max_steps, len(start)))
    x = start
    for n in range(max_steps):
        states, probabilities = forward(decoder, x[np.newaxis], h, activation=activation)
        out[n], h = probabilities[0], states[0]
        x = hot[out[n].argmax()]
        if x[stop] == 1:
            return out[: n + 1]
    return out
