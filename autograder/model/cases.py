"""Cases: a question for the student's function and the answer of the reference, side by side.

The question alone (`Case.call`) may leave the trusted side.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import AssignmentError
from autograder.model.loading import in_words, loaded
from autograder.model.plan import Call, Plan, Value, is_record

Array = NDArray[np.float64]


def scale_of(array: Array) -> float:
    """Return max|g*|, 0 where there is no entry."""
    return float(np.abs(array).max(initial=0.0))


@dataclass(frozen=True, eq=False)
class AtLeast:
    """Infinity is due, and any number that is large enough is right: a loss of what was said to be impossible."""

    least: float
    said: str  # of a smaller number: "puts too low a price on …"
    args: tuple[Value, ...]  # of the case, with each 0 and 1 moved by what the dearest protection moves it


@dataclass(frozen=True, eq=False)
class UpTo:
    """An answer anywhere between the right one and `limit` is right as well, with a note."""

    limit: Array
    note: str


@dataclass(frozen=True, eq=False)
class Case:
    """One question and its answer."""

    call: Call
    part: str  # of the task
    expected: tuple[Array, ...]  # the items of a tuple, or the one array
    container: str  # "array", "tuple", or the name of a record
    at_least: AtLeast | None = None  # None: the values count
    up_to: UpTo | None = None
    first: bool = False  # asked of everybody; the others only of a task that came out wrong
    about: object = None  # what it was drawn from, for the assignment's own use

    @property
    def task(self) -> str:
        """The task's id."""
        return self.call.group

    @cached_property
    def scales(self) -> tuple[float, ...]:
        """max|g*| of each item of the answer, which errors are held against."""
        return tuple(scale_of(item) for item in self.expected)

    @property
    def items(self) -> tuple[str, ...]:
        """What the arrays of the answer are called."""
        return ("result",) if self.container == "array" else loaded().task_of[self.call.function].returns

    @property
    def name(self) -> str:
        """The case's name in feedback, such as "square"."""
        return self.call.id.partition("/")[2]


@dataclass(frozen=True, eq=False)
class CaseSet:
    """All cases that come from one seed, task by task."""

    cases: tuple[Case, ...]
    lot: int = 0  # what else is drawn for this set; no question tells it

    def of(self, task: str) -> tuple[Case, ...]:
        """Return the cases of one task, in order."""
        return self._by_task.get(task, ())

    @cached_property
    def first(self) -> "CaseSet":
        """The first questions alone: who answers those of a task rightly has its points."""
        return replace(self, cases=tuple(case for case in self.cases if case.first))

    @cached_property
    def _by_task(self) -> dict[str, tuple[Case, ...]]:
        tasks = dict.fromkeys(case.task for case in self.cases)
        return {task: tuple(case for case in self.cases if case.task == task) for task in tasks}

    def plan(self, tasks: tuple[str, ...]) -> Plan:
        """Return the calls of the given tasks, without the answers."""
        return Plan(tuple(case.call for case in self.cases if case.task in tasks))


def ask(
    function: str,
    part: str,
    name: str,
    *args: Value,
    at_least: AtLeast | None = None,
    up_to: UpTo | None = None,
    about: object = None,
    **kwargs: Value,
) -> Case:
    """Return a case of one function, answered by the reference.

    Raises:
        AssignmentError: there is no such function, or the reference raises.
    """
    if function not in loaded().task_of:
        raise AssignmentError(f"case {name!r} asks for {function}, which is in no task's signatures")
    task = loaded().task_of[function].id
    label = name if function == task else f"{function}, {name}"
    call = Call(f"{task}/{label}", task, function, args, kwargs)
    try:
        container, items = _answer(call)
    except AssignmentError as error:
        raise AssignmentError(f"{loaded().file}: case {label!r} of {task}: {error}") from error
    return Case(call, part, items, container, at_least, up_to, about=about)


def _answer(call: Call) -> tuple[str, tuple[Array, ...]]:
    """Return what the reference answers: the container, and its arrays.

    Raises:
        AssignmentError: it raises, or what it takes or returns is not what the table of tasks says.
    """
    for value in call.args:
        if is_record(value) and type(value) not in loaded().records:
            raise AssignmentError(f"{type(value).__name__} is not among the records of the assignment")
    try:
        answer = getattr(loaded().reference, call.function)(*call.args, **call.kwargs)
        given = answer if isinstance(answer, tuple) else (answer,)
        items = tuple(np.asarray(item, np.float64) for item in given)
    except Exception as error:
        raised = in_words(error, loaded().folder)
        raise AssignmentError(f"{call.function} raises, or returns no arrays of numbers: {raised}") from error
    container = type(answer).__name__ if isinstance(answer, tuple) else "array"
    due = 1 if container == "array" else len(loaded().task_of[call.function].returns)
    if len(items) != due:
        raise AssignmentError(f"{call.function} returns {len(items)} arrays, and its task names {due}")
    if any(np.isnan(item).any() for item in items):
        raise AssignmentError(f"{call.function} returns nan")
    return container, items
