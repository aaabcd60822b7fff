"""Known mistakes: which of them, or which two of them together, return on the public cases what yours returns.

`hints.json` and `hints.npz` hold a number for each reply of each mistake, and no code of them. They are read when a
check has failed, and not before.
"""

import contextlib
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from .cases import CASES, TOLERANCE, Case, Record
from .compare import unpack
from .digest import BEYOND, CHANGED, RAISED, digest
from .extras import EXTRAS
from .results import Hint, NotWrittenYet, Wrong
from .seen import in_words
from .student import SIGNATURES, CannotImport, Student

_FOLDER = files(__package__)
# More explanations than this explain nothing.
_MOST = 3


class _Reply(NamedTuple):
    """What a function made of a case: the arrays that it returned, and the arguments that it changed."""

    arrays: tuple[np.ndarray, ...] | None  # None: it raised an exception
    changed: frozenset[str] = frozenset()
    beyond: float | None = None  # known mistakes: any number beyond this, away from 0, is as good as infinity


class _Mistake(NamedTuple):
    """A known mistake; forms of one are a family."""

    family: int
    looks_like: str
    ask: str
    slide: str


class _Known(NamedTuple):
    """The known mistakes in one function, and pairs of them: a row for each, a column for each case in order."""

    mistakes: list[_Mistake]  # of the first rows
    pairs: np.ndarray  # of the other rows: the rows of both mistakes
    values: np.ndarray  # digests, or what stands for infinity
    flags: np.ndarray


class _Group(NamedTuple):
    """The cases of one part that are asked with the same options, and what became of them."""

    part: str
    options: dict[str, object]  # arguments by keyword, but for arrays
    replies: dict[str, _Reply]  # by the id of the case
    wrong: list[str]


@cache
def recognise(student: Student, function: str, part: str) -> tuple[Hint, ...]:
    """Return what explains the wrong answers in a part of a task; () where nothing does.

    At best that is a mistake, or several that can't be told apart, which give what the student's function gives on
    all public cases, right answers included. Else each group of cases is explained by itself: by an option that makes
    no difference, or by a mistake that shows in no group that is right. Forms of one mistake are said once.
    """
    own = [hints for group, hints in explained(student, function) if group.part == part and group.wrong]
    return tuple(dict.fromkeys(hint for hints in own for hint in hints))


@cache
def explained(student: Student, function: str) -> list[tuple[_Group, tuple[Hint, ...]]]:
    """Return each group of cases with what explains its wrong answers; no group where not all can be asked."""
    # What the function prints has been shown by the checks.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(NotWrittenYet, CannotImport):
        groups = _asked(student, function)
        if everywhere := _named(function, [group.replies for group in groups]):
            return [(group, everywhere) for group in groups]
        return [(group, _of_group(student, function, group, groups) if group.wrong else ()) for group in groups]
    return []


def _of_group(student: Student, function: str, group: _Group, groups: list[_Group]) -> tuple[Hint, ...]:
    for option, value in group.options.items():
        if _ignored(student, group):
            return (_no_difference(function, option, value),)
    right = [other.replies for other in groups if not other.wrong]
    answered = {case: reply for case, reply in group.replies.items() if reply.arrays}
    if not answered.keys() & group.wrong:
        return ()
    # An exception in one case hides nothing that the others show.
    return _named(function, [group.replies, *right]) or _named(function, [answered, *right])


def _named(function: str, groups: list[dict[str, _Reply]]) -> tuple[Hint, ...]:
    """Return the mistakes that reproduce all replies, each alone; or else the pairs that do; not too many."""
    known = _known(function)
    explain = np.full(len(known.values), True)
    for column, case in enumerate(_cases(function)):
        for replies in groups:
            if case.id in replies and explain.any():
                explain &= _alike_rows(known, column, case, replies[case.id])
    rows = np.flatnonzero(explain)
    singles = [(int(row),) for row in rows if row < len(known.mistakes)]
    pairs = [tuple(map(int, known.pairs[row - len(known.mistakes)])) for row in rows if row >= len(known.mistakes)]
    found: dict[frozenset[int], list[_Mistake]] = {}  # forms of one mistake once
    for ids in singles or pairs:
        mistakes = [known.mistakes[one] for one in ids]
        found.setdefault(frozenset(mistake.family for mistake in mistakes), mistakes)
    return _worded(list(found.values())) if len(found) <= _MOST else ()


