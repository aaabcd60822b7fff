"""The questions: cells of several shapes, and sequences of several lengths."""

from autograder.model.cases import ask

from .reference import Params, cell, cell_errors

#: A name, the parts of a cell and of a sequence, and T, D, M. A third of the columns of a square cell are inputs.
SHAPES = (
    ("wide", "values", "values", (4, 5, 2)),
    ("tall", "values", "values", (6, 2, 4)),
    ("square", "values", "values", (3, 3, 3)),
    ("one unit, one step", "unit", "one", (1, 3, 1)),
    ("one step", "values", "one", (1, 2, 3)),
)


def draw(rng, variant):
    """Yield the cases of every task."""
    for name, part, part_in_time, (t, d, m) in SHAPES:
        params = Params(*(rng.normal(size=(m, d + m)) for _ in range(3)), *(rng.normal(size=m) for _ in range(3)))
        X, h, dH = rng.normal(size=(t, d)), rng.uniform(-1, 1, m), rng.normal(size=(t, m))
        _, z, r, n = cell(params, X[0], h)
        errors = cell_errors(params, h, z, r, n, dH[0])
        yield ask("cell", part, name, params, X[0], h)
        yield ask("cell_errors", part, name, params, h, z, r, n, dH[0])
        yield ask("cell_gradients", part, name, X[0], h, r, *errors)
        yield ask("cell_state", part, name, params, z, r, *errors, dH[0])
        yield ask("forward", part_in_time, name, params, X, h)
        yield ask("backward", part_in_time, name, params, X, h, dH)
