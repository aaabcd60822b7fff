"""Seeded networks with a sequence each, from which the cases of every task are cut.

What makes a mistake visible is decided here: weights of scale 1/√n, a W near an orthogonal matrix so that
gradients survive many steps, biases and h_init clearly non-zero, sizes that differ beside one network where
they agree (so that a wrong transpose runs and is seen to be wrong).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autograder.model.cases import Case

from . import rnn
from .derivatives import Problem
from .rnn import Activation, Params, Reduction

Array = NDArray[np.float64]
Labels = Literal["one-hot", "soft", "repeated", "worst", "late"]


@dataclass(frozen=True)
class Recipe:
    """How to draw one network."""

    name: str
    T: int
    D: int
    H: int
    K: int
    activation: Activation = "tanh"
    reduction: Reduction = "sum"
    labels: Labels = "one-hot"
    input_scale: float = 1.0
    readout_scale: float = 1.0
    gain: float = 0.95  # W is so many times an orthogonal matrix
    turn: float | None = None  # W turns a state by about this much a step; None: into any direction


@dataclass(frozen=True, eq=False)
class Network:
    """One drawn network with its inputs and labels; everything else follows by the reference."""

    recipe: Recipe
    params: Params
    X: Array  # (T, D)
    h_init: Array  # (H,)
    Y: Array  # (T, K)

    @cached_property
    def states(self) -> tuple[Array, Array]:
        """`(H, Y_hat)` of the reference's forward pass."""
        return rnn.forward(self.params, self.X, self.h_init, self.recipe.activation)

    @cached_property
    def dO(self) -> Array:
        """∂L/∂o_t of the reference, shape (T, K)."""
        return rnn.output_error(self.states[1], self.Y, self.recipe.reduction)

    @cached_property
    def gradient(self) -> Params:
        """∂L/∂θ of the reference."""
        H, dO, activation = self.states[0], self.dO, self.recipe.activation
        return Params(
            rnn.bptt_U(self.params, dO, self.X, H, activation),
            rnn.bptt_W(self.params, dO, H, self.h_init, activation),
            rnn.bptt_V(dO, H),
            rnn.bptt_b(self.params, dO, H, activation),
            rnn.bptt_c(dO),
        )

    @property
    def largest(self) -> float:
        """The largest magnitude that backpropagation meets on its way to a gradient, partial sums included."""
        H, dO, W = self.states[0], self.dO, self.params.W
        slope = np.ones_like(H) if self.recipe.activation == "identity" else 1 - H**2  # (T, H)
        before = np.vstack([self.h_init, H[:-1]])
        carry, dH, deltas = np.zeros(len(W)), np.zeros_like(H), np.zeros_like(H)
        for t in reversed(range(len(H))):
            dH[t] = dO[t] @ self.params.V + carry
            deltas[t] = slope[t] * dH[t]
            carry = deltas[t] @ W
        pairs = (
            (dO, H),
            (deltas, before),
            (deltas, self.X),
            (dO, np.ones((len(H), 1))),
            (deltas, np.ones((len(H), 1))),
        )
        terms = [left[:, :, None] * right[:, None, :] for left, right in pairs]
        sums = [np.cumsum(ordered, axis=0) for term in terms for ordered in (term, term[::-1])]
        return max(float(np.abs(array).max()) for array in (dH, deltas @ W, *sums))

    @property
    def problem(self) -> Problem:
        """The network's loss, for numerical differentiation."""
        return Problem(self.params, self.X, self.h_init, self.Y, self.recipe.activation, self.recipe.reduction)


def activation_of(case: Case) -> object:
    """Return the φ that a call asks for; "tanh" also where the function has none."""
    return case.call.kwargs.get("activation", "tanh")


#: For numerical gradients of the student's own loss: each entry costs some thirty calls of it.
SMALL = Recipe("small", T=4, D=2, H=3, K=2, labels="soft")


def small(rng: np.random.Generator) -> dict[str, object]:
    """Return a network, inputs and labels for the numerical checks of the handout, and logits o of shape (T, K)."""
    network = draw_network(rng, SMALL)
    logits = np.log(network.states[1])
    return {"params": network.params, "X": network.X, "h_init": network.h_init, "Y": network.Y, "o": logits}


def away_from_zero(rng: np.random.Generator, size: int, low: float = 0.3, high: float = 0.8) -> Array:
    """Return numbers of random sign whose magnitudes lie in [low, high]. Shape (size,)."""
    return rng.choice([-1.0, 1.0], size) * rng.uniform(low, high, size)


def draw_params(
    rng: np.random.Generator, D: int, H: int, K: int, readout_scale: float = 1.0, gain: float = 0.95
) -> Params:
    """Return parameters at which no mistake hides: scale 1/√n, W = gain · Q with Q orthogonal, biases ≠ 0."""
    Q = np.linalg.qr(rng.standard_normal((H, H)))[0]
    return Params(
        U=rng.standard_normal((H, D)) / np.sqrt(D),
        W=gain * Q,
        V=readout_scale * rng.standard_normal((K, H)) / np.sqrt(H),
        b=away_from_zero(rng, H),
        c=away_from_zero(rng, K, 0.6, 1.2),
    )


def draw_network(rng: np.random.Generator, recipe: Recipe) -> Network:
    """Draw the network of a recipe."""
    params = draw_params(rng, recipe.D, recipe.H, recipe.K, recipe.readout_scale, recipe.gain)
    params = params._replace(U=recipe.input_scale * params.U, b=recipe.input_scale * params.b)
    if recipe.turn is not None:
        Q, R = np.linalg.qr(np.eye(recipe.H) + recipe.turn * rng.standard_normal((recipe.H, recipe.H)))
        params = params._replace(
            W=recipe.gain * Q * np.sign(np.diag(R))
        )  # near the identity: terms of many steps add up
    X = rng.standard_normal((recipe.T, recipe.D))
    if recipe.turn is not None:
        X = np.abs(X)
    h_init = away_from_zero(rng, recipe.H)
    Y_hat = rnn.forward(params, X, h_init, recipe.activation)[1]
    return Network(recipe, params, X, h_init, _labels(rng, recipe, Y_hat))


def _labels(rng: np.random.Generator, recipe: Recipe, Y_hat: Array) -> Array:
    T, K = recipe.T, recipe.K
    if recipe.labels == "soft":
        return rng.dirichlet(np.ones(K), T)
    worst: Array = np.eye(K)[Y_hat.argmin(axis=1)]
    if recipe.labels == "worst":
        return worst
    if recipe.labels == "late":
        # Only the last step is wrong, and badly: nearly all of the gradient comes from there and travels far back.
        Y = 0.98 * Y_hat + 0.02 / K
        Y[-1] = worst[-1]
        return Y
    if recipe.labels == "repeated":
        return np.eye(K)[np.repeat(rng.integers(0, K, -(-T // 3)), 3)[:T]]
    return np.asarray(np.eye(K)[rng.integers(0, K, T)])
