"""Classroom 50, the successor of GitHub Classroom: a `result.json` per student, with whole points.

Which classroom, assignment and commit it is, the runner says in the environment (CLASSROOM, ASSIGNMENT,
SUBMISSION_TAG, COMMIT_URL, RELEASE_URL, REVIEW_URL), and it adds owner, type and submitter itself.
"""

import math
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from autograder.document import encoded
from autograder.exports.folders import write_folders
from autograder.exports.job import Exported, Job
from autograder.rubric import TASK_BY_ID
from autograder.verdict import Verdict

_UNKNOWN = "unknown"  # empty texts are refused there


def write(job: Job) -> Exported:
    """Write `<student>/result.json` into a folder, for everybody who has a mark.

    Raises:
        OSError: the folder or a file can't be written.
    """
    now = datetime.now(UTC)
    return write_folders(job, "result.json", lambda verdict: encoded(result(verdict, os.environ, now)))


def result(verdict: Verdict, environment: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return what Classroom 50 collects. Its points are integers, so that the tests add up to the score."""
    time = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    commit = environment.get("COMMIT_URL", _UNKNOWN)
    scores = whole([outcome.points for outcome in verdict.tasks])
    most = whole([outcome.max_points for outcome in verdict.tasks])
    lost = sum(scores) - round(verdict.score or 0.0) if verdict.late else 0
    penalty = {"test-name": "Late penalty", "passed": False, "score": -lost, "max-score": 0}
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment.get("CLASSROOM", _UNKNOWN),
        "assignment": environment.get("ASSIGNMENT", _UNKNOWN),
        "assignment_type": "individual",
        "owner": verdict.student_id,
        "submission": environment.get("SUBMISSION_TAG", _UNKNOWN),
        "commit": commit,
        "release": environment.get("RELEASE_URL", _UNKNOWN),
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": time,
        "graded_at": time,
        "score": sum(scores) - lost,
        "max-score": sum(most) or round(verdict.max_score),
        "tests": [
            {
                "test-name": TASK_BY_ID[outcome.task].title,
                "passed": outcome.state == "pass",
                "score": score,
                "max-score": limit,
                "state": outcome.state,
                "points": outcome.points,
            }
            for outcome, score, limit in zip(verdict.tasks, scores, most, strict=True)
        ]
        + ([penalty] if verdict.late else []),
    }


def whole(points: Sequence[float]) -> list[int]:
    """Round points so that they add up to the rounded sum: those with the largest fractions go up."""
    down = [math.floor(value + 1e-9) for value in points]
    missing = math.floor(sum(points) + 0.5 + 1e-9) - sum(down)
    order = sorted(range(len(points)), key=lambda i: (down[i] - points[i], i))
    for i in order[:missing]:
        down[i] += 1
    return down