def _worded(found: list[list[_Mistake]]) -> tuple[Hint, ...]:
    """Return a hint for each clause: for each explanation, or for several that have a mistake in common."""
    if not found:
        return ()
    clauses = in_words([[mistake.looks_like for mistake in mistakes] for mistakes in found])
    said = [found] if len(clauses) < len(found) else [[mistakes] for mistakes in found]
    return tuple(Hint(clause, *_lines(of)) for clause, of in zip(clauses, said, strict=True))


def _lines(explanations: list[list[_Mistake]]) -> Iterator[str]:
    """Yield the questions, and the slides: a line for each, each once."""
    for key in ("ask", "slide"):
        yield "\n".join(dict.fromkeys(getattr(mistake, key) for mistakes in explanations for mistake in mistakes))


def _alike_rows(known: _Known, column: int, case: Case, reply: _Reply) -> np.ndarray:
    """Tell which rows have what was replied to one case."""
    flags = known.flags[:, column] & ~np.uint16(BEYOND)
    names = [
        label
        for name, value in case.args.items()
        for label in ([f"{name}.{field}" for field in value.arrays] if isinstance(value, Record) else [name])
        if isinstance(value, Record | np.ndarray)
    ]
    changed = sum(CHANGED << place for place, name in enumerate(names) if name in reply.changed)
    if reply.arrays is None:
        return np.asarray(flags == changed | RAISED)
    if not reply.arrays:  # not even numbers: nothing known returns that
        return np.zeros(len(flags), bool)
    value, scale = digest(reply.arrays)
    values = known.values[:, column].astype(np.float64)
    near = np.abs(values - value) <= _tolerance(reply.arrays) * scale
    if case.at_least is not None:
        got = reply.arrays[0] if reply.arrays[0].shape == () else np.nan
        with np.errstate(invalid="ignore"):
            beyond = np.sign(values) * (got - values) >= -TOLERANCE.float64 * np.abs(values)
        near = np.where(known.flags[:, column] & BEYOND, beyond, near)
    return np.asarray((flags == changed) & near)


def _tolerance(arrays: tuple[np.ndarray, ...]) -> float:
    return TOLERANCE.float32 if any(array.dtype == np.float32 for array in arrays) else TOLERANCE.float64


def _asked(student: Student, function: str) -> list[_Group]:
    """Ask each public case of the function once more, in order."""
    cases = _cases(function)
    fresh = student if _repeats(student, cases[0]) else student.anew()
    groups: dict[tuple[object, ...], _Group] = {}
    for case in cases:
        options: dict[str, object] = {
            name: value for name, value in case.kwargs.items() if isinstance(value, str | int | float)
        }
        group = groups.setdefault((case.part, *options.items()), _Group(case.part, options, {}, []))
        reply = group.replies[case.id] = _reply(fresh, case)
        if not _same(_due(case), reply):
            group.wrong.append(case.id)
    return list(groups.values())


def _due(case: Case) -> _Reply:
    return _Reply(tuple(case.expected.values()), beyond=case.at_least)


def _ignored(student: Student, group: _Group) -> bool:
    """Whether the wrong answers are those to the same questions without the option."""
    cases = [CASES[case] for case in group.wrong]
    kept = [{name: value for name, value in case.kwargs.items() if name not in group.options} for case in cases]
    without = {case.id: _reply(student, case._replace(kwargs=left)) for case, left in zip(cases, kept, strict=True)}
    return all(reply.arrays and _same(reply, group.replies[case]) for case, reply in without.items())


def _no_difference(function: str, option: str, value: object) -> Hint:
    usual = re.search(rf"\b{option}=([^,)]+)", SIGNATURES[function])
    said = f'"{value}"' if isinstance(value, str) else value
    gives = f": {said} gives what {usual[1]} gives" if usual else ""
    return Hint(f"{option} makes no difference{gives}", *EXTRAS.options.get(option, ("", "")))


def _cases(function: str) -> list[Case]:
    return [case for case in CASES.values() if case.function == function]


@cache
def _known(function: str) -> _Known:
    rows = json.loads((_FOLDER / "hints.json").read_text(encoding="utf-8"))[function]
    with np.load(io.BytesIO((_FOLDER / "hints.npz").read_bytes()), allow_pickle=False) as file:
        pairs, values, flags = (file[f"{function}/{name}"] for name in ("pairs", "values", "flags"))
    return _Known([_Mistake(*row) for row in rows], pairs, values, flags)


def _reply(student: Student, case: Case) -> _Reply:
    try:
        reply = student.ask(case)
    except Wrong:
        return _Reply(None)
    try:
        arrays = unpack(reply.value, case.returns, {name: array.shape for name, array in case.expected.items()})
    except Wrong:
        arrays = {}
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
