"""Verdicts without their reasons, for tables, totals and grades.csv of a class of any size; and without points."""

import re
from dataclasses import replace
from functools import cache

from autograder.model.verdict import Outcome, Verdict

_SHARE = re.compile(r"\d+% of the points for ")  # in a note on follow-through


def without_details(verdict: Verdict) -> Verdict:
    """Return a verdict without findings, remarks and code. Outcomes that are alike are one object."""
    tasks = (replace(one, findings=(), notes=(), observations=(), code=()) for one in verdict.tasks)
    return replace(verdict, tasks=tuple(map(_one, tasks)), notes=())


def without_points(verdict: Verdict) -> Verdict:
    """Return a verdict in which nothing is worth anything, so that feedback has no word of points."""
    tasks = tuple(
        replace(
            one,
            points=0.0,
            max_points=0.0,
            notes=tuple(_SHARE.sub("", note) for note in one.notes),
            parts=tuple(replace(part, points=0.0, max_points=0.0) for part in one.parts),
        )
        for one in verdict.tasks
    )
    return replace(verdict, score=None if verdict.score is None else 0.0, max_score=0.0, tasks=tasks)


@cache
def _one(outcome: Outcome) -> Outcome:
    """Return the first outcome that was equal to this one."""
    return outcome
