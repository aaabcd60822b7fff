"""`nbgrader export --exporter=autograder.nbgrader.exporter.TaskExport`: one row per student, one column per task."""

import csv
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from autograder.exports.writing import safe_cell
from autograder.nbgrader import NOTEBOOK
from autograder.nbgrader.outputs import MARK
from autograder.points import number
from autograder.rubric import TASKS


class TaskExport(ExportPlugin):
    """Write the points and the state of every task, in the columns of this kit's grades.csv.

    Points are what counts in nbgrader: a person's mark in place of the autograder's, extra credit included.
    States are those that the autograder found, and empty where it has not run.
    """

    notebook_assignment = Unicode(NOTEBOOK, help="The assignment that holds this kit's rnn.ipynb.").tag(config=True)
    states = Bool(True, help="Write a column with the state of each task, too.").tag(config=True)

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that `--to` names, or bptt_grades.csv; `--student` chooses students."""
        to = Path(self.to or "bptt_grades.csv")
        assignment = gradebook.find_assignment(self.notebook_assignment)
        tasks = _tasks(gradebook, self.notebook_assignment)
        chosen = {str(student) for student in self.student}
        header = ["student_id", "score", "max_score", "status", *tasks]
        if self.states:
            header += [f"{task}_state" for task in tasks]
        with to.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for student in sorted(gradebook.students, key=lambda student: str(student.id)):
                if not chosen or student.id in chosen:
                    writer.writerow(self._row(gradebook, student.id, assignment.max_score, tasks))
        self.log.info("Exported the points of %d tasks to %s", len(tasks), to)

    def _row(self, gradebook: Gradebook, student: str, most: float, tasks: list[str]) -> list[str]:
        try:
            notebook = gradebook.find_submission_notebook(NOTEBOOK, self.notebook_assignment, student)
        except MissingEntry:
            row = [safe_cell(student), "0", number(most), "missing", *("0" for _ in tasks)]
            return row + ["" for _ in tasks if self.states]
        grades = {grade.name: grade for grade in notebook.grades}
        marks = self._marks(student)
        status = next((mark["status"] for mark in marks.values()), "")
        score = max(0.0, notebook.score - (notebook.late_submission_penalty or 0.0))
        row = [safe_cell(student), number(score), number(most), status]
        row += [number(grades[task].score) for task in tasks]
        return row + [marks.get(task, {}).get("state", "") for task in tasks if self.states]

    def _marks(self, student: str) -> dict[str, dict[str, str]]:
        """Return status and state by task, as they stand in the graded notebook."""
        directory = self.parent.coursedir
        folder = directory.format_path(directory.autograded_directory, student, self.notebook_assignment)
        path = Path(folder) / f"{NOTEBOOK}.ipynb"
        if not path.is_file():
            return {}
        cells = nbformat.read(path, as_version=4).cells
        return {
            cell.metadata.nbgrader.grade_id: output.metadata[MARK]
            for cell in cells
            for output in cell.get("outputs", [])
            if MARK in output.get("metadata", {})
        }


def _tasks(gradebook: Gradebook, assignment: str) -> list[str]:
    graded = {cell.name for cell in gradebook.find_notebook(NOTEBOOK, assignment).grade_cells}
    return [task.id for task in TASKS if task.id in graded]
