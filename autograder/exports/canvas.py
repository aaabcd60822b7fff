"""Canvas: the instructor's own gradebook export, with one column of it filled."""

import re
from dataclasses import replace

from autograder.exports.filling import GradeColumn, fill_grades, other_file, scaled
from autograder.exports.job import Exported, ExportError, ExportJob
from autograder.model.text import printable
from autograder.results.matching import Row
from autograder.results.people import columns_of_people
from autograder.results.sheet import Sheet, as_number, read_sheet

_ASSIGNMENT = re.compile(r"(?P<title>.+) \((?P<number>\d+)\)", re.DOTALL)
_POINTS = "points possible"
_OF_STUDENTS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")
# Columns that Canvas computes, of all or of a group, in all or in one grading period.
_TOTALS = re.compile(
    r"(?:.* )?(?:Unposted )?(?:Current|Final) (?:Score|Grade|Points)(?: \(.*\))?"
    r"|Override (?:Score|Grade|Status)(?: \(.*\))?"
)


def write(job: ExportJob) -> Exported:
    """Fill a column of a gradebook, `job.column` or the only one that an assignment has.

    Raises:
        ExportError: the file is no gradebook of Canvas's, or it is not plain which column is meant.
        OSError: the result can't be written.
    """
    sheet = read_sheet(job.own_file)
    rows, points = _rows(sheet)
    column = _column(job, sheet, points)
    possible = sheet.cell(points, column) if points else ""
    factor, remarks = scaled(job, as_number(possible), possible)
    rounded = [row.shown for row in rows.values() if not row.number]
    if rounded:
        remarks.append(f"No number is the ID of {rounded[0]}: a spreadsheet may have rounded it, so download it anew")
    if sheet.delimiter == "\t":
        sheet.delimiter = ","  # Canvas reads commas and semicolons
    done = fill_grades(job, sheet, GradeColumn(column, rows, factor, sheet.has_decimal_commas(column)))
    return replace(done, remarks=(*remarks, *done.remarks))


def _rows(sheet: Sheet) -> tuple[dict[int, Row], int]:
    """Return the students by row, and the row with the points, 0 where it was taken out."""
    people = columns_of_people(sheet, range(_after_students(sheet)))
    if sheet.column("Student", "LastName", "FirstName") is None:
        raise other_file(sheet, "canvas", 'column "Student"')
    if people.number is None:
        raise other_file(sheet, "canvas", 'column "ID"')
    rows, points = {}, 0
    for index in range(1, len(sheet.rows)):
        row = people.row(sheet, index)
        if row.shown.casefold() == _POINTS:
            points = index
        elif number := sheet.cell(index, people.number):  # the row about manual posting has none
            rows[index] = replace(row, shown=f"{row.shown} ({row.number or number})", decisive=True)
    return rows, points


def _after_students(sheet: Sheet) -> int:
    """Return where the columns about students end."""
    return 1 + max(sheet.column(name) or 0 for name in _OF_STUDENTS)


def _column(job: ExportJob, sheet: Sheet, points: int) -> int:
    """Return the column of an assignment, by its whole title, its number, or its title without the number."""
    header, wanted = sheet.header, job.column.strip().casefold()
    own = [index for index in range(_after_students(sheet), len(header)) if _is_assignment(sheet, index, points)]
    parts = [(index, part) for index in own if (part := _ASSIGNMENT.fullmatch(header[index]))]
    if wanted:
        whole = [index for index in own if header[index].casefold() == wanted]
        by_number = [index for index, part in parts if part["number"] == wanted]
        by_title = [index for index, part in parts if part["title"].casefold() == wanted]
        fits, asked = whole or by_number or by_title, f"assignments are called {printable(job.column)!r}"
    else:
        numbered = [index for index, _ in parts]
        with_points = [index for index in numbered if sheet.cell(points, index) and points]
        fits, asked = with_points or numbered or own, "could be meant"
    if len(fits) != 1:
        shown = "; ".join(printable(header[index], 60) for index in own) or "none"
        asked = f"{len(fits)} {asked}: choose one with --column. Assignments in this gradebook: {shown}"
        raise ExportError(f"{asked} (totals and read-only columns are not filled)")
    return fits[0]


def _is_assignment(sheet: Sheet, column: int, points: int) -> bool:
    """Whether a column is an assignment's: one with points, or one that is neither read-only nor a total."""
    title, possible = sheet.header[column], sheet.cell(points, column) if points else ""
    if as_number(possible) is not None:
        return bool(title)
    return not possible and bool(_ASSIGNMENT.fullmatch(title)) and not _TOTALS.fullmatch(title)
