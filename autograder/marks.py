"""Verdicts without their reasons: all that tables, totals and grades.csv need, for a class of any size."""

from dataclasses import replace
from functools import cache

from autograder.verdict import ByHand, Diagnosis, Outcome, State, Verdict


def mark(verdict: Verdict) -> Verdict:
    """Return a verdict without findings, remarks and code. Outcomes that are alike are one object."""
    tasks = tuple(
        _outcome(one.task, one.state, one.points, one.max_points, one.diagnoses, one.hand) for one in verdict.tasks
    )
    return replace(verdict, tasks=tasks, notes=())


@cache
def _outcome(
    task: str, state: State, points: float, max_points: float, diagnoses: tuple[Diagnosis, ...], hand: ByHand | None
) -> Outcome:
    return Outcome(task, state, points, max_points, diagnoses=diagnoses, hand=hand)
