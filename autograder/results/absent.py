"""Who is in the course, and who of them handed in nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.results.matching import Row, match
from autograder.results.people import columns_of_roster
from autograder.results.sheet import read_sheet
from autograder.submissions.submission import as_id

_NOBODY = ("points possible", "student, test", "test student")  # rows of Canvas's gradebook


@dataclass(frozen=True)
class Absent:
    """Both sides of the comparison; texts are as the roster and the ids have them."""

    nothing: tuple[str, ...]  # on the roster, and nothing was handed in
    strangers: tuple[str, ...]  # graded, and not on the roster

    def counted(self) -> "Absent":
        """Return as many, with no names."""
        return Absent(("a student",) * len(self.nothing), ("a student",) * len(self.strangers))


def read_roster(path: Path) -> list[Row]:
    """Read a CSV file with a row per student: a list from an LMS or of one's own, or ids, one a line.

    Raises:
        SheetError: it can't be read as CSV.
    """
    sheet = read_sheet(path)
    columns = columns_of_roster(sheet)
    rows = (columns.row(sheet, index) for index in range(columns.first, len(sheet.rows)))
    return [row for row in rows if row.shown and row.shown.casefold() not in _NOBODY and row.shown[0] != "#"]


def compare(roster: Sequence[Row], students: Sequence[str]) -> Absent:
    """Say who is on one side only. Who might be a student's, and not beyond doubt, is not said to be absent."""
    found = match(students, roster)
    nothing = (roster[index].shown for index in found.absent)
    return Absent(tuple(sorted(nothing)), tuple(sorted(student for student, _ in found.students_left)))


def sections_of(roster: Sequence[Row], students: Sequence[str]) -> dict[str, str]:
    """Map each of these students to the section that the roster has them in, where it says one."""
    rows = match(students, roster).rows
    return {student: roster[found[0]].section for student, found in rows.items() if roster[found[0]].section}


def missing_ids(roster: Sequence[Row], students: Sequence[str]) -> list[str]:
    """Return an id for everybody on the roster who handed in nothing: the first that it has, else the name."""
    absent = (roster[index] for index in match(students, roster).absent)
    return sorted({as_id((row.ids or row.names)[0]) for row in absent} - set(students))
