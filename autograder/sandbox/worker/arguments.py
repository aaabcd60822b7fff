"""The arguments of the calls of a plan. The forking process makes them once, and its children use them up.

Each call has arrays of its own, so that no call sees what another did to them. They lie one after the other in one
piece of memory, so one comparison tells whether the call has changed any of them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# An argument that can only be made when its call is due: f(record types, earlier results).
Maker = Callable[[dict[str, type], dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call of a plan. A process makes it once, because its arguments are no copies."""

    id: str
    group: str
    function: str
    args: list[Any]  # arrays, plain values, and makers
    kwargs: dict[str, Any]
    memory: bytearray  # of all arrays, one after the other
    given: bytes  # the content of the memory at first
    arrays: list[tuple[str, int, int]]  # the label of each, and where it begins and ends in the memory

    def arguments(self, records: dict[str, type], results: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments of the call.

        Raises:
            KeyError, IndexError, TypeError, ValueError: it builds on a result that is missing, or is no array.
        """

        def made(value: Any) -> Any:
            return value(records, results) if callable(value) else value

        return [made(value) for value in self.args], {name: made(value) for name, value in self.kwargs.items()}

    def changed(self) -> list[str]:
        """Return the labels of the arrays that the call has changed."""
        if self.memory == self.given:
            return []
        return [name for name, a, b in self.arrays if self.memory[a:b] != self.given[a:b]]


class PlannedCalls:
    """The calls of a plan by their ids. Inputs only: no plan says what a call should return."""

    def __init__(self, header: dict[str, Any], body: bytes):
        self.records: dict[str, list[str]] = header["records"]
        self.kept = frozenset(header["kept"])  # the calls whose results later ones refer to
        self.calls = {call["id"]: _planned(call, body) for call in header["calls"]}


def _planned(call: dict[str, Any], body: bytes) -> PlannedCall:
    start, end = call["span"]
    memory, arrays = bytearray(body[start:end]), list[tuple[str, int, int]]()
    return PlannedCall(
        call["id"],
        call["group"],
        call["function"],
        [_argument(value, str(n), memory, arrays) for n, value in enumerate(call["args"])],
        {name: _argument(value, name, memory, arrays) for name, value in call["kwargs"].items()},
        memory,
        bytes(memory),
        arrays,
    )


def _argument(value: Any, label: str, memory: bytearray, arrays: list[tuple[str, int, int]]) -> Any:
    """Return the argument that `value` describes, and add its arrays to `arrays` under `label`."""
    if not isinstance(value, dict):
        return value
    if "ref" in value:
        return _reference(*value["ref"])
    if "record" in value:
        name, fields = value["record"], zip(value["fields"], value["items"], strict=True)
        items = [_argument(item, f"{label}.{field}", memory, arrays) for field, item in fields]
        return lambda records, _results: records[name](*items)
    shape, offset = tuple(value["array"][0]), value["array"][1]
    arrays.append((label, offset, offset + 8 * math.prod(shape)))
    return np.ndarray(shape, np.float64, memory, offset)


def _reference(call: str, path: list[int]) -> Maker:
    def make(_records: dict[str, type], results: dict[str, Any]) -> Any:
        result = results[call]
        for index in path:
            result = result[index]
        return np.array(result, dtype=float)

    return make
