"""Plans: what the sandbox is asked to do, as plain data. Inputs only; never an expected value.

A plan may leave this process. What a case expects stays beside it in `cases.py`, on the trusted side.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ref:
    """Stands for what an earlier call of the same plan returned, or for a piece of it.

    With it a plan can chain the student's own functions (a decoder that starts from their own encoder's state).
    """

    call: str
    path: tuple[int, ...] = ()  # (0, -1) is the last row of the first item


Record = tuple[Any, ...]  # a named tuple of arrays, of a type that the assignment knows
Value = Array | Record | Ref | float | int | str


def is_record(value: object) -> TypeGuard[Record]:
    """Whether a value is a named tuple."""
    return isinstance(value, tuple) and hasattr(value, "_fields")


def field_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a kind of named tuple."""
    names: tuple[str, ...] = vars(kind)["_fields"]
    return names


def fields_of(record: Record) -> dict[str, Any]:
    """Return the items of a named tuple by name."""
    return dict(zip(field_names(type(record)), record, strict=True))


def with_items(record: Record, change: Callable[[Any], Any]) -> Record:
    """Return a named tuple of the same type with each item changed."""
    return type(record)(*map(change, record))


@dataclass(frozen=True, eq=False)
class Call:
    """One call of one student function."""

    id: str  # unique in its plan: the task and the case
    group: str  # calls of a group live and die together: the task's id
    function: str
    args: tuple[Value, ...]
    kwargs: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Plan:
    """The calls of one run, in order."""

    calls: tuple[Call, ...]
