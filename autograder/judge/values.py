"""Is one reply right? The contract first (container, shape, dtype, finite, arguments), then the values."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.model import tolerance
from autograder.model.cases import Case, scale_of
from autograder.model.loading import loaded
from autograder.model.replies import RaisedError, Reply, ReplyPart
from autograder.model.verdict import Finding, State

Array = NDArray[np.float64]

# What the profile of a sequence holds at most: so many steps, and such an error, which nan and inf count as.
MOST_STEPS = 64
MOST_ERROR = 1000.0
# What a limit or the system ended is no answer.
_STOPPED = frozenset(("timeout", "memory", "crashed", "forbidden"))
OTHER_TASK = re.compile(r"Task \d+: (\w+)")


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What the judge makes of one case."""

    case: Case
    state: State
    finding: Finding | None = None  # None: it is right
    note: str = ""  # a remark that costs nothing
    got: tuple[Array, ...] | None = None  # the arrays, where they are at least numbers
    changed: frozenset[str] = frozenset()  # labels of arguments that are no longer what was given
    raised: str = ""  # the type of an exception


def examine(case: Case, reply: Reply) -> CaseResult:
    """Compare one reply with its case."""
    if reply.kind != "value":
        return replace(_no_value(case, reply), raised=reply.error.type if reply.error else "")
    problem, got, note = _contract(case, reply)
    if problem is None and got is not None:
        problem = _values(case, got, reply.parts)
        if problem is not None and case.up_to is not None and _lies_between(case, got[0], case.up_to.limit):
            problem, note = None, f"{case.call.function}: {case.up_to.note}"
    if problem is None and reply.changed:
        problem = _finding(
            case,
            f"changes its argument {_argument_names(case, reply)}; what it returns is right",
            "the arguments as they were",
            "an argument with other values after the call",
        )
    return CaseResult(case, "pass" if problem is None else "fail", problem, note, got, frozenset(reply.changed))


def received(case: Case, reply: Reply) -> CaseResult:
    """Return what came for a case, with nothing said about whether its numbers are right."""
    if reply.kind != "value":
        return _no_value(case, reply)
    _, got, note = _contract(case, reply)
    return CaseResult(case, "pass" if got else "fail", None, note, got, frozenset(reply.changed))


def _finding(case: Case, summary: str, expected: str = "", got: str = "", where: str = "") -> Finding:
    return Finding(case.part, case.name, f"{case.call.function} {summary}", expected, got, where)


def _no_value(case: Case, reply: Reply) -> CaseResult:
    signature = loaded().signatures[case.call.function]
    if reply.lost is not None:
        return CaseResult(case, reply.lost.state, _finding(case, reply.lost.message))
    if reply.kind == "absent":
        return CaseResult(case, "not_implemented", _finding(case, "is not defined in the file", f"def {signature}"))
    if reply.error is None:
        return CaseResult(
            case, "error", _finding(case, "could not be called: a function that it builds on gave no answer")
        )
    return _raised(case, reply.error, signature)


def _raised(case: Case, error: RaisedError, signature: str) -> CaseResult:
    where = f"{error.where}, line {error.line}: {error.text}" if error.where else ""
    raised = f"{error.type}: {error.message}" if error.message else error.type
    if error.type == "NotImplementedError":
        other = OTHER_TASK.search(error.message)
        if other is None or other[1] == case.task:
            return CaseResult(case, "not_implemented", _finding(case, "is still to be written"))
        return CaseResult(case, "error", _finding(case, f"needs {other[1]}, which is still to be written", where=where))
    if error.memory:
        return CaseResult(case, "memory", _finding(case, "ran out of memory", got=raised, where=where))
    if error.type == "OutputLimitExceeded":
        return CaseResult(case, "error", _finding(case, error.message, got=raised, where=where))
    if error.type in ("SystemExit", "KeyboardInterrupt"):
        return CaseResult(case, "error", _finding(case, "tried to end the program", "a result", raised, where))
    if error.type == "TypeError" and not error.inside:
        return CaseResult(case, "error", _finding(case, "cannot be called as agreed", signature, raised))
    return CaseResult(case, "error", _finding(case, f"raised {error.type}", "a result", raised, where))


