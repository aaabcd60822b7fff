"""The questions: batches of networks of several shapes."""

import numpy as np

from autograder.model.cases import ask

from .reference import Params, forward

#: A name, the part, and N, D, M, K. In the square one a transpose has the right shape.
SHAPES = (
    ("wide", "values", (3, 5, 4, 2)),
    ("tall", "values", (7, 2, 3, 5)),
    ("square", "values", (4, 4, 4, 4)),
    ("one input", "one", (1, 3, 2, 4)),
)


def network(rng, d, m, k):
    """Return parameters with entries of ordinary size."""
    return Params(rng.normal(size=(d, m)), rng.normal(size=m), rng.normal(size=(m, k)), rng.normal(size=k))


def small(rng):
    """Return the network on which the self-check differentiates numerically."""
    params, X = network(rng, 3, 4, 3), rng.normal(size=(5, 3))
    return {"params": params, "X": X, "H": forward(params, X)[0], "Y": np.eye(3)[[0, 1, 2, 1, 0]]}


def draw(rng, variant):
    """Yield the cases of every task, and large logits for one."""
    for name, part, (n, d, m, k) in SHAPES:
        params, X = network(rng, d, m, k), rng.normal(size=(n, d))
        Y = np.eye(k)[rng.permutation(np.arange(n) % k)]
        H, P = forward(params, X)
        yield ask("softmax", part, name, 3 * rng.normal(size=(n, k)))
        yield ask("forward", part, name, params, X)
        yield ask("cross_entropy", part, name, P, Y)
        yield ask("output_gradients", part, name, H, P, Y)
        yield ask("hidden_gradients", part, name, params, X, H, P, Y)
        rate = float(rng.uniform(0.1, 0.5))
        yield ask("gradient_step", "values", name, params, network(rng, d, m, k), rate)
    # Large within a row, where the smallest is no help against overflow, and large by the same amount.
    yield ask("softmax", "large", "far apart", rng.permuted([[1e4, 9.999e3, -1e4, 0.0]] * 3, axis=1))
    yield ask("softmax", "large", "close together", np.array([[1e4], [-1e4], [1e3]]) + rng.uniform(-1, 1, (3, 4)))
