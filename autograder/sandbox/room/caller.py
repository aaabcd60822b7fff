"""Call a student's functions with given arrays, and turn whatever comes back into plain data."""

import io
import math
import os
import time
import types
from collections import namedtuple
from functools import cache
from typing import Any

import numpy as np
from loader import clean, describe

MAX_PARTS = 64
_open = open  # the real one, before `open_with_a_sink` takes its place


class OutputLimitExceeded(Exception):
    """Raised in the student's own call when it has printed more than a submission may."""


class Counter(io.TextIOBase):
    """Stands in for stdout and stderr: counts, keeps nothing, refuses a flood."""

    def __init__(self, limit: int):
        self.left = limit
        self.limit = limit

    def write(self, text: str) -> int:
        """Count the characters, and raise once there are too many."""
        self.left -= len(text)
        if self.left < 0:
            self.left = 0
            raise OutputLimitExceeded(f"printed more than {self.limit} characters")
        return len(text)

    def writable(self) -> bool:
        """Printing is allowed."""
        return True


def open_with_a_sink(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    """Open a file; what is written to the null device goes nowhere, and needs no right to write."""
    if file == os.devnull and set(mode) & set("wax+"):
        return io.BytesIO() if "b" in mode else io.StringIO()
    return _open(file, mode, *args, **kwargs)


class Arguments:
    """Builds the arguments of calls: fresh copies, so that no call sees what another did to its own."""

    def __init__(self, body: bytes, records: dict[str, type], results: dict[str, Any]):
        self.body = body
        self.records = records
        self.results = results  # what the calls returned that later ones refer to
        self.given: list[tuple[str, Any, int]] = []

    def build(self, value: Any, name: str) -> Any:
        """Return the argument that `value` describes; arrays are remembered under `name`."""
        if not isinstance(value, dict):
            return value
        if "ref" in value:
            call, path = value["ref"]
            result = self.results[call]
            for index in path:
                result = result[index]
            return np.array(result, dtype=float)
        if "stack" in value:
            return np.vstack([self.build(row, name) for row in value["stack"]])
        if "record" in value:
            fields = zip(value["fields"], value["items"], strict=True)
            return self.records[value["record"]](*(self.build(item, f"{name}.{field}") for field, item in fields))
        shape, offset = value["array"]
        size = math.prod(shape)
        array = np.frombuffer(self.body, np.float64, size, offset).reshape(shape).copy()
        self.given.append((name, array, offset))
        return array

    def changed(self) -> list[str]:
        """Return the names of the arrays that are no longer what was given."""
        return [name for name, array, offset in self.given if not self.body.startswith(array.tobytes(), offset)]


def parts_of(result: Any) -> tuple[str, list[dict[str, Any]], list[bytes]]:
    """Return a result as (container, descriptions of its arrays, their float64 or complex128 bytes)."""
    if isinstance(result, tuple):
        container = type(result).__name__
        items = list(result[:MAX_PARTS])
    else:
        container, items = "", [result]
    parts, buffers = [], []
    for item in items:
        part, buffer = part_of(item)
        parts.append(part)
        buffers.append(buffer)
    return clean(container[:80]), parts, buffers


@cache
def dtype_name(dtype: np.dtype[Any]) -> str:
    """Return a name such as "float64"; numpy takes its time to make one."""
    name: str = clean(str(dtype))
    return name


def part_of(item: Any) -> tuple[dict[str, Any], bytes]:
    """Return one array's description and bytes; what is not numbers is named in `other`."""
    described = {"shape": [], "dtype": "", "other": ""}
    if not isinstance(item, np.ndarray | np.number | np.bool_ | bool | int | float | complex | list):
        return described | {"other": clean(type(item).__name__[:80])}, b""
    try:
        array = np.array(item, subok=False)
    except ValueError:
        return described | {"other": "list of unequal lengths"}, b""
    if array.dtype.kind not in "fiubc":
        return described | {"other": clean(f"array of dtype {array.dtype}"[:80])}, b""
    payload = np.ascontiguousarray(array, np.complex128 if array.dtype.kind == "c" else np.float64)
    return {"shape": list(array.shape), "dtype": dtype_name(array.dtype), "other": ""}, payload.tobytes()


class Caller:
    """Makes the calls of a plan on a loaded module."""

    def __init__(self, module: types.ModuleType, files: dict[str, list[str]], plan: dict[str, Any], body: bytes):
        self.namespace = module.__dict__
        self.files = files
        self.records = {name: self._record(name, fields) for name, fields in plan["records"].items()}
        self.kept = set(plan["kept"])
        self.results: dict[str, Any] = {}
        self.body = body

    def call(self, call: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Make one call; return the reply's header and the buffers of its arrays."""
        reply = {"kind": "value", "call": call["id"], "container": "", "parts": [], "changed": [], "error": None}
        function = self.namespace.get(call["function"])
        if not callable(function):
            return self._end(reply | {"kind": "absent"}), []
        arguments = Arguments(self.body, self.records, self.results)
        try:
            args = [arguments.build(value, str(n)) for n, value in enumerate(call["args"])]
            kwargs = {name: arguments.build(value, name) for name, value in call["kwargs"].items()}
        except (KeyError, IndexError, TypeError, ValueError):
            return self._end(reply | {"kind": "blocked"}), []  # an earlier call gave nothing to build on
        try:
            with np.errstate(all="ignore"):  # a warning is never a mark
                result = function(*args, **kwargs)
                container, parts, buffers = parts_of(result)
        except BaseException as error:  # sys.exit included
            return self._end(reply | {"kind": "raised", "error": describe(error, self.files)}), []
        if call["id"] in self.kept:
            self.results[call["id"]] = result
        reply |= {"container": container, "parts": parts, "changed": arguments.changed()}
        return self._end(reply), buffers

    def _end(self, reply: dict[str, Any]) -> dict[str, Any]:
        return reply | {"cpu": time.process_time()}

    def _record(self, name: str, fields: list[str]) -> type:
        """Return the student's own record type where it has these fields, else one like the handout's."""
        own = self.namespace.get(name)
        if isinstance(own, type) and issubclass(own, tuple) and list(getattr(own, "_fields", ())) == fields:
            return own
        return namedtuple(name, fields)
