"""Gradients against numdifftools, on the student's own loss: no stored answer takes part.

numdifftools moves one entry at a time and watches what the student's own functions give. A gradient that
agrees is the gradient of that loss, whatever the loss is.
"""

import contextlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .cases import CASES, DERIVATIVES, RETURNS, SMALL, TOLERANCE, Array, Derivative, Record, fresh
from .compare import Difference, as_finite, difference, extent, place, read, unpack
from .expressions import Names
from .functions import answer
from .hidden import hidden
from .results import Finding, NotWrittenYet, Waiting, Wrong
from .student import SIGNATURES, Student

# numdifftools takes 15 steps from 2 down where nobody says how far the function is smooth. A network's loss is:
# five, each half of the one before, leave an error near 1e-12, as they do, in a third of the calls. With four, the
# error is as small, but numdifftools can't tell: it estimates up to 1e-4, and the check would let so much pass.
_SMALLEST_STEP, _STEPS = 1e-3, 5


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
    """Differentiate the student's own loss and compare with what `name` says is its derivative.

    Raises:
        Waiting: the loss cannot be had yet, or is too coarse.
        NotWrittenYet, Wrong: the function itself is a stub, or gives no array of its shape.
    """
    known = DERIVATIVES[name]
    with contextlib.redirect_stdout(io.StringIO()):  # hundreds of calls: a print in one would flood the screen
        with _of_the_loss():
            problem = _problem(student, known)
            start = problem.function(problem.at)
        shape = start.shape + problem.at.shape
        analytic = _answer(student, known, problem.args, shape)
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


def used(known: Derivative) -> set[str]:
    """Return the functions that make the loss, and what goes into the derivative."""
    asked, found = [known.of, *known.args], dict[str, None]()
    while asked:
        new = set(re.findall(r"[^\W\d]\w*", asked.pop())) - found.keys()
        found |= dict.fromkeys(new)
        asked += [known.where[name] for name in new if name in known.where]
    return found.keys() & SIGNATURES.keys()


def describe(known: Derivative, comparison: Comparison, found: Difference) -> Finding:
    """Put a disagreement into words."""
    entry, scale = place(known.item, found.first), float(np.abs(comparison.numerical).max())
    return Finding(
        f"not the derivative of {'your own loss' if used(known) else f'{known.of} by {known.by}'}",
        expected=f"{entry} = {comparison.numerical[found.first]:.8g} (numdifftools)",
        got=f"{entry} = {comparison.analytic[found.first]:.8g}",
        where=extent(found, comparison.analytic.size, scale),
    )


def _problem(student: Student, known: Derivative) -> _Problem:
    asked = (case.args | case.kwargs | SMALL for case in CASES.values() if case.function == known.function)
    inputs: dict[str, Any] = next((one for one in asked if one.keys() >= {*known.args}), SMALL)
    root, _, field = known.by.partition(".")

    def names(moved: Array | None = None) -> Names:
        """Return what names stand for, where the array that is moved is this one."""

        def given(name: str) -> Any:  # a fresh copy each time: a function may change its arguments
            if name == root and moved is not None:
                record = inputs.get(name)
                if isinstance(record, Record):
                    return fresh(record._replace(arrays=record.arrays | {field: moved}), student.records)
                return moved.copy()
            if name in SIGNATURES and name not in inputs:
                return partial(answer, student, name)
            return fresh(inputs[name], student.records)

        where = {name: of for name, of in known.where.items() if moved is None or name != root}
        return Names(given, where, partial(_checked, known.shapes))

    here = names()
    args = tuple(here.value(name) for name in known.args)
    value_at = partial(_value_at, known, names)
    return _Problem(value_at, np.array(here.value(known.by)), args)


def _value_at(known: Derivative, names: Callable[[Array], Names], moved: Array) -> Array:
    shape = known.shapes[""]
    what = "the value" if shape else "the loss"
    value: Array = _checked({what: shape}, what, names(moved).value(known.of))
    return value


def _checked(shapes: Mapping[str, tuple[int, ...]], name: str, value: Any) -> Any:
    """Return what a name stands for. Raises Wrong where it has another form than with right functions."""
    if name not in shapes:
        return value
    return as_finite(name, read(value, "array", {name: shapes[name]})[name])


def _answer(student: Student, known: Derivative, args: tuple[object, ...], shape: tuple[int, ...]) -> Array:
    container, names = RETURNS[known.function]
    arrays = unpack(student.invoke(known.function, *args), container, dict.fromkeys(names, shape))
    derivative: Array = _checked({known.item: shape}, known.item, arrays[known.item])
    return derivative


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
