"""Style: a column per step, as on the board; other argument names, keyword arguments, transposes at both ends."""

from collections import namedtuple

import numpy as np

Params = namedtuple("Params", ["U", "W", "V", "b", "c"])
Mode = namedtuple("Mode", "phi slope")
MODES = {
    "tanh": Mode(phi=np.tanh, slope=lambda Hᵀ: np.cosh(np.arctanh(Hᵀ)) ** -2.0),
    "identity": Mode(phi=lambda a: 1.0 * a, slope=np.ones_like),
}


def col(v):
    return np.reshape(v, (-1, 1))


def softmax(z):
    z = np.asarray(z)
    z_T = z.T  # classes first
    numerator = np.exp(z_T - z_T.max(axis=0, keepdims=True))
    return (numerator / numerator.sum(axis=0, keepdims=True)).T


def cross_entropy(probabilities, targets, *, reduction="sum"):
    Ŷ, Y = probabilities.T, targets.T
    p = np.where(Y == 0, 1, Ŷ)
    with np.errstate(divide="ignore"):
        ℓ = -np.sum(Y * np.log(p), axis=0)
    return getattr(np, reduction)(ℓ)


def forward(θ, inputs, h0, *, activation="tanh"):
    mode, X = MODES[activation], np.asfortranarray(inputs.T)
    H = [col(h0)]
    for x in np.hsplit(X, X.shape[1]):
        H += [mode.phi(θ.U @ x + θ.W @ H[-1] + col(θ.b))]
    H = np.hstack(H[1:])
    O = θ.V @ H + col(θ.c)
    return H.T, softmax(O.T)


def output_error(probabilities, targets, *, reduction="sum"):
    _, T = targets.T.shape
    δ = (probabilities.T - targets.T) * (1 / T if reduction == "mean" else 1)
    return δ.T


def bptt_V(δo, states):
    return sum(col(δo[t]) @ col(states[t]).T for t in range(states.shape[0]))


def hidden_jacobian(θ, states, late, early, *, activation="tanh"):
    Φ = MODES[activation].slope(states.T)
    J = np.identity(states.shape[1])
    for m in np.arange(late, early, -1):
        J = (J * Φ[:, m]) @ θ.W
    return J


def pulled_back(θ, δo, states, *, mode):
    """∂L/∂a, a column per step."""
    Φ = mode.slope(states.T)
    G = θ.V.T @ δo.T
    A = np.zeros(G.shape)
    for t in np.arange(G.shape[1])[::-1]:
        A[:, [t]] = Φ[:, [t]] * (G[:, [t]] + (θ.W.T @ A[:, [t + 1]] if t + 1 < G.shape[1] else 0))
    return A


def bptt_W(θ, δo, states, h0, *, activation="tanh"):
    A = pulled_back(θ, δo, states, mode=MODES[activation])
    before = np.insert(states.T, 0, h0, axis=1)[:, :-1]
    return A @ before.T


def bptt_U(θ, δo, inputs, states, *, activation="tanh"):
    return pulled_back(θ=θ, δo=δo, states=states, mode=MODES[activation]) @ inputs


def bptt_b(θ, δo, states, *, activation="tanh"):
    return np.ravel(pulled_back(θ=θ, δo=δo, states=states, mode=MODES[activation]).sum(axis=1, keepdims=True))


def bptt_c(δo):
    return np.squeeze(δo.T @ np.ones((δo.shape[0], 1)), axis=1)


def gradient_step(θ, gradient, α):
    return Params(**{name: getattr(θ, name) - α * getattr(gradient, name) for name in "UWVbc"})


def say(θ, x, h, *, activation):
    H, Ŷ = forward(θ=θ, inputs=col(x).T, h0=h, activation=activation)
    y = Ŷ.ravel()
    e = np.zeros(y.shape)
    e[int(np.argmax(y))] = 1
    return H.ravel(), y, e


def one_to_one(θ, x, h0, steps=1, *, activation="tanh"):
    Ŷ = np.zeros((θ.c.size, steps))
    h = h0
    for s in range(steps):
        h, Ŷ[:, s], x = say(θ, x, h, activation=activation)
    return Ŷ.T


def one_to_many(θ, x, h0, steps, *, activation="tanh"):
    X = np.hstack([col(x), np.zeros((x.size, steps - 1))])
    return forward(θ=θ, inputs=X.T, h0=h0, activation=activation)[1]


def many_to_one(θ, inputs, h0, *, activation="tanh"):
    return forward(θ=θ, inputs=inputs, h0=h0, activation=activation)[1].T[:, -1]


def many_to_many(reader, writer, inputs, h0, first, last, at_most, *, activation="tanh"):
    h = forward(θ=reader, inputs=inputs, h0=h0, activation=activation)[0].T[:, -1]
    columns, x = [], first
    for _ in range(at_most):
        h, y, x = say(writer, x, h, activation=activation)
        columns.append(col(y))
        if x[last] == 1:
            break
    return np.hstack(columns).T
