"""Where a course keeps what, and who handed in this assignment. Looks at names only."""

import os
from dataclasses import dataclass
from pathlib import Path

from autograder.nbgrader import NOTEBOOK
from autograder.submissions import NoSubmissions, Submission, Survey
from autograder.submissions.submission import as_id
from autograder.text import printable

CONFIG = "nbgrader_config.py"


class CourseError(Exception):
    """The course can't be made, or its gradebook not used; str() says why and what to do."""


@dataclass(frozen=True)
class Layout:
    """One assignment of a course in nbgrader's standard folders."""

    root: Path
    assignment: str = NOTEBOOK

    @property
    def submitted(self) -> Path:
        """The folder with one folder per student."""
        return self.root / "submitted"

    def handed_in(self, student: str) -> Path:
        """The notebook that nbgrader collected from a student."""
        return self.submitted / student / self.assignment / f"{NOTEBOOK}.ipynb"

    def autograded(self, student: str) -> Path:
        """The folder of what nbgrader makes its feedback pages from."""
        return self.root / "autograded" / student / self.assignment

    def students(self) -> list[str]:
        """Return the names of the students' folders that hold this assignment, sorted."""
        try:
            with os.scandir(self.submitted) as entries:
                names = [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
        except FileNotFoundError:
            return []
        return sorted(name for name in names if (self.submitted / name / self.assignment).is_dir())

    def survey(self) -> Survey:
        """Return what the course has of every student who handed in this assignment.

        Raises:
            NoSubmissions: nobody did.
        """
        found = [self.submission(student) for student in self.students()]
        if not found:
            shown = printable(str(self.submitted), None)
            raise NoSubmissions(f"no submissions in {shown}: looked for <student>/{self.assignment}/{NOTEBOOK}.ipynb")
        return Survey("nbgrader course", tuple(found))

    def submission(self, student: str) -> Submission:
        """Return what a student handed in, under the id that `find_submissions` would give."""
        return submission_at(student, self.handed_in(student))


def submission_at(student: str, path: Path) -> Submission:
    """Return what a student handed in, or did not, at the place where nbgrader keeps the notebook."""
    there = path.is_symlink() or path.exists()
    notes = () if there else (f"{NOTEBOOK}.ipynb is not among what was handed in",)
    return Submission(as_id(student), path if there else None, notes)


def course_of(folder: Path) -> Layout | None:
    """Return the course that a folder is, or whose `submitted/` it is; None where it is no course of nbgrader's."""
    root = folder.parent if folder.name == "submitted" else folder
    return Layout(root) if (root / CONFIG).is_file() else None
