"""Verdicts into nbgrader's gradebook, through its own classes and in few transactions.

What a person gave there is never touched (extra credit, comments, extensions, late penalties), but for manual scores
that were changed in the results since.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.model.loading import loaded
from autograder.nbgrader.by_hand import Cell
from autograder.nbgrader.layout import CONFIG, CourseError, Layout, notebook_name
from autograder.nbgrader.penalties import Penalties
from autograder.nbgrader.repair import Known

# Students whose grades are written in one transaction.
_BATCH = 200


def known_cells(gradebook: Gradebook, assignment: str) -> list[Known]:
    """Return the cells of the assignment's notebook, graded ones in the order of the rubric.

    Raises:
        MissingEntry: nbgrader does not know the assignment.
    """
    notebook = gradebook.find_notebook(notebook_name(), assignment)
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
    order = list(loaded().task)
    return sorted(known, key=lambda cell: (order.index(cell.grade_id) if cell.grade_id in order else -1, cell.grade_id))


def _new_submission(assignment: Assignment, student: str) -> SubmittedAssignment:
    """Mirror an assignment for a student, as `Gradebook.add_submission` does, without a transaction for each."""
    row = SubmittedAssignment(assignment_id=assignment.id, student_id=student)
    for notebook in assignment.notebooks:
        own = SubmittedNotebook(notebook_id=notebook.id, assignment=row)
        for cell in (*notebook.grade_cells, *notebook.task_cells):
            own.grades.append(Grade(cell_id=cell.id))
        for cell in (*notebook.solution_cells, *notebook.task_cells):
            own.comments.append(Comment(cell_id=cell.id))
    return row


def with_new(
    gradebook: Gradebook, assignment: Assignment, rows: Iterable[SubmittedAssignment], students: Iterable[str]
) -> dict[str, SubmittedAssignment]:
    """Return each student's submission, made where there is none among the rows.

    All are made at once: one by one takes many times as long.
    """
    found = {row.student_id: row for row in rows}
    new = {student: _new_submission(assignment, student) for student in students if student not in found}
    gradebook.db.add_all(new.values())
    gradebook.db.flush()
    return found | new


class CourseGradebook:
    """The gradebook of one course, for one assignment of this kit."""

    def __init__(self, layout: Layout) -> None:
        """Open the gradebook that the course's nbgrader_config.py names.

        Raises:
            CourseError: it can't be opened, does not know the assignment yet, or the course keeps its files elsewhere.
        """
        self.layout = layout
        self.timeless: list[str] = []  # students whose time of handing in can't be read
        self.config = _course_config(layout.root)
        self.directory = CourseDirectory(config=self.config)
        self._require_standard_folders()
        remedy = f"Run `nbgrader generate_assignment {layout.assignment}` in {layout.root} first"
        database = make_url(self.directory.db_url).database
        if self.directory.db_url.startswith("sqlite") and database and not Path(database).is_file():
            raise CourseError(f"there is no gradebook {database} yet. {remedy}")  # SQLite would make an empty one
        try:
            self._gradebook = Gradebook(self.directory.db_url, self.directory.course_id)
            self._assignment = self._gradebook.find_assignment(layout.assignment)
            self._notebook = self._gradebook.find_notebook(notebook_name(), layout.assignment)
            self.known = known_cells(self._gradebook, layout.assignment)
        except MissingEntry as error:
            raise CourseError(f"the gradebook does not know the assignment yet ({error}). {remedy}") from error
        except SQLAlchemyError as error:
            raise CourseError(f"the gradebook can't be opened: {_plain(error)}. {remedy}") from error

    def close(self) -> None:
        """Close the connection. What was written is safe without it, too."""
        self._gradebook.close()

    def cells(self, students: Iterable[str]) -> dict[str, dict[str, Cell]]:
        """Return the graded cells of students by their names, empty ones where a student has none yet."""
        empty = {cell.grade_id: Cell(float(cell.points or 0)) for cell in self.known if cell.grade}
        found = {student: dict(empty) for student in students}
        with self._transaction():
            comments = {
                (student, name): (text or "").strip()
                for student, name, text in self._of_students(Comment, Comment.manual_comment)
            }
            for student, name, place, points in self._of_students(Grade, Grade.id, Grade.manual_score):
                if name in found.get(student, {}):
                    comment = comments.get((student, f"{name}-code"), "")
                    found[student][name] = Cell(empty[name].most, place, points, comment)
        return found

    def _of_students(self, kind: type[Grade] | type[Comment], *columns: Any) -> Iterable[Any]:
        """Return (student, name of the cell, columns) for all that was given of a kind."""
        rows = self._gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, *columns).select_from(kind)
        rows = rows.join(BaseCell, kind.cell_id == BaseCell.id).join(
            SubmittedNotebook, kind.notebook_id == SubmittedNotebook.id
        )
        rows = rows.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        return rows.filter(SubmittedNotebook.notebook_id == self._notebook.id)

    def write(
        self,
        notebooks: Sequence[tuple[str, NotebookNode]],
        by_hand: Mapping[str, Mapping[str, float | None]],
    ) -> None:
        """Write the points of graded notebooks, a student's all or none.

        Args:
            notebooks: student and notebook, with the outputs that `fill` put in.
            by_hand: points that a person set in the results since, by student and cell; None takes such points away.

        Raises:
            CourseError: the database refused; what was written before is kept.
        """
        penalties = Penalties(self.config)
        for start in range(0, len(notebooks), _BATCH):
            batch = notebooks[start : start + _BATCH]
            with self._transaction():
                submitted = self._submitted([student for student, _ in batch])
                settled = {student for student, row in submitted.items() if penalties.by_hand(self._own(row))}
                self._set_times(submitted)
                for student, notebook in batch:
                    put_scores(self._own(submitted[student]), notebook)
                    put_by_hand(self._own(submitted[student]), by_hand.get(student, {}))
            with self._transaction():  # the database adds up the scores
                for student in submitted.keys() - settled:
                    notebook = self._own(submitted[student])
                    notebook.late_submission_penalty = penalties.due(notebook)

    def _require_standard_folders(self) -> None:
        """Raise where nbgrader would look for files in other places than this kit."""
        directory, assignment = self.directory, self.layout.assignment
        places = (
            (directory.submitted_directory, self.layout.handed_in("student").parent),
            (directory.autograded_directory, self.layout.autograded("student")),
        )
        for step, ours in places:
            theirs = Path(directory.format_path(step, "student", assignment))
            if theirs.resolve() != ours.resolve():
                raise CourseError(
                    f"the settings of {self.layout.root} have files at {theirs}, and `bptt grade` knows only the "
                    f"standard folders, {ours}: grade with `nbgrader autograde`, which finds them"
                )

    def _submitted(self, students: list[str]) -> dict[str, SubmittedAssignment]:
        """Return what the gradebook has of each student, made where there was nothing."""
        db = self._gradebook.db
        known = {row.id for row in db.query(Student).filter(Student.id.in_(students))}
        db.add_all(Student(id=student) for student in students if student not in known)
        db.flush()
        rows = db.query(SubmittedAssignment).filter(
            SubmittedAssignment.assignment_id == self._assignment.id, SubmittedAssignment.student_id.in_(students)
        )
        return with_new(self._gradebook, self._assignment, rows, students)

    def _own(self, row: SubmittedAssignment) -> SubmittedNotebook:
        """Return a student's notebook of this kit in the gradebook."""
        return next(notebook for notebook in row.notebooks if notebook.notebook_id == self._notebook.id)

    def _set_times(self, submitted: dict[str, SubmittedAssignment]) -> None:
        """Note when each student handed in, as nbgrader keeps it beside the files, and whose time can't be read."""
        for student, row in submitted.items():
            try:
                when = self.directory.get_existing_timestamp(str(self.layout.handed_in(student).parent))
            except Exception:  # nbgrader has an error of its own for each way in which a file can hold no time
                self.timeless.append(student)
            else:
                row.timestamp = when or row.timestamp

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


