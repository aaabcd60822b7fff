"""`bptt grade` from the first path to the last file: the order of things, and nothing else."""

import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cases.secret import RequestError
from autograder.exports.csv import write_files, write_grades
from autograder.exports.writing import replacing
from autograder.grading.order import Order, Screen, course_to_grade, settings_and_secret
from autograder.model.settings import Settings
from autograder.model.text import near, printable, some
from autograder.model.verdict import Verdict
from autograder.nbgrader.layout import Layout
from autograder.nbgrader.record import open_gradebook, record
from autograder.reports import remove_feedback, report_progress, say, show_changes, show_class
from autograder.reports.files import FEEDBACK, REPORT
from autograder.reports.pages import write_pages
from autograder.results.changes import changes
from autograder.results.lock import only_run
from autograder.results.made import Made, differences, made, run_document
from autograder.results.roster import absent, remember
from autograder.results.standing import in_force, remarks
from autograder.results.store import FILE_NAME, SUBMISSIONS, Store, StoreError
from autograder.results.without_details import mark
from autograder.submissions import Submission, Survey, survey, told

if TYPE_CHECKING:
    from autograder.grading import Workers

GRADES, FILES, RUN = "grades.csv", "files.csv", "run.json"


def grade_folder(order: Order, screen: Screen) -> bool:
    """Grade a class into a results folder: what is new or changed since the last run.

    Returns:
        Whether every submission has a verdict that is a mark.

    Raises:
        RequestError, ConfigError, NoSubmissions, SheetError: there is nothing to grade, or not like this.
        Unprotected, SelfTestFailed: there is nothing here that could hold student code.
        WorkersFailed: those who should grade can't.
        StoreError: the results can't be read or written, or another run is at them.
        CourseError: the folder is a course of nbgrader's, and its gradebook can't be used.
    """
    course = course_to_grade(order)
    settings, secret = settings_and_secret(order, course)
    found = _found(order, course, settings, screen)
    gradebook = open_gradebook(course) if course else None
    # It brings numpy and the judge: only here, so that a report does without.
    from autograder.cases.case_sets import seed_identity
    from autograder.grading.where import open_workers

    workers = open_workers(
        settings,
        jobs=order.jobs or usable_cpus(),
        scheduler=order.scheduler,
        unprotected=order.unprotected,
        say=lambda text: say(screen.log, text),
    )
    with only_run(order.results), Store(order.results / FILE_NAME) as store:
        if damage := store.mend():
            say(screen.log, f"{order.results / FILE_NAME} is damaged: {some(damage)}. What is missing is graded anew.")
        now = made(settings, seed_identity(settings.seed, secret), store.key(), secret=secret is not None)
        if order.roster is not None:
            remember(store, order.roster)
        submissions, kept = _with_absent(found.submissions, store, now, screen)
        submissions = _asked_for(order, submissions)
        other_rule = bool(store.begun) and store.late_rule() != settings.late
        lost = {one.student_id: one.late for one in store.each()} if other_rule else {}
        before = []
        if others := _made_otherwise(store, now, {one.student_id for one in submissions}):
            known = store.made_by()
            _require_regrade([known.get(mark) for mark in others], now, order)
            before = [mark(verdict) for verdict in store.each()]
        run = _Run(settings, secret, now, submissions, kept, frozenset(order.students))
        store.save_fact(SUBMISSIONS, str(order.folder.resolve()))
        with workers as opened:
            _grade(run, store, opened, screen)
        if not _is_complete(run, store, screen):
            return False
        if course:
            say(screen.log, record(course, gradebook, store.verdicts(), settings))
        marks = write_results(order.results, store)
        with writing(order.results):
            write_files(order.results / FILES, told(found.files, marks))
            gone = store.gone()
            remove_feedback(order.results / FEEDBACK, gone)
        if gone:
            say(screen.log, f"Graded once, but not in {order.folder} any more, so not in the results: {some(gone)}")
        if lost:
            moved = sum(one.late != lost.get(one.student_id, one.late) for one in marks)
            say(screen.log, f"[late] is not what it was in the last run: other penalties for {moved} students")
        for remark in (*remarks(in_force(store.log()), store.works(), settings), *_strangers(settings, marks)):
            say(screen.log, remark)
        show_results(order.results, marks, settings, store.sandbox, screen)
        if before:
            show_changes(screen.out, changes(before, marks), len(marks))
    return all(one.status != "not_graded" for one in marks)


@dataclass(frozen=True)
class _Run:
    """One run: with what marks are made, and whose."""

    settings: Settings
    secret: bytes | None
    made: Made
    submissions: list[Submission]
    kept: Mapping[str, str]  # of the class beside them, with when each handed in: their verdicts stay
    anew: Collection[str]  # who is graded whatever was stored


def _found(order: Order, course: Layout | None, settings: Settings, screen: Screen) -> Survey:
    """Return whom there is to grade, and say what is worth knowing about it."""
    found = (course.survey if course else partial(survey, order.folder))(settings.limits.file_bytes)
    for remark in found.remarks:
        say(screen.log, remark)
    if settings.late.due and course:
        say(screen.log, f"[late] has no say in {course.root}: there, nbgrader's due date and plug-in decide")
    elif settings.late.due and not any(submission.handed_in for submission in found.submissions):
        say(screen.log, f"{order.folder} has no times of handing in, so nothing is late (times: Gradescope, nbgrader)")
    return found


