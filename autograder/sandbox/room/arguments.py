"""What calls are given: read from the grader's plan once, and built anew for each call.

The arrays of one call lie one after the other in one piece of memory, so that a fresh copy of all of them is one
copy, and to see whether the call has changed any of them is one comparison.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# An argument as the plan describes it, ready to be built: f(memory of the call, record types, earlier results).
Builder = Callable[[bytearray, dict[str, type], dict[str, Any]], Any]


@dataclass(frozen=True)
class PlannedCall:
    """One call of a plan."""

    id: str
    group: str
    function: str
    args: list[Builder]
    kwargs: dict[str, Builder]
    given: bytes  # its arrays, one after the other
    arrays: list[tuple[str, int, int]]  # the label of each, and where it begins and ends in `given`


class Plan:
    """The calls of a plan, in order. Inputs only: no plan says what a call should return."""

    def __init__(self, header: dict[str, Any], body: bytes):
        self.records: dict[str, list[str]] = header["records"]
        self.kept = frozenset(header["kept"])  # the calls whose results later ones refer to
        self.calls = [_planned(call, body) for call in header["calls"]]


class Arguments:
    """The arguments of one call: copies of its own, so that no call sees what another did to them."""

    def __init__(self, call: PlannedCall, records: dict[str, type], results: dict[str, Any]):
        self.call = call
        self.memory = bytearray(call.given)
        self.args = [build(self.memory, records, results) for build in call.args]
        self.kwargs = {name: build(self.memory, records, results) for name, build in call.kwargs.items()}

    def changed(self) -> list[str]:
        """Return the labels of the arrays that are no longer what was given."""
        if self.memory == self.call.given:
            return []
        return [name for name, a, b in self.call.arrays if self.memory[a:b] != self.call.given[a:b]]


def _planned(call: dict[str, Any], body: bytes) -> PlannedCall:
    start, end = call["span"]
    arrays: list[tuple[str, int, int]] = []
    return PlannedCall(
        call["id"],
        call["group"],
        call["function"],
        [_builder(value, str(n), arrays) for n, value in enumerate(call["args"])],
        {name: _builder(value, name, arrays) for name, value in call["kwargs"].items()},
        body[start:end],
        arrays,
    )


def _builder(value: Any, label: str, arrays: list[tuple[str, int, int]]) -> Builder:
    """Return what builds the argument that `value` describes; its arrays are added to `arrays` under `label`."""
    if not isinstance(value, dict):
        return lambda _memory, _records, _results: value
    if "ref" in value:
        return _reference(*value["ref"])
    if "stack" in value:
        rows = [_builder(row, label, arrays) for row in value["stack"]]
        return lambda *given: np.vstack([build(*given) for build in rows])
    if "record" in value:
        name, fields = value["record"], zip(value["fields"], value["items"], strict=True)
        items = [_builder(item, f"{label}.{field}", arrays) for field, item in fields]
        return lambda memory, records, results: records[name](*[build(memory, records, results) for build in items])
    shape, offset = tuple(value["array"][0]), value["array"][1]
    arrays.append((label, offset, offset + 8 * math.prod(shape)))
    return lambda memory, _records, _results: np.ndarray(shape, np.float64, memory, offset)


def _reference(call: str, path: list[int]) -> Builder:
    def build(_memory: bytearray, _records: dict[str, type], results: dict[str, Any]) -> Any:
        result = results[call]
        for index in path:
            result = result[index]
        return np.array(result, dtype=float)

    return build
