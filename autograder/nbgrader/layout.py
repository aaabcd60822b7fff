"""Where a course keeps what, and who handed in this assignment. Looks at names only."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from autograder.assignment import loaded
from autograder.model.text import printable
from autograder.submissions import NoSubmissions, Submission, Survey, survey_of
from autograder.submissions.submission import as_id, names

CONFIG = "nbgrader_config.py"


class CourseError(Exception):
    """The course can't be made, or its gradebook not used; str() says why and what to do."""


def notebook_name() -> str:
    """Return the name of the assignment's notebook, without its ending."""
    return loaded().module


class Own(NamedTuple):
    """Files of a course."""

    settings: Path | None = None
    secret: Path | None = None


@dataclass(frozen=True)
class Layout:
    """One assignment of a course in nbgrader's standard folders."""

    root: Path
    assignment: str = field(default_factory=notebook_name)

    @property
    def submitted(self) -> Path:
        """The folder with one folder per student."""
        return self.root / "submitted"

    def handed_in(self, student: str) -> Path:
        """The notebook that nbgrader collected from a student."""
        return self.submitted / student / self.assignment / f"{notebook_name()}.ipynb"

    def autograded(self, student: str) -> Path:
        """The folder of what nbgrader makes its feedback pages from."""
        return self.root / "autograded" / student / self.assignment

    @property
    def own(self) -> "Own":
        """The files with settings and secret that the course names in its config, where it names some.

        The config is Python, and is read here without being run: names of files stand in it as they are.
        """
        try:
            tree = ast.parse((self.root / CONFIG).read_text(encoding="utf-8"))
        except (OSError, SyntaxError, ValueError):
            return Own()
        found = dict(_engine(tree))
        return Own(*(self.root / found[name] if found.get(name) else None for name in ("settings", "secret")))

    def students(self) -> list[str]:
        """Return the names of the students' folders that hold this assignment, sorted."""
        try:
            with os.scandir(self.submitted) as entries:
                names = [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
        except FileNotFoundError:
            return []
        return sorted(name for name in names if (self.submitted / name / self.assignment).is_dir())

    def survey(self, limit: int) -> Survey:
        """Return what the course has of every student who handed in this assignment; see `submissions.survey`.

        Raises:
            NoSubmissions: nobody did.
        """
        students = self.students()
        if not students:
            shown = printable(str(self.submitted), None)
            raise NoSubmissions(
                f"no submissions in {shown}: looked for <student>/{self.assignment}/{notebook_name()}.ipynb"
            )
        found = survey_of({as_id(student): self.handed_in(student).parent for student in students}, limit, _asked())
        files = (replace(one, file=f"{one.student_id}/{self.assignment}/{one.file}") for one in found.files)
        return replace(found, kind="nbgrader course", files=tuple(files))


def submission_in(student: str, folder: Path, limit: int) -> Submission:
    """Return what a student handed in, from the folder where nbgrader keeps it."""
    (found,) = survey_of({as_id(student): folder}, limit, _asked()).submissions
    return found


def _asked() -> tuple[str, ...]:
    return names()[::-1]  # the notebook is what a course asks for


def _engine(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield what a config gives `use_engine`, or sets on BpttKit, under the names of the arguments."""
    for node in ast.walk(tree):
        pairs: list[tuple[str | None, ast.expr]] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("use_engine"):
            pairs = [*zip(("", "", "settings", "secret"), node.args, strict=False)]
            pairs += [(keyword.arg, keyword.value) for keyword in node.keywords]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith(("settings_file", "secret_file")):
            pairs = [(ast.unparse(node.targets[0]).rpartition(".")[2].removesuffix("_file"), node.value)]
        for name, value in pairs:
            if name and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield name, value.value


def course_of(folder: Path) -> Layout | None:
    """Return the course that a folder is, or whose `submitted/` it is; None where it is no course of nbgrader's."""
    root = folder.parent if folder.name == "submitted" else folder
    return Layout(root) if (root / CONFIG).is_file() else None
