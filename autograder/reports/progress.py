"""What an instructor sees while a class is graded: how far it is, and who is waited for while nothing finishes."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.progress import Task as Bar
from rich.text import Text

from autograder.model.text import printable
from autograder.model.verdict import Verdict
from autograder.reports.terminal import say

# Between two lines where no bar can be drawn, and before one that says who is waited for.
SECONDS_BETWEEN_LINES = 10.0
_LOOK_SECONDS = 0.5  # so often it is seen whether a line is due
_NAMED = 3  # students named in one line, those first who take longest


class Progress:
    """How far a class is. Lines come from the thread that grades, and from one that looks at the clock."""

    def __init__(self, console: Console, total: int, clock: Callable[[], float], advance: Callable[[], None] | None):
        """Begin; `advance` moves a bar on, None where there is none and lines say how far it is."""
        self._console, self._total, self._clock, self._advance = console, total, clock, advance
        self._lock = threading.Lock()
        self._out: dict[str, float] = {}  # who is being graded, since when
        self._done = 0
        self._start = self._line = self._finished = clock()  # when the last line was printed, the last one was graded

    def begun(self, student_ids: Iterable[str]) -> None:
        """Note that these are being graded from now on."""
        with self._lock:
            now = self._clock()
            self._out |= dict.fromkeys(student_ids, now)

    def done(self, verdict: Verdict) -> None:
        """Note a verdict as it comes."""
        with self._lock:
            self._done += 1
            self._out.pop(verdict.student_id, None)
            self._finished = self._clock()
            if self._advance is not None:
                self._advance()
            elif self._finished - self._line >= SECONDS_BETWEEN_LINES:
                rate = self._done / (self._finished - self._start)
                left = timedelta(seconds=round((self._total - self._done) / rate))
                self._say(f"graded {self._done} of {self._total}, {rate:.1f} per second, {left} left")

    def look(self) -> None:
        """Say who is waited for, where nobody was graded and nothing said for some seconds."""
        with self._lock:
            now = self._clock()
            if now - max(self._line, self._finished) >= SECONDS_BETWEEN_LINES:
                self._say(f"graded {self._done} of {self._total}; waiting for {self._waited_for(now)}")

    def _say(self, line: str) -> None:
        self._line = self._clock()
        say(self._console, line)

    def _waited_for(self, now: float) -> str:
        longest = sorted(self._out.items(), key=lambda out: out[1])
        names = [f"{printable(name)} ({now - since:.0f} s)" for name, since in longest[:_NAMED]]
        more = [f"{len(longest) - _NAMED} more"] if len(longest) > _NAMED else []
        return ", ".join(names + more) or "somebody who grades"


@contextmanager
def report_progress(console: Console, total: int) -> Iterator[Progress]:
    """Show how far grading is: a bar on a terminal, now and then a line elsewhere; and who is waited for."""
    if not console.is_terminal:
        with _looking(Progress(console, total, time.monotonic, None)) as progress:
            yield progress
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Bars(*columns, console=console) as bars:
        task = bars.add_task("grading", total=total)
        with _looking(Progress(console, total, time.monotonic, lambda: bars.advance(task))) as progress:
            yield progress


@contextmanager
def _looking(progress: Progress) -> Iterator[Progress]:
    """Have a thread look at the clock for the time of the block."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_SECONDS):
            progress.look()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        over.set()
        thread.join()


class _Rate(ProgressColumn):
    """Submissions per second, once there is something to measure."""

    def render(self, task: Bar) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "")
