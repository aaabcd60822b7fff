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
# More explanations than this explain nothing.
_MOST = 3
# Options of functions: what holds where nothing is said, what a tutor would ask, and the slide.
_OPTIONS = {
    "activation": ("tanh", "Which φ was asked for, and what is its slope?", "The Math Behind BPTT"),
    "reduction": ("sum", "Which reduction was asked for, and what does a mean divide by?", "The Math Behind BPTT"),
}


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


class _Group(NamedTuple):
    """The cases of one part that are asked with the same options, and what became of them."""

    part: str
    options: dict[str, object]  # such as {"activation": "identity"}
    replies: dict[str, _Reply]  # by the id of the case
    wrong: list[str]


@cache
def recognise(student: Student, function: str, part: str) -> tuple[Hint, ...]:
    """Return what explains the wrong answers in a part of a task; () where nothing does.

    At best that is a mistake, or several that can't be told apart, which give what the student's function gives on
    all public cases, right answers included. Else each group of cases is explained by itself: by an option that makes
    no difference, or by a mistake that shows in no group that is right. Forms of one mistake are said once.
    """
    # What the function prints has been shown by the checks.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(NotWrittenYet, CannotImport):
        groups = _groups(student, function)
        own = [group for group in groups if group.part == part and group.wrong]
        if everywhere := _distinct(_explaining(_mistakes(function), groups)):
            return everywhere
        return tuple(dict.fromkeys(hint for group in own for hint in _of_group(student, function, group, groups)))
    return ()


def _of_group(student: Student, function: str, group: _Group, groups: list[_Group]) -> tuple[Hint, ...]:
    for option, value in group.options.items():
        if _ignored(student, group):
            return (_no_difference(option, value),)
    right = [other for other in groups if not other.wrong]
    left = _explaining(_mistakes(function), right)
    answered = {case: reply for case, reply in group.replies.items() if reply.arrays}
    if not answered.keys() & group.wrong:
        return ()
    # An exception in one case hides nothing that the others show.
    everything, shown = (_distinct(_explaining(left, [group._replace(replies=r)])) for r in (group.replies, answered))
    found = everything or shown
    return found if len(found) <= _MOST else ()


def _explaining(mistakes: list[_Mistake], groups: list[_Group]) -> list[_Mistake]:
    replies = {case: reply for group in groups for case, reply in group.replies.items()}
    return [one for one in mistakes if all(_same(one.replies[case], reply) for case, reply in replies.items())]


def _distinct(mistakes: list[_Mistake]) -> tuple[Hint, ...]:
    found: dict[int, Hint] = {}
    for mistake in mistakes:
        found.setdefault(mistake.family, mistake.hint)
    return tuple(found.values())


@cache
def _groups(student: Student, function: str) -> list[_Group]:
    """Ask each public case of the function once more, in order."""
    cases = _cases(function)
    asked = student if _repeats(student, cases[0]) else student.anew()
    groups: dict[tuple[object, ...], _Group] = {}
    for case in cases:
        group = groups.setdefault((case.part, *case.kwargs.items()), _Group(case.part, case.kwargs, {}, []))
        reply = group.replies[case.id] = _reply(asked, case)
        if not _same(_due(case), reply):
            group.wrong.append(case.id)
    return list(groups.values())


def _due(case: Case) -> _Reply:
    return _Reply(tuple(case.expected.values()), beyond=case.at_least)


def _ignored(student: Student, group: _Group) -> bool:
    """Whether the wrong answers are those to the same questions without the option."""
    without = {case: _reply(student, CASES[case]._replace(kwargs={})) for case in group.wrong}
    return all(reply.arrays and _same(reply, group.replies[case]) for case, reply in without.items())


def _no_difference(option: str, value: object) -> Hint:
    usual, ask, slide = _OPTIONS[option]
    return Hint(f'{option} makes no difference: "{value}" gives what "{usual}" gives', ask, slide)


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
