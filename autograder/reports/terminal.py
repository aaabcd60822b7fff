"""What an instructor sees when a class is graded."""

from collections.abc import Sequence
from statistics import fmean

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.text import listing, printable
from autograder.model.verdict import State, Verdict
from autograder.reports.overview import has_mark, task_figures
from autograder.reports.words import class_total
from autograder.results.changes import Change

_FAILED = "Not graded, and without a mark, because the grader failed on them"
_FLAGGED = "Worth a look, and no proof of anything: what their code tried, or what is odd about its answers"
_SHOWN_STATES: tuple[State, ...] = ("pass", "partial", "fail")


def show_class(console: Console, verdicts: Sequence[Verdict], settings: Settings) -> None:
    """Print the table of tasks, the line about the class, and who was not graded.

    Means are over those who handed in and have a mark; what could not be run counts as 0 points.
    """
    table = Table("task", *_right("points", *_SHOWN_STATES, "other", "mean"), box=SIMPLE_HEAD)
    marked = [*filter(has_mark, verdicts)]
    for task in task_figures(marked, settings):
        shown = [task.states[state] for state in _SHOWN_STATES]
        cells = (number(task.points), *shown, task.count - sum(shown), _mean(task.mean))
        table.add_row(task.title, *map(str, cells))
    console.print(table)
    scores = [verdict.score or 0.0 for verdict in marked]
    mean = f" Mean of what was handed in: {_mean(fmean(scores))} of {number(settings.max_score)}." if scores else ""
    say(console, f"{class_total(verdicts)}.{mean}")
    failed = [f"{one.student_id}: {one.message}" for one in verdicts if one.status == "not_graded"]
    flagged = [f"{one.student_id}: {'; '.join(one.flags)}" for one in verdicts if one.flags]
    for line in (*listing(_FAILED, failed), *listing(_FLAGGED, flagged)):
        say(console, line)


def show_changes(console: Console, found: Sequence[Change], students: int) -> None:
    """Print who has another mark than before, with the reasons."""
    moved = 0
    for change in found:
        of = {one.max_score for one in (change.before, change.after) if one is not None}
        before, after = (_score(one, whole=len(of) > 1) for one in (change.before, change.after))
        moved += before != after
        say(console, f"{printable(change.student_id)}: {before} -> {after}")
        for reason in change.reasons:
            say(console, f"  {printable(reason, 300)}")
    say(console, f"{moved} of {students} students have another mark.")


def _score(verdict: Verdict | None, *, whole: bool) -> str:
    """Return a mark, and what it is of where the two runs have other maxima."""
    if verdict is None:
        return "not there"
    most = f" of {number(verdict.max_score)}" if whole else ""
    return "no mark" if verdict.score is None else f"{number(verdict.score)}{most}"


def say(console: Console, text: str) -> None:
    """Print a line as it is: rich would take brackets in it for markup, and colour its numbers."""
    console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)


def _mean(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _right(*headers: str) -> list[Column]:
    return [Column(header, justify="right") for header in headers]