def _argument_names(case: Case, reply: Reply) -> str:
    """Return the changed arguments by the names that the signature gives them."""
    names = loaded().parameters(case.call.function)

    def name(label: str) -> str:
        position, dot, field = label.partition(".")
        known = position.isascii() and position.isdecimal() and int(position) < len(names)
        return (names[int(position)] if known else position) + dot + field

    return ", ".join(dict.fromkeys(name(label[:40]) for label in reply.changed))


def _contract(case: Case, reply: Reply) -> tuple[Finding | None, tuple[Array, ...] | None, str]:
    """Return (what is broken, the arrays if they are numbers, a note)."""
    if (case.container == "array") != (reply.container == ""):
        got = f"a {reply.container}" if reply.container else f"one {_kind(reply.parts[0]) if reply.parts else 'value'}"
        return _finding(case, "returns the wrong kind of thing", _container(case), got), None, ""
    if len(reply.parts) != len(case.expected):
        got = f"{len(reply.parts)} items"
        return _finding(case, "returns the wrong number of things", _container(case), got), None, ""
    arrays: list[Array] = []
    note = ""
    for n, (part, expected) in enumerate(zip(reply.parts, case.expected, strict=True)):
        if part.values is None:
            what = _item(case, n) or "something"
            return _finding(case, f"returns {what} that is not numbers", _shape(expected), part.other), None, ""
        if part.dtype == "bool" or part.values.dtype.kind == "c":
            what = _item(case, n) or "an array"
            return _finding(case, f"returns {what} of dtype {part.dtype}", "float64", part.dtype), None, ""
        arrays.append(np.asarray(part.values, np.float64))
        if part.dtype in ("float32", "float16"):
            note = f"{case.call.function} returns {part.dtype}; float64 was asked"
    for n, (array, expected) in enumerate(zip(arrays, case.expected, strict=True)):
        if array.shape != expected.shape:
            got = f"shape {array.shape}"
            return (
                _finding(case, f"returns {_item(case, n) or 'an array'} of the wrong shape", _shape(expected), got),
                tuple(arrays),
                note,
            )
    return None, tuple(arrays), note


def _container(case: Case) -> str:
    if case.container == "array":
        return "a number" if case.expected[0].shape == () else f"an array of shape {case.expected[0].shape}"
    names = ", ".join(loaded().task_of[case.call.function].returns)
    return f"a tuple ({names})" if case.container == "tuple" else f"{case.container}({names})"


def _item(case: Case, n: int) -> str:
    return "" if case.container == "array" else loaded().task_of[case.call.function].returns[n]


def _kind(part: ReplyPart) -> str:
    return part.other or (f"array of shape {part.values.shape}" if part.values is not None else "value")


def _shape(expected: Array) -> str:
    return "a number" if expected.shape == () else f"shape {expected.shape}"


def _values(case: Case, got: tuple[Array, ...], parts: tuple[ReplyPart, ...]) -> Finding | None:
    if case.at_least is not None:
        value = float(got[0])
        if value >= case.at_least.least:  # nan is not
            return None
        return _finding(case, case.at_least.said, f"inf, or at least {case.at_least.least:g}", number(value))
    for n, (array, expected, part) in enumerate(zip(got, case.expected, parts, strict=True)):
        tau = tolerance.TAU_FLOAT32 if part.dtype == "float32" else tolerance.TAU
        if not _within(array, expected, tau * case.scales[n]):
            return difference(case, n, array, expected, tau)
    return None


def _lies_between(case: Case, got: Array, limit: Array) -> bool:
    """Whether an answer is off by no more than float32 may be, and only towards the limit that the case admits."""
    (expected,), (scale,) = case.expected, case.scales
    inside = np.abs(got - expected) + np.abs(got - limit) <= np.abs(limit - expected) + 2 * tolerance.TAU * scale
    return bool(inside.all()) and _within(got, expected, tolerance.TAU_FLOAT32 * scale)


def close(got: Array, expected: Array, tau: float) -> bool:
    """Whether max|g - g*| ≤ τ max|g*|, where g* is finite. Shapes must be equal already.

    An entry that is nan or inf makes the left side nan or inf, so all of g is finite where this holds.
    """
    return _within(got, expected, tau * scale_of(expected))


def same_answer(one: CaseResult, other: CaseResult) -> bool:
    """Whether two answers to one question are the same, be they right or wrong, numbers or an exception."""
    if one.got is None or other.got is None:
        return one.got is other.got and one.state == other.state
    return one.changed == other.changed and not _apart(one.got, other.got)


