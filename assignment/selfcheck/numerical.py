"""Gradients against numdifftools, on the student's own loss: no stored answer takes part.

numdifftools moves one entry at a time and watches what the student's own functions give. A gradient that
agrees is the gradient of that loss, whatever the loss is.
"""

import contextlib
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, cast

import numpy as np

from .cases import CASES, PARAMS, SMALL, TOLERANCE, Array, Network
from .compare import Difference, as_finite, difference, extent, place, read
from .hidden import hidden
from .results import Finding, NotWrittenYet, Wrong
from .student import Student

# The checks of what makes the loss that is differentiated, and of what goes into the gradient.
_LOSS = ("forward-tanh", "cross_entropy-sum", "output_error-sum")
USES = {
    "output_error": ("softmax-values", "cross_entropy-sum"),
    "bptt_V": _LOSS,
    "hidden_jacobian": ("forward-tanh",),
    "bptt_W": _LOSS,
    "bptt_U": _LOSS,
    "bptt_b": _LOSS,
    "bptt_c": _LOSS,
}
# The rows t and k of the Jacobian that is checked.
_ROWS = (3, 1)
# numdifftools takes 15 steps from 2 down where nobody says how far the function is smooth. A network's loss is:
# five, each half of the one before, leave an error near 1e-12, as they do, in a third of the calls. With four, the
# error is as small, but numdifftools can't tell: it estimates up to 1e-4, and the check would let so much pass.
_SMALLEST_STEP, _STEPS = 1e-3, 5


class Waiting(Exception):
    """There is no loss to differentiate yet; str() says what is missing."""


class Comparison(NamedTuple):
    """A derivative of the student's, and what numdifftools found."""

    analytic: Array
    numerical: Array
    difference: Difference | None


class _Problem(NamedTuple):
    """A function of the student's, the point to differentiate it at, and the call that should give the derivative."""

    function: Callable[[Array], Array]
    at: Array
    args: tuple[object, ...]


def compare(student: Student, name: str) -> Comparison:
    """Differentiate the student's own loss and compare with their function `name`.

    Raises:
        Waiting: the loss cannot be had yet, or is too coarse.
        NotWrittenYet, Wrong: the function itself is a stub, or gives no array of its shape.
    """
    with contextlib.redirect_stdout(io.StringIO()):  # hundreds of calls: a print in one would flood the screen
        with _of_the_loss():
            problem = _PROBLEMS[name](Own(student))
            start = problem.function(problem.at.copy())
        shape = start.shape + problem.at.shape
        analytic = as_finite("result", read(student.invoke(name, *problem.args), "array", {"result": shape})["result"])
        if np.float32 in (analytic.dtype, start.dtype):
            raise Waiting("the numerical check waits for float64: its small steps drown in the rounding of float32")
        with _of_the_loss():
            numerical, error = _derivative(problem, shape)
    scale = float(np.abs(numerical).max()) or 1.0
    tolerance = max(TOLERANCE.float64, TOLERANCE.numerical_errors * error / scale)
    return Comparison(analytic, numerical, difference(analytic, numerical, tolerance))


@contextlib.contextmanager
def _of_the_loss() -> Iterator[None]:
    """What goes wrong inside is not the fault of the function that is checked: it has to wait."""
    try:
        yield
    except NotWrittenYet as stub:
        raise Waiting(f"the numerical check waits for {stub}") from stub
    except Wrong as wrong:
        raise Waiting(f"the numerical check waits: in your own loss, {wrong}") from wrong


def describe(comparison: Comparison, found: Difference) -> Finding:
    """Put a disagreement into words."""
    entry, scale = place("result", found.first), float(np.abs(comparison.numerical).max())
    return Finding(
        "not the derivative of your own loss",
        expected=f"{entry} = {comparison.numerical[found.first]:.8g} (numdifftools)",
        got=f"{entry} = {comparison.analytic[found.first]:.8g}",
        where=extent(found, comparison.analytic.size, scale),
    )


