"""The tasks and the public cases, as `public_cases.json` and `public_cases.npz` hold them."""

import io
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# Not a path: in a notebook, this folder may be inside a zip.
_FOLDER = files(__package__)


class Part(NamedTuple):
    """A share of a task's points."""

    id: str
    points: float
    what: str


class Task(NamedTuple):
    """One task, as in the README's table."""

    number: int
    id: str
    asked: bool  # in this course; if not, its stub may stay
    signatures: dict[str, str]  # function -> how it is called
    parts: tuple[Part, ...]


class Record(NamedTuple):
    """The arrays of a named tuple, before they become the student's own."""

    kind: str  # a name in RECORDS
    arrays: dict[str, Array]


class Derivative(NamedTuple):
    """What a function's answers are the derivative of, in expressions; see `autograder.assignment`."""

    function: str
    item: str  # of what the function returns, where that is several arrays
    of: str
    by: str
    where: dict[str, str]
    args: tuple[str, ...]  # what the function is called with
    shapes: dict[str, tuple[int, ...]]  # of names in `where`, and of the value, which is called ""


class Case(NamedTuple):
    """One call with public inputs, and what it must return."""

    id: str
    task: str
    part: str
    function: str
    args: dict[str, object]  # in the order of the call
    kwargs: dict[str, object]
    returns: str  # "array" (also a number), "tuple", or a name in RECORDS
    expected: dict[str, Array]  # by name; "result" where there is only one
    steps: bool  # the rows of what is expected are the steps of the sequence
    at_least: float | None  # for a loss of which inf and any large number are right
    up_to: float | None = None  # for a loss: what a guard of the logarithm may make of it

    @property
    def name(self) -> str:
        """The case's name without its function."""
        return self.id.partition("/")[2]

    @property
    def call(self) -> str:
        """The call, with arrays by name and everything else by value."""
        args = [_written(name, value) for name, value in self.args.items()]
        options = [f"{name}={_written(name, value)}" for name, value in self.kwargs.items()]
        return f"{self.function}({', '.join(args + options)})"

    def arguments(self, module: object) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return fresh copies of the arguments; named tuples are those of a module."""
        args, kwargs = ({name: fresh(one, module) for name, one in of.items()} for of in (self.args, self.kwargs))
        return tuple(args.values()), kwargs


class Tolerance(NamedTuple):
    """How far from the expected an answer may be, relative to its largest entry."""

    float64: float
    float32: float  # passes with a note
    numerical_errors: float  # multiple of the error that numdifftools estimates


def fresh(value: object, module: object) -> Any:
    """Return a copy of an argument; a named tuple is made by a module's class of that name."""
    if isinstance(value, Record):
        return getattr(module, value.kind)(**{name: array.copy() for name, array in value.arrays.items()})
    return value.copy() if isinstance(value, np.ndarray) else value


def _written(name: str, value: object) -> str:
    if isinstance(value, np.ndarray | Record):
        return name
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value}"


def _value(spec: object, arrays: Mapping[str, Array]) -> object:
    if not isinstance(spec, dict):
        return spec
    if "array" in spec:
        return arrays[spec["array"]]
    return Record(spec["record"], {name: arrays[key] for name, key in spec["fields"].items()})


def read_case(spec: dict[str, Any], arrays: Mapping[str, Array]) -> Case:
    """Return a case from its description and the arrays that it names."""
    args, kwargs = ({name: _value(one, arrays) for name, one in spec.pop(of).items()} for of in ("args", "kwargs"))
    expected = {name: arrays[key] for name, key in spec.pop("expected").items()}
    return Case(args=args, kwargs=kwargs, expected=expected, **spec)


def _task(spec: dict[str, Any]) -> Task:
    return Task(parts=tuple(Part(**part) for part in spec.pop("parts")), **spec)


def _shape(text: str) -> tuple[int, ...]:
    """Return a shape that is written as "9 4"."""
    return tuple(map(int, text.split()))


def _cut(entries: Array, shapes: Mapping[str, str]) -> Iterator[tuple[str, Array]]:
    """Yield arrays that stand one after the other, by name."""
    start = 0
    for name, text in shapes.items():
        shape = _shape(text)
        size = prod(shape)
        yield name, entries[start : start + size].reshape(shape)
        start += size


def _derivative(spec: dict[str, Any]) -> Derivative:
    shapes = {name: _shape(text) for name, text in spec.pop("shapes").items()}
    return Derivative(shapes=shapes, args=tuple(spec.pop("args")), **spec)


_FACTS = json.loads((_FOLDER / "public_cases.json").read_text(encoding="utf-8"))


def _read() -> tuple[dict[str, Case], dict[str, object]]:
    with np.load(io.BytesIO((_FOLDER / "public_cases.npz").read_bytes()), allow_pickle=False) as file:
        arrays = dict(_cut(file["entries"], _FACTS["arrays"]))
    cases = (read_case(spec, arrays) for spec in _FACTS["cases"])
    small = {name: _value(spec, arrays) for name, spec in _FACTS["small"].items()}
    return {case.id: case for case in cases}, small


#: The file that is handed in, without its ending.
MODULE: str = _FACTS["module"]
#: The fields of each kind of named tuple.
RECORDS: dict[str, tuple[str, ...]] = {kind: tuple(fields) for kind, fields in _FACTS["records"].items()}
#: What each function returns: "array", "tuple" or a name in RECORDS, and the names of its arrays.
RETURNS: dict[str, tuple[str, list[str]]] = {name: tuple(of) for name, of in _FACTS["returns"].items()}
#: What the self-check differentiates numerically, by name.
DERIVATIVES = {name: _derivative(spec) for name, spec in _FACTS["derivatives"].items()}
TOLERANCE = Tolerance(**_FACTS["tolerance"])
#: The cases by id, and inputs of the numerical gradients by name.
CASES, SMALL = _read()
#: All tasks in order.
ALL_TASKS = tuple(_task(spec) for spec in _FACTS["tasks"])
#: The tasks of this course.
TASKS = tuple(task for task in ALL_TASKS if task.asked)
