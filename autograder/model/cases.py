"""Cases: a question for the student's function and the answer of the reference, side by side.

The question alone (`Case.call`) may leave the trusted side.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autograder.model.plan import Call, Plan, Value
from solutions import rnn
from solutions.networks import World
from solutions.rnn import Params
from solutions.tasks import TASK_BY_FUNCTION

Array = NDArray[np.float64]
Container = Literal["array", "tuple", "Params"]
Rule = Literal["values", "impossible"]


def scale_of(array: Array) -> float:
    """Return max|g*|, 0 where there is no entry."""
    return float(np.abs(array).max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Case:
    """One question and its answer."""

    call: Call
    part: str  # of the task, as the rubric names it
    expected: tuple[Array, ...]  # the items of a tuple, or the one array
    container: Container
    rule: Rule = "values"  # "impossible": any loss of 27 or more is right
    first: bool = False  # asked of everybody; the others only of a task that came out wrong

    @property
    def task(self) -> str:
        """The task's id."""
        return self.call.group

    @cached_property
    def scales(self) -> tuple[float, ...]:
        """max|g*| of each item of the answer, which errors are held against."""
        return tuple(scale_of(item) for item in self.expected)

    @property
    def activation(self) -> object:
        """The φ that the call asks for; "tanh" also where the function has none."""
        return self.call.kwargs.get("activation", "tanh")

    @property
    def name(self) -> str:
        """The case's name in feedback, such as "square"."""
        return self.call.id.partition("/")[2]


@dataclass(frozen=True, eq=False)
class CaseSet:
    """All cases that come from one seed, task by task, and the worlds that they were cut from."""

    worlds: dict[str, World]
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


def ask(function: str, part: str, name: str, *args: Value, rule: Rule = "values", **kwargs: Value) -> Case:
    """Return a case of one function, answered by the reference."""
    task = TASK_BY_FUNCTION[function].id
    answer = getattr(rnn, function)(*args, **kwargs)
    container: Container = "array"
    if isinstance(answer, tuple):
        container = "Params" if isinstance(answer, Params) else "tuple"
    items = answer if isinstance(answer, tuple) else (answer,)
    label = name if function == task else f"{function}, {name}"
    call = Call(f"{task}/{label}", task, function, args, kwargs)
    return Case(call, part, tuple(np.asarray(item, np.float64) for item in items), container, rule)
