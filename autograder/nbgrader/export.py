"""nbgrader: a copy of the course's own gradebook.db, with the points of every task in it.

nbgrader is imported when such a file is asked for: all else does without. A course that is graded in its own
folder needs no export, for `bptt grade COURSE` fills its gradebook, on Postgres too.
"""

import importlib.util
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignment import loaded
from autograder.exports.filling import Notices, settled
from autograder.exports.job import Exported, ExportError, ExportJob
from autograder.exports.writing import why_unmarked
from autograder.model.points import number
from autograder.model.text import printable
from autograder.model.verdict import Verdict
from autograder.results.matching import Row, match

if TYPE_CHECKING:
    from nbgrader.api import Assignment, Gradebook, Student, SubmittedAssignment, SubmittedNotebook

_REMEDY = "expected the gradebook.db of a course; after an update of nbgrader, run `nbgrader db upgrade` there first"


def write(job: ExportJob) -> Exported:
    """Fill a copy of a gradebook, in the assignment `job.column` or the only one that has this kit's tasks.

    What a person gave is kept: manual scores, extra credit, comments, and late penalties that are there.

    Raises:
        ExportError: there is no such gradebook or assignment, or nbgrader is not installed.
        OSError: the result can't be written.
    """
    source = job.own_file
    if importlib.util.find_spec("nbgrader") is None:
        raise ExportError("nbgrader is not installed here: pip install 'bptt-kit[nbgrader]'")
    draft = job.out.with_name(f".{job.out.name}.tmp")
    try:
        draft.touch()  # fails as a file does, before the database's own words for it
        with _explained(source):
            _copy(source, draft)
            notices, written, late = _filled(draft, job)
        done = settled(job, notices, written, lambda: draft.replace(job.out))
        return replace(done, remarks=(*late, *done.remarks))
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _explained(source: Path) -> Iterator[None]:
    from sqlalchemy.exc import SQLAlchemyError

    shown = printable(str(source), None)
    try:
        yield
    except (sqlite3.Error, SQLAlchemyError) as error:
        reason = printable(str(error).partition("\n")[0])
        raise ExportError(f"{shown} can't be used ({reason}): {_REMEDY}") from error


def _copy(source: Path, draft: Path) -> None:
    """Copy a database as SQLite does, with what is still in its log, and no byte of the original changed."""
    if not source.is_file():
        raise ExportError(f"{printable(str(source), None)} is not there: {_REMEDY}")
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(draft)) as new,
    ):
        old.backup(new)
        if not new.execute("SELECT 1 FROM sqlite_schema WHERE name = 'grade_cells'").fetchone():
            raise ExportError(f"{printable(str(source), None)} is no gradebook of nbgrader's: {_REMEDY}")


def _filled(draft: Path, job: ExportJob) -> tuple[Notices, str, list[str]]:
    from nbgrader.api import Gradebook

    by_id = {verdict.student_id: verdict for verdict in job.verdicts}
    kept = 0
    with Gradebook(f"sqlite:///{draft}", "") as gradebook:  # without a name for the course, none is added
        assignment = _assignment(gradebook, job.column)
        students = gradebook.students
        notices = Notices(match(list(by_id), [_row(student) for student in students]))
        places = notices.matched.rows
        unmarked = {student for student in places if by_id[student].score is None}
        notices.unmarked += [f"{student}: {why_unmarked(by_id[student])}" for student in sorted(unmarked)]
        # Who handed in nothing has no submission in nbgrader, either.
        marked = sorted(places.keys() - unmarked - {one.student_id for one in job.verdicts if _missing(one)})
        owners = {student: students[places[student][0]].id for student in marked}
        submissions = _submissions(gradebook, assignment, owners.values())
        for student, owner in owners.items():
            notebooks = _notebooks(submissions[owner])
            before = _total(notebooks)
            kept += _write(notebooks, by_id[student])
            if before not in ("", after := _total(notebooks)):
                notices.replaced.append(f"{student}: {before} became {after}")
        gradebook.db.commit()
        written = f"{len(marked)} students in assignment {printable(assignment.name)!r}: {job.out}"
    return notices, written, [f"Late penalties that were there were kept for {kept} students"] if kept else []


def _row(student: "Student") -> Row:
    ids = tuple(text for text in (student.id, student.email, student.lms_user_id) if text)
    name = f"{student.first_name or ''} {student.last_name or ''}".strip()
    return Row(ids=ids, names=(name,) if name else (), shown=student.id)


def _total(notebooks: "list[SubmittedNotebook]") -> str:
    """Return what the autograder gave in all, "" where it has not run."""
    given = [grade.auto_score for one in notebooks for grade in one.grades if grade.auto_score is not None]
    return number(sum(given)) if given else ""


def _assignment(gradebook: "Gradebook", wanted: str) -> "Assignment":
    """Return the assignment that is meant, among those with graded cells that are named by tasks of this kit."""
    known = {
        one.name: one
        for one in gradebook.assignments
        if any(cell.name in loaded().task for notebook in one.notebooks for cell in notebook.grade_cells)
    }
    if wanted in known:
        return known[wanted]
    if len(known) == 1 and not wanted:
        return next(iter(known.values()))
    if not known:
        raise ExportError(
            "no assignment in this gradebook has graded cells of this kit (bptt_W, …): make it with "
            "`bptt nbgrader init`, and run `nbgrader generate_assignment`"
        )
    asked = f"none is called {printable(wanted)!r}" if wanted else f"{len(known)} could be meant"
    names = "; ".join(printable(name) for name in known)
    raise ExportError(f"{asked}: choose one with --column. Assignments of this kit in this gradebook: {names}")


def _submissions(
    gradebook: "Gradebook", assignment: "Assignment", students: Iterable[str]
) -> "dict[str, SubmittedAssignment]":
    """Return each student's submission, made where there is none, all at once: one by one takes many times as long."""
    from autograder.nbgrader.gradebook import new_submission

    found = {row.student_id: row for row in assignment.submissions}
    new = {student: new_submission(assignment, student) for student in students if student not in found}
    gradebook.db.add_all(new.values())
    gradebook.db.flush()
    return found | new


def _notebooks(submission: "SubmittedAssignment") -> "list[SubmittedNotebook]":
    """Return the notebooks of a submission that have cells of this kit."""
    return [one for one in submission.notebooks if any(grade.name in loaded().task for grade in one.grades)]


def _missing(verdict: Verdict) -> bool:
    return verdict.status == "missing"


def _write(notebooks: "list[SubmittedNotebook]", verdict: Verdict) -> bool:
    """Write the points of one student; return whether a late penalty was there and differs from ours."""
    from autograder.nbgrader.gradebook import set_points
    from autograder.nbgrader.outputs import Unsettled, earned

    for notebook in notebooks:
        for grade in notebook.grades:
            if grade.name in loaded().task:
                try:
                    set_points(grade, earned(grade.name, grade.cell.max_score, verdict))
                except Unsettled as error:
                    raise ExportError(str(error)) from error
    if verdict.late is None:
        return False
    first = notebooks[0]
    if first.late_submission_penalty is not None:
        return bool(first.late_submission_penalty != verdict.late.lost)
    first.late_submission_penalty = verdict.late.lost
    return False
