"""`bptt export nbgrader`: a copy of somebody's gradebook.db, with the points of every task in it.

A course that is graded in its own folder needs no export, for `bptt grade COURSE` fills its gradebook, on Postgres too.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, Student, SubmittedNotebook
from sqlalchemy.exc import SQLAlchemyError

from autograder.exports.filling import Notices, settled
from autograder.exports.job import Exported, ExportError, ExportJob
from autograder.exports.writing import why_unmarked
from autograder.model.loading import loaded
from autograder.model.points import number
from autograder.model.text import listing, printable
from autograder.model.verdict import Verdict
from autograder.nbgrader.gradebook import set_points, with_new
from autograder.nbgrader.outputs import Unsettled, earned
from autograder.results.matching import Row, match

_REMEDY = "expected the gradebook.db of a course; after an update of nbgrader, run `nbgrader db upgrade` there first"


def write(job: ExportJob) -> Exported:
    """Fill a copy of a gradebook, in the assignment `job.column` or the only one that has this kit's tasks.

    What a person gave is kept: manual scores, extra credit, comments, and late penalties that are there.

    Raises:
        ExportError: there is no such gradebook or assignment.
        OSError: the result can't be written.
    """
    source = job.own_file
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
    try:
        yield
    except (sqlite3.Error, SQLAlchemyError, Unsettled) as error:
        if isinstance(error, Unsettled):
            raise ExportError(str(error)) from error
        reason = printable(str(error).partition("\n")[0])
        raise ExportError(f"{printable(str(source), None)} can't be used ({reason}): {_REMEDY}") from error


def _copy(source: Path, draft: Path) -> None:
    """Copy a database as SQLite does, with what is still in its log, and no byte of the original changed."""
    shown = printable(str(source), None)
    if not source.is_file():
        raise ExportError(f"{shown} is not there: {_REMEDY}")
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
        closing(sqlite3.connect(draft)) as new,
    ):
        old.backup(new)
        if not new.execute("SELECT 1 FROM sqlite_schema WHERE name = 'grade_cells'").fetchone():
            raise ExportError(f"{shown} is no gradebook of nbgrader's: {_REMEDY}")


def _filled(draft: Path, job: ExportJob) -> tuple[Notices, str, list[str]]:
    by_id = {verdict.student_id: verdict for verdict in job.verdicts}
    kept, beaten = 0, []
    with Gradebook(f"sqlite:///{draft}", "") as gradebook:  # without a name for the course, none is added
        assignment = _assignment(gradebook, job.column)
        students = gradebook.students
        notices = Notices(match(list(by_id), [_row(student) for student in students]))
        places = notices.matched.rows
        unmarked = {student for student in places if by_id[student].status in ("not_graded", "withheld")}
        notices.unmarked += [f"{student}: {why_unmarked(by_id[student])}" for student in sorted(unmarked)]
        # Who handed in nothing has no submission in nbgrader, either.
        marked = sorted(one for one in places.keys() - unmarked if by_id[one].status != "missing" or by_id[one].tasks)
        owners = {student: students[places[student][0]].id for student in marked}
        submissions = with_new(gradebook, assignment, assignment.submissions, owners.values())
        for student, owner in owners.items():
            notebooks = [
                one for one in submissions[owner].notebooks if any(grade.name in loaded().task for grade in one.grades)
            ]
            before = _total(notebooks)
            kept += _write(notebooks, by_id[student])
            beaten += [f"{student}, {task}" for task in _beaten(notebooks, by_id[student])]
            if before not in ("", after := _total(notebooks)):
                notices.replaced.append(f"{student}: {before} became {after}")
        gradebook.db.commit()
        written = f"{len(marked)} students in assignment {printable(assignment.name)!r}: {job.out}"
    late = [f"Late penalties that were there were kept for {kept} students"] if kept else []
    return notices, written, late + listing("Set by hand here, and otherwise there, where that counts", beaten)


def _beaten(notebooks: list[SubmittedNotebook], verdict: Verdict) -> Iterator[str]:
    """Yield the tasks with a mark by hand in whose place a person has set another one in the gradebook."""
    by_hand = {one.task for one in verdict.tasks if one.hand}
    for grade in (grade for notebook in notebooks for grade in notebook.grades if grade.name in by_hand):
        if grade.manual_score not in (None, grade.auto_score):
            yield grade.name


def _row(student: Student) -> Row:
    ids = tuple(text for text in (student.id, student.email, student.lms_user_id) if text)
    name = f"{student.first_name or ''} {student.last_name or ''}".strip()
    return Row(ids=ids, names=(name,) if name else (), shown=student.id)


def _total(notebooks: list[SubmittedNotebook]) -> str:
    """Return what the autograder gave in all, "" where it has not run."""
    given = [grade.auto_score for one in notebooks for grade in one.grades if grade.auto_score is not None]
    return number(sum(given)) if given else ""


def _assignment(gradebook: Gradebook, wanted: str) -> Assignment:
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
            f"no assignment in this gradebook has graded cells of this kit ({loaded().tasks[0].id}, …): make it with "
            "`bptt nbgrader init`, and run `nbgrader generate_assignment`"
        )
    asked = f"none is called {printable(wanted)!r}" if wanted else f"{len(known)} could be meant"
    names = "; ".join(printable(name) for name in known)
    raise ExportError(f"{asked}: choose one with --column. Assignments of this kit in this gradebook: {names}")


def _write(notebooks: list[SubmittedNotebook], verdict: Verdict) -> bool:
    """Write the points of one student; return whether a late penalty was there and differs from ours."""
    for notebook in notebooks:
        for grade in notebook.grades:
            if grade.name in loaded().task:
                set_points(grade, earned(grade.name, grade.cell.max_score, verdict))
    if verdict.late is None:
        return False
    first = notebooks[0]
    if first.late_submission_penalty is None:
        first.late_submission_penalty = verdict.late.lost
    return bool(first.late_submission_penalty != verdict.late.lost)