def contradictions(first: Iterable[CaseResult], second: Iterable[CaseResult], *, stateless: bool) -> Iterator[str]:
    """Yield, for each task of which one question has two answers, both values of the first such question.

    An answer that is no number may be a thing that an earlier call left in disorder, unless the functions can carry
    nothing over from one call to the next. What a limit stopped is no answer.
    """
    told: set[str] = set()
    for one, other in zip(first, second, strict=True):
        if one.case.task not in told and not same_answer(one, other):
            values = _both(one, other, stateless=stateless)
            if values:
                told.add(one.case.task)
                yield f"{one.case.task} has two answers to one question ({one.case.name}): {values}"


def _both(one: CaseResult, other: CaseResult, *, stateless: bool) -> str:
    if one.got is None or other.got is None:
        answers = [result.state for result in (one, other) if result.got is None]
        return f"{_state(one)}, then {_state(other)}" if stateless and not _STOPPED.intersection(answers) else ""
    if not (stateless or all(np.isfinite(array).all() for array in (*one.got, *other.got))):
        return ""
    for before, after in _apart(one.got, other.got):
        if before.shape != after.shape:
            return f"shape {before.shape}, then {after.shape}"
        index = tuple(int(i) for i in np.argwhere(before != after)[0])
        at = f"[{', '.join(map(str, index))}] = " if index else ""
        return f"{at}{number(float(before[index]))}, then {number(float(after[index]))}"
    return ""


def _apart(some: tuple[Array, ...], others: tuple[Array, ...]) -> list[tuple[Array, Array]]:
    return [
        (one, other)
        for one, other in zip(some, others, strict=True)
        if one.shape != other.shape
        or not (np.array_equal(one, other, equal_nan=True) or close(one, other, tolerance.SAME_ANSWER))
    ]


def _state(result: CaseResult) -> str:
    return "numbers" if result.got is not None else result.state.replace("_", " ")


def _within(got: Array, expected: Array, allowed: float) -> bool:
    error = got - expected
    # No entry is larger than all of them together, and to square them is the quickest of the ways. (Squared with
    # its sign, a tolerance below 0 admits nothing here either.)
    if np.vdot(error, error) < allowed * abs(allowed):
        return True
    return bool(np.maximum.reduce(np.abs(error), axis=None, initial=0.0) <= allowed)


def difference(case: Case, n: int, got: Array, expected: Array, tau: float) -> Finding:
    """Say where the first difference is: its index, both values, the step, the relative error."""
    scale = scale_of(expected)
    with np.errstate(invalid="ignore"):
        off = np.abs(got - expected)
    wrong = ~(off <= tau * scale)  # nan and inf count as wrong
    index = tuple(int(i) for i in np.unravel_index(wrong.argmax(), wrong.shape))
    name = _item(case, n)
    finite = np.isfinite(got).all()
    summary = f"returns {name + ' with ' if name else ''}{'wrong values' if finite else 'nan or inf'}"
    at = f"{name or 'result'}[{', '.join(map(str, index))}]" if index else "the value"
    steps = _rows_are_steps(case, expected)
    where = f"{at}, step t = {index[0] + 1}" if steps else at
    where += f"; {int(wrong.sum())} of {wrong.size} entries differ" if wrong.size > 1 else "; it differs"
    where += f", by up to {number(float(off.max() / scale))} of the largest one" if finite and scale else ""
    finding = _finding(
        case, summary, f"{at} = {number(float(expected[index]))}", f"{at} = {number(float(got[index]))}", where
    )
    return replace(finding, profile=_profile(np.where(wrong, off, 0.0), scale)) if steps else finding


def _profile(off: Array, scale: float) -> tuple[float, ...]:
    """Return the largest error of each row (of each stretch of rows where they are many), 0 where all is right."""
    rows = off.max(axis=1)
    if len(rows) > MOST_STEPS:
        rows = np.array([stretch.max() for stretch in np.array_split(rows, MOST_STEPS)])

    def share(row: float) -> float:
        if not row:
            return 0.0
        return min(row / scale, MOST_ERROR) if scale and row == row else MOST_ERROR  # nan is not equal to itself

    return tuple(float(f"{share(row):.3g}") for row in rows.tolist())


def _rows_are_steps(case: Case, expected: Array) -> bool:
    return loaded().task_of[case.call.function].rows_are_steps and expected.ndim == 2


def number(value: Any) -> str:
    """Return a number as feedback prints it."""
    return f"{value:.6g}"
