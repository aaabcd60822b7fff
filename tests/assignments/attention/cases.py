"""The questions. The reference answers them, and every student may have numbers of their own."""

import numpy as np

from autograder.model.cases import ask


def draw(rng, variant):
    """Yield the cases: a function, the part that it decides, a name for feedback, and arguments."""
    for part, name, m, n, shift in (
        ("values", "wide", 3, 5, 0),
        ("values", "tall", 6, 2, 0),
        ("large", "scores near 1000", 4, 3, 1000),
        ("large", "rows near -1000 and 1000", 2, 4, ((-1000,), (1000,))),
        ("one", "one row", 1, 4, 0),
    ):
        S = rng.normal(size=(m, n)) + shift
        yield ask("softmax", part, name, S)
        yield ask("softmax_gradient", part, name, S, 10 * rng.normal(size=(m, n)))
    # One key takes all in the first row. Its gradient is 0; other rows stay ordinary, so that rounding decides nothing.
    S = rng.normal(size=(4, 5))
    S[0] = 2000 * np.arange(5)
    yield ask("softmax", "large", "from small to large", S)
    yield ask("softmax_gradient", "large", "from small to large", S, rng.normal(size=(4, 5)))

    for part, name, m, n in (
        ("values", "more keys than queries", 3, 5),
        ("values", "more queries than keys", 6, 4),
        ("large", "a large query", 4, 3),
        ("one", "one query", 1, 5),
    ):
        Q, K, V, dO = _inputs(rng, m, n)
        if part == "large":  # for the first query one key takes all, and the other queries stay ordinary
            Q[0] = 2000, 0
            K[:, 0] = np.arange(n)
        yield ask("attention", part, name, Q, K, V)
        yield ask("value_gradient", part, name, Q, K, V, dO)
        yield ask("query_key_gradients", part, name, Q, K, V, dO)

    causal = np.tril(np.ones((5, 5), dtype=bool))
    holes = rng.random((3, 6)) < 0.5
    holes[:, 2] = True  # each query may look at one key at least
    for name, mask in (("causal", causal), ("with holes", holes)):
        Q, K, V, dO = _inputs(rng, *mask.shape)
        yield ask("attention", "mask", name, Q, K, V, mask)
        yield ask("value_gradient", "mask", name, Q, K, V, dO, mask)
        yield ask("query_key_gradients", "mask", name, Q, K, V, dO, mask)


def _inputs(rng, m, n):
    """Return Q, K, V and dO."""
    d, e = 2, 3
    return rng.normal(size=(m, d)), rng.normal(size=(n, d)), rng.normal(size=(n, e)), rng.normal(size=(m, e))
