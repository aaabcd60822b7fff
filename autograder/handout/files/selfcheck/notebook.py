"""The self-check inside a notebook: `check("TASK")` says what `pytest -k TASK` says.

It always makes the numerical gradients too: a notebook loads numdifftools once, pytest each time.
"""

import contextlib
import difflib
import html
import io
import json
import sys
import zlib
from base64 import b85decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cases import TASKS, Case, read_case
from .checks import CHECKS, run
from .compare import compare
from .remarks import of_cells
from .results import Finding, NotWrittenYet, Result, Wrong
from .student import Student
from .words import ScoreLine, explain, rows, score_lines

# A ground of its own: these colours can be read on white, and the notebook may be dark.
_BOX = (
    "font-family:monospace;white-space:pre-wrap;line-height:1.35;background:#fff;color:#1b1f24;"
    "padding:2px 8px;max-width:84ch"
)
_COLOURS = {"pass": "#166534", "fail": "#b91c1c", "error": "#b91c1c", "to do": "#6b7280", "waiting": "#92400e"}
_MOST_PRINTED = 10_000  # characters


@dataclass(frozen=True)
class Report:
    """What was found: text everywhere, and colours where a notebook shows it."""

    results: tuple[Result, ...]
    also: tuple[str, ...] = ()  # remarks on the cells

    @property
    def points(self) -> float:
        """The points of all checks that ran."""
        return sum(result.points for result in self.results)

    def __repr__(self) -> str:
        lines = [line.text for line in self._summary()]
        for result, _ in self._wrong():
            lines += ["", f"{result.check}: {result.state}", explain(result)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        lines = [_line(line.text, 14 if line.state == "note" else 4, _style(line.state)) for line in self._summary()]
        for result, finding in self._wrong():
            lines.append(_line(f"{result.check}: {result.state}", 0, f"{_style(result.state)}margin-top:6px"))
            for label, text in rows(result, finding):
                if text:
                    lines.append(_line(f"    {label:<12}{text}", 16) if label else _line(f"  {text}", 2))
        return f'<div style="{_BOX}">{"".join(lines)}</div>'

    def _summary(self) -> list[ScoreLine]:
        """Return the lines of the summary that tell something: the total of one task does not."""
        several = len({result.task for result in self.results}) > 1
        return [line for line in score_lines(self.results, self.also) if several or line.state != "total"]

    def _wrong(self) -> list[tuple[Result, Finding]]:
        return [(result, result.finding) for result in self.results if result.finding is not None]


class _Printed(io.StringIO):
    """The beginning of what functions print."""

    def write(self, text: str) -> int:
        return super().write(text) if self.tell() < _MOST_PRINTED else len(text)


def check(task: str = "", also: str = "") -> float:
    """Check one task of the notebook in which this is called, or all of them, and show what was found.

    Args:
        task: the id of a task; without one, every task is checked.
        also: further cases, as `bptt nbgrader init` packs them. A part counts when they are right as well.

    Returns:
        The points.

    Raises:
        ValueError: there is no such task.
    """
    if task and task not in {known.id for known in TASKS}:
        close = difflib.get_close_matches(task, [known.id for known in TASKS], n=1, cutoff=0.4)
        remedy = f"did you mean {close[0]}?" if close else f"the tasks are {', '.join(known.id for known in TASKS)}"
        raise ValueError(f"there is no task {task!r}; {remedy}")
    student = Student(sys._getframe(1).f_globals)
    printed = _Printed()
    # A browser takes longer to show a line than Python to print it, and the time counts.
    with contextlib.redirect_stdout(printed) if sys.platform == "emscripten" else contextlib.nullcontext():
        results = tuple(run(student, one) for one in CHECKS if task in ("", one.task))
        if also:
            results = tuple(_with_more(student, result, _unpack(also)) for result in results)
    print(printed.getvalue(), end="")
    report = Report(results, tuple(of_cells(sys._getframe(1).f_globals)))
    _show(report)
    return float(report.points)


def _with_more(student: Student, result: Result, cases: list[Case]) -> Result:
    """Take the points of a part whose further cases are not right; they are not shown."""
    for case in cases:
        if not result.points or f"{case.task}-{case.part}" != result.check:
            continue
        try:
            compare(student.call(case), case)
        except (NotWrittenYet, Wrong):
            return result._replace(state="fail", points=0, note="right on the public cases, wrong on others")
    return result


def _unpack(packed: str) -> list[Case]:
    facts: dict[str, Any] = json.loads(zlib.decompress(b85decode("".join(packed.split()))))
    arrays: Mapping[str, np.ndarray] = {
        name: np.array(values, np.float64).reshape(shape) for name, (shape, values) in facts["arrays"].items()
    }
    return [read_case(spec, arrays) for spec in facts["cases"]]


def _show(report: Report) -> None:
    try:
        from IPython.display import display
    except ImportError:
        print(report)
    else:
        display(report)  # type: ignore[no-untyped-call]  # IPython's own gap


def _in_a_browser() -> None:
    from IPython import get_ipython

    from .browser import begin

    if (shell := get_ipython()) is not None:
        begin(shell)


def _line(text: str, hang: int, style: str = "") -> str:
    """Return a line; where the page is narrow it goes on below its text, not below its label."""
    return f'<div style="padding-left:{hang}ch;text-indent:-{hang}ch;{style}">{html.escape(text)}</div>'


def _style(state: str) -> str:
    colour = _COLOURS.get(state, "#92400e" if state == "partial" else "inherit")
    return f"color:{colour};font-weight:{'bold' if state != 'note' else 'normal'};"


if sys.platform == "emscripten":
    _in_a_browser()
