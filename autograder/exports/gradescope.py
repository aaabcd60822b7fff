"""Gradescope: a `results.json` per student, as an autograder there writes it."""

from typing import Any

from autograder.assignment import loaded
from autograder.exports.folders import write_folders
from autograder.exports.job import Exported, ExportJob
from autograder.model.points import number
from autograder.model.text import printable
from autograder.model.verdict import Diagnosis, Finding, Outcome, Verdict
from autograder.reports.document import encoded
from autograder.results.late import late_line

_LIMIT = 500  # characters of one text


def write(job: ExportJob) -> Exported:
    """Write `<student>/results.json` into a folder, for everybody who has a mark.

    Raises:
        OSError: the folder or a file can't be written.
    """
    return write_folders(job, "results.json", lambda verdict: encoded(results(verdict)))


def results(verdict: Verdict) -> dict[str, Any]:
    """Return what Gradescope reads. Texts are plain text: no markup of a student's is looked at there."""
    return {
        "score": verdict.score,
        "execution_time": round(verdict.seconds, 3),
        "output": "\n".join(_top(verdict)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [*(_test(outcome) for outcome in verdict.tasks), *_late(verdict)],
    }


def _top(verdict: Verdict) -> list[str]:
    total = f"{number(verdict.score)} of {number(verdict.max_score)} points ({verdict.status.replace('_', ' ')})"
    texts = (verdict.message, *verdict.notes)
    return [total, *(printable(text, _LIMIT) for text in texts if text)]


def _late(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the penalty as a line of its own, so that the lines add up to the score."""
    if verdict.late is None:
        return []
    line = {"name": "Late penalty", "output": late_line(verdict), "status": "failed", "visibility": "visible"}
    return [{"score": -verdict.late.lost, "max_score": 0, **line}]


def _test(outcome: Outcome) -> dict[str, Any]:
    task = loaded().task[outcome.task]
    lines = [outcome.state.replace("_", " ")]
    lines += [f"Note: {printable(note, _LIMIT)}" for note in outcome.notes]
    lines += [line for diagnosis in outcome.diagnoses for line in _diagnosis(diagnosis)]
    lines += [f"Seen: {printable(sentence, _LIMIT)}." for sentence in outcome.observations]
    lines += [line for finding in outcome.findings for line in _finding(finding)]
    return {
        "score": outcome.points,
        "max_score": outcome.max_points,
        "status": "passed" if outcome.state == "pass" else "failed",
        "name": task.title,
        "number": str(task.number),
        "output": "\n".join(lines),
        "tags": [outcome.state],
        "visibility": "visible",
    }


def _diagnosis(diagnosis: Diagnosis) -> list[str]:
    return [
        f"This looks like a known mistake: {diagnosis.misconception}.",
        *(f"  Ask yourself: {question}" for question in diagnosis.questions),
        f"  Slides: {', '.join(diagnosis.slides)}",
    ]


def _finding(finding: Finding) -> list[str]:
    details = (("expected", finding.expected), ("got", finding.got), ("where", finding.where))
    return [
        printable(finding.summary, _LIMIT),
        *(f"  {label}: {printable(text, _LIMIT)}" for label, text in details if text),
    ]
