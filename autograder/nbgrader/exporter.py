"""`nbgrader export --exporter=autograder.nbgrader.exporter.TaskExport`: one row per student, one column per task."""

import csv
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode, default

from autograder.assignment import loaded
from autograder.exports.writing import replacing, safe_cell
from autograder.model.points import number
from autograder.model.settings import Limits
from autograder.nbgrader.layout import notebook_name, submission_in
from autograder.nbgrader.outputs import MARK


class TaskExport(ExportPlugin):
    """Write the points and the state of every task, in the columns of this kit's grades.csv.

    Points are what counts in nbgrader: a person's mark in place of the autograder's, extra credit included.
    States are those that the autograder found, and empty where it has not run. Who handed in something and has
    no mark yet is `not_graded`, and has empty cells in place of points.
    """

    notebook_assignment = Unicode(help="The assignment that holds this kit's notebook.").tag(config=True)
    states = Bool(True, help="Write a column with the state of each task, too.").tag(config=True)

    @default("notebook_assignment")
    def _own_assignment(self) -> str:
        return notebook_name()

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that `--to` names, or one that is called by the assignment; `--student` chooses students."""
        to = Path(self.to or f"{loaded().name}_grades.csv")
        assignment = gradebook.find_assignment(self.notebook_assignment)
        tasks = _tasks(gradebook, self.notebook_assignment)
        chosen = {str(student) for student in self.student}
        header = ["student_id", "score", "max_score", "status", *tasks]
        if self.states:
            header += [f"{task}_state" for task in tasks]
        with replacing(to) as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for student in sorted(gradebook.students, key=lambda student: str(student.id)):
                if not chosen or student.id in chosen:
                    writer.writerow(self._row(gradebook, student.id, assignment.max_score, tasks))
        self.log.info("Exported the points of %d tasks to %s", len(tasks), to)

    def _row(self, gradebook: Gradebook, student: str, most: float, tasks: list[str]) -> list[str]:
        marks = self._marks(student)
        try:
            notebook = gradebook.find_submission_notebook(notebook_name(), self.notebook_assignment, student)
        except MissingEntry:
            notebook = None
        score, points = _points(notebook, tasks)
        status = next((mark["status"] for mark in marks.values()), "")
        if not marks and not self._handed_in(student):
            status = "missing"
        elif score is None:
            status = "not_graded"
        if status == "missing" and score is None:
            score, points = 0.0, [0.0 for _ in tasks]
        row = [safe_cell(student), number(score), number(most), status, *map(number, points)]
        return row + [marks.get(task, {}).get("state", "") for task in tasks if self.states]

    def _folder(self, step: str, student: str) -> Path:
        return Path(self.parent.coursedir.format_path(step, student, self.notebook_assignment))

    def _handed_in(self, student: str) -> bool:
        folder = self._folder(self.parent.coursedir.submitted_directory, student)
        return submission_in(student, folder, Limits().file_bytes).path is not None

    def _marks(self, student: str) -> dict[str, dict[str, str]]:
        """Return status and state by task, as they stand in the graded notebook."""
        path = self._folder(self.parent.coursedir.autograded_directory, student) / f"{notebook_name()}.ipynb"
        if not path.is_file():
            return {}
        cells = nbformat.read(path, as_version=4).cells
        return {
            cell.metadata.nbgrader.grade_id: output.metadata[MARK]
            for cell in cells
            for output in cell.get("outputs", [])
            if MARK in output.get("metadata", {})
        }


def _points(notebook: SubmittedNotebook | None, tasks: list[str]) -> tuple[float | None, list[float | None]]:
    """Return the score, minus what came late, and the points of each task; None where nobody has given any."""
    grades = {} if notebook is None else {grade.name: grade for grade in notebook.grades}
    if notebook is None or all(grade.auto_score is None and grade.manual_score is None for grade in grades.values()):
        return None, [None for _ in tasks]
    score = max(0.0, notebook.score - (notebook.late_submission_penalty or 0.0))
    return score, [grades[task].score for task in tasks]


def _tasks(gradebook: Gradebook, assignment: str) -> list[str]:
    graded = {cell.name for cell in gradebook.find_notebook(notebook_name(), assignment).grade_cells}
    return [task.id for task in loaded().tasks if task.id in graded]
