"""Call a student's functions with given arrays, and turn what they return into plain data."""

import io
import os
import types
from collections import namedtuple
from typing import Any

import numpy as np
from arguments import PlannedCall, PlannedCalls
from loader import clean, describe

MAX_PARTS = 64
_NUMBERS = (np.ndarray, np.number, np.bool_, bool, int, float, complex, list)
_FLOAT, _COMPLEX = np.dtype(np.float64), np.dtype(np.complex128)
_open = open  # the real one, before `open_with_a_sink` takes its place


class OutputLimitExceeded(Exception):
    """Raised in the student's own call when it has printed more than a submission may."""


class OutputCounter(io.TextIOBase):
    """Takes the place of stdout and stderr: it counts the characters, keeps none, and refuses too many."""

    def __init__(self, limit: int):
        self.limit = self.left = limit

    def write(self, text: str) -> int:
        """Count the characters, and raise if there are too many."""
        self.left -= len(text)
        if self.left < 0:
            self.left = 0
            raise OutputLimitExceeded(f"printed more than {self.limit} characters")
        return len(text)

    def writable(self) -> bool:
        """Printing is allowed."""
        return True


def open_with_a_sink(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    """Open a file. Text for the null device goes nowhere, and needs no right to write."""
    if file == os.devnull and set(mode) & set("wax+"):
        return io.BytesIO() if "b" in mode else io.StringIO()
    return _open(file, mode, *args, **kwargs)


def parts_of(result: Any) -> tuple[str, list[dict[str, Any]], list[bytes]]:
    """Return a result as (container, descriptions of its arrays, their float64 or complex128 bytes)."""
    if isinstance(result, tuple):
        container, items = type(result).__name__, list(result[:MAX_PARTS])
    else:
        container, items = "", [result]
    made = [part_of(item) for item in items]
    return clean(container[:80]), [part for part, _ in made], [buffer for _, buffer in made]


def part_of(item: Any) -> tuple[dict[str, Any], bytes]:
    """Return one array's description and bytes. For anything but numbers, `other` names the type."""
    if type(item) is not np.ndarray:
        if not isinstance(item, _NUMBERS):
            return _no_numbers(type(item).__name__)
        try:
            item = np.array(item, subok=False)
        except ValueError:
            return _no_numbers("list of unequal lengths")
    dtype = item.dtype
    if dtype.kind not in "fiubc":
        return _no_numbers(f"array of dtype {dtype}")
    if dtype == _FLOAT:  # the usual dtype is left out
        return {"shape": item.shape}, item.tobytes()
    sent = item.astype(_COMPLEX if dtype.kind == "c" else _FLOAT)
    return {"shape": item.shape, "dtype": clean(str(dtype)[:80])}, sent.tobytes()


def _no_numbers(what: str) -> tuple[dict[str, Any], bytes]:
    return {"shape": (), "dtype": "", "other": clean(what[:80])}, b""


class Caller:
    """Makes the calls of a plan on a loaded module."""

    def __init__(self, module: types.ModuleType, files: dict[str, list[str]], plan: PlannedCalls):
        self.namespace = module.__dict__
        self.files = files
        self.records = {name: self._record(name, fields) for name, fields in plan.records.items()}
        self.kept = plan.kept
        self.results: dict[str, Any] = {}

    def call(self, call: PlannedCall) -> tuple[dict[str, Any], list[bytes]]:
        """Make one call; return the reply's header and the buffers of its arrays."""
        function = self.namespace.get(call.function)
        if not callable(function):
            return _reply("absent", call), []
        try:
            args, kwargs = call.arguments(self.records, self.results)
        except (KeyError, IndexError, TypeError, ValueError):
            return _reply("blocked", call), []  # an earlier call gave nothing to build on
        try:
            with np.errstate(all="ignore"):  # a warning is never a mark
                result = function(*args, **kwargs)
                container, parts, buffers = parts_of(result)
        except BaseException as error:  # sys.exit included
            return _reply("raised", call) | {"error": describe(error, self.files)}, []
        if call.id in self.kept:
            self.results[call.id] = result
        reply: dict[str, Any] = {"call": call.id, "parts": parts}  # the usual is left out: kind "value", dtype float64
        if container:
            reply["container"] = container
        changed = call.changed()
        if changed:
            reply["changed"] = changed
        return reply, buffers

    def _record(self, name: str, fields: list[str]) -> type:
        """Return the student's own record type if it has these fields, else one like the handout's."""
        own = self.namespace.get(name)
        if isinstance(own, type) and issubclass(own, tuple) and list(getattr(own, "_fields", ())) == fields:
            return own
        return namedtuple(name, fields)


def _reply(kind: str, call: PlannedCall) -> dict[str, Any]:
    return {"kind": kind, "call": call.id}
