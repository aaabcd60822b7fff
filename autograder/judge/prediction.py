"""What a faulty function does with a case, as far as a reply could show it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.model.cases import Case
from autograder.model.plan import Value, fields_of, is_record, with_items

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a function returned, and whether it wrote into its arguments."""

    got: tuple[Array, ...] | None  # None: it raises
    changed: frozenset[str] = frozenset()  # labels of the arguments, as the worker has them


def predict(function: Callable[..., Any], case: Case) -> Prediction:
    """Call a trusted function with copies of a case's arguments."""
    args = [copied(value) for value in case.call.args]
    try:
        value = function(*args, **case.call.kwargs)
    except (ValueError, IndexError):  # shapes that do not fit
        return Prediction(None)
    items = value if isinstance(value, tuple) else (value,)
    return Prediction(tuple(np.asarray(item, np.float64) for item in items), _changed(case.call.args, args))


def _changed(before: Sequence[Value], after: Sequence[Value]) -> frozenset[str]:
    if _contents(before) == _contents(after):
        return frozenset()
    now = labelled(after)
    return frozenset(name for name, array in labelled(before).items() if array.tobytes() != now[name].tobytes())


def _contents(args: Sequence[Value]) -> list[bytes]:
    items = (item for value in args for item in (value if isinstance(value, tuple) else (value,)))
    return [item.tobytes() for item in items if isinstance(item, np.ndarray)]


def copied(value: Value) -> Value:
    """Return an argument that may be written into; one that holds no array is returned as it is."""
    if is_record(value):
        return with_items(value, np.copy)
    return value.copy() if isinstance(value, np.ndarray) else value


def labelled(args: Iterable[Value]) -> dict[str, Array]:
    """Return the arrays of arguments by label: their position, or position and field such as "0.W"."""
    arrays: dict[str, Array] = {}
    for position, value in enumerate(args):
        if is_record(value):
            arrays |= {f"{position}.{field}": array for field, array in fields_of(value).items()}
        elif isinstance(value, np.ndarray):
            arrays[str(position)] = value
    return arrays
