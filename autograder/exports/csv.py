"""`grades.csv`: one row per student, one column per task (SPEC: student_id,score,max_score,status,…)."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from autograder.exports.job import Exported, ExportJob
from autograder.exports.writing import replacing, safe_cell
from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.submissions import FileNote


def write(job: ExportJob) -> Exported:
    """Write the grades of a class; see `write_grades`."""
    write_grades(job.out, job.verdicts, job.settings)
    return Exported(f"{len(job.verdicts)} students: {job.out}")


def write_grades(path: Path, verdicts: Iterable[Verdict], settings: Settings) -> None:
    """Write the grades of a class, sorted by student id; the same verdicts give the same bytes.

    The task columns are those of the enabled tasks, in the rubric's order. A student who was not graded
    has empty cells in place of points. The file is replaced in one go: no reader ever sees half of it.

    Raises:
        OSError: the file can't be written; an earlier one is still whole.
    """
    with replacing(path) as file:
        _write(file, sorted(verdicts, key=lambda verdict: verdict.student_id), settings)


def write_files(path: Path, notes: Iterable[FileNote]) -> None:
    """Write what became of each file; where there is nothing to tell, an earlier file goes.

    Raises:
        OSError: the file can't be written; an earlier one is still whole.
    """
    rows = [[safe_cell(note.file), safe_cell(note.student_id), safe_cell(note.what)] for note in notes]
    if not rows:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as file:
        csv.writer(file, lineterminator="\n").writerows([["file", "student_id", "what became of it"], *rows])


def _write(file: TextIO, verdicts: list[Verdict], settings: Settings) -> None:
    tasks = [task.id for task in settings.enabled_tasks()]
    plain = csv.writer(file, lineterminator="\n")
    # Where the decimal mark is a comma, spreadsheets split lines at unquoted semicolons.
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    # The contract's columns, and after them what lateness took where there is such a rule.
    late = ["late_penalty"] if settings.late.due else []
    plain.writerow(["student_id", "score", "max_score", "status", *tasks, *late])
    for verdict in verdicts:
        row = quoted if ";" in verdict.student_id else plain
        row.writerow(
            [safe_cell(verdict.student_id), number(verdict.score), number(verdict.max_score), verdict.status]
            + [number(points) for points in _points(verdict, tasks)]
            + [number(verdict.late.lost if verdict.late else 0.0) for _ in late]
        )


def _points(verdict: Verdict, tasks: list[str]) -> list[float | None]:
    """Return the points per task: None where no mark may be given, 0 where there was nothing to run."""
    if verdict.score is None:
        return [None] * len(tasks)
    earned = {outcome.task: outcome.points for outcome in verdict.tasks}
    return [earned.get(task, 0.0) for task in tasks]