class Own:
    """The student's functions on the small network, with their replies read as arrays."""

    def __init__(self, student: Student) -> None:
        self.student = student
        self.theta = cast(Network, SMALL["params"]).arrays

    # Copies each time: a function that changes its arguments must not change those of the next.
    def array(self, name: str) -> Array:
        """Return an input of the small network."""
        return cast(Array, SMALL[name]).copy()

    def params(self, **changed: Array) -> object:
        """Return the student's own `Params`, some arrays replaced."""
        return self.student.make_params(**{name: array.copy() for name, array in (self.theta | changed).items()})

    def forward(self, params: object, X: Array, h_init: Array) -> tuple[Array, Array]:
        """Return H and Y_hat of their forward. Raises Wrong where these are no such arrays."""
        T, (K, H) = len(X), self.theta["V"].shape
        arrays = read(self.student.invoke("forward", params, X, h_init), "tuple", {"H": (T, H), "Y_hat": (T, K)})
        return as_finite("H", arrays["H"]), as_finite("Y_hat", arrays["Y_hat"])

    def softmax(self, o: Array) -> Array:
        """Return their softmax of some logits."""
        return as_finite("softmax", read(self.student.invoke("softmax", o), "array", {"softmax": o.shape})["softmax"])

    def loss(self, Y_hat: Array) -> Array:
        """Return their loss, summed."""
        reply = self.student.invoke("cross_entropy", Y_hat, self.array("Y"))
        return as_finite("the loss", read(reply, "array", {"the loss": ()})["the loss"])

    def error(self, Y_hat: Array) -> Array:
        """Return their ∂L/∂o."""
        reply = self.student.invoke("output_error", Y_hat, self.array("Y"))
        return as_finite("dO", read(reply, "array", {"dO": Y_hat.shape})["dO"])


def _of_parameter(own: Own, field: str) -> _Problem:
    def run(params: object) -> tuple[Array, Array]:
        return own.forward(params, own.array("X"), own.array("h_init"))

    H, Y_hat = run(own.params())
    known = {"params": own.params(), "X": own.array("X"), "h_init": own.array("h_init"), "H": H, "dO": own.error(Y_hat)}
    names = next(case.args for case in CASES.values() if case.function == f"bptt_{field}")
    args = tuple(known[name] for name in names)
    return _Problem(lambda value: own.loss(run(own.params(**{field: value}))[1]), own.theta[field], args)


def _of_output(own: Own) -> _Problem:
    args = (own.softmax(own.array("o")), own.array("Y"))
    return _Problem(lambda o: own.loss(own.softmax(o)), own.array("o"), args)


def _of_hidden_state(own: Own) -> _Problem:
    t, k = _ROWS
    H, _ = own.forward(own.params(), own.array("X"), own.array("h_init"))

    def later(h: Array) -> Array:
        states, _ = own.forward(own.params(), own.array("X")[k + 1 : t + 1], h)
        last: Array = states[-1]
        return last

    return _Problem(later, H[k].copy(), (own.params(), H, t, k))


_PROBLEMS: dict[str, Callable[[Own], _Problem]] = {
    "output_error": _of_output,
    "hidden_jacobian": _of_hidden_state,
    **{f"bptt_{field}": partial(_of_parameter, field=field) for field in PARAMS},
}


def _derivative(problem: _Problem, shape: tuple[int, ...]) -> tuple[Array, float]:
    """Return the numerical derivative, in the shape of the value and then of the point, and its error."""
    try:
        import numdifftools
    except Exception as error:
        remedy = hidden() or f"pip install -r requirements.txt ({type(error).__name__}: {error})"
        raise Waiting(f"the numerical check needs numdifftools, and cannot import it: {remedy}") from error
    derive = numdifftools.Jacobian if len(shape) > problem.at.ndim else numdifftools.Gradient
    # numdifftools knows vectors only.
    steps = numdifftools.MinStepGenerator(base_step=_SMALLEST_STEP, num_steps=_STEPS)

    def value_at(flat: Array) -> Array:  # in float64: nothing else is taken, long double neither
        return np.asarray(problem.function(flat.reshape(problem.at.shape)), np.float64)

    derivative = derive(value_at, steps, full_output=True)
    found = derivative(problem.at.astype(np.float64).ravel())
    value, info = found if len(found) == 2 else (found.estimate, found)  # from numdifftools 0.11 on, one tuple
    return np.asarray(value, dtype=np.float64).reshape(shape), float(np.max(info.error_estimate))
