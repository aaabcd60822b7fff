"""The folder of a replay: the student's code, arrays for each wrong case, and a program that needs numpy alone."""

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import loaded
from autograder.judge import CaseResult
from autograder.model import tolerance
from autograder.model.cases import Case
from autograder.model.plan import Call, Value, fields_of
from autograder.model.text import printable
from autograder.submissions import Source

PROGRAM = "replay.py"
# How a submission is loaded in the sandbox, for the replay to do the same.
_LOADER = "loader.py"
_BEGIN, _END = "# BEGIN CASES\n", "# END CASES\n"
_UNUSUAL = re.compile(r"[^\w=-]+")
# What ended so in the sandbox might end so here, and there is nothing here to stop it.
_DANGEROUS = ("timeout", "memory", "crashed", "forbidden")

Arrays = dict[str, NDArray[np.generic]]


def write_replay(folder: Path, student: str, source: Source, wrong: Sequence[CaseResult]) -> None:
    """Write a replay into a folder that is there.

    Raises:
        OSError: a file can't be written.
    """
    names = [f"student/{_plain(label.removesuffix('.py'))}.py" for label, _ in source.chunks]
    for name, (_, code) in zip(names, source.chunks, strict=True):
        _write(folder / name, code.encode("utf-8", "surrogatepass"))
    _write(folder / _LOADER, (files("autograder") / "sandbox" / "worker" / _LOADER).read_bytes())
    (folder / "cases").mkdir(exist_ok=True)
    for result in wrong:
        arrays = dict(_arrays(result))
        np.savez_compressed(folder / "cases" / f"{_name(result.case)}.npz", allow_pickle=False, **arrays)
    _write(folder / PROGRAM, _program(student, source, names, wrong).encode("utf-8", "replace"))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def _name(case: Case) -> str:
    return _plain(case.call.id)


def _plain(text: str) -> str:
    return _UNUSUAL.sub("-", text).strip("-")


def _arrays(result: CaseResult) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Yield everything about a case under a name of its own: arguments, what is expected, and what came."""
    call = result.case.call
    for name, value in (*zip(loaded().parameters(call.function), call.args, strict=False), *call.kwargs.items()):
        yield from _flat(name, value)
    items = loaded().task_of[call.function].returns if result.case.container != "array" else ("",)
    for prefix, arrays in (("expected", result.case.expected), ("graded", result.got or ())):
        for item, array in zip(items, arrays, strict=False):
            yield (f"{prefix}.{item}" if item else prefix), array


def _flat(name: str, value: Value) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Yield a value as arrays; a named tuple as one for each of its fields."""
    if isinstance(value, tuple):
        for field, item in fields_of(value).items():
            yield f"{name}.{field}", np.asarray(item)
    else:
        yield name, np.asarray(value)


def _program(student: str, source: Source, names: Sequence[str], wrong: Sequence[CaseResult]) -> str:
    """Return the program, with its table of cases and a line for each to be debugged."""
    text = (files("autograder.review") / "replay_script.py").read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    record = next((record.__name__ for record in loaded().records), "")
    table = [
        f"STUDENT = {student!a}",
        f"MODULE = {loaded().module!r}",
        f"FILES: tuple[str, ...] = {tuple(names)!r}",
        f"NOTEBOOK = {source.kind == 'ipynb'}",
        f"RECORD = {record!r}  # the named tuple among the arguments",
        f"TAU, TAU_FLOAT32 = {tolerance.TAU!r}, {tolerance.TAU_FLOAT32!r}",
        "CASES: tuple[Case, ...] = (",
        *(f"    {_row(result)}," for result in wrong),
        ")",
    ]
    debug = [f"    # debug({_name(result.case)!r})  # {_says(result)}" for result in wrong]
    return before + "\n".join(table) + after + "\n".join([*debug, ""])


def _row(result: CaseResult) -> str:
    call, finding = result.case.call, result.finding
    at_least = result.case.at_least.least if result.case.at_least else 0.0
    skip = f"it ended with {result.state} when it was graded" if result.state in _DANGEROUS else ""
    fields = (_name(result.case), call.function, _positional(call), tuple(call.kwargs))
    steps = bool(finding and finding.profile)
    return f"Case{(*fields, steps, at_least, skip, _says(result))!a}"


def _positional(call: Call) -> tuple[str, ...]:
    return loaded().parameters(call.function)[: len(call.args)]


def _says(result: CaseResult) -> str:
    """Say on one line what was found wrong when it was graded."""
    return printable(result.finding.summary if result.finding else "")
