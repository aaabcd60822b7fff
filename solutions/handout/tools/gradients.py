"""Your gradient beside the numerical one."""

import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

import numpy as np
from selfcheck.cases import DERIVATIVES, RECORDS, SMALL, TOLERANCE, Record
from selfcheck.functions import show, student_of
from selfcheck.numerical import Comparison, compare

# A relative error up to this may be a slip of rounding; a wrong formula is further off as a rule.
_SMALL_ERROR = 1e-2


def gradient_check(name: str) -> None:
    """Print the gradient of one parameter as your function gives it, and as numdifftools finds it on your own loss.

    Args:
        name: a parameter ("U", "W", "V", "b" or "c"), or a function that differentiates ("bptt_W", "output_error",
            "hidden_jacobian").

    Raises:
        ValueError: there is no such parameter or function.
    """
    show(lines(find(name), sys._getframe(1).f_globals))


def find(name: str) -> str:
    """Return the function that is meant.

    Raises:
        ValueError: there is none; str() lists what is allowed.
    """
    function = f"bptt_{name}" if name in RECORDS["Params"] else name
    if function in DERIVATIVES:
        return function
    allowed = [*RECORDS["Params"], *DERIVATIVES]
    same = [known for known in allowed if known.casefold() == str(name).casefold()]
    close = same or get_close_matches(str(name), allowed, n=1)
    remedy = f"did you mean {close[0]}? " if close else ""
    raise ValueError(f"nothing to check is called {name!r}; {remedy}allowed are {', '.join(allowed)}")


def lines(function: str, namespace: Mapping[str, object]) -> Iterator[str]:
    """Yield the table for one function, and how to read it.

    Raises:
        CannotImport, NotWrittenYet, Waiting, Wrong: as calls of the student's functions do.
    """
    found = compare(student_of(namespace), function)
    yield f"{function} against numdifftools on your own {_of(function)} ({_sizes()})"
    yield f"  {'entry':<8}{'yours':>16}{'numerical':>16}{'difference':>13}{'ratio':>10}"
    error = np.abs(found.analytic - found.numerical)
    worst = np.unravel_index(int(error.argmax()), error.shape)
    for index in np.ndindex(error.shape):
        mark = "  <- worst" if index == tuple(map(int, worst)) else ""
        yield _row(index, float(found.analytic[index]), float(found.numerical[index])) + mark
    yield from _reading(found, float(error.max()), _of(function))


def _row(index: tuple[int, ...], yours: float, numerical: float) -> str:
    entry = str(list(index))
    ratio = f"{yours / numerical:.4f}" if numerical else "-"
    return f"  {entry:<8}{yours:>16.9f}{numerical:>16.9f}{yours - numerical:>13.1e}{ratio:>10}"


def _of(function: str) -> str:
    """Return what is differentiated."""
    return "forward" if function == "hidden_jacobian" else "loss"


def _sizes() -> str:
    params, X = SMALL["params"], SMALL["X"]
    assert isinstance(params, Record)  # noqa: S101 - the handout's own file
    assert isinstance(X, np.ndarray)  # noqa: S101 - likewise
    (H, D), K = params.arrays["U"].shape, len(params.arrays["c"])
    return f"T={len(X)} D={D} H={H} K={K}"


def _reading(found: Comparison, largest: float, of: str) -> Iterator[str]:
    scale = float(np.abs(found.numerical).max()) or 1.0
    relative = largest / scale
    yield f"relative error {relative:.1e} = largest difference / largest numerical entry"
    if found.difference is None:
        yield f"How to read it: they agree, so this is the derivative of your own {of}."
        yield "Whether that is right itself, its own checks say."
    elif relative <= _SMALL_ERROR:
        yield f"How to read it: close, but rounding alone stays below {TOLERANCE.float64:g}. Is one small term"
        yield "missing, or something rounded on the way?"
    elif same := _one_ratio(found):
        yield f"How to read it: every entry is {same:.4g} times the numerical one. Which factor is that?"
    else:
        yield f"How to read it: this is not the derivative of your own {of}. Where only some"
        yield "entries are right, look at what those have in common."


def _one_ratio(found: Comparison) -> float | None:
    """Return the one number by which all entries differ, where there is one."""
    at = np.unravel_index(int(np.abs(found.numerical).argmax()), found.numerical.shape)
    if not found.numerical[at]:
        return None
    ratio = float(found.analytic[at] / found.numerical[at])
    close = np.abs(found.analytic - ratio * found.numerical).max() <= TOLERANCE.float64 * np.abs(found.analytic).max()
    return ratio if close else None
