"""Who is in the course, and who of them handed in nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.matching import Row, match
from autograder.sheet import Sheet, read_sheet

# Headers by which the lists of Canvas, Moodle, Gradescope and nbgrader, or a list of one's own, name a student.
_NUMBERS = ("ID", "Identifier")
_IDS = (
    "student_id",
    "SIS User ID",
    "SIS Login ID",
    "SID",
    "Student ID",
    "ID number",
    "Username",
    "Email",
    "Email address",
    "Login",
)
_NAMES = ("Student", "Name", "Full name")


@dataclass(frozen=True)
class Absent:
    """Both sides of the comparison; texts are as the roster and the ids have them."""

    nothing: tuple[str, ...]  # on the roster, and nothing was handed in
    strangers: tuple[str, ...]  # graded, and not on the roster

    def counted(self) -> "Absent":
        """Return as many, with no names."""
        return Absent(("a student",) * len(self.nothing), ("a student",) * len(self.strangers))


def read_roster(path: Path) -> list[Row]:
    """Read a CSV file with a row per student: a gradebook or worksheet of an LMS, or ids in the first column.

    Raises:
        SheetError: it can't be read as CSV.
    """
    sheet = read_sheet(path)
    number = sheet.column(*_NUMBERS)
    ids = [column for name in _IDS if (column := sheet.column(name)) is not None]
    name = sheet.column(*_NAMES)
    if number is None and name is None and not ids:
        cells = (sheet.cell(row, 0) for row in range(len(sheet.rows)))
        return [Row(ids=(cell,), shown=cell) for cell in cells if cell]
    rows = (_row(sheet, index, number, ids, name) for index in range(1, len(sheet.rows)))
    return [row for row in rows if row.number or row.ids or (row.name and number is None)]


def compare(roster: Sequence[Row], students: Sequence[str]) -> Absent:
    """Say who is on one side only."""
    found = match(students, roster)
    return Absent(tuple(sorted(found.rows_left)), tuple(sorted(student for student, _ in found.students_left)))


def _row(sheet: Sheet, index: int, number: int | None, ids: Sequence[int], name: int | None) -> Row:
    logins = tuple(cell for column in ids if (cell := sheet.cell(index, column)))
    digits, called = sheet.cell(index, number).rpartition(" ")[2], sheet.cell(index, name)
    return Row(digits, logins, called, called or ", ".join(logins) or digits)
