"""Who is in the course, and who of them handed in nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.results.matching import Row, match


@dataclass(frozen=True)
class Absent:
    """Both sides of the comparison; texts are as the roster and the ids have them."""

    nothing: tuple[str, ...]  # on the roster, and nothing was handed in
    strangers: tuple[str, ...]  # graded, and not on the roster

    def counted(self) -> "Absent":
        """Return as many, with no names."""
        return Absent(("a student",) * len(self.nothing), ("a student",) * len(self.strangers))


def compare(roster: Sequence[Row], students: Sequence[str]) -> Absent:
    """Say who is on one side only. Who might be a student's, and not beyond doubt, is not said to be absent."""
    found = match(students, roster)
    nothing = (roster[index].shown for index in found.absent)
    return Absent(tuple(sorted(nothing)), tuple(sorted(student for student, _ in found.students_left)))
