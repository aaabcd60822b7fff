"""What an instructor sees when a class is graded."""

from collections import Counter
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.model.verdict import STATUSES, Outcome, State, Verdict
from autograder.results.changes import Change

# Students named in full in one message.
_NAMED = 20
_SHOWN_STATES: tuple[State, ...] = ("pass", "partial", "fail")


def show_class(console: Console, verdicts: Sequence[Verdict], settings: Settings) -> None:
    """Print the table of tasks, the line about the class, and who was not graded.

    Means are over those who handed in and have a mark; what could not be run counts as 0 points.
    """
    table = Table("task", *_right("points", *_SHOWN_STATES, "other", "mean"), box=SIMPLE_HEAD)
    handed_in = [verdict for verdict in verdicts if verdict.status != "missing" and verdict.score is not None]
    outcomes: dict[str, list[Outcome]] = {task.id: [] for task in settings.enabled_tasks()}
    for verdict in handed_in:
        for outcome in verdict.tasks:
            outcomes.setdefault(outcome.task, []).append(outcome)
    for task in settings.enabled_tasks():
        table.add_row(task.title, number(settings.points(task.id)), *_counts(outcomes[task.id], len(handed_in)))
    console.print(table)
    say(console, _class_line(verdicts, handed_in, settings))
    failed = [(verdict, verdict.message) for verdict in verdicts if verdict.status == "not_graded"]
    _list(console, "Not graded, and without a mark, because the grader failed on them", failed)
    flagged = [(verdict, "; ".join(verdict.flags)) for verdict in verdicts if verdict.flags]
    _list(
        console,
        "Worth a look, and no proof of anything: what their code tried, or what is odd about its answers",
        flagged,
    )


def show_changes(console: Console, found: Sequence[Change], students: int) -> None:
    """Print who has another mark than before, with the reasons."""
    for change in found:
        say(console, f"{printable(change.student_id)}: {_score(change.before)} -> {_score(change.after)}")
        for reason in change.reasons:
            say(console, f"  {printable(reason, 300)}")
    moved = sum(_score(change.before) != _score(change.after) for change in found)
    say(console, f"{moved} of {students} students have another mark.")


def _score(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not there"
    return "no mark" if verdict.score is None else number(verdict.score)


def _list(console: Console, what: str, rows: Sequence[tuple[Verdict, str]]) -> None:
    """Print who is concerned and why, if anybody is."""
    if rows:
        say(console, f"{what} ({len(rows)}):")
    for verdict, why in rows[:_NAMED]:
        say(console, f"  {printable(verdict.student_id)}: {printable(why, 300)}")
    if len(rows) > _NAMED:
        say(console, f"  and {len(rows) - _NAMED} more")


def say(console: Console, text: str) -> None:
    """Print a line as it is: rich would take brackets in it for markup, and colour its numbers."""
    console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)


def _counts(outcomes: Sequence[Outcome], handed_in: int) -> list[str]:
    """Return how many have each shown state, how many none of these, and the mean of all who handed in."""
    states = Counter(outcome.state for outcome in outcomes)
    shown = [states[state] for state in _SHOWN_STATES]
    mean = sum(outcome.points for outcome in outcomes) / handed_in if handed_in else None
    return [*(str(count) for count in (*shown, handed_in - sum(shown))), _mean(mean)]


def _class_line(verdicts: Sequence[Verdict], handed_in: Sequence[Verdict], settings: Settings) -> str:
    counts = Counter(verdict.status for verdict in verdicts)
    statuses = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    students = "1 student" if len(verdicts) == 1 else f"{len(verdicts)} students"
    if not handed_in:
        return f"{students}: {statuses or 'none'}."
    mean = sum(verdict.score or 0.0 for verdict in handed_in) / len(handed_in)
    return f"{students}: {statuses}. Mean of what was handed in: {_mean(mean)} of {number(settings.max_score)}."


def _mean(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _right(*headers: str) -> list[Column]:
    return [Column(header, justify="right") for header in headers]
