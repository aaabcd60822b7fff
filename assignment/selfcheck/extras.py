"""What an assignment adds to the self-check, in a file `own.py` beside this one; nothing where there is none."""

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from .cases import Record
from .seen import Condition, Look, Relation


class Property(NamedTuple):
    """What holds for every right solution; `broken` returns None where it does, and else what was expected and came."""

    task: str
    id: str
    holds: str  # one clause, with the formula
    why: str
    broken: Callable[[Any], tuple[str, str] | None]  # of a Student
    uses: tuple[str, ...] = ()  # checks of other tasks, which have to be right first


def _shapes(record: Record) -> str:
    return f"({', '.join(f'{name} {array.shape}' for name, array in record.arrays.items())})"


class Extras(NamedTuple):
    """What an assignment may add."""

    properties: tuple[Property, ...] = ()
    #: By check: those of what its function usually calls. While that is wrong, so is this, through no fault of its own.
    calls: Mapping[str, tuple[str, ...]] = {}
    #: By keyword: what a tutor would ask where it makes no difference, and the slide.
    options: Mapping[str, tuple[str, str]] = {}
    sizes: Callable[[Record], str] = _shapes
    # What may be seen in wrong answers, by facts of a case: those are made of its arguments by name.
    facts: Callable[[Mapping[str, Any]], Any] = lambda _: None
    relations: tuple[tuple[str, Relation], ...] = ()
    conditions: tuple[tuple[str, Condition], ...] = ()
    forgives: Condition = lambda _: False
    looks: Mapping[str, Mapping[str, Mapping[str, Look]]] = {}  # by function, array and case with one term alone


_FILE = f"{__package__}.own"
EXTRAS: Extras = import_module(_FILE).EXTRAS if find_spec(_FILE) else Extras()
