"""One student's verdict as a page of Markdown that also reads well as plain text."""

import re
from collections.abc import Mapping

from autograder.assignment import loaded
from autograder.model.verdict import Diagnosis, Finding, Outcome, Verdict
from autograder.reports.words import first_named, named_before, part, parts, points, safe, total, words
from autograder.results.late import late_line
from autograder.results.standing import hand_line

# What makes Markdown of a line: HTML, the middle of a link or of its definition, and backslashes that would
# take away the ones put before these. Brackets such as those of W[0, 1] stay readable.
_ACTIVE = re.compile(r"<|\](?=[(\[:])|\\(?=[^\w\s])")


def feedback_text(verdict: Verdict) -> str:
    """Return the feedback page of one student, in Markdown, ending in a newline."""
    lines = [f"# Feedback for {_safe(verdict.student_id)}", "", *summary_lines(verdict)]
    if verdict.tasks:
        lines += ["| task | state | points | parts |", "|---|---|---|---|"]
        lines += [_row(outcome) for outcome in verdict.tasks]
        lines += [""]
    first = first_named(verdict)
    for outcome in verdict.tasks:
        if outcome.findings or outcome.notes or outcome.hand:
            lines += [f"## {outcome_heading(outcome)}", "", *outcome_lines(outcome, first), ""]
    return "\n".join(lines)


def _row(outcome: Outcome) -> str:
    """Return a task's row in the table of points."""
    cells = (_title(outcome), words(outcome.state), points(outcome), "; ".join(map(_escaped, parts(outcome))))
    return f"| {' | '.join(cells)} |"


def summary_lines(verdict: Verdict) -> list[str]:
    """Return what is said of a submission as a whole, in Markdown."""
    score = total(verdict)
    if verdict.score is not None:
        marks, _, status = score.partition(" (")
        score = f"**{marks}** ({status}"
    lines = [score, ""]
    if verdict.hand:
        lines += [f"The sum of the tasks: {_safe(hand_line(verdict.hand))}", ""]
    if verdict.late:
        lines += [late_line(verdict), ""]
    if verdict.message:
        lines += [_safe(verdict.message), ""]
    notes = [note for note in verdict.notes if note != verdict.message]
    if notes:
        lines += [*(f"- {_safe(note)}" for note in notes), ""]
    return lines


def outcome_heading(outcome: Outcome) -> str:
    """Return a task's title, its state and its points in one line."""
    return f"{_title(outcome)}: {words(outcome.state)}, {points(outcome)}"


def outcome_lines(outcome: Outcome, first: Mapping[str, str] | None = None) -> list[str]:
    """Return what is said of one task, as a list in Markdown.

    Args:
        outcome: of the task.
        first: the task in which each mistake is named first, where that is said above; see `first_named`.
    """
    lines = [f"- {_safe(hand_line(outcome.hand))}"] if outcome.hand else []
    lines += [f"- {_escaped(line)}" for line in parts(outcome)]
    lines += [f"- Note: {_safe(note)}" for note in outcome.notes]
    for diagnosis in outcome.diagnoses:
        lines += _diagnosis(diagnosis, named_before(outcome, diagnosis, first or {}))
    lines += [f"- Seen: {_safe(sentence)}." for sentence in outcome.observations]
    return lines + [line for finding in outcome.findings for line in _finding(outcome, finding)]


def _finding(outcome: Outcome, finding: Finding) -> list[str]:
    """Return a list item for what cost marks, with what is known about it below."""
    details = (("expected", finding.expected), ("got", finding.got), ("where", finding.where))
    return [
        f"- For {_escaped(part(outcome, finding))}: {_safe(finding.summary)}",
        *(f"  - {label}: {_safe(text)}" for label, text in details if text),
    ]


def _diagnosis(diagnosis: Diagnosis, before: str) -> list[str]:
    """Return the mistake that explains the answers, what a tutor would ask, and where the lecture has it.

    Where a task before has said all that, return which.
    """
    if before:
        return [f"- This looks like the same known mistake as in Task {loaded().task[before].number} ({before})."]
    return [
        f"- This looks like a known mistake: {diagnosis.misconception}.",
        *(f"  - Ask yourself: {question}" for question in diagnosis.questions),
        f"  - Slides: {', '.join(diagnosis.slides)}",
    ]


def _title(outcome: Outcome) -> str:
    return loaded().task[outcome.task].title


def _safe(text: str) -> str:
    """Return `text` on one line, with nothing in it that Markdown takes for HTML, a link or a picture."""
    return _escaped(safe(text))


def _escaped(text: str) -> str:
    return _ACTIVE.sub(r"\\\g<0>", text)
