"""What an instructor sees in the terminal."""

import io
import re
import threading

import pytest
from rich.console import Console

from autograder.model.settings import Settings, TaskSettings
from autograder.reports import progress as reports_progress
from autograder.reports import report_progress, show_class
from autograder.reports.progress import Progress
from tests.processes import wait_until
from tests.sample_verdicts import graded, missing, not_graded


@pytest.fixture
def console() -> Console:
    """A console that is no terminal, as in a batch job's log."""
    return Console(file=io.StringIO(), width=100)


def text_of(console: Console) -> str:
    """Return what was printed."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def row_of(console: Console, title: str) -> list[str]:
    """Return the cells of a task's row."""
    line = next(line for line in text_of(console).splitlines() if title in line)
    return re.split(r"\s{2,}", line.strip())


def test_a_row_counts_states_and_averages_points(console):
    """A task's row has its points, how many passed, were partial, failed or ended otherwise, and the mean."""
    verdicts = [
        graded("a"),
        graded("b"),
        graded("c", 0.5, "partial"),
        graded("d", 0, "fail"),
        graded("e", 0, "timeout"),
    ]
    show_class(console, verdicts, Settings())
    assert row_of(console, "Task 1: softmax") == ["Task 1: softmax", "8", "2", "1", "1", "1", "4.0"]


def test_means_are_over_what_was_handed_in(console):
    """Who handed in nothing, or has no mark by our fault, is in no mean; a file that could not be run is, with 0."""
    broken = graded("d", 0, status="import_error", tasks=())
    show_class(console, [graded("a"), missing("b"), not_graded("c"), broken], Settings())
    assert row_of(console, "Task 1: softmax") == ["Task 1: softmax", "8", "1", "0", "0", "1", "4.0"]
    assert (
        "4 students: 1 graded, 1 import_error, 1 missing, 1 not_graded. Mean of what was handed in: 50.0 of 100."
        in text_of(console)
    )


def test_only_enabled_tasks_are_shown_with_their_points(console):
    """The table has the tasks and points of the run."""
    settings = Settings(tasks={"softmax": TaskSettings(enabled=False), "bptt_W": TaskSettings(points=20)})
    show_class(console, [graded("a")], settings)
    assert "softmax" not in text_of(console)
    assert row_of(console, "Task 7: bptt_W")[1] == "20"
    assert "of 97." in text_of(console)


def test_a_class_without_marks(console):
    """Where nobody handed in, there is a table and no mean, rather than an error."""
    show_class(console, [missing("a")], Settings())
    assert "1 student: 1 missing." in text_of(console)
    assert row_of(console, "Task 1: softmax")[-1] == "-"


def test_who_was_not_graded_is_named(console):
    """Each student on whom the grader failed is listed with the reason, up to a number that fits a screen."""
    show_class(console, [not_graded(f"s{i:02}", f"reason {i}") for i in range(25)], Settings())
    text = text_of(console)
    assert "because the grader failed on them (25)" in text
    assert "  s00: reason 0\n" in text
    assert "s20" not in text
    assert "and 5 more" in text


def test_students_cannot_write_to_the_terminal():
    """Escapes and rich's markup in ids and messages are shown, not obeyed."""
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="truecolor")
    show_class(console, [not_graded("[red]eve[/red]\x1b]0;owned\x07", "[link=http://x]\x1b[2J:bomb:")], Settings())
    text = text_of(console)
    assert r"[red]eve[/red]\x1b]0;owned\x07: [link=http://x]\x1b[2J:bomb:" in text
    assert "\x1b]0;" not in text
    assert "\x1b[2J" not in text


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_progress_in_a_log_is_a_line_now_and_then(console):
    """Elsewhere than on a terminal, progress is a line every ten seconds or so, with rate and time left."""
    clock = Clock()
    progress = Progress(console, 40, clock, None)
    for i in range(6):
        clock.now += 4
        progress.done(graded(f"s{i}"))
    assert text_of(console).splitlines() == [
        "graded 3 of 40, 0.2 per second, 0:02:28 left",
        "graded 6 of 40, 0.2 per second, 0:02:16 left",
    ]


@pytest.mark.parametrize("terminal", [False, True])
def test_while_nothing_finishes_a_line_says_who_is_waited_for(terminal):
    """Every ten seconds, on a terminal or not: those who take longest first, and nobody who is done."""
    console = Console(file=io.StringIO(), width=100)
    clock = Clock()
    progress = Progress(console, 9, clock, (lambda: None) if terminal else None)
    progress.begun(["ana", "ben"])
    clock.now = 5
    progress.begun(["c\x1b[2J", "dan", "eve"])
    for second in range(5, 31):
        clock.now = second
        if second == 7:
            progress.done(graded("ben"))
        progress.look()
    assert text_of(console).splitlines() == [
        r"graded 1 of 9; waiting for ana (17 s), c\x1b[2J (12 s), dan (12 s), 1 more",
        r"graded 1 of 9; waiting for ana (27 s), c\x1b[2J (22 s), dan (22 s), 1 more",
    ]


def test_where_nobody_grades_yet_that_is_said(console):
    """A cluster may have no workers for long."""
    clock = Clock()
    progress = Progress(console, 9, clock, None)
    clock.now = 10
    progress.look()
    assert text_of(console) == "graded 0 of 9; waiting for somebody who grades\n"


def test_somebody_looks_at_the_clock_while_grading_waits(console, monkeypatch):
    """The lines come of themselves, and stop with the block."""
    monkeypatch.setattr(reports_progress, "SECONDS_BETWEEN_LINES", 0.0)
    monkeypatch.setattr(reports_progress, "_LOOK_SECONDS", 0.01)
    before = threading.active_count()
    with report_progress(console, 1) as progress:
        progress.begun(["ana"])
        wait_until(lambda: "waiting for ana (0 s)" in text_of(console))
    assert threading.active_count() == before


def test_progress_on_a_terminal_is_a_bar():
    """On a terminal, progress is a bar that counts verdicts."""
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    with report_progress(console, 3) as progress:
        for i in range(3):
            progress.done(graded(f"s{i}"))
    assert "3/3" in text_of(console)
