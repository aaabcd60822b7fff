"""Questions with answers of another origin than the reference, which say whether a submission is really right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Assignment
from autograder.cases.case_sets import case_set
from autograder.cases.own import own_cases
from autograder.model.loading import loaded
from autograder.model.plan import Call, Plan
from autograder.model.replies import Reply, ReplyPart

Array = NDArray[np.float64]

# Numbers of their own, so that a wrong number of the judge's shows.
_SHARE = {"float32": 1e-4}  # of the largest entry; 1e-6 for all other types
_FLOOR = 1e-9  # where all of an array is zero


@dataclass(frozen=True, eq=False)
class Trial:
    """One question, with what the definition says."""

    call: Call
    expected: tuple[Array, ...]
    in_tuple: bool  # whether a tuple is due, or the one array by itself
    at_least: float | None = None  # any number from this one on is right

    def fault(self, reply: Reply) -> str:
        """Return what is wrong with a reply, "" where it is right."""
        if reply.kind != "value":
            return f"{self.call.id}: no value, {reply.kind}"
        if bool(reply.container) != self.in_tuple or len(reply.parts) != len(self.expected):
            return f"{self.call.id}: another container, {reply.container or 'none'} of {len(reply.parts)}"
        if reply.changed:
            return f"{self.call.id}: changes argument {reply.changed[0]}"
        wrong = (self._item_fault(*pair) for pair in zip(reply.parts, self.expected, strict=True))
        return next((f"{self.call.id}: {what}" for what in wrong if what), "")

    def _item_fault(self, part: ReplyPart, expected: Array) -> str:
        got = part.values
        if got is None or np.iscomplexobj(got) or part.dtype == "bool":
            return f"not real numbers but {part.dtype or part.other}"
        if got.shape != expected.shape:
            return f"shape {got.shape}, not {expected.shape}"
        if self.at_least is not None:
            return "" if got >= self.at_least else f"a loss of {got}"
        if not np.isfinite(got).all():
            return "nan or inf"
        error = float(np.abs(got - expected).max(initial=0.0))
        allowed = max(_SHARE.get(part.dtype, 1e-6) * np.abs(expected).max(initial=0.0), _FLOOR)
        return "" if error <= allowed else f"off by {error:.3g}"


def wrong_tasks(replies: Mapping[str, Reply]) -> dict[str, str]:
    """Return the tasks that are really wrong, each with the first thing that shows it."""
    wrong: dict[str, str] = {}
    for trial in all_trials():
        if trial.call.group not in wrong and (fault := trial.fault(replies[trial.call.id])):
            wrong[trial.call.group] = fault
    return wrong


def all_trials() -> tuple[Trial, ...]:
    """Return every question, task by task: the calls of a group must not be scattered.

    Where the assignment brings none, they are other numbers than its cases have, answered by the reference.
    """
    return _all(loaded())


@cache
def _all(assignment: Assignment) -> tuple[Trial, ...]:
    trials = tuple(assignment.trials()) or tuple(_own())
    return tuple(sorted(trials, key=lambda trial: assignment.task[trial.call.group].number))


def _own() -> Iterator[Trial]:
    cases = case_set(0)
    for case in chain(own_cases(cases), cases.cases):
        if case.up_to is None:
            at_least = None if case.at_least is None else case.at_least.least
            yield Trial(case.call, case.expected, case.container != "array", at_least)


def trials_of(task: str) -> tuple[Trial, ...]:
    """Return the questions about one task."""
    return tuple(trial for trial in all_trials() if trial.call.group == task)


def trial_plan() -> Plan:
    """Return the calls of all questions, without the answers."""
    return Plan(tuple(trial.call for trial in all_trials()))
