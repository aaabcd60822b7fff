"""Gradescope: a `results.json` per student, as an autograder there writes it."""

from collections.abc import Mapping
from typing import Any

from autograder.assignment import loaded
from autograder.exports.folders import write_folders
from autograder.exports.job import Exported, ExportJob
from autograder.model.verdict import Outcome, Verdict
from autograder.reports.document import indented
from autograder.reports.words import first_named, in_words, parts, remarks_on, summary, task_title, total
from autograder.results.late import late_line


def write(job: ExportJob) -> Exported:
    """Write `<student>/results.json` into a folder, for everybody who has a mark.

    Raises:
        OSError: the folder or a file can't be written.
    """
    return write_folders(job, "results.json", lambda verdict: indented(results(verdict)))


def results(verdict: Verdict) -> dict[str, Any]:
    """Return what Gradescope reads. Texts are plain text: no markup of a student's is looked at there."""
    first = first_named(verdict)
    return {
        "score": verdict.score,
        "execution_time": round(verdict.seconds, 3),
        "output": "\n".join((total(verdict), *summary(verdict))),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [*(_test(outcome, first) for outcome in verdict.tasks), *_late(verdict)],
    }


def _late(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the penalty as a line of its own, so that the lines add up to the score."""
    if verdict.late is None:
        return []
    line = {"name": "Late penalty", "output": late_line(verdict), "status": "failed", "visibility": "visible"}
    return [{"score": -verdict.late.lost, "max_score": 0, **line}]


def _test(outcome: Outcome, first: Mapping[str, str]) -> dict[str, Any]:
    said = (line for remark in remarks_on(outcome, first) for line in remark.lines())
    return {
        "score": outcome.points,
        "max_score": outcome.max_points,
        "status": "passed" if outcome.state == "pass" else "failed",
        "name": task_title(outcome),
        "number": str(loaded().task[outcome.task].number),
        "output": "\n".join((in_words(outcome.state), *parts(outcome), *said)),
        "tags": [outcome.state],
        "visibility": "visible",
    }
