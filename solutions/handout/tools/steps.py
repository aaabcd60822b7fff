"""Every number of one step of a small network."""

import sys
from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np
from selfcheck.cases import SMALL, TOLERANCE, Array, Record
from selfcheck.compare import read
from selfcheck.functions import Functions, show, student_of
from selfcheck.results import NotWrittenYet

#: How many steps the small network makes.
STEPS = len(cast(Array, SMALL["X"]))


def trace(t: int) -> None:
    """Print what enters step t of a small network, what your `forward` makes of it, and what it should follow from.

    Args:
        t: the step, counted from 1 as on the slides.

    Raises:
        ValueError: there is no such step.
    """
    show(lines(find(t), sys._getframe(1).f_globals))


def find(t: object) -> int:
    """Return the number of a step.

    Raises:
        ValueError: there is none; str() says which there are.
    """
    if not isinstance(t, int | np.integer) or isinstance(t, bool) or not 1 <= t <= STEPS:
        raise ValueError(f"there is no step {t!r}; allowed are 1 to {STEPS}, counted as on the slides")
    return int(t)


def lines(t: int, namespace: Mapping[str, object]) -> Iterator[str]:
    """Yield the numbers of one step.

    Raises:
        CannotImport, NotWrittenYet, Wrong: as calls of the student's functions do.
    """
    rnn = Functions(student_of(namespace))
    arrays = cast(Record, SMALL["params"]).arrays
    X, Y, h_init = (cast(Array, SMALL[name]).copy() for name in ("X", "Y", "h_init"))
    U, W, V, b, c = (array.copy() for array in arrays.values())
    reply = rnn.forward(rnn.Params(U, W, V, b, c), X, h_init)
    H, Y_hat = read(reply, "tuple", {"H": (len(X), len(b)), "Y_hat": (len(X), len(c))}).values()
    before = H[t - 2] if t > 1 else h_init
    h = H[t - 1]
    known = {**arrays, "x_t": X[t - 1], "h_{t-1}": before, "h_t": h}
    terms = {term: _value(term, known) for term in ("U x_t", "W h_{t-1}", "b")}
    a = np.sum(list(terms.values()), axis=0)
    yield f"Step t = {t} of {STEPS}: row {t - 1} of X, H and Y_hat. D={X.shape[1]} H={len(b)} K={len(c)}"
    yield _row("x_t", X[t - 1], "what enters")
    yield _row("h_{t-1}", before, f"yours, H[{t - 2}]" if t > 1 else "h_init")
    for name, term in terms.items():
        yield _row(name, term)
    yield _row("a_t", a, "the sum of these three")
    yield _row("tanh(a_t)", np.tanh(a))
    yield _row("h_t", h, _verdict(h, np.tanh(a), "tanh(a_t)"))
    o = np.sum([_value(term, known) for term in ("V h_t", "c")], axis=0)
    yield _row("o_t", o, "V h_t + c")
    yield _row("softmax", p := rnn.softmax(o), "your softmax(o_t)")
    yield _row("y_hat_t", Y_hat[t - 1], _verdict(Y_hat[t - 1], p, "softmax(o_t)"))
    yield _row("y_t", Y[t - 1], "the label")
    yield from _loss(rnn, Y_hat[t - 1 : t], Y[t - 1 : t])


def _value(term: str, known: Mapping[str, Array]) -> Array:
    """Return what is named: an array, or a matrix times a vector."""
    matrix, *vector = (known[name] for name in term.split())
    return np.einsum("ij,j", matrix, vector[0]) if vector else matrix


def _loss(rnn: Functions, Y_hat: Array, Y: Array) -> Iterator[str]:
    try:
        yield _row("L_t", rnn.cross_entropy(Y_hat, Y), "your cross_entropy")
    except NotWrittenYet as stub:
        yield f"  {'L_t':<11}waits for {stub}"


def _row(name: str, value: Array, remark: str = "") -> str:
    numbers = " ".join(f"{number:9.5f}" for number in np.ravel(value))
    shape = str(np.shape(value)) if np.shape(value) else "number"
    return f"  {name:<11}{shape:<8}{numbers:<31}  {remark}".rstrip()


def _verdict(yours: Array, due: Array, name: str) -> str:
    same = yours.shape == due.shape and np.allclose(yours, due, rtol=0, atol=TOLERANCE.float64)
    return f"yours, {'=' if same else 'NOT'} {name}"
