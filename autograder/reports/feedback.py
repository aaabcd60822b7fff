"""One student's verdict as a page of Markdown that also reads well as plain text."""

import re
from collections.abc import Mapping, Sequence

from autograder.model.verdict import Outcome, Verdict
from autograder.reports.words import first_named, in_words, parts, points, remarks_on, safe, summary, task_title, total

# What makes Markdown of a line: HTML, the middle of a link or of its definition, and backslashes that would
# take away the ones put before these. Brackets such as those of W[0, 1] stay readable.
_ACTIVE = re.compile(r"<|\](?=[(\[:])|\\(?=[^\w\s])")


def feedback_text(verdict: Verdict) -> str:
    """Return the feedback page of one student, in Markdown, ending in a newline."""
    lines = [f"# Feedback for {_escaped(safe(verdict.student_id))}", "", *summary_lines(verdict)]
    if verdict.tasks:
        heads = ["task", "state", "points", "parts"]
        rows = [_cells(outcome) for outcome in verdict.tasks]
        if not verdict.max_score:
            heads, rows = [*heads[:2], heads[3]], [[*row[:2], row[3]] for row in rows]
        lines += [_row(heads), f"|{'---|' * len(heads)}", *map(_row, rows)]
        lines += [""]
    first = first_named(verdict)
    for outcome in verdict.tasks:
        if outcome.findings or outcome.notes or outcome.hand:
            lines += [f"## {outcome_heading(outcome)}", "", *outcome_lines(outcome, first), ""]
    return "\n".join(lines)


def _cells(outcome: Outcome) -> list[str]:
    """Return a task's cells in the table of points."""
    return [task_title(outcome), in_words(outcome.state), points(outcome), "; ".join(map(_escaped, parts(outcome)))]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def summary_lines(verdict: Verdict) -> list[str]:
    """Return what is said of a submission as a whole, in Markdown."""
    score = total(verdict)
    if verdict.score is not None and verdict.max_score:
        marks, _, status = score.partition(" (")
        score = f"**{marks}** ({status}"
    return [score, "", *(line for text in summary(verdict) for line in (_escaped(text), ""))]


def outcome_heading(outcome: Outcome) -> str:
    """Return a task's title, its state and its points in one line."""
    return ", ".join(filter(None, (f"{task_title(outcome)}: {in_words(outcome.state)}", points(outcome))))


def outcome_lines(outcome: Outcome, first: Mapping[str, str] | None = None) -> list[str]:
    """Return what is said of one task, as a list in Markdown; `first` is as in `remarks_on`."""
    lines = [f"- {part}" for part in parts(outcome)]
    lines += [line for remark in remarks_on(outcome, first or {}) for line in remark.lines("- ")]
    return [*map(_escaped, lines)]


def _escaped(text: str) -> str:
    """Return a line with nothing in it that Markdown takes for HTML, a link or a picture."""
    return _ACTIVE.sub(r"\\\g<0>", text)
