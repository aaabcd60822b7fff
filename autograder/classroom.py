"""Grade a class: many submissions over several processes, each with a room of its own."""

import hashlib
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import replace
from functools import lru_cache
from multiprocessing import get_context

from autograder import casebook
from autograder.config import Settings
from autograder.fingerprint import kit_fingerprint
from autograder.grading import Exam, grade_source
from autograder.judge import ungraded
from autograder.sandbox.failures import RoomBroken
from autograder.sandbox.levels import Machine
from autograder.sandbox.open import open_room
from autograder.sandbox.supervisor import Supervisor
from autograder.store import Store
from autograder.submissions import Source, Submission, Unreadable, read_source
from autograder.verdict import Verdict

# Submissions in flight per process: enough that none waits, so few that a large class is never in memory.
IN_FLIGHT = 2


class Grader:
    """Grades one submission after the other, in a room that is started when it is needed."""

    def __init__(self, settings: Settings, secret: bytes | None, machine: Machine) -> None:
        self.machine = machine
        self.settings = settings
        self.secret = secret
        self._room: Supervisor | None = None
        self._exam = lru_cache(maxsize=casebook.POOL)(self._make_exam)

    def grade(self, student_id: str, source: Source) -> Verdict:
        """Return the verdict; a room that breaks twice over one submission leaves it not graded."""
        exam = self._exam(casebook.seed_of(self.settings.seed, self.secret, student_id))
        broken = ""
        for _ in range(2):
            try:
                return grade_source(self._ready_room(), source, student_id, exam)
            except RoomBroken as error:
                broken = str(error)
                self.close()
        return ungraded(student_id, "not_graded", f"the grader failed: {broken}", self.settings)

    def close(self) -> None:
        """End the room."""
        if self._room is not None:
            self._room.close()
            self._room = None

    def _ready_room(self) -> Supervisor:
        if self._room is None:
            self._room = open_room(self.machine, self.settings.limits)
            self._room.start()
        return self._room

    def _make_exam(self, seed: int) -> Exam:
        return Exam(casebook.case_set(seed), self.settings)


_graders: list[Grader] = []  # in a process of the pool, its one grader


def _start_process(settings: Settings, secret: bytes | None, machine: Machine) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the coordinator's to handle
    _graders.append(Grader(settings, secret, machine))


def _grade_in_process(student_id: str, source: Source) -> Verdict:
    return _graders[0].grade(student_id, source)


def grade_class(
    submissions: Sequence[Submission],
    *,
    settings: Settings,
    jobs: int,
    secret: bytes | None,
    machine: Machine,
    store: Store,
    on_verdict: Callable[[Verdict], None],
) -> None:
    """Grade what is new or changed, and store each verdict as it comes.

    Args:
        submissions: what was found; those that cannot be read get their verdict here.
        settings: of this run.
        jobs: how many processes grade at once.
        secret: with it, each student has inputs of their own.
        machine: what holds the student code, as `detect` found it.
        store: keeps the verdicts, and knows which are still valid.
        on_verdict: called for each new verdict, after it is stored.
    """
    known = store.known()
    run = f"{kit_fingerprint()} {settings.digest()} {casebook.seed_identity(settings.seed, secret)}"

    remarks = {submission.student_id: submission.notes for submission in submissions}

    def keep(verdict: Verdict, key: str) -> None:
        verdict = replace(verdict, notes=remarks[verdict.student_id] + verdict.notes)
        store.save(verdict.student_id, key, verdict)
        on_verdict(verdict)

    def readable() -> Iterator[tuple[str, Source, str]]:
        """Yield what has to be graded; settle at once what cannot be."""
        for submission in submissions:
            content, source, verdict = _look_at(submission, settings)
            key = hashlib.sha256(f"{run} {submission.notes} {content}".encode()).hexdigest()
            if known.get(submission.student_id) == key:
                continue
            if verdict is not None:
                keep(verdict, key)
            elif source is not None:
                yield submission.student_id, source, key

    if jobs == 1:
        _grade_here(readable(), Grader(settings, secret, machine), keep)
    else:
        _grade_in_pool(readable(), (settings, secret, machine), jobs, keep)


def _look_at(submission: Submission, settings: Settings) -> tuple[str, Source | None, Verdict | None]:
    """Return (what identifies the content, the source, or else the verdict on what cannot be run)."""
    name = submission.student_id
    if submission.problem:
        return submission.problem, None, ungraded(name, "rejected", submission.problem, settings)
    if submission.path is None:
        return "missing", None, ungraded(name, "missing", "nothing was handed in", settings)
    try:
        source = read_source(submission.path, settings.limits.file_bytes)
    except Unreadable as error:
        return str(error), None, ungraded(name, "rejected", str(error), settings)
    except OSError as error:
        why = f"{submission.path.name} could not be read: {error.strerror}"
        return why, None, ungraded(name, "not_graded", why, settings)
    return source.digest, source, None


Keep = Callable[[Verdict, str], None]


def _grade_here(work: Iterator[tuple[str, Source, str]], grader: Grader, keep: Keep) -> None:
    try:
        for student_id, source, key in work:
            keep(grader.grade(student_id, source), key)
    finally:
        grader.close()


def _grade_in_pool(
    work: Iterator[tuple[str, Source, str]], grader: tuple[Settings, bytes | None, Machine], jobs: int, keep: Keep
) -> None:
    pending: dict[Future[Verdict], str] = {}

    def settle(finished: set[Future[Verdict]]) -> None:
        for future in finished:
            keep(future.result(), pending.pop(future))

    # Fresh processes: a fork of this one would share its database connection.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start_process, grader) as pool:
        try:
            for student_id, source, key in work:
                pending[pool.submit(_grade_in_process, student_id, source)] = key
                if len(pending) >= jobs * IN_FLIGHT:
                    settle(wait(pending, return_when=FIRST_COMPLETED).done)
            while pending:
                settle(wait(pending, return_when=FIRST_COMPLETED).done)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
