"""Which variables of the reference have the same shape, line by line: seen while it answers the cases of one seed.

Only such variables are taken for one another: a wrong variable of another shape raises, or shows in any test.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from types import CodeType, FrameType
from typing import Any

import numpy as np

from autograder.assignment import Assignment, Unsuitable
from autograder.cases.drawing import draw
from autograder.model.plan import fields_of, is_record

_ATTEMPTS = 100

Kind = tuple[int, ...] | type  # the shape of numbers, the type of all else
#: What the variables were at one moment, by name; a field of a named tuple is "params.W".
Moment = frozenset[tuple[str, Kind]]


class Shapes:
    """What was seen of the reference's variables."""

    def __init__(self) -> None:
        self._seen: dict[int, set[Moment]] = {}

    def note(self, line: int, variables: Mapping[str, object]) -> None:
        """Note what the variables are before a line."""
        self._seen.setdefault(line, set()).add(frozenset(_kinds(variables)))

    def alike(self, line: int, name: str, other: str) -> bool:
        """Return whether two variables had the same shape whenever a line was reached with both of them."""
        moments = map(dict, self._seen.get(line, ()))
        pairs = [(one[name], one[other]) for one in moments if name in one and other in one]
        return bool(pairs) and all(one == another for one, another in pairs)


def _kinds(variables: Mapping[str, object]) -> Iterator[tuple[str, Kind]]:
    for name, value in variables.items():
        yield name, _kind(value)
        if is_record(value):
            yield from _kinds({f"{name}.{field}": item for field, item in fields_of(value).items()})


def _kind(value: object) -> Kind:
    if isinstance(value, np.ndarray | np.generic):
        return value.shape
    return () if isinstance(value, int | float) else type(value)


@cache
def shapes(assignment: Assignment) -> Shapes:
    """Return what is seen while the reference answers the first cases that can be drawn.

    Raises:
        AssignmentError: none can be.
    """
    found = Shapes()
    with _traced(str(assignment.file), found):
        for attempt in range(_ATTEMPTS):
            with suppress(Unsuitable):
                draw(0, attempt)
                break
    return found


@contextmanager
def _traced(file: str, found: Shapes) -> Iterator[None]:
    """Note the variables of every function in a file, before each line that is run in the block."""

    def at_line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            found.note(frame.f_lineno, _variables(frame))
        return at_line

    def at_call(frame: FrameType, *_: Any) -> Any:
        return at_line if frame.f_code.co_filename == file else None

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(before)


def _variables(frame: FrameType) -> Mapping[str, object]:
    """Return the variables of a function; in a comprehension, with those of the function that it stands in."""
    caller = frame.f_back
    if _is_comprehension(frame.f_code) and caller and caller.f_code.co_filename == frame.f_code.co_filename:
        return {**_variables(caller), **frame.f_locals}
    return frame.f_locals


def _is_comprehension(code: CodeType) -> bool:
    return code.co_name.startswith("<") and code.co_name != "<module>"
