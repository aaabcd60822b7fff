"""Whose marks changed between two runs, and why: the same students, compared task by task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.model.points import number
from autograder.model.verdict import Outcome, Verdict
from autograder.results.late import late_line
from autograder.results.standing import hand_line


@dataclass(frozen=True)
class Change:
    """One student: the scores of both runs (None: no mark, or not there), and the reasons."""

    student_id: str
    before: Verdict | None
    after: Verdict | None
    reasons: tuple[str, ...]


def changes(old: Sequence[Verdict], new: Sequence[Verdict]) -> list[Change]:
    """Return the students whose marks are others, or whose same mark comes about otherwise, sorted by id."""
    before = {verdict.student_id: verdict for verdict in old}
    after = {verdict.student_id: verdict for verdict in new}
    found = []
    for student in sorted(before.keys() | after.keys()):
        reasons = tuple(_reasons(before.get(student), after.get(student)))
        if reasons:
            found.append(Change(student, before.get(student), after.get(student), reasons))
    return found


def _reasons(old: Verdict | None, new: Verdict | None) -> Iterator[str]:
    if old is None or new is None:
        yield "only in the new results" if old is None else "only in the old results"
        return
    if old.hand != new.hand:
        yield f"the sum {hand_line(new.hand)}" if new.hand else "the sum by hand is taken back"
    if old.status != new.status:
        yield f"{old.status} became {new.status}" + (f" ({new.message})" if new.message else "")
    tasks = {outcome.task: outcome for outcome in old.tasks}
    for outcome in new.tasks:
        yield from _task(tasks.pop(outcome.task, None), outcome)
    for gone in tasks.values():
        yield f"{gone.task}: no longer graded, was {_earned(gone)}"
    if late_line(old) != late_line(new):
        yield late_line(new) or "the late penalty is gone"


def _task(old: Outcome | None, new: Outcome) -> Iterator[str]:
    if old is None:
        yield f"{new.task}: graded now, {_earned(new)}"
    elif old.hand != new.hand:
        yield f"{new.task}: {hand_line(new.hand)}" if new.hand else f"{new.task}: the mark by hand is taken back"
    elif (old.points, old.max_points, old.state) != (new.points, new.max_points, new.state):
        why = ""
        if old.max_points != new.max_points:
            why = f"; it is worth {number(new.max_points)} now, and was worth {number(old.max_points)}"
        elif new.findings and new.findings != old.findings:
            why = f"; {new.findings[0].summary}"
        yield f"{new.task}: {old.state} {_earned(old)} became {new.state} {_earned(new)}{why}"


def _earned(outcome: Outcome) -> str:
    return f"{number(outcome.points)} of {number(outcome.max_points)}"
