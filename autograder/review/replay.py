"""`bptt replay`: one student's wrong answers in a folder, to be run again by hand, and their marks on other inputs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Task
from autograder.cases.case_sets import prove, seed_of
from autograder.cases.secret import RequestError
from autograder.exports.writing import replacing
from autograder.grading import Grader
from autograder.grading.passes import Exam, first_pass, retry
from autograder.judge import CaseResult
from autograder.model.failures import WorkersFailed
from autograder.model.text import printable
from autograder.reports import say
from autograder.reports.screen import Screen
from autograder.results.names import known_student, known_task
from autograder.results.store import FILE_NAME, Store
from autograder.review.folder import PROGRAM, write_replay
from autograder.review.fresh import FRESH, fresh_line, grade_on, write_fresh
from autograder.review.work import handed_in, secret_of
from autograder.sandbox.host.errors import WorkerBroken
from autograder.sandbox.host.levels import Machine
from autograder.sandbox.host.perform import Session
from autograder.sandbox.host.protect import protected_machine
from autograder.sandbox.host.supervisor import open_worker
from autograder.submissions import Source


@dataclass(frozen=True)
class Appeal:
    """What is to be replayed."""

    results: Path
    student: str
    task: str | None  # None: all of them
    out: Path
    fresh: int = 0  # on so many other case sets the student is graded
    secret_file: Path | None = None
    submissions: Path | None = None  # where they are, if not where they were graded from
    unprotected: bool = False


def answer_appeal(appeal: Appeal, screen: Screen) -> None:
    """Write the folder, and say what is in it. The results are only read.

    Raises:
        RequestError: there is no such student or task, or nothing to run, or the secret is missing.
        StoreError, NoSubmissions: the results or the submissions can't be read.
        Unprotected, SelfTestFailed: nothing holds student code here.
        WorkersFailed: the sandbox broke.
    """
    if appeal.out.exists() and (not appeal.out.is_dir() or any(appeal.out.iterdir())):
        raise RequestError(f"{appeal.out} is there already, and not empty: choose another --out")
    with Store(appeal.results / FILE_NAME, create=False) as store:
        known_student(appeal.student, store.students())
        settings = store.settings()
        tasks = (known_task(appeal.task, settings),) if appeal.task else settings.enabled_tasks()
        found = handed_in(store, appeal.results, appeal.submissions)
        secret, remarks = secret_of(store, appeal.results, found, appeal.secret_file)
    source, changed = found.source(appeal.student)
    for remark in filter(None, (*remarks, changed)):
        say(screen.log, remark)
    machine, sandbox = protected_machine(settings.limits, unprotected=appeal.unprotected)
    say(screen.log, sandbox)
    try:
        exam = Exam(prove(seed_of(settings.seed, secret, appeal.student), settings.variant.asked)[1], settings)
        _write(appeal, source, _wrong(exam, source, tasks, machine), screen)
        if appeal.fresh:
            # The same student under other seeds: with the secret, they can be foreseen as little as the first.
            others = [(settings.seed + more) % 2**63 for more in range(appeal.fresh + 1)]
            seeds = [seed_of(other, secret, appeal.student) for other in others]
            rows = grade_on(seeds, appeal.student, source, Grader(settings, None, machine))
            appeal.out.mkdir(parents=True, exist_ok=True)
            with replacing(appeal.out / FRESH) as file:
                write_fresh(file, rows, tasks, whole=appeal.task is None)
            say(screen.out, fresh_line(rows, tasks, whole=appeal.task is None))
            say(screen.out, f"fresh:    {appeal.out / FRESH}")
    except OSError as error:
        raise RequestError(f"{error.filename or appeal.out} can't be written: {error.strerror}") from error


def _wrong(exam: Exam, source: Source, tasks: Iterable[Task], machine: Machine) -> Sequence[CaseResult]:
    """Ask the student's own cases again, in the sandbox, and return those that come out wrong."""
    try:
        with open_worker(machine, exam.settings.limits) as worker:
            session = Session(worker, source)
            judged = retry(session, exam, first_pass(session, exam)).judged
    except WorkerBroken as error:
        raise WorkersFailed(f"the sandbox broke: {error}") from error
    return [result for task in tasks for result in judged[task.id].results if result.finding]


def _write(appeal: Appeal, source: Source, wrong: Sequence[CaseResult], screen: Screen) -> None:
    """Write the folder, if anything is wrong, and say what is in it."""
    name, out = printable(appeal.student), appeal.out
    if not wrong:
        where = f" in {appeal.task}" if appeal.task else ""
        say(screen.out, f"No answer of {name} is wrong{where}: there is nothing to replay.")
        return
    out.mkdir(parents=True, exist_ok=True)
    write_replay(out, appeal.student, source, wrong)
    say(screen.out, f"{len(wrong)} wrong answers of {name}, with inputs and expected results: {out / 'cases'}")
    say(screen.out, f"replay:   python {out / PROGRAM}")
    say(
        screen.out,
        f"It needs numpy alone, and runs the student's code, {out / 'student'}, on the machine where you start it, "
        "with your rights and without the sandbox: read the code first, or run it where nothing can be lost.",
    )