def put_scores(submitted: SubmittedNotebook, notebook: NotebookNode) -> None:
    """Put what a graded notebook's outputs say into a student's row of the gradebook; the caller commits.

    A graded cell of no task waits for a person: an instructor added it, and it has not been run.
    """
    tracked = (cell for cell in notebook.cells if "grade_id" in cell.metadata.get("nbgrader", {}))
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in tracked}
    # By the cells' ids: each grade's own way to its name is a query.
    graded = {known.id: cells.get(known.name) for known in submitted.notebook.grade_cells}
    solutions = {known.id: cells.get(known.name) for known in submitted.notebook.solution_cells}
    for grade in submitted.grades:
        cell = graded.get(grade.cell_id)
        if cell is not None:
            counts = cell.metadata.nbgrader.grade_id in loaded().task or utils.is_solution(cell)
            set_points(grade, utils.determine_grade(cell)[0] if counts else None)
    for comment in submitted.comments:
        cell = solutions.get(comment.cell_id)
        if cell is not None:
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            comment.auto_comment = "No response." if untouched else None


def set_points(grade: Grade, points: float | None) -> None:
    """Set what the autograder gave; a person who has given a mark is asked to look where it changed."""
    if grade.auto_score != points or grade.manual_score is None:
        grade.needs_manual_grade = grade.manual_score is not None or points is None
    grade.auto_score = points


def put_by_hand(submitted: SubmittedNotebook, points: Mapping[str, float | None]) -> None:
    """Set what a person gave in the results, as formgrader sets it; the caller commits."""
    for grade in submitted.grades if points else ():
        if grade.cell.name in points:
            grade.manual_score = points[grade.cell.name]
            grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None


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
