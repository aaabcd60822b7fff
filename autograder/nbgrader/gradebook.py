"""Verdicts into nbgrader's gradebook, through its own classes and in few transactions.

What a person gave is never touched: manual scores, extra credit, comments, extensions, late penalties.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.nbgrader import NOTEBOOK
from autograder.nbgrader.layout import CONFIG, CourseError, Layout
from autograder.nbgrader.repair import Known
from autograder.rubric import TASK_BY_ID

# Students whose grades are written in one transaction.
_BATCH = 200


def known_cells(gradebook: Gradebook, assignment: str) -> list[Known]:
    """Return the cells of the assignment's notebook, graded ones in the order of the rubric.

    Raises:
        MissingEntry: nbgrader does not know the assignment.
    """
    notebook = gradebook.find_notebook(NOTEBOOK, assignment)
    graded = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    known = [
        Known(
            grade_id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            checksum=cell.checksum,
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            points=(graded | tasks).get(cell.name),
            task=cell.name in tasks,
        )
        for cell in notebook.source_cells
    ]
    order = list(TASK_BY_ID)
    return sorted(known, key=lambda cell: (order.index(cell.grade_id) if cell.grade_id in order else -1, cell.grade_id))


def new_submission(assignment: Assignment, student: str) -> SubmittedAssignment:
    """Mirror an assignment for a student, as `Gradebook.add_submission` does, without a transaction for each."""
    row = SubmittedAssignment(assignment_id=assignment.id, student_id=student)
    for notebook in assignment.notebooks:
        own = SubmittedNotebook(notebook_id=notebook.id, assignment=row)
        for cell in (*notebook.grade_cells, *notebook.task_cells):
            own.grades.append(Grade(cell_id=cell.id))
        for cell in (*notebook.solution_cells, *notebook.task_cells):
            own.comments.append(Comment(cell_id=cell.id))
    return row


class CourseGradebook:
    """The gradebook of one course, for one assignment of this kit."""

    def __init__(self, layout: Layout) -> None:
        """Open the gradebook that the course's nbgrader_config.py names.

        Raises:
            CourseError: it can't be opened, or does not know the assignment yet.
        """
        self.layout = layout
        self.config = _course_config(layout.root)
        self.directory = CourseDirectory(config=self.config)
        remedy = f"Run `nbgrader generate_assignment {layout.assignment}` in {layout.root} first"
        database = make_url(self.directory.db_url).database
        if self.directory.db_url.startswith("sqlite") and database and not Path(database).is_file():
            raise CourseError(f"there is no gradebook {database} yet. {remedy}")  # SQLite would make an empty one
        try:
            self._gradebook = Gradebook(self.directory.db_url, self.directory.course_id)
            self._assignment = self._gradebook.find_assignment(layout.assignment)
            self._notebook = self._gradebook.find_notebook(NOTEBOOK, layout.assignment)
            self.known = known_cells(self._gradebook, layout.assignment)
        except MissingEntry as error:
            raise CourseError(f"the gradebook does not know the assignment yet ({error}). {remedy}") from error
        except SQLAlchemyError as error:
            raise CourseError(f"the gradebook can't be opened: {_plain(error)}. {remedy}") from error

    def close(self) -> None:
        """Close the connection. What was written is safe without it, too."""
        self._gradebook.close()

    def write(self, notebooks: Sequence[tuple[str, NotebookNode]]) -> None:
        """Write the points of graded notebooks, a student's all or none.

        Args:
            notebooks: student and notebook, with the outputs that `fill` put in.

        Raises:
            CourseError: the database refused; what was written before is kept.
        """
        for start in range(0, len(notebooks), _BATCH):
            batch = notebooks[start : start + _BATCH]
            with self._transaction():
                submissions = self._submissions([student for student, _ in batch])
                for student, notebook in batch:
                    self._write(submissions[student], notebook)
            self._assign_penalties(submissions)

    def _submissions(self, students: list[str]) -> dict[str, SubmittedNotebook]:
        """Return each student's notebook in the gradebook, made where there was none."""
        db = self._gradebook.db
        known = {row.id for row in db.query(Student).filter(Student.id.in_(students))}
        db.add_all(Student(id=student) for student in students if student not in known)
        db.flush()
        rows = db.query(SubmittedAssignment).filter(
            SubmittedAssignment.assignment_id == self._assignment.id, SubmittedAssignment.student_id.in_(students)
        )
        submitted = {row.student_id: row for row in rows}
        for student in students:
            when = self.directory.get_existing_timestamp(str(self.layout.handed_in(student).parent))
            row = submitted.get(student)
            if row is None:
                row = new_submission(self._assignment, student)
                db.add(row)
            row.timestamp = when or row.timestamp
            submitted[student] = row
        db.flush()
        return {
            student: next(notebook for notebook in row.notebooks if notebook.notebook_id == self._notebook.id)
            for student, row in submitted.items()
        }

    def _write(self, submitted: SubmittedNotebook, notebook: NotebookNode) -> None:
        tracked = (cell for cell in notebook.cells if "grade_id" in cell.metadata.get("nbgrader", {}))
        cells = {cell.metadata.nbgrader.grade_id: cell for cell in tracked}
        for grade in submitted.grades:
            if grade.name in TASK_BY_ID and grade.name in cells:
                set_points(grade, utils.determine_grade(cells[grade.name])[0])
        for comment in submitted.comments:
            if comment.name in cells and comment.cell.type == "SolutionCell":
                cell = cells[comment.name]
                untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
                comment.auto_comment = "No response." if untouched else None

    def _assign_penalties(self, submissions: dict[str, SubmittedNotebook]) -> None:
        """Ask the course's late-submission plug-in about late work that has no penalty yet."""
        if self._assignment.duedate is None:
            return
        for student, notebook in submissions.items():
            if notebook.assignment.total_seconds_late <= 0 or notebook.late_submission_penalty is not None:
                continue
            found = {"student": student, "assignment": self.layout.assignment, "notebook": NOTEBOOK}
            resources = {"nbgrader": {**found, "db_url": self.directory.db_url}}
            AssignLatePenalties(config=self.config).preprocess(NotebookNode(cells=[], metadata={}), resources)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        db = self._gradebook.db
        try:
            with db.no_autoflush:
                yield
            db.commit()
        except SQLAlchemyError as error:
            db.rollback()
            raise CourseError(f"the gradebook can't be written: {_plain(error)}") from error
        except BaseException:
            db.rollback()
            raise


def set_points(grade: Grade, points: float | None) -> None:
    """Set what the autograder gave; a person who has given a mark is asked to look where it changed."""
    if grade.auto_score != points or grade.manual_score is None:
        grade.needs_manual_grade = grade.manual_score is not None or points is None
    grade.auto_score = points


def _course_config(root: Path) -> Config:
    """Read the course's settings as nbgrader reads them.

    Raises:
        CourseError: the file, which is a program, fails.
    """
    try:
        config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except Exception as error:
        raise CourseError(f"{root / CONFIG} fails: {_plain(error)}") from error
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(root.resolve())
    return config


def _plain(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
