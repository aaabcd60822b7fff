"""Run a student's wrong answers again, by hand: python replay.py. It needs numpy, and nothing else.

IT RUNS THE STUDENT'S CODE, on this machine, with your rights, and with nothing around it: read the files in the folder
student/ first, or run it where nothing can be lost. (When it was graded, it ran in the sandbox.)

Each case prints what was expected, what came, and where the first difference is. To step through one case in the
debugger, take the "#" away from its line at the end of this file.
"""

import pdb
import sys
import traceback
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from loader import Loader  # of this folder: how a submission is loaded when it is graded

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Case:
    """One question, and how its answer was found wrong."""

    name: str  # of its file in cases/
    function: str
    positional: tuple[str, ...]
    named: tuple[str, ...]
    steps: bool  # rows of the answer are steps
    at_least: float  # a smallest right answer, 0 where there is just one
    skip: str  # why it is not run without being asked for, "" where it is
    says: str


# BEGIN CASES
MODULE = ""
FILES: tuple[str, ...] = ()
NOTEBOOK = False
RECORD = ""
TAU, TAU_FLOAT32 = 0.0, 0.0
CASES: tuple[Case, ...] = ()
# END CASES


def load_student() -> ModuleType:
    """Load the student's code as it was when it was graded, and tell of what could not be run."""
    texts = [(str(HERE / name), (HERE / name).read_text(encoding="utf-8")) for name in FILES]
    loader = Loader(MODULE, texts, NOTEBOOK)
    module: ModuleType = loader.load()
    for problem in loader.problems:
        print(f"Not run: {problem['where']}, line {problem['line']}: {problem['type']}: {problem['message']}")
    return module


def arguments(module: ModuleType, case: Case, data: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return copies of what the function was called with."""

    def value(name: str) -> Any:
        if name in data:
            array = data[name]
            return array.copy() if array.ndim else array.item()
        fields = [key.partition(".")[2] for key in data if key.startswith(f"{name}.")]
        record: Any = getattr(module, RECORD, None)
        if not isinstance(record, type) or list(getattr(record, "_fields", ())) != fields:
            record = type(RECORD, (namedtuple("_", fields),), {})
        return record(*(data[f"{name}.{field}"].copy() for field in fields))

    return [value(name) for name in case.positional], {name: value(name) for name in case.named}


def show_all() -> None:
    """Run every case and print what comes."""
    module = load_student()
    for case in CASES:
        print(f"\n{case.name}: {case.says}")
        if case.skip:
            print(f"  not run here: {case.skip}. Its line at the end of this file runs it all the same.")
        else:
            _show(module, case)


def debug(name: str) -> None:
    """Step through one case: n is the next line, s steps into a call, p NAME prints, c goes on, q ends."""
    case = next(one for one in CASES if one.name == name)
    module = load_student()
    args, kwargs = arguments(module, case, _data(case))
    print(pdb.runcall(getattr(module, case.function), *args, **kwargs))


def _data(case: Case) -> dict[str, Any]:
    with np.load(HERE / "cases" / f"{case.name}.npz") as file:
        return dict(file)


def _show(module: ModuleType, case: Case) -> None:
    data = _data(case)
    expected = _items(data, "expected")
    function = getattr(module, case.function, None)
    if not callable(function):
        print(f"  {case.function} is not defined")
        return
    args, kwargs = arguments(module, case, data)
    try:
        with np.errstate(all="ignore"):
            result = function(*args, **kwargs)
    except BaseException as error:
        _print_arrays("expected", expected)
        print(f"  got       {type(error).__name__}: {error}")
        inside = [one for one in traceback.extract_tb(error.__traceback__) if one.filename != __file__]
        print(*(f"    {one.filename}, line {one.lineno}: {one.line}" for one in inside), sep="\n")
        return
    items = list(result) if isinstance(result, tuple) else [result]
    got = dict(zip(expected, items, strict=False))
    _print_arrays("expected", expected)
    _print_arrays("got", got if len(items) == len(expected) else {"": result})
    print(f"  {_first_difference(case, expected, got, len(items)) or _changed(module, case, data, args, kwargs)}")
    graded = _items(data, "graded")
    if graded and not all(_close(got.get(name), graded[name], 1e-9) for name in graded):
        print("  NOT the answer that it gave when it was graded: does it depend on chance, or on this machine?")


def _items(data: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the arrays of an answer by their names; one alone has none."""
    return {key.partition(".")[2]: value for key, value in data.items() if key.partition(".")[0] == prefix}


def _print_arrays(what: str, arrays: dict[str, Any]) -> None:
    for name, array in arrays.items():
        head = f"  {what:<10}{name + ' = ' if name else ''}"
        text = np.array2string(array, precision=6, prefix=head) if isinstance(array, np.ndarray) else repr(array)
        print(head + text)


def _first_difference(case: Case, expected: dict[str, Any], got: dict[str, Any], count: int) -> str:
    """Say where the first difference is, as feedback does; "" where there is none."""
    if count != len(expected):
        return f"{count} items came, and {len(expected)} were expected"
    for name, due in expected.items():
        came = np.asarray(got[name])
        if came.dtype.kind not in "iuf":
            return f"{name or 'the result'} is of dtype {came.dtype}, and float64 was expected"
        if came.shape != due.shape:
            return f"{name or 'the result'} is of shape {came.shape}, and {due.shape} was expected"
        if case.at_least:
            if not float(came) >= case.at_least:
                return f"expected inf, or at least {case.at_least:g}; got {float(came):.6g}"
            continue
        tau = TAU_FLOAT32 if came.dtype == np.float32 else TAU
        if not _close(came, due, tau):
            return _where(case, name, due, came.astype(float), tau)
    return ""


def _close(came: Any, due: Any, tau: float) -> bool:
    came = np.asarray(came)
    if came.shape != due.shape or came.dtype.kind not in "iuf":
        return False
    return bool(np.all((np.abs(came - due) <= tau * np.abs(due).max(initial=0.0)) | (came == due)))


def _where(case: Case, name: str, due: Any, came: Any, tau: float) -> str:
    wrong = ~(np.abs(came - due) <= tau * np.abs(due).max(initial=0.0))
    index = tuple(int(one) for one in np.argwhere(wrong)[0])
    at = f"{name or 'result'}[{', '.join(map(str, index))}]" if index else "the value"
    step = f", step t = {index[0] + 1}" if case.steps and index else ""
    share = f"; {int(wrong.sum())} of {wrong.size} entries differ" if wrong.size > 1 else ""
    return f"first difference: {at}{step}: expected {due[index]:.6g}, got {came[index]:.6g}{share}"


def _changed(module: ModuleType, case: Case, data: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> str:
    """Say which arguments are no longer what was given, or that all is right here."""
    fresh, named = arguments(module, case, data)
    pairs = [*zip(case.positional, fresh, args, strict=True), *((name, named[name], kwargs[name]) for name in named)]
    changed = [name for name, before, after in pairs if not _same(before, after)]
    return f"changes its argument {', '.join(changed)}" if changed else "right here, and wrong when it was graded"


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, tuple):
        return all(map(_same, before, after))
    return bool(np.array_equal(before, after))


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    show_all()
    # One case in the debugger: take the "#" away from its line.
