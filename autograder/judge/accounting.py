"""Where lost points went: each lost part under one heading."""

from collections.abc import Sequence
from dataclasses import replace

from autograder.judge.bugs import BUGS
from autograder.judge.values import CaseResult
from autograder.text import printable
from autograder.verdict import LostBy, Outcome, by_state

FOLLOWED = "right for the student's own functions further up"
_FUNCTION = {(bug.task, bug.id): bug.function for bug in BUGS}


def accounted(outcome: Outcome, results: Sequence[CaseResult]) -> Outcome:
    """Return the outcome with the reason of each part that these results lost."""
    parts = []
    for part in outcome.parts:
        wrong = [result for result in results if result.case.part == part.id and result.finding is not None]
        by, what = _reason(outcome, wrong) if wrong else (part.lost_by, part.what)
        parts.append(replace(part, lost_by=by, what=what))
    return replace(outcome, parts=tuple(parts))


def _reason(outcome: Outcome, wrong: Sequence[CaseResult]) -> tuple[LostBy, str]:
    """Say what a part was lost by: a mistake explains all, what is seen explains values, an exception itself."""
    functions = {result.case.call.function for result in wrong}
    for diagnosis in outcome.diagnoses:
        if _FUNCTION[outcome.task, diagnosis.bugs[0][0]] in functions:
            return "mistake", diagnosis.misconception
    seen = [sentence for sentence in outcome.observations if sentence.partition(":")[0] in functions]
    if seen and any(result.got is not None for result in wrong):
        return "observation", seen[0]
    first = next((result for result in wrong if result.state != "fail"), wrong[0])
    return by_state(first.state, printable(first.raised, 60))


def never_loaded(outcome: Outcome, why: str) -> Outcome:
    """Return the outcome of a task of a file that ended before anything was defined, by this exception or status."""
    absent = (replace(part, lost_by="exception", what=printable(why, 60)) for part in outcome.parts)
    return replace(outcome, parts=tuple(absent))
