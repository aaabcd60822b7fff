"""What the formats that fill an instructor's own file have in common."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.exports.job import Exported, ExportError, Job
from autograder.exports.writing import replacing
from autograder.late import late_line
from autograder.matching import Match, Row, match
from autograder.points import number
from autograder.sheet import MARK, Sheet, read_sheet
from autograder.text import printable
from autograder.verdict import Verdict


def own_sheet(job: Job, what: str) -> Sheet:
    """Read the instructor's file.

    Raises:
        ExportError: there is none, or it can't be read as CSV.
    """
    if job.source is None:
        raise ExportError(f"your own {what} is filled: name it with --fill FILE")
    return read_sheet(job.source)


def needed(sheet: Sheet, what: str, *names: str) -> int:
    """Return the index of a column that a file of this kind has.

    Raises:
        ExportError: it has none of these names.
    """
    column = sheet.column(*names)
    if column is None:
        found = ", ".join(printable(name, 30) for name in sheet.header[:8])
        raise ExportError(f'no column "{names[0]}", so this is no {what} (found: {found}): download it anew')
    return column


def fill_grades(
    job: Job,
    sheet: Sheet,
    rows: dict[int, Row],
    column: int,
    also: Callable[[int, Verdict], None] | None = None,
) -> Exported:
    """Write the scores into a column, save the sheet as `job.out`, and say who is left on either side.

    Args:
        job: the verdicts.
        sheet: the instructor's file.
        rows: what the rows with students say about them, by their index in the sheet.
        column: where the score goes.
        also: called with the row and the verdict of everybody who has a mark.
    """
    indices = list(rows)
    by_id = {verdict.student_id: verdict for verdict in job.verdicts}
    matched = match(list(by_id), [rows[index] for index in indices])
    replaced, unmarked, late = [], [], []
    for student, place in sorted(matched.rows.items()):
        row, verdict = indices[place], by_id[student]
        if verdict.score is None:
            unmarked.append(student)
            continue
        mark = number(verdict.score)
        before = sheet.fill(row, column, mark)
        if before and not _same(before, mark):
            replaced.append(f"{student}: {before} became {mark}")
        if verdict.late:
            late.append(f"{student}: {late_line(verdict)}")
        if also:
            also(row, verdict)
    _write_sheet(job.out, sheet)
    filled = len(matched.rows) - len(unmarked)
    written = f"{filled} marks in column {printable(sheet.header[column], 80)!r}: {job.out}"
    return Exported(written, remarks(matched, replaced, unmarked, late))


def _write_sheet(path: Path, sheet: Sheet) -> None:
    """Write a sheet as it was read, with what was filled in."""
    with replacing(path) as file:
        file.write(MARK if sheet.mark else "")
        csv.writer(file, delimiter=sheet.delimiter, lineterminator=sheet.line_end).writerows(sheet.rows)


def _same(before: str, mark: str) -> bool:
    try:
        return float(before) == float(mark)
    except ValueError:
        return False


def remarks(
    matched: Match, replaced: Sequence[str], unmarked: Sequence[str], late: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the lines that say who is on one side only, who was left as they were, and whose mark has a story."""
    lists = (
        ("Graded, and not in the file", [f"{student}: {reason}" for student, reason in sorted(matched.students_left)]),
        ("In the file, and not graded", sorted(matched.rows_left)),
        ("Left as they were, for the grader failed on them", unmarked),
        ("Marks that were there and are others now", replaced),
        ("Marks after a late penalty", late),
    )
    lines = []
    for title, names in lists:
        if names:
            lines += [f"{title} ({len(names)}):", *(f"  {printable(name, 200)}" for name in names)]
    return tuple(lines)
