"""Known mistakes: what each of them returns on the public cases, and which of them return the same as yours.

`hints.json` and `hints.npz` hold what the mistakes return, and no code of them. They are read when a check
has failed, and not before.
"""

import contextlib
import io
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from math import prod
from typing import Any, NamedTuple

import numpy as np

from .cases import CASES, TOLERANCE, Case
from .compare import unpack
from .results import Hint, NotWrittenYet, Wrong
from .student import CannotImport, Student

_FOLDER = files(__package__)


class _Reply(NamedTuple):
    """What a function made of a case: the arrays that it returned, and the arguments that it changed."""

    arrays: tuple[np.ndarray, ...] | None  # None: it raised an exception
    changed: frozenset[str] = frozenset()
    beyond: float | None = None  # known mistakes: any number beyond this, away from 0, is as good as infinity


class _Mistake(NamedTuple):
    """A known mistake in one function."""

    hint: Hint
    family: int  # forms of one mistake share it
    replies: dict[str, _Reply]  # by the id of the case


@cache
def recognise(student: Student, function: str) -> tuple[Hint, ...]:
    """Return the known mistakes that give what the student's function gives, right answers included.

    Each public case of the function is asked once more, in order. Where nothing known returns the same on
    all of them, nothing is said. Forms of one mistake are said once.
    """
    found: dict[int, Hint] = {}
    # What the function prints has been shown by the checks.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(NotWrittenYet, CannotImport):
        for mistake in _explaining(student, function):
            found.setdefault(mistake.family, mistake.hint)
    return tuple(found.values())


def _explaining(student: Student, function: str) -> list[_Mistake]:
    cases, left = _cases(function), _mistakes(function)
    asked = student if _repeats(student, cases[0]) else student.anew()
    for case in cases:
        reply = _reply(asked, case)
        left = [mistake for mistake in left if _same(mistake.replies[case.id], reply)]
        if not left:
            break
    return left


def _cases(function: str) -> list[Case]:
    return [case for case in CASES.values() if case.function == function]


@cache
def _mistakes(function: str) -> list[_Mistake]:
    specs, entries = _read()
    found = []
    for spec in specs[function]:
        kind, start, stop = spec["values"]
        found.append(_mistake(function, spec, entries[kind][start:stop].astype(np.float64)))
    return found


@cache
def _read() -> tuple[dict[str, list[dict[str, Any]]], dict[str, np.ndarray]]:
    """Return the descriptions of the mistakes by function, and the entries of what they return by precision."""
    specs = json.loads((_FOLDER / "hints.json").read_text(encoding="utf-8"))
    with np.load(io.BytesIO((_FOLDER / "hints.npz").read_bytes()), allow_pickle=False) as file:
        return specs, {kind: file[kind] for kind in file.files}


def _mistake(function: str, spec: dict[str, Any], values: np.ndarray) -> _Mistake:
    """Return a mistake from its description and the entries of all arrays that it returns, one after the other."""
    start = 0
    wrong, changes, beyond = spec["replies"], spec.get("changes", {}), spec.get("beyond", {})
    replies = {}
    for case in _cases(function):
        arrays: tuple[np.ndarray, ...] | None = tuple(case.expected.values())
        if case.name in wrong:
            arrays = None
            if wrong[case.name] is not None:
                arrays = tuple(_cut(values[start:], wrong[case.name]))
                start += sum(array.size for array in arrays)
        replies[case.id] = _Reply(arrays, frozenset(changes.get(case.name, ())), beyond.get(case.name))
    return _Mistake(Hint(spec["looks_like"], spec["ask"], spec["slide"]), spec["family"], replies)


def _cut(values: np.ndarray, shapes: list[list[int]]) -> Iterator[np.ndarray]:
    """Yield arrays of these shapes, which stand one after the other."""
    for shape in shapes:
        size = prod(shape)
        yield values[:size].reshape(shape)
        values = values[size:]


def _reply(student: Student, case: Case) -> _Reply:
    try:
        reply = student.ask(case)
    except Wrong:
        return _Reply(None)
    try:
        arrays = unpack(reply.value, case.returns, {name: array.shape for name, array in case.expected.items()})
    except Wrong:
        arrays = {}  # not even numbers: nothing known returns that
    return _Reply(tuple(arrays.values()), frozenset(reply.changes))


def _repeats(student: Student, case: Case) -> bool:
    """Whether the same question gets the same answer. If not, the calls so far have left something behind."""
    return _same(_reply(student, case), _reply(student, case))


def _same(known: _Reply, reply: _Reply) -> bool:
    if known.arrays is None or reply.arrays is None:
        return known.arrays is reply.arrays
    if known.changed != reply.changed or len(known.arrays) != len(reply.arrays):
        return False
    if known.beyond is not None:
        return _is_beyond(known.beyond, reply.arrays[0])
    return all(map(_alike, known.arrays, reply.arrays))


def _is_beyond(least: float, got: np.ndarray) -> bool:
    """Whether a loss is as large as that, and of its sign: everybody protects the logarithm in a way of their own."""
    return got.shape == () and bool(np.sign(least) * (got - least) >= -TOLERANCE.float64 * abs(least))


def _alike(known: np.ndarray, got: np.ndarray) -> bool:
    """Compare as `compare.difference` does, with nan and inf in the same places."""
    if known.shape != got.shape:
        return False
    finite = np.isfinite(known)
    if not np.array_equal(finite, np.isfinite(got)):
        return False
    tolerance = TOLERANCE.float32 if got.dtype == np.float32 else TOLERANCE.float64
    scale = np.abs(known[finite]).max(initial=0.0)
    return bool(np.abs(known[finite] - got[finite]).max(initial=0.0) <= tolerance * scale)
