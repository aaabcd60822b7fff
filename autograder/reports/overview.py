"""What a class page says, computed from verdicts: plain numbers, with no layout."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.config import Settings
from autograder.verdict import Diagnosis, State, Verdict

# States and statuses that a person should look at, whatever the marks.
_ODD_STATES: tuple[State, ...] = ("crashed", "timeout", "memory", "forbidden")


@dataclass(frozen=True)
class TaskFigures:
    """One task over all who handed in and have a mark. `discrimination` is None where it can't be said."""

    id: str
    title: str
    points: float
    passed: int
    partial: int
    lost: int
    mean: float
    discrimination: float | None

    @property
    def count(self) -> int:
        """How many handed in."""
        return self.passed + self.partial + self.lost


@dataclass(frozen=True)
class Misconception:
    """A known mistake and who shows it."""

    diagnosis: Diagnosis
    tasks: tuple[str, ...]
    students: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """The class at a glance."""

    handed_in: int
    scores: tuple[float, ...]  # of all who handed in and have a mark
    tasks: tuple[TaskFigures, ...]
    misconceptions: tuple[Misconception, ...]  # the most frequent first
    look: tuple[tuple[str, str], ...]  # student, why
    missing: tuple[str, ...]
    seconds: tuple[float, ...]  # of what was run


def overview(verdicts: Sequence[Verdict], settings: Settings) -> Overview:
    """Return the figures of a class."""
    marked = [verdict for verdict in verdicts if verdict.status != "missing" and verdict.score is not None]
    return Overview(
        sum(verdict.status != "missing" for verdict in verdicts),
        tuple(verdict.score for verdict in marked if verdict.score is not None),
        _tasks(marked, settings) if marked else (),
        _misconceptions(marked),
        tuple((verdict.student_id, why) for verdict in verdicts if (why := _why(verdict))),
        tuple(verdict.student_id for verdict in verdicts if verdict.status == "missing"),
        tuple(verdict.seconds for verdict in marked if verdict.seconds),
    )


def _tasks(marked: Sequence[Verdict], settings: Settings) -> tuple[TaskFigures, ...]:
    outcomes = [{outcome.task: outcome for outcome in verdict.tasks} for verdict in marked]
    figures = []
    for task in settings.enabled_tasks():
        earned = [row[task.id].points if task.id in row else 0.0 for row in outcomes]
        states = Counter(row[task.id].state if task.id in row else None for row in outcomes)
        rest = [sum(one.points for one in row.values()) - points for row, points in zip(outcomes, earned, strict=True)]
        figures.append(
            TaskFigures(
                task.id,
                task.title,
                settings.points(task.id),
                states["pass"],
                states["partial"],
                len(marked) - states["pass"] - states["partial"],
                statistics.fmean(earned),
                _correlation(earned, rest),
            )
        )
    return tuple(figures)


def _correlation(earned: Sequence[float], rest: Sequence[float]) -> float | None:
    """Return how a task goes with the other tasks, from -1 to 1; None where either is the same for all."""
    try:
        return statistics.correlation(earned, rest)
    except statistics.StatisticsError:
        return None


def _misconceptions(marked: Sequence[Verdict]) -> tuple[Misconception, ...]:
    students: dict[str, dict[str, None]] = {}
    tasks: dict[str, dict[str, None]] = {}
    first: dict[str, Diagnosis] = {}
    for verdict in marked:
        for outcome in verdict.tasks:
            for diagnosis in outcome.diagnoses:
                name = diagnosis.misconception
                first.setdefault(name, diagnosis)
                students.setdefault(name, {})[verdict.student_id] = None
                tasks.setdefault(name, {})[outcome.task] = None
    order = sorted(first, key=lambda name: (-len(students[name]), name))
    return tuple(Misconception(first[name], tuple(tasks[name]), tuple(students[name])) for name in order)


def _why(verdict: Verdict) -> str:
    """Say why a person should look at a submission, or "" if nothing is odd about it."""
    reasons = []
    if verdict.status not in ("graded", "missing"):
        status = verdict.status.replace("_", " ")
        reasons.append(f"{status}: {verdict.message}" if verdict.message else status)
    odd = [f"{outcome.task} {outcome.state}" for outcome in verdict.tasks if outcome.state in _ODD_STATES]
    reasons += [", ".join(odd)] if odd else []
    reasons += [f"flag: {flag}" for flag in verdict.flags]
    return "; ".join(reasons)
