"""Canvas: the instructor's own gradebook export, with one column of it filled."""

import re

from autograder.exports.filling import fill_grades, needed, own_sheet
from autograder.exports.job import Exported, ExportError, Job
from autograder.matching import Row
from autograder.points import number
from autograder.sheet import Sheet
from autograder.text import printable

WHAT = "Canvas gradebook export"
_ASSIGNMENT = re.compile(r".+ \(\d+\)", re.DOTALL)
_POINTS = "points possible"
_IDS = ("SIS User ID", "SIS Login ID", "Integration ID")


def write(job: Job) -> Exported:
    """Fill a column of a gradebook, `job.column` or the only one that an assignment has.

    Raises:
        ExportError: the file is no gradebook of Canvas's, or it is not plain which column is meant.
        OSError: the result can't be written.
    """
    sheet = own_sheet(job, WHAT)
    names, system = _names(sheet), needed(sheet, WHAT, "ID")
    first = needed(sheet, WHAT, "Section") + 1
    column = _column(sheet, first, job.column)
    ids = [sheet.column(name) for name in _IDS]
    rows: dict[int, Row] = {}
    remarks = []
    for index in range(1, len(sheet.rows)):
        name = ", ".join(text for text in (sheet.cell(index, one) for one in names) if text)
        if name.casefold() == _POINTS:
            remarks = _scale(sheet.cell(index, column), job.settings.max_score)
        elif sheet.cell(index, system):  # rows above the students have no ID
            logins = tuple(text for text in (sheet.cell(index, one) for one in ids) if text)
            rows[index] = Row(sheet.cell(index, system), logins, name, f"{name} ({sheet.cell(index, system)})")
    done = fill_grades(job, sheet, rows, column)
    return Exported(done.written, (*remarks, *done.remarks))


def _names(sheet: Sheet) -> tuple[int, ...]:
    """Return where the names are: in one column, or in two where an account splits them."""
    last, first = sheet.column("LastName"), sheet.column("FirstName")
    return (needed(sheet, WHAT, "Student"),) if last is None or first is None else (last, first)


def _column(sheet: Sheet, first: int, wanted: str) -> int:
    """Return the column of an assignment, by its whole title, its title without the number, or its number."""
    header = sheet.header
    titles = {index: header[index] for index in range(first, len(header)) if _ASSIGNMENT.fullmatch(header[index])}
    if wanted:
        fits = [
            index
            for index, title in titles.items()
            if wanted in (title, title.rpartition(" (")[0], title.rpartition("(")[2].rstrip(")"))
        ]
    else:
        fits = list(titles)
    if len(fits) == 1:
        return fits[0]
    asked = f"{len(fits)} columns are called {printable(wanted)!r}" if wanted else f"{len(fits)} could be meant"
    shown = "; ".join(printable(title, 60) for title in titles.values()) or "none"
    raise ExportError(f"{asked}: choose one with --column. Assignments in this gradebook: {shown}")


def _scale(possible: str, most: float) -> list[str]:
    try:
        same = float(possible) == most
    except ValueError:
        same = True  # nothing is said
    if same:
        return []
    return [f"The column is out of {printable(possible)} points, and the marks are out of {number(most)}"]
