"""Whose marks changed between two runs, and why: the same students, compared task by task."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.model.points import number
from autograder.model.verdict import ByHand, Outcome, Verdict
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
        yield f"the sum {hand_line(new.hand)}" if new.hand else _taken_back("the sum", old.hand, new.score)
    if old.status != new.status:
        yield f"{old.status} became {new.status}" + (f" ({new.message})" if new.message else "")
    if "withheld" in (old.status, new.status):  # one of the two has no tasks to compare
        return
    yield from _tasks(old.tasks, new.tasks)
    if late_line(old) != late_line(new):
        yield late_line(new) or "the late penalty is gone"


def _tasks(old: Sequence[Outcome], new: Sequence[Outcome]) -> Iterator[str]:
    """Yield what changed in each task; where no task is in both, the marks by hand, for all the rest is other work."""
    before, after = {one.task: one for one in old}, {one.task: one for one in new}
    alike = bool(before.keys() & after.keys())
    if before and after and not alike:
        yield f"other tasks: {', '.join(after)}; before, {', '.join(before)}"
    for task, outcome in after.items():
        if alike or outcome.hand:
            yield from _task(before.get(task), outcome)
    for task, gone in before.items():
        if task not in after and (alike or (gone.hand and not after)):
            yield _taken_back(task, gone.hand, 0.0) if gone.hand else f"{task}: no longer graded, was {_earned(gone)}"


def _task(old: Outcome | None, new: Outcome) -> Iterator[str]:
    was = old.hand if old else None
    if new.hand != was:
        yield f"{new.task}: {hand_line(new.hand)}" if new.hand else _taken_back(new.task, was, new.points)
    elif old is None:
        yield f"{new.task}: graded now, {_earned(new)}"
    elif (old.points, old.max_points, old.state) != (new.points, new.max_points, new.state):
        why = ""
        if old.max_points != new.max_points:
            why = f"; it is worth {number(new.max_points)} now, and was worth {number(old.max_points)}"
        elif new.findings and new.findings != old.findings:
            why = f"; {new.findings[0].summary}"
        yield f"{new.task}: {old.state} {_earned(old)} became {new.state} {_earned(new)}{why}"


def _taken_back(what: str, hand: ByHand | None, points: float | None) -> str:
    before = number(hand.points if hand else None)
    return f"{what}: {before}, which was set by hand, is taken back; now {number(points) or 'no mark'}"


def _earned(outcome: Outcome) -> str:
    return f"{number(outcome.points)} of {number(outcome.max_points)}"
