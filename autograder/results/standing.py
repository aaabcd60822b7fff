"""Which mark counts: what the judge said, then what a person set, then what lateness takes. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from autograder.model.loading import loaded
from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.model.verdict import ByHand, Outcome, Verdict
from autograder.results.late import with_lateness

TOTAL, WITHHELD = "total", "withheld"  # in the place of a task


class Entry(msgspec.Struct, frozen=True):
    """One line of the log of marks by hand. Nothing is ever taken out of it."""

    student_id: str
    task: str  # its id, TOTAL or WITHHELD
    points: float | None  # None: what was set is taken back; of WITHHELD 0
    reason: str
    by: str
    when: str  # ISO 8601
    work: str = ""  # a hash of what was handed in then


Standing = Mapping[str, Mapping[str, Entry]]  # by student and task


def in_force(log: Iterable[Entry]) -> dict[str, dict[str, Entry]]:
    """Return the entries that hold, by student and task: of each the last, where it was not taken back."""
    found: dict[str, dict[str, Entry]] = {}
    for entry in log:
        own = found.setdefault(entry.student_id, {})
        own.pop(entry.task, None)
        if entry.points is not None:
            own[entry.task] = entry
    return found


def counted(verdict: Verdict, own: Mapping[str, Entry], handed_in: datetime | None, settings: Settings) -> Verdict:
    """Return what the judge said with the marks that count: `own` has the student's entries in force, by task."""
    verdict = _with_marks(verdict, own, settings)
    rule = settings.late
    due = rule.extensions.get(verdict.student_id, rule.due)
    verdict = with_lateness(verdict, handed_in, rule.model_copy(update={"due": due}))
    held = own.get(WITHHELD)
    if held is None:
        return verdict
    message = f"the mark is withheld: {printable(held.reason, None)}"
    return replace(verdict, status="withheld", score=None, message=message, tasks=(), late=None, notes=(), flags=())


def _with_marks(verdict: Verdict, own: Mapping[str, Entry], settings: Settings) -> Verdict:
    """Return the verdict with the points that a person set, for tasks and then for the sum."""
    worth = {task.id: settings.points(task.id) for task in settings.enabled_tasks()}
    found = {outcome.task: outcome for outcome in verdict.tasks}
    for task in (task for task in worth if task in own and verdict.score is not None):
        outcome = found.get(task, Outcome(task, "not_implemented", 0.0, worth[task]))
        found[task] = replace(
            outcome, points=min(own[task].points or 0.0, worth[task]), hand=_by_hand(outcome.points, own[task])
        )
    if found and any(outcome.hand for outcome in found.values()):
        ordered = tuple(found[task] for task in loaded().task if task in found)
        verdict = replace(verdict, tasks=ordered, score=round(sum(one.points for one in ordered), 4))
    whole = own.get(TOTAL)
    if whole is None:
        return verdict
    score = min(whole.points or 0.0, verdict.max_score)
    return replace(verdict, score=score, hand=_by_hand(verdict.score, whole))


def _by_hand(judged: float | None, entry: Entry) -> ByHand:
    return ByHand(judged, entry.points or 0.0, printable(entry.reason, None), printable(entry.by), entry.when)


def hand_line(hand: ByHand) -> str:
    """Return what a person set, and why, as the rest of a sentence."""
    before = "no mark" if hand.judged is None else number(hand.judged)
    return f"{before}, set to {number(hand.points)} by hand ({hand.by}, {hand.when[:10]}): {hand.reason}"


def remarks(standing: Standing, works: Mapping[str, str], settings: Settings) -> list[str]:
    """Say of marks by hand what their author should know: work that came later, and points that don't count in full.

    `works` has a hash of what each student of the class handed in.
    """
    worth = {task.id: settings.points(task.id) for task in settings.enabled_tasks()} | {TOTAL: settings.max_score}
    found = []
    for student, own in standing.items():
        for task, entry in own.items():
            who = f"{printable(student)}, {task}, set to {number(entry.points)} by hand"
            if task != WITHHELD and task not in worth:
                found.append(f"{who}: the task is not graded in this run, so the mark does not count")
            elif task != WITHHELD and (entry.points or 0.0) > worth[task]:
                found.append(f"{who}: it is worth {number(worth[task])} now, so that much counts")
            if entry.work and works.get(student) and works[student] != entry.work:
                found.append(f"{who}: new work was handed in since, and the mark by hand still counts")
    return found


def entry_lines(log: Sequence[Entry]) -> list[str]:
    """Return the log, or what is in force of it, a line for each entry."""
    lines = []
    for entry in log:
        what = "taken back" if entry.points is None else "withheld" if entry.task == WITHHELD else number(entry.points)
        place = "" if entry.task == WITHHELD else f" {entry.task}"
        said = f": {printable(entry.reason, None)}" if entry.reason else ""
        lines.append(f"{entry.when[:16]}  {printable(entry.student_id)}{place}  {what}  by {printable(entry.by)}{said}")
    return lines
