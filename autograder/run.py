"""`bptt grade` and `bptt report` from the first path to the last file: the order of things, and nothing else."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from autograder.anonymous import anonymised
from autograder.changes import changes
from autograder.config import Settings, load_settings
from autograder.exports import write_files, write_grades
from autograder.lock import only_run
from autograder.marks import mark
from autograder.nbgrader.layout import course_of
from autograder.nbgrader.record import open_gradebook, record
from autograder.pages import FEEDBACK, REPORT, write_pages
from autograder.reports import (
    compare,
    read_roster,
    remove_feedback,
    report_progress,
    say,
    show_changes,
    show_class,
    write_feedback,
    write_report,
)
from autograder.store import FILE_NAME, Store, StoreError
from autograder.submissions import Submission, survey, told
from autograder.text import printable
from autograder.verdict import Verdict

if TYPE_CHECKING:
    from autograder.classroom import Workers

# A secret that can be guessed lets a student compute the hidden inputs.
_SECRET_BYTES = 16
_NAMED = 5  # students named in full in one message


class RequestError(Exception):
    """What was asked for can't be done; the message says why, and what to ask for instead."""


@dataclass(frozen=True)
class Screen:
    """Where a run writes: results to `out`, progress and remarks to `log`."""

    out: Console
    log: Console


def grade_folder(
    folder: Path,
    results: Path,
    screen: Screen,
    *,
    jobs: int | None,
    config: Path | None,
    secret_file: Path | None,
    scheduler: str | None = None,
    unprotected: bool = False,
) -> bool:
    """Grade a class into a results folder: what is new or changed since the last run.

    Args:
        folder: of the submissions.
        results: where everything goes.
        screen: what a person sees.
        jobs: processes of this machine that grade; None: one per processor.
        config: a settings file.
        secret_file: with the seed secret.
        scheduler: address of a Dask scheduler whose workers grade, "local" for a cluster of `jobs` processes.
        unprotected: go on where there is nothing that could hold student code.

    Returns:
        Whether every submission has a verdict that is a mark.

    Raises:
        RequestError, ConfigError, NoSubmissions: there is nothing to grade, or not like this.
        Unprotected, SelfTestFailed: there is nothing here that could hold student code.
        WorkersFailed: those who should grade can't.
        StoreError: the results can't be read or written, or another run is at them.
        CourseError: the folder is a course of nbgrader's, and its gradebook can't be used.
    """
    if jobs is not None and scheduler not in (None, "local"):
        raise RequestError("--jobs is about this machine, and a cluster at an address has as many workers as it has")
    settings = load_settings(config)
    secret = None if secret_file is None else read_secret(secret_file)
    course = course_of(folder)
    folder = course.submitted if course else folder
    if results.resolve().is_relative_to(folder.resolve()):
        raise RequestError(f"{results} is inside {folder}, where it would be taken for a student; choose another --out")
    found = (course.survey if course else partial(survey, folder))(settings.limits.file_bytes)
    gradebook = open_gradebook(course) if course else None
    for remark in found.remarks:
        say(screen.log, remark)
    submissions = list(found.submissions)
    if settings.late.due and course:
        say(screen.log, f"[late] has no say in {course.root}: there, nbgrader's due date and plug-in decide")
    elif settings.late.due and not any(submission.handed_in for submission in submissions):
        say(screen.log, f"{folder} has no times of handing in, so nothing is late (times: Gradescope, nbgrader)")
    # It brings numpy and the judge: only here, so that a report does without.
    from autograder.classroom.where import open_workers

    workers = open_workers(
        settings,
        jobs=jobs or usable_cpus(),
        scheduler=scheduler,
        unprotected=unprotected,
        say=lambda text: say(screen.log, text),
    )
    with only_run(results), Store(results / FILE_NAME) as store:
        if damage := store.mend():
            say(screen.log, f"{results / FILE_NAME} is damaged: {_some(damage)}. What is missing is graded anew.")
        _grade(submissions, store, screen, settings=settings, secret=secret, workers=workers)
        gone = store.gone()
        if gone:
            say(screen.log, f"Graded once, but not in {folder} any more, so not in the results: {_some(gone)}")
        marks = [mark(verdict) for verdict in store.each()]
        without = sorted({submission.student_id for submission in submissions} - {one.student_id for one in marks})
        if without:
            say(screen.log, f"No verdict was reached for {_some(without)}: run the same command again")
            return False
        store.finish_run()
        if course:
            say(screen.log, record(course, gradebook, store.verdicts(), settings))
        with _writing(results):
            write_grades(results / "grades.csv", marks, settings)
            write_files(results / "files.csv", told(found.files, store.each()))
            write_pages(results, len(marks), jobs or usable_cpus())
            remove_feedback(results / FEEDBACK, gone)
        _show(results, marks, settings, store.sandbox, screen)
    return all(one.status != "not_graded" for one in marks)


