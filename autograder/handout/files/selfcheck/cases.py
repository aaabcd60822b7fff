"""The tasks and the public cases, as `public_cases.json` and `public_cases.npz` hold them."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
MakeParams = Callable[..., object]

#: The fields of a `Params`.
PARAMS = ("U", "W", "V", "b", "c")

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


class Network(NamedTuple):
    """The five arrays of a `Params`, before they become the student's own `Params`."""

    arrays: dict[str, Array]


class Case(NamedTuple):
    """One call with public inputs, and what it must return."""

    id: str
    task: str
    part: str
    function: str
    args: dict[str, object]  # in the order of the call
    kwargs: dict[str, object]
    returns: str  # "array" (also a number), "tuple" or "Params"
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
        args = [name if isinstance(value, np.ndarray | Network) else f"{value}" for name, value in self.args.items()]
        options = [f"{name}={json.dumps(value)}" for name, value in self.kwargs.items()]
        return f"{self.function}({', '.join(args + options)})"

    @property
    def sizes(self) -> str:
        """The shapes of the arguments."""
        return ", ".join(f"{name} {_size(value)}" for name, value in self.args.items() if _size(value))

    def arguments(self, make_params: MakeParams) -> tuple[tuple[object, ...], dict[str, object]]:
        """Return fresh copies of the arguments; networks become `make_params(U, W, V, b, c)`."""

        def fresh(value: object) -> object:
            if isinstance(value, Network):
                return make_params(**{name: array.copy() for name, array in value.arrays.items()})
            return value.copy() if isinstance(value, np.ndarray) else value

        return tuple(map(fresh, self.args.values())), dict(self.kwargs)


class Tolerance(NamedTuple):
    """How far from the expected an answer may be, relative to its largest entry."""

    float64: float
    float32: float  # passes with a note
    numerical_errors: float  # multiple of the error that numdifftools estimates


def _size(value: object) -> str:
    if isinstance(value, Network):
        (H, D), K = value.arrays["U"].shape, len(value.arrays["c"])
        return f"(D={D} H={H} K={K})"
    return str(value.shape) if isinstance(value, np.ndarray) else ""


def _value(spec: dict[str, Any], arrays: Mapping[str, Array]) -> object:
    if "array" in spec:
        return arrays[spec["array"]]
    if "params" in spec:
        return Network({name: arrays[key] for name, key in spec["params"].items()})
    return spec["value"]


def read_case(spec: dict[str, Any], arrays: Mapping[str, Array]) -> Case:
    """Return a case from its description and the arrays that it names."""
    values = {name: _value(value, arrays) for name, value in spec.pop("args").items()}
    expected = {name: arrays[key] for name, key in spec.pop("expected").items()}
    return Case(args=values, expected=expected, **spec)


def _task(spec: dict[str, Any]) -> Task:
    return Task(parts=tuple(Part(**part) for part in spec.pop("parts")), **spec)


def _cut(entries: Array, shapes: Mapping[str, str]) -> Iterator[tuple[str, Array]]:
    """Yield arrays that stand one after the other, by name; a shape is written as "9 4"."""
    start = 0
    for name, text in shapes.items():
        shape = tuple(map(int, text.split()))
        size = prod(shape)
        yield name, entries[start : start + size].reshape(shape)
        start += size


def _read() -> tuple[tuple[Task, ...], dict[str, Case], dict[str, object], Tolerance]:
    facts = json.loads((_FOLDER / "public_cases.json").read_text(encoding="utf-8"))
    with np.load(io.BytesIO((_FOLDER / "public_cases.npz").read_bytes()), allow_pickle=False) as file:
        arrays = dict(_cut(file["entries"], facts["arrays"]))
    cases = (read_case(spec, arrays) for spec in facts["cases"])
    small = {name: _value(spec, arrays) for name, spec in facts["small"].items()}
    tasks = tuple(_task(spec) for spec in facts["tasks"])
    return tasks, {case.id: case for case in cases}, small, Tolerance(**facts["tolerance"])


#: All tasks in order, the cases by id, the inputs of the numerical gradients by name, and the tolerance.
ALL_TASKS, CASES, SMALL, TOLERANCE = _read()
#: The tasks of this course.
TASKS = tuple(task for task in ALL_TASKS if task.asked)
