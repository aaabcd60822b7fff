"""`grades.csv`: one row per student, one column per task (SPEC: student_id,score,max_score,status,…)."""

import csv
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from autograder.config import Settings
from autograder.points import number
from autograder.text import printable
from autograder.verdict import Verdict

# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_grades(path: Path, verdicts: Iterable[Verdict], settings: Settings) -> None:
    """Write the grades of a class, sorted by student id; the same verdicts give the same bytes.

    The task columns are those of the enabled tasks, in the rubric's order. A student who was not graded
    has empty cells in place of points. The file is replaced in one go: no reader ever sees half of it.

    Raises:
        OSError: the file can't be written; an earlier one is still whole.
    """
    # Beside the target, since a file can be replaced in one go within one folder only.
    draft = path.with_name(f".{path.name}.tmp")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            _write(file, sorted(verdicts, key=lambda verdict: verdict.student_id), settings)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def safe_cell(text: str) -> str:
    """Return `text` as a cell that is text to every spreadsheet, with no invisible character in it."""
    # Some programs drop blanks before they look for a formula.
    guard = "'" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else ""
    return guard + printable(text, None)


def _write(file: TextIO, verdicts: list[Verdict], settings: Settings) -> None:
    tasks = [task.id for task in settings.enabled_tasks()]
    plain = csv.writer(file, lineterminator="\n")
    # Where the decimal mark is a comma, spreadsheets split lines at unquoted semicolons.
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(["student_id", "score", "max_score", "status", *tasks])
    for verdict in verdicts:
        row = quoted if ";" in verdict.student_id else plain
        row.writerow(
            [safe_cell(verdict.student_id), number(verdict.score), number(verdict.max_score), verdict.status]
            + [number(points) for points in _points(verdict, tasks)]
        )


def _points(verdict: Verdict, tasks: list[str]) -> list[float | None]:
    """Return the points per task: None where no mark may be given, 0 where there was nothing to run."""
    if verdict.score is None:
        return [None] * len(tasks)
    earned = {outcome.task: outcome.points for outcome in verdict.tasks}
    return [earned.get(task, 0.0) for task in tasks]