def _with_absent(
    submissions: Sequence[Submission], store: Store, now: Made, screen: Screen
) -> tuple[list[Submission], dict[str, str]]:
    """Return the submissions, with an empty one for everybody on the roster who never handed in; and whose marks stay.

    Whoever handed in once, and is not found now, keeps the mark: that a folder is gone is no new work.
    """
    names, told_of = absent(store, [one.student_id for one in submissions])
    for line in told_of:
        say(screen.log, line)
    marks, times = store.made_of(), store.students()
    statuses = {one.student_id: one.status for one in store.each()} if names and store.begun else {}
    stay = [name for name in names if statuses.get(name, "missing") != "missing" and marks.get(name) == now.mark]
    if stay:
        say(screen.log, f"Graded once, and not found now; their marks stay as they are: {some(stay)}")
    empty = [Submission(name, None) for name in names if name not in stay]
    found = sorted([*submissions, *empty], key=lambda one: one.student_id)
    return found, {name: times.get(name, "") for name in stay}


def _asked_for(order: Order, submissions: Sequence[Submission]) -> list[Submission]:
    """Return the submissions of those who are named, of all where nobody is."""
    there = {one.student_id: one for one in submissions}
    for name in order.students:
        if name not in there:
            raise RequestError(
                f"--student {printable(name)}: nobody in {order.folder} is called that{near(name, there)}"
            )
    return [there[name] for name in dict.fromkeys(order.students)] if order.students else list(submissions)


def _made_otherwise(store: Store, now: Made, students: Collection[str]) -> list[str]:
    """Return the marks of what the verdicts of these students were made with, of each that was made otherwise.

    Nobody's, where the last run did it like this one, and was cut short.
    """
    last = store.made
    if last is not None and last.mark == now.mark:
        return []
    return [mark for name, mark in store.made_of().items() if name in students and mark != now.mark]


def _require_regrade(others: Sequence[Made | None], now: Made, order: Order) -> None:
    """Raise unless it was asked for that marks change although the work is the same."""
    if order.regrade:
        return
    kinds = {one.mark if one else "": one for one in others}
    why = dict.fromkeys(line for one in kinds.values() for line in differences(one, now))
    count = f"{len(others)} students" if len(others) > 1 else "1 student"
    raise RequestError(
        f"{count} would be graded anew into {order.results}, though their work is the same. What differs from the "
        f"stored verdicts: {'; '.join(why)}. Give what was given then, or --regrade to go on"
    )


def _grade(run: _Run, store: Store, workers: "Workers", screen: Screen) -> None:
    """Grade, with progress on the way and the time it took at the end."""
    from autograder.grading import grade_class

    say(screen.log, workers.sandbox)
    times = {one.student_id: one.handed_in.isoformat() if one.handed_in else "" for one in run.submissions}
    whole = store.students() | times if run.anew else {**run.kept, **times}
    store.start_run(run.settings, whole, workers.sandbox, run.made)
    start, graded = time.monotonic(), 0
    with report_progress(screen.log, len(run.submissions)) as progress:

        def on_verdict(verdict: Verdict) -> None:
            nonlocal graded
            graded += 1
            progress.done(verdict)

        grade_class(
            run.submissions,
            settings=run.settings,
            secret=run.secret,
            workers=workers,
            store=store,
            on_verdict=on_verdict,
            on_begun=progress.begun,
            anew=run.anew,
        )
    rest = len(run.submissions) - graded
    unchanged = f"; {rest} had not changed since the last run" if rest else ""
    seconds = time.monotonic() - start
    say(screen.log, f"Graded {graded} of {len(run.submissions)} in {seconds:.1f} s{unchanged}.")


def _is_complete(run: _Run, store: Store, screen: Screen) -> bool:
    """Whether everybody of the class has a verdict of this run; note it where it is so."""
    of = store.made_of()
    without = sorted({one.student_id for one in run.submissions} - store.works().keys())
    if without:
        say(screen.log, f"No verdict was reached for {some(without)}: run the same command again")
        return False
    if all(name in of or name in run.anew for name in store.students()) or not run.anew:
        store.finish_run()
    return True


def write_results(results: Path, store: Store) -> list[Verdict]:
    """Write what is made of the verdicts that count: grades, pages, and how they came; return the marks.

    Raises:
        StoreError: a verdict can't be read, or a file not be written.
    """
    marks = [mark(verdict) for verdict in store.each()]
    with writing(results):
        write_grades(results / GRADES, marks, store.settings())
        write_pages(results)
        with replacing(results / RUN) as file:
            how = run_document(store.made, store.settings(), store.begun, store.sandbox)
            file.write(json.dumps(how, indent=2, ensure_ascii=False) + "\n")
    return marks


def usable_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def show_results(results: Path, verdicts: Sequence[Verdict], settings: Settings, sandbox: str, screen: Screen) -> None:
    """End with the table and where everything is."""
    show_class(screen.out, verdicts, settings)
    if sandbox:
        say(screen.out, sandbox)
    for what, path in (
        ("grades", results / GRADES),
        ("feedback", results / FEEDBACK),
        ("report", results / REPORT),
        ("files", results / FILES),
    ):
        if path.exists():
            say(screen.out, f"{what + ':':<10}{path}")


@contextmanager
def writing(results: Path) -> Iterator[None]:
    """Turn the errors of a full disk or a read-only folder into a message that says what became of the work."""
    try:
        yield
    except OSError as error:
        reason = f"{error.filename2 or error.filename or results} can't be written: {error.strerror}"
        raise StoreError(f"{reason}. The verdicts are kept: mend this and run the same command again") from error


def _strangers(settings: Settings, marks: Sequence[Verdict]) -> Iterator[str]:
    """Say who has an extension and is not in the class."""
    there = {one.student_id for one in marks}
    for name in settings.late.extensions:
        if name not in there:
            yield f"[late.extensions] has {printable(name)}, and nobody in the class is called that{near(name, there)}"
