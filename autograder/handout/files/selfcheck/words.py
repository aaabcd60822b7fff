"""Results as lines of text, at most 80 columns wide."""

import sys
import textwrap
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from .cases import TASKS, Task
from .results import Finding, Result

_WIDTH = 79
_LABEL = 12
# For consoles that cannot show them.
_ASCII: dict[int, str] = str.maketrans(
    {"±": "+-", "×": "x", "·": "*", "≤": "<=", "≥": ">=", "²": "^2", "½": "1/2", "→": "->", "…": "...", "ᵀ": "^T"}
    | {"∂": "d", "Σ": "sum", "δ": "delta", "φ": "phi", "α": "alpha", "θ": "theta", "ŷ": "y_hat", "Ŷ": "Y_hat", "‖": "|"}
)


class ScoreLine(NamedTuple):
    """One line of the summary; `state` says how to colour it."""

    text: str
    state: str


def printable(text: str, encoding: str = "") -> str:
    """Return the text with whatever the console's encoding, or another, cannot hold spelled out or replaced."""
    encoding = encoding or getattr(sys.__stdout__, "encoding", None) or "ascii"
    return text if _has(encoding, text) else "".join(map(partial(_spelled, encoding), text))


def _spelled(encoding: str, letter: str) -> str:
    return letter if _has(encoding, letter) else _ASCII.get(ord(letter), "?")


def _has(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):  # LookupError: a console whose encoding Python does not know
        return False
    return True


def explain(result: Result) -> str:
    """Say what is wrong: what was expected, what came, where, how other cases went, and what it looks like.

    All of it is in letters that the console has.
    """
    if result.finding is None:
        return result.note
    lines = (_labelled(label, text) if label else _wrapped(text) for label, text in rows(result, result.finding))
    return "\n".join(line for of_row in lines for line in of_row)


def rows(result: Result, finding: Finding) -> list[tuple[str, str]]:
    """Return what is said of a check that is not right: a label, and its text, which may be empty."""
    return [
        ("", f"{result.call}: {finding.summary}" if result.call else finding.summary),
        ("case", result.case),
        ("expected", finding.expected),
        ("got", finding.got),
        ("where", finding.where),
        ("why", result.why),
        ("cases", result.others),
        ("seen", "\n".join(result.seen)),
        *_hints(result),
    ]


def _hints(result: Result) -> list[tuple[str, str]]:
    """Name the known mistakes that explain the replies, and ask what a tutor would."""
    questions, slides = (
        dict.fromkeys(line for hint in result.hints for line in getattr(hint, part).splitlines())
        for part in ("ask", "slide")
    )
    looks = [("or like" if number else "looks like", hint.looks_like) for number, hint in enumerate(result.hints)]
    return [*looks, ("ask", "\n".join(questions)), ("slide", ", ".join(slides))]


def stopped(problem: str) -> str:
    """Return why there is nothing to check, as pytest shows it after "ERROR: "."""
    first, *rest = problem.splitlines()
    lines = _wrapped(first, " " * len("ERROR: "))
    for line in rest:
        indent = " " * (len(line) - len(line.lstrip()))
        lines += _wrapped(line.strip(), indent, indent)
    return "\n".join(lines).lstrip()


def score_lines(results: Sequence[Result], also: Sequence[str] = ()) -> list[ScoreLine]:
    """Return a line for each task that ran, the total, and remarks below it: those of the results, and others."""
    ran = [(task, own) for task in TASKS if (own := [result for result in results if result.task == task.id])]
    if not ran:
        return []
    lines = [_score_line(task, own) for task, own in ran]
    got, most = sum(result.points for result in results), sum(result.max_points for result in results)
    total = f"{'total':>{4 + _name_width()}} {got:>5g} of {most:g}"
    if len(ran) < len(TASKS):
        total += f"    ({len(ran)} of {len(TASKS)} tasks were checked)"
    lines.append(ScoreLine(total, "total"))
    notes: dict[str, dict[str, None]] = {}  # note -> its tasks, each once and in order
    for result in results:
        if result.note and result.state != "to do":
            notes.setdefault(result.note, {})[result.task] = None
    said = [*(f"{', '.join(of)}: {note}" for note, of in notes.items()), *also]
    return lines + [ScoreLine(line, "note") for remark in said for line in _labelled("note", remark)]


def _score_line(task: Task, results: list[Result]) -> ScoreLine:
    got, most = sum(result.points for result in results), sum(result.max_points for result in results)
    state = _task_state(results)
    remark = ""
    if state == "partial":
        missing = {result.check.partition("-")[2] for result in results if result.points < result.max_points}
        remark = ": not yet " + "; ".join(part.what for part in task.parts if part.id in missing)
    elif state == "pass":
        failed = [result.check for result in results if result.state == "fail"]
        remark = f", but see {failed[0]}" if failed else ""
    text = f"{task.number:>3} {task.id:<{_name_width()}} {got:>5g} of {most:<4g} {state}{remark}"
    return ScoreLine(text if len(text) <= _WIDTH else text[: _WIDTH - 3] + "...", state)


def _name_width() -> int:
    return max(16, *(len(task.id) for task in TASKS))


def _task_state(results: list[Result]) -> str:
    graded = [result for result in results if result.max_points] or results
    states = {result.state for result in graded}
    if len(states) == 1:
        return states.pop()
    if any(result.points for result in graded):
        return "partial"
    return next(state for state in ("error", "fail", "waiting", "to do") if state in states)


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(printable(text), _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _labelled(label: str, text: str) -> list[str]:
    """Return a text with its label in the margin; lines that are code stay as they are."""
    lines: list[str] = []
    for line in text.splitlines():
        first = f"  {label:<{_LABEL}}" if not lines else " " * (_LABEL + 2)
        rest = " " * (_LABEL + 2)
        indent = " " * (len(line) - len(line.lstrip()))
        lines += _wrapped(line.strip(), first + indent, rest + indent)
    return lines
