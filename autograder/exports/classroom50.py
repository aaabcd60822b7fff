"""Classroom 50, the successor of GitHub Classroom: a `result.json` per student, with whole points.

Which classroom, assignment and commit it is, the runner says in the environment (CLASSROOM, ASSIGNMENT,
SUBMISSION_TAG, COMMIT_URL, RELEASE_URL, REVIEW_URL), and it adds owner, type and submitter itself. Scores are whole
numbers from 0 to the maximum, of each test as of all: what collects them refuses anything else.
"""

import math
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from autograder.exports.folders import write_folders
from autograder.exports.job import Exported, ExportJob
from autograder.model.verdict import Verdict
from autograder.reports.document import indented
from autograder.reports.words import task_title
from autograder.results.late import late_line

_UNKNOWN = "unknown"  # empty texts are refused there, and tags that begin otherwise
_UNTAGGED = "submit/unknown"
_NEEDED = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")


def write(job: ExportJob) -> Exported:
    """Write `<student>/result.json` into a folder, for everybody who has a mark.

    Raises:
        OSError: the folder or a file can't be written.
    """
    now = datetime.now(UTC)
    done = write_folders(job, "result.json", lambda verdict: indented(result(verdict, os.environ, now)))
    unset = ", ".join(name for name in _NEEDED if not os.environ.get(name))
    hint = f"Not set, so unknown in the files: {unset}. Classroom 50 collects them when its runner exports them"
    return Exported(done.written, (*done.remarks, *([hint] if unset else [])))


def result(verdict: Verdict, environment: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return what Classroom 50 collects. Its points are integers, so that the tests add up to the score."""
    time = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    commit = environment.get("COMMIT_URL", _UNKNOWN)
    most = whole([outcome.max_points for outcome in verdict.tasks])
    scores = whole([outcome.points for outcome in verdict.tasks], most)
    score = min(round(verdict.score or 0.0), sum(scores)) if verdict.late else sum(scores)
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment.get("CLASSROOM", _UNKNOWN),
        "assignment": environment.get("ASSIGNMENT", _UNKNOWN),
        "assignment_type": "individual",
        "owner": verdict.student_id,
        "submission": environment.get("SUBMISSION_TAG", _UNTAGGED),
        "commit": commit,
        "release": environment.get("RELEASE_URL", _UNKNOWN),
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": time,
        "graded_at": time,
        "score": score,
        "max-score": sum(most) or round(verdict.max_score),
        "tests": [
            {
                "test-name": task_title(outcome),
                "passed": outcome.state == "pass",
                "score": score,
                "max-score": limit,
                "state": outcome.state,
                "points": outcome.points,
            }
            for outcome, score, limit in zip(verdict.tasks, scores, most, strict=True)
        ]
        + _late(verdict),
    }


def _late(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the penalty as a line of its own. No test may have less than 0, so what it took is in its name."""
    if verdict.late is None:
        return []
    line = {"test-name": late_line(verdict), "passed": False, "score": 0, "max-score": 0}
    return [line | {"state": "late", "points": -verdict.late.lost}]


def whole(points: Sequence[float], most: Sequence[int] | None = None) -> list[int]:
    """Round points so that they add up to the rounded sum: those with the largest fractions go up.

    None is more than its entry of `most`, where that is given, even if the sum falls short.
    """
    down = [math.floor(value + 1e-9) for value in points]
    missing = math.floor(sum(points) + 0.5 + 1e-9) - sum(down)
    order = sorted(range(len(points)), key=lambda i: (down[i] - points[i], i))
    room = [i for i in order if most is None or down[i] < most[i]]
    for i in room[:missing]:
        down[i] += 1
    return down
