"""One student's verdict as a page of Markdown that also reads well as plain text."""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from autograder.points import number
from autograder.rubric import TASK_BY_ID
from autograder.text import printable
from autograder.verdict import Diagnosis, Finding, Outcome, Verdict

# The longest piece of text that may come from a student, such as an exception's message.
_LIMIT = 500
# Ids that are file names on every system as they are, never hidden, never an option of a command.
_PLAIN_ID = re.compile(r"\w[\w.@+ -]{0,79}(?<![. ])")
# What makes Markdown of a line: HTML, the middle of a link or of its definition, and backslashes that would
# take away the ones put before these. Brackets such as those of W[0, 1] stay readable.
_ACTIVE = re.compile(r"<|\](?=[(\[:])|\\(?=[^\w\s])")
# Windows takes these for devices, with any ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def feedback_text(verdict: Verdict) -> str:
    """Return the feedback page of one student, in Markdown, ending in a newline."""
    if verdict.score is None:
        total = "No mark: this submission could not be graded, and that is not your fault."
    else:
        total = f"**{number(verdict.score)} of {number(verdict.max_score)} points** ({_words(verdict.status)})"
    lines = [f"# Feedback for {_safe(verdict.student_id)}", "", total, ""]
    if verdict.message:
        lines += [_safe(verdict.message), ""]
    if verdict.notes:
        lines += [*(f"- {_safe(note)}" for note in verdict.notes), ""]
    if verdict.tasks:
        lines += ["| task | state | points |", "|---|---|---|"]
        lines += [f"| {_title(outcome)} | {_words(outcome.state)} | {_points(outcome)} |" for outcome in verdict.tasks]
        lines += [""]
    for outcome in verdict.tasks:
        if outcome.findings or outcome.notes:
            lines += [f"## {_title(outcome)}: {_words(outcome.state)}, {_points(outcome)}", ""]
            lines += [line for diagnosis in outcome.diagnoses for line in _diagnosis(diagnosis)]
            lines += [f"- Seen: {_safe(sentence)}." for sentence in outcome.observations]
            lines += [line for finding in outcome.findings for line in _finding(outcome, finding)]
            lines += [f"- Note: {_safe(note)}" for note in outcome.notes]
            lines += [""]
    return "\n".join(lines)


def feedback_name(student_id: str) -> str:
    """Return the name of a student's feedback file: the id where it can be one, else its letters and a hash.

    Distinct ids have distinct names: no plain id holds the "~" that comes before a hash.
    """
    fits = len(student_id.encode("utf-8", "replace")) <= 200  # bytes; most systems allow 255
    if fits and _PLAIN_ID.fullmatch(student_id) and not _DEVICES.fullmatch(student_id):
        return f"{student_id}.md"
    letters = re.sub(r"[^A-Za-z0-9]+", "_", student_id)[:40].strip("_")
    mark = hashlib.sha256(student_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{letters}~{mark}.md"


def write_feedback(folder: Path, verdicts: Iterable[Verdict]) -> None:
    """Write a feedback file for each verdict into `folder`, which is made where it is missing.

    Raises:
        OSError: the folder or a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for verdict in verdicts:
        path = folder / feedback_name(verdict.student_id)
        path.write_text(feedback_text(verdict), encoding="utf-8", newline="\n")


def remove_feedback(folder: Path, student_ids: Iterable[str]) -> None:
    """Remove the feedback files of these students, where there are any."""
    for student_id in student_ids:
        with suppress(FileNotFoundError):
            (folder / feedback_name(student_id)).unlink()


def _finding(outcome: Outcome, finding: Finding) -> list[str]:
    """Return a list item for what cost marks, with what is known about it below."""
    parts = {part.id: part.what for part in TASK_BY_ID[outcome.task].parts}
    what = parts.get(finding.part, finding.part)
    case = f' (case "{_safe(finding.case)}")' if finding.case else ""
    details = (("expected", finding.expected), ("got", finding.got), ("where", finding.where))
    return [
        f"- For {_safe(what)}{case}: {_safe(finding.summary)}",
        *(f"  - {label}: {_safe(text)}" for label, text in details if text),
    ]


def _diagnosis(diagnosis: Diagnosis) -> list[str]:
    """Return the mistake that explains the answers, what a tutor would ask, and where the lecture has it."""
    return [
        f"- This looks like a known mistake: {diagnosis.misconception}.",
        *(f"  - Ask yourself: {question}" for question in diagnosis.questions),
        f"  - Slides: {', '.join(diagnosis.slides)}",
    ]


def _title(outcome: Outcome) -> str:
    return TASK_BY_ID[outcome.task].title


def _points(outcome: Outcome) -> str:
    return f"{number(outcome.points)} of {number(outcome.max_points)}"


def _words(name: str) -> str:
    """Write a status or a state, such as "not_implemented", in words."""
    return name.replace("_", " ")


def _safe(text: str) -> str:
    """Return `text` on one line, with nothing in it that Markdown takes for HTML, a link or a picture."""
    return _ACTIVE.sub(r"\\\g<0>", printable(text, _LIMIT))
