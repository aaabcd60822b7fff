"""`bptt grade` from the first path to the last file: the order of things, and nothing else."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from autograder.cases.case_sets import case_set, seed_identity
from autograder.cases.secret import RequestError
from autograder.commands.order import Order, course_to_grade, settings_and_secret
from autograder.commands.outputs import FILES, show_results, usable_cpus, write_results, write_trial
from autograder.exports.csv import write_files
from autograder.grading import Workers, grade_class, open_workers
from autograder.model.loading import use
from autograder.model.settings import Settings
from autograder.model.text import near, printable, some
from autograder.model.verdict import Late, Verdict
from autograder.nbgrader.layout import Layout
from autograder.nbgrader.record import open_gradebook, record
from autograder.reports import remove_feedback, report_progress, say, show_changes
from autograder.reports.files import FEEDBACK
from autograder.reports.screen import Screen
from autograder.results.absent import read_roster
from autograder.results.changes import changes
from autograder.results.database import writing
from autograder.results.lock import only_run
from autograder.results.made import Made, differences, made
from autograder.results.roster import absent, remember
from autograder.results.standing import in_force, remarks
from autograder.results.store import SUBMISSIONS, Store
from autograder.submissions import Submission, Survey, after_grading, survey


def grade_folder(order: Order, screen: Screen) -> bool:
    """Grade what is new or changed since the last run; return whether every submission has a verdict that is a mark.

    Raises:
        RequestError, ConfigError, NoSubmissions, SheetError: there is nothing to grade, or not like this.
        Unprotected, SelfTestFailed: there is nothing here that could hold student code.
        WorkersFailed: those who should grade can't.
        StoreError: the results can't be read or written, or another run is at them.
        CourseError: the folder is a course of nbgrader's, and its gradebook can't be used.
    """
    course = course_to_grade(order)
    settings, secret = settings_and_secret(order, course)
    case_set(settings.seed, settings.variant.asked)  # proved before anything is graded, by each process once
    found = _found(order, course, settings, screen)
    gradebook = open_gradebook(course) if course and not order.trial else None
    log = partial(say, screen.log)
    workers = open_workers(
        settings, jobs=order.jobs or usable_cpus(), scheduler=order.scheduler, unprotected=order.unprotected, say=log
    )
    with only_run(order.results), Store(order.store) as store:
        run = _planned(order, store, (settings, secret), found.submissions, screen)
        with workers as opened:
            _grade(run, store, opened, screen)
        if not _is_complete(run, store, screen):
            return False
        if order.trial:
            return write_trial(order.results, store, screen)
        if course:
            for line in record(course, gradebook, store):
                log(line)
        marks = write_results(order.results, store)
        with writing(order.results):
            write_files(order.results / FILES, after_grading(found.files, marks))
            remove_feedback(order.results / FEEDBACK, store.gone())
        for remark in _remarks(order, store, run, marks):
            log(remark)
        show_results(order.results, marks, settings, store.sandbox, screen)
        if run.before:
            show_changes(screen.out, changes(run.before, marks), len(marks))
    return all(one.status != "not_graded" for one in marks)


@dataclass(frozen=True)
class _Run:
    """One run: with what marks are made, whose, and what they were before."""

    settings: Settings
    secret: bytes | None
    made: Made
    submissions: list[Submission]
    kept: Mapping[str, str]  # of the class beside them, with when each handed in: their verdicts stay
    anew: Collection[str]  # who is graded whatever was stored
    before: Sequence[Verdict]  # the marks of the last run, where they were made with something else
    lost: Mapping[str, Late | None]  # by lateness in the last run, where it had another rule


def _planned(
    order: Order,
    store: Store,
    given: tuple[Settings, bytes | None],
    found: Sequence[Submission],
    screen: Screen,
) -> _Run:
    """Return the run that is asked for, unless it would change marks that it was not asked to change."""
    settings, secret = given
    if damage := store.mend():
        say(screen.log, f"{order.store} is damaged: {some(damage)}. What is missing is graded anew.")
    now = made(settings, seed_identity(settings.seed, secret), store.key(), secret=secret is not None)
    if order.roster is not None:
        remember(store, read_roster(order.roster))
    submissions, kept = _with_absent(found, store, now, screen)
    submissions = _asked_for(order, submissions)
    others = _made_otherwise(store, now, {one.student_id for one in submissions})
    if others and not (order.regrade or order.trial):
        raise RequestError(_what_differs(store, others, now, order))
    before = store.marks() if others else []
    other_rule = bool(store.begun) and store.late_rule() != settings.late
    lost = {one.student_id: one.late for one in store.each()} if other_rule else {}
    use(now.assignment)  # stored marks are read with the assignment that they were made with
    store.save_fact(SUBMISSIONS, str(order.folder.resolve()))
    return _Run(settings, secret, now, submissions, kept, frozenset(order.students), before, lost)


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
    statuses = store.statuses()
    stay = [name for name in names if statuses.get(name, "missing") != "missing" and marks.get(name) == now.digest]
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
    """Return the digests of what the verdicts of these students were made with, of each that was made otherwise.

    Nobody's, where the last run did it like this one, and was cut short.
    """
    last = store.made
    if last is not None and last.digest == now.digest:
        return []
    return [one for name, one in store.made_of().items() if name in students and one != now.digest]


def _what_differs(store: Store, others: Sequence[str], now: Made, order: Order) -> str:
    """Say why marks would change although the work is the same."""
    known = store.made_by()
    why = dict.fromkeys(line for other in dict.fromkeys(others) for line in differences(known.get(other), now))
    count = f"{len(others)} students" if len(others) > 1 else "1 student"
    return (
        f"{count} would be graded anew into {order.results}, though their work is the same. What differs from the "
        f"stored verdicts: {'; '.join(why)}. Give what was given then, or --regrade to go on"
    )


def _grade(run: _Run, store: Store, workers: Workers, screen: Screen) -> None:
    """Grade, with progress on the way and the time it took at the end."""
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


def _remarks(order: Order, store: Store, run: _Run, marks: Sequence[Verdict]) -> Iterator[str]:
    """Say what the instructor should know of the marks beside the marks."""
    if gone := store.gone():
        yield f"Graded once, but not in {order.folder} any more, so not in the results: {some(gone)}"
    if run.lost:
        moved = sum(one.late != run.lost.get(one.student_id, one.late) for one in marks)
        yield f"[late] is not what it was in the last run: other penalties for {moved} students"
    yield from remarks(in_force(store.log()), store.works(), run.settings)
    there = {one.student_id for one in marks}
    for name in run.settings.late.extensions:
        if name not in there:
            yield f"[late.extensions] has {printable(name)}, and nobody in the class is called that{near(name, there)}"
