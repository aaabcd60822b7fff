"""What is asked about softmax, the loss and its derivative by the logits."""

from collections.abc import Iterator

import numpy as np

from autograder.model.cases import AtLeast, Case, UpTo, ask

from .networks import Network
from .rnn import Array

# A loss for a true class of probability 0: -log(1e-12) = 27.6, so 27 admits every clip at 1e-12 or less.
MIN_LOSS_AT_ZERO_PROBABILITY = 27.0
_TINY = np.exp(-MIN_LOSS_AT_ZERO_PROBABILITY)
# A logarithm that is protected by no more than this is right for ordinary probabilities.
GUARD = 1e-7


def softmax_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Yield logits of several shapes and sizes."""
    yield ask("softmax", "values", "one vector", 2.0 * rng.standard_normal(5))
    yield ask("softmax", "values", "rows", 2.0 * rng.standard_normal((6, 4)))
    yield ask("softmax", "values", "as many rows as classes", 2.0 * rng.standard_normal((4, 4)))
    yield ask("softmax", "values", "a stack of sequences", 2.0 * rng.standard_normal((2, 3, 5)))
    yield ask("softmax", "stability", "large logits", 1e3 + _few_bits(rng.standard_normal(4)))
    columns = _few_bits(rng.standard_normal((3, 4))) + np.array([1e4, -1e4, 0.0, 1e4])
    yield ask("softmax", "stability", "columns far apart", columns)
    rows = _few_bits(rng.standard_normal((3, 4))) + np.array([[1e4], [-1e4], [0.0]])
    yield ask("softmax", "stability", "rows far apart", rows)


def _few_bits(values: Array) -> Array:
    """Return values with so few binary places that float32 holds them beside 1e4: a cast must not lose the answer."""
    return np.asarray(np.round(values * 128) / 128)


def loss_cases(rng: np.random.Generator, networks: dict[str, Network]) -> Iterator[Case]:
    """Yield predictions and labels for cross_entropy and output_error, ruled-out classes among them."""
    for name in ("plain", "square"):
        Y = networks[name].Y
        Y_hat = _confident(rng, Y)
        yield ask("cross_entropy", "sum", name, Y_hat, Y, up_to=_guarded(Y_hat, Y))
        Y_hat = _confident(rng, Y)
        guarded = _guarded(Y_hat, Y, len(Y))
        yield ask("cross_entropy", "mean", f"{name}, averaged", Y_hat, Y, reduction="mean", up_to=guarded)
    Y = np.eye(4)[rng.integers(0, 4, 6)]
    Y_hat = rng.dirichlet(np.ones(4), 6) + Y
    Y_hat[:3] *= Y[:3] + np.roll(Y[:3], 1, axis=1)  # two of four classes are ruled out, never the true one
    yield ask("cross_entropy", "zeros", "wrong classes ruled out", Y_hat / Y_hat.sum(axis=1, keepdims=True), Y)
    Y_hat = Y.copy()
    Y_hat[2] = np.roll(Y[2], 1)  # one step is impossible, the others are certain and cost nothing
    rule = AtLeast(
        MIN_LOSS_AT_ZERO_PROBABILITY,
        "puts too low a price on a true class of probability 0; a guard of the logarithm may be 1e-12 at most",
        tuple(np.clip(array, _TINY, 1 - _TINY) for array in (Y_hat, Y)),
    )
    yield ask("cross_entropy", "zeros", "the truth ruled out", Y_hat, Y, at_least=rule)
    for name in ("plain", "square"):
        Y = networks[name].Y
        Y_hat = _confident(rng, Y)
        yield ask("output_error", "sum", name, Y_hat, Y)
        yield ask("output_error", "mean", f"{name}, averaged", Y_hat, Y, reduction="mean")


def _guarded(Y_hat: Array, Y: Array, steps: int = 1) -> UpTo:
    """Admit a logarithm that is protected by up to GUARD, in a loss that is divided by so many steps."""
    limit = -np.sum(Y * np.log(Y_hat + GUARD)) / steps
    return UpTo(
        np.asarray(limit), f"what guards the logarithm makes it a little too small; {GUARD:g} at most is admitted"
    )


def _confident(rng: np.random.Generator, Y: Array) -> Array:
    """Return predictions that bet on the likeliest class of each row of `Y`, once wrongly. Shape (T, K)."""
    bets = np.eye(Y.shape[1])[Y.argmax(axis=1)]
    Y_hat = 4.0 * bets + rng.uniform(0.1, 0.5, Y.shape)
    Y_hat[1] = np.roll(bets[1], 1) + 2e-4
    return np.asarray(Y_hat / Y_hat.sum(axis=1, keepdims=True))
