"""A course in a folder: the real commands of nbgrader, and submissions as they come back from students."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.model.loading import loaded
from autograder.nbgrader.course import init_course
from tests.conftest import SAMPLE_CLASS
from tests.nbgrader_commands import run_nbgrader


class Course:
    """A course that `bptt nbgrader init` made, with an exchange of its own."""

    def __init__(self, root: Path, config: Path | None = None) -> None:
        self.root = root / "course"
        self.home = root / "home"
        self.home.mkdir(parents=True)
        self.exchange = root / "exchange"
        self.exchange.mkdir()
        self.exchange.chmod(0o777)  # as nbgrader demands
        init_course(self.root, config)
        exchange = f"c.Exchange.root = {str(self.exchange)!r}\nc.Exchange.cache = {str(root / 'cache')!r}\n"
        self.configure(exchange)

    def configure(self, lines: str) -> None:
        """Add lines to the course's config."""
        with (self.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(lines)

    def nbgrader(self, *commands: str, cwd: Path | None = None, fails: bool = False) -> str:
        """Run commands of nbgrader, each in a text of its own, and return all that they say; the last may fail."""
        env = {"HOME": str(self.home), "JUPYTER_CONFIG_DIR": str(self.home / "jupyter")}
        status, said = run_nbgrader(commands, cwd or self.root, env, self.home / "log")
        assert bool(status) == fails, said
        return said

    @property
    def database(self) -> str:
        """The gradebook's URL."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def notebook(self, *folders: str) -> Path:
        """The assignment's notebook in a folder of the course."""
        module = loaded().module
        return self.root.joinpath(*folders, module, f"{module}.ipynb")

    def released(self) -> NotebookNode:
        """The notebook that students get."""
        return nbformat.read(self.notebook("release"), as_version=4)

    def submit(self, student: str, content: NotebookNode | str | bytes | None, stamp: str = "") -> Path:
        """Put a student's notebook where nbgrader collects it; without one, an empty folder."""
        path = self.notebook("submitted", student)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            text = content if isinstance(content, str) else nbformat.writes(content)
            path.write_text(text, encoding="utf-8")
        if stamp:
            (path.parent / "timestamp.txt").write_text(stamp, encoding="utf-8")
        return path

    def submit_class(self, students: Iterable[str]) -> None:
        """Hand in for students of the sample class: notebooks as they are, files in the cells of the released one."""
        for folder in (SAMPLE_CLASS / student for student in students):
            files = sorted(folder.iterdir())
            if files[0].suffix == ".ipynb":
                shutil.copy(files[0], self.submit(folder.name, None))
            else:
                code = files[0].read_text(encoding="utf-8") if files[0].suffix == ".py" else None
                self.submit(folder.name, None if code is None else in_cells(self.released(), code))

    def autograded(self, student: str) -> NotebookNode:
        """The notebook that nbgrader makes the feedback page from."""
        return nbformat.read(self.notebook("autograded", student), as_version=4)

    def scores(self) -> dict[str, dict[str, Any]]:
        """The automatic score of every cell, by student and task, as the gradebook has it."""
        from nbgrader.api import Gradebook

        with Gradebook(self.database) as gradebook:
            return {
                submission.student.id: {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
                for submission in gradebook.assignment_submissions(loaded().module)
            }


def in_cells(released: NotebookNode, code: str) -> NotebookNode:
    """Put a whole rnn.py into the first code cell of the released notebook, and empty the stubs."""
    for cell in released.cells:
        if cell.id == "imports":
            cell.source = code
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = ""
    return released


def cell_of(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """Return the cell with this id of nbgrader's."""
    (cell,) = (c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
    return cell


def solved(released: NotebookNode, source: NotebookNode) -> NotebookNode:
    """The released notebook with the solutions in its cells."""
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = cell_of(source, cell.metadata.nbgrader.grade_id).source
    return released
