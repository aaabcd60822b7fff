"""A reply against what was expected: first its form, then its values."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from .cases import RECORDS, TOLERANCE, Array, Case
from .results import Finding, Wrong

Shapes = Mapping[str, tuple[int, ...]]

_COUNTS = {2: "two", 3: "three", 4: "four"}
# What counts as an array or a number, as the grader has it; a tuple is several results.
_NUMBERS = (np.ndarray, np.number, np.bool_, bool, int, float, complex, list)


class Difference(NamedTuple):
    """Where two arrays of one shape differ by more than the tolerance."""

    first: tuple[int, ...]  # the index of the first such entry
    wrong: int  # how many
    largest: float


def read(reply: object, returns: str, shapes: Shapes) -> dict[str, np.ndarray]:
    """Return the arrays of a reply by name, if it has the form that is due.

    Args:
        reply: what a function returned.
        returns: "array", "tuple", or the name of a named tuple; an array of shape () is a number.
        shapes: the shape of each array, by name.

    Raises:
        Wrong: another container, shape or dtype, or an entry that is not finite.
    """
    arrays = unpack(reply, returns, shapes)
    for name, shape in shapes.items():
        _require_shape(name, arrays[name], shape)
    return arrays


def unpack(reply: object, returns: str, shapes: Shapes) -> dict[str, np.ndarray]:
    """Return the arrays of a reply by name, whatever shapes they have: those that are due are for the message.

    Raises:
        Wrong: another container, or something that is no array of real numbers.
    """
    return {name: _array(name, item, shapes[name]) for name, item in _items(reply, returns, shapes).items()}


def as_finite(name: str, array: np.ndarray, steps: bool = False) -> np.ndarray:
    """Return the array as it is. Raises Wrong where an entry is nan or infinite."""
    finite = np.isfinite(array)
    if finite.all():
        return array
    index = _first(~finite)
    raise Wrong(
        Finding(
            f"{name} is not finite everywhere",
            expected="finite numbers",
            got=f"{array[index]:.6g} in {np.count_nonzero(~finite)} of {array.size} entries",
            where=f"first at {place(name, index)}" + (f", step {index[0] + 1} of the sequence" if steps else ""),
        )
    )


def difference(got: np.ndarray, expected: Array, tolerance: float) -> Difference | None:
    """Compare two arrays of one shape: max|got - expected| ≤ tolerance · max|expected|.

    The scale is the largest entry of the whole array, so that an entry near zero is not asked for more
    digits than the sum that it came from can have.
    """
    if not got.size:
        return None
    error = np.abs(got.astype(np.float64) - expected)
    allowed = tolerance * (float(np.abs(expected).max()) or 1.0)
    wrong = ~(error <= allowed)
    if not wrong.any():
        return None
    return Difference(_first(wrong), int(np.count_nonzero(wrong)), float(error.max()))


def compare(reply: object, case: Case) -> str:
    """Judge what a case's function returned.

    Returns:
        A remark that costs nothing, or "".

    Raises:
        Wrong: the reply has another form, or other values.
    """
    arrays = read(reply, case.returns, {name: array.shape for name, array in case.expected.items()})
    if case.at_least is not None:
        _require_at_least(arrays["result"], case.at_least)
        return ""
    coarse = False
    for name, got in arrays.items():
        as_finite(name, got, case.steps)
        float32 = got.dtype == np.float32
        coarse = coarse or float32
        found = difference(got, case.expected[name], TOLERANCE.float32 if float32 else TOLERANCE.float64)
        if found and case.up_to is not None and _is_guarded(float(got), float(case.expected[name]), case.up_to):
            return "right, but the guard of the logarithm makes the loss a little too small"
        if found:
            raise Wrong(_describe(name, got, case, found))
    return "right, but in float32; float64 was asked for" if coarse else ""


def _is_guarded(got: float, due: float, limit: float) -> bool:
    """Whether a loss lies between the right one and what the largest guard that is admitted makes of it."""
    inside = abs(got - due) + abs(got - limit) <= abs(due - limit) + 2 * TOLERANCE.float64 * abs(due)
    return inside and abs(got - due) <= TOLERANCE.float32 * abs(due)


def place(name: str, index: tuple[int, ...]) -> str:
    """Write an entry as code does."""
    return f"{name}{list(index)}" if index else name


def extent(found: Difference, size: int, scale: float, steps: bool = False) -> str:
    """Say where a difference begins, how far it reaches and how large it is."""
    if not found.first:
        return ""
    begins = f"begins at step {found.first[0] + 1} of the sequence; " if steps else ""
    return f"{begins}{found.wrong} of {size} entries differ, by up to {found.largest:.2g} (largest entry: {scale:.2g})"


def _items(reply: object, returns: str, shapes: Shapes) -> dict[str, object]:
    if returns == "tuple":
        if not isinstance(reply, tuple) or len(reply) != len(shapes):
            due = f"{_COUNTS.get(len(shapes), len(shapes))} arrays, ({', '.join(shapes)})"
            raise Wrong(Finding("something else was returned", due, _what(reply)))
        return dict(zip(shapes, reply, strict=True))
    if fields := RECORDS.get(returns):
        if not isinstance(reply, tuple) or tuple(getattr(reply, "_fields", ())) != fields:
            raise Wrong(Finding("something else was returned", f"a new {returns}({', '.join(fields)})", _what(reply)))
        return {name: getattr(reply, name) for name in fields}
    return dict.fromkeys(shapes, reply)


def _array(name: str, item: object, shape: tuple[int, ...]) -> np.ndarray:
    due = _due(shape)
    try:
        array = np.asarray(item)
    except Exception as error:  # rows of different lengths, or an object that refuses
        raise Wrong(Finding(f"{name} is no array of numbers", due, _what(item))) from error
    if not isinstance(item, _NUMBERS) or array.dtype.kind not in "iuf":
        kind = "complex numbers" if array.dtype.kind == "c" else _what(item)
        raise Wrong(Finding(f"{name} does not hold real numbers", due, kind))
    return array


def _require_shape(name: str, array: np.ndarray, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        remark = _shape_remark(array.shape, shape)
        raise Wrong(Finding(f"{name} has the wrong shape", _due(shape), _what(array), remark))


def _due(shape: tuple[int, ...]) -> str:
    return f"an array of shape {shape}" if shape else "one number"


def _shape_remark(got: tuple[int, ...], due: tuple[int, ...]) -> str:
    if not due:
        return "one number for each step, or for each class? They are to be added up"
    if len(got) == 2 and got == due[::-1]:
        return "the axes are swapped: is it the transpose?"
    if len(got) == len(due) and got[1:] == due[1:]:
        return f"{due[0]} {'numbers' if len(due) == 1 else 'rows'} are due, {got[0]} came"
    return ""


def _what(value: object) -> str:
    """Name a value in a few words."""
    if value is None:
        return "None: is there a `return`?"
    if isinstance(value, np.ndarray):
        kind = "" if value.dtype.kind in "iuf" else f" of {value.dtype}"
        return f"an array of shape {value.shape}{kind}" if value.shape or kind else f"one number, {value:.6g}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} items"
    simple = isinstance(value, str | int | float | complex)
    return f"{type(value).__name__} {value!r}"[:70] if simple else f"an object of type {type(value).__name__}"


def _first(mask: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argwhere(mask)[0])


def _require_at_least(value: np.ndarray, least: float) -> None:
    if not value >= least:  # nan is not
        guard = f", which a guard of {np.exp(-value):.0e} in the logarithm would give" if value > 0 else ""
        raise Wrong(
            Finding(
                "a true class of probability 0 costs too little",
                expected=f"inf, or at least {least:g} where the logarithm is protected",
                got=f"{value:.6g}{guard}",
            )
        )


def _describe(name: str, got: np.ndarray, case: Case, found: Difference) -> Finding:
    due = case.expected[name]
    scale = float(np.abs(due).max())
    summary = f"{name} has wrong values"
    if found.largest <= TOLERANCE.float32 * scale:
        summary = f"{name} is close, but not within {TOLERANCE.float64:g} of its largest entry"
    entry = place(name, found.first)
    return Finding(
        summary,
        expected=f"{entry} = {due[found.first]:.8g}",
        got=f"{entry} = {got[found.first]:.8g}",
        where=extent(found, due.size, scale, case.steps),
    )
