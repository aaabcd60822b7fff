"""What a class page says, computed from verdicts: plain numbers, with no layout."""

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.verdict import State, Verdict
from autograder.reports.bars import shares
from autograder.reports.losses import ClassMistakes, LostPoints, Misconception, losses
from autograder.reports.words import in_words
from autograder.results.late import late_line

# States and statuses that a person should look at, whatever the marks.
_ODD_STATES: tuple[State, ...] = ("crashed", "timeout", "memory", "forbidden")
# A run is long that takes five times as long as the middle one of the class, and at least so many seconds.
_LONG = 2.0


@dataclass(frozen=True)
class TaskFigures:
    """One task over all who handed in and have a mark."""

    id: str
    title: str
    points: float
    count: int  # of all these
    states: Mapping[State | None, int]  # None of those who were not run
    mean: float | None
    discrimination: float | None  # where it can be said

    @property
    def shown(self) -> tuple[tuple[str, int, int], ...]:
        """How many passed, earned something and lost all, each with its share in percent."""
        counts = (self.states["pass"], self.states["partial"])
        all_counts = (*counts, self.count - sum(counts))
        return tuple(zip(("pass", "partial", "lost"), all_counts, shares(all_counts), strict=True))


@dataclass(frozen=True)
class Overview:
    """The class at a glance."""

    handed_in: int
    scores: tuple[float, ...]  # of all who handed in and have a mark
    tasks: tuple[TaskFigures, ...]
    losses: tuple[LostPoints, ...]  # everything that was lost, before lateness
    misconceptions: tuple[Misconception, ...]  # the most frequent first
    look: tuple[tuple[str, str], ...]  # student, why
    missing: tuple[str, ...]
    seconds: tuple[float, ...]  # of what was run


def overview(verdicts: Sequence[Verdict], settings: Settings) -> Overview:
    """Return the figures of a class."""
    marked = [*filter(has_mark, verdicts)]
    mistakes = ClassMistakes(marked)
    return Overview(
        sum(verdict.status != "missing" for verdict in verdicts),
        tuple(verdict.score for verdict in marked if verdict.score is not None),
        task_figures(marked, settings) if marked else (),
        losses(marked, mistakes),
        mistakes.by_frequency(),
        tuple(_looks(verdicts, marked, settings)),
        tuple(verdict.student_id for verdict in verdicts if verdict.status == "missing"),
        tuple(verdict.seconds for verdict in marked if verdict.seconds),
    )


def has_mark(verdict: Verdict) -> bool:
    """Whether somebody handed in and has a mark."""
    return verdict.status != "missing" and verdict.score is not None


def task_figures(marked: Sequence[Verdict], settings: Settings) -> tuple[TaskFigures, ...]:
    """Return the figures of each task over those who have a mark."""
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
                len(marked),
                states,
                statistics.fmean(earned) if earned else None,
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


def _looks(verdicts: Sequence[Verdict], marked: Sequence[Verdict], settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield who needs a look, with the reasons."""
    scores = [verdict.score or 0.0 for verdict in marked]
    low = max(statistics.median(scores) / 2, settings.max_score / 4) if scores else 0.0
    seconds = [verdict.seconds for verdict in marked if verdict.seconds]
    long = max(5 * statistics.median(seconds), _LONG) if seconds else 0.0
    for verdict in verdicts:
        reasons = [*_odd(verdict)]
        if has_mark(verdict):
            reasons += [*_poor(verdict, low)]
            if verdict.seconds >= long > 0:
                reasons.append(f"took {verdict.seconds:.1f} s")
        if late_line(verdict):
            reasons.append(late_line(verdict))
        reasons += [f"flag: {flag}" for flag in verdict.flags]
        if reasons:
            yield verdict.student_id, "; ".join(reasons)


def _odd(verdict: Verdict) -> Iterator[str]:
    if verdict.status not in ("graded", "missing"):
        yield f"{in_words(verdict.status)}: {verdict.message}" if verdict.message else in_words(verdict.status)
    odd = [f"{outcome.task} {outcome.state}" for outcome in verdict.tasks if outcome.state in _ODD_STATES]
    if odd:
        yield ", ".join(odd)


def _poor(verdict: Verdict, low: float) -> Iterator[str]:
    """Say how little somebody has who has much less than the others, or nothing."""
    score = verdict.score or 0.0
    if score and score >= low:
        return
    empty = verdict.tasks and all(outcome.state == "not_implemented" for outcome in verdict.tasks)
    yield f"{number(score)} of {number(verdict.max_score)} points" + (", nothing is written" if empty else "")