def report_results(results: Path, screen: Screen, *, roster: Path | None = None, anonymous: bool = False) -> None:
    """Write the pages of a graded class anew, and show its table.

    Args:
        results: where the class was graded into.
        screen: where to show it.
        roster: a CSV file of who is in the course, to compare with.
        anonymous: whether the class page and the table have numbers in place of names. The feedback pages,
            which go to their students, are then left as they are.

    Raises:
        SheetError: the roster can't be read.
        StoreError: nothing was graded into this folder, or it can't be read or written.
    """
    rows = None if roster is None else read_roster(roster)
    with Store(results / FILE_NAME, create=False) as store:
        settings, marks = store.settings(), [mark(verdict) for verdict in store.each()]
        if not store.finished:
            say(screen.log, "The last run was interrupted: this shows what was graded so far. Run it again to go on.")
        absent = None if rows is None else compare(rows, [one.student_id for one in marks])
        with _writing(results):
            if anonymous:
                marks = anonymised(marks)
                absent = absent and absent.counted()
            else:
                write_feedback(results / FEEDBACK, store.each())
            write_report(results / REPORT, marks, settings, absent, linked=not anonymous)
        _show(results, marks, settings, store.sandbox, screen)


def diff_results(old: Path, new: Path, screen: Screen) -> None:
    """Show whose marks changed between two results folders, and why.

    Raises:
        StoreError: one of them holds no results, or can't be read.
    """
    both = []
    for results in (old, new):
        with Store(results / FILE_NAME, create=False) as store:
            both.append(store.verdicts())
    show_changes(screen.out, changes(*both), len(both[1]))


def read_secret(path: Path) -> bytes:
    """Read the seed secret, without the line end after it.

    Raises:
        RequestError: it can't be read, or is too short to be a secret.
    """
    try:
        secret = path.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise RequestError(f"the seed secret {path} can't be read: {error.strerror}") from error
    if len(secret) < _SECRET_BYTES:
        raise RequestError(
            f"the seed secret {path} has {len(secret)} bytes, and at least {_SECRET_BYTES} are expected. "
            "To make one: python3 -c 'import secrets; print(secrets.token_hex())' > FILE"
        )
    return secret


def usable_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _grade(
    submissions: list[Submission],
    store: Store,
    screen: Screen,
    *,
    settings: Settings,
    secret: bytes | None,
    workers: "AbstractContextManager[Workers]",
) -> None:
    """Grade, with progress on the way and the time it took at the end."""
    from autograder.classroom import grade_class

    graded = 0
    with workers as opened:
        say(screen.log, opened.sandbox)
        store.start_run(settings, [submission.student_id for submission in submissions], opened.sandbox)
        start = time.monotonic()
        with report_progress(screen.log, len(submissions)) as progress:

            def on_verdict(verdict: Verdict) -> None:
                nonlocal graded
                graded += 1
                progress.done(verdict)

            grade_class(
                submissions,
                settings=settings,
                secret=secret,
                workers=opened,
                store=store,
                on_verdict=on_verdict,
                on_begun=progress.begun,
            )
        seconds = time.monotonic() - start
    rest = len(submissions) - graded
    unchanged = f"; {rest} had not changed since the last run" if rest else ""
    say(screen.log, f"Graded {graded} of {len(submissions)} in {seconds:.1f} s{unchanged}.")


def _show(results: Path, verdicts: Sequence[Verdict], settings: Settings, sandbox: str, screen: Screen) -> None:
    """End with the table and where everything is."""
    show_class(screen.out, verdicts, settings)
    if sandbox:
        say(screen.out, sandbox)
    for what, path in (
        ("grades", results / "grades.csv"),
        ("feedback", results / "feedback"),
        ("report", results / "report.html"),
        ("files", results / "files.csv"),
    ):
        if path.exists():
            say(screen.out, f"{what + ':':<10}{path}")


@contextmanager
def _writing(results: Path) -> Iterator[None]:
    """Turn the errors of a full disk or a read-only folder into a message that says what became of the work."""
    try:
        yield
    except OSError as error:
        reason = f"{error.filename2 or error.filename or results} can't be written: {error.strerror}"
        raise StoreError(f"{reason}. The verdicts are kept: mend this and run the same command again") from error


def _some(student_ids: list[str]) -> str:
    more = f" and {len(student_ids) - _NAMED} more" if len(student_ids) > _NAMED else ""
    return ", ".join(printable(student_id) for student_id in student_ids[:_NAMED]) + more
