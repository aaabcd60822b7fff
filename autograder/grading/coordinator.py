"""Grade a class: find out who is new or changed, hand out the work, and store each verdict as it comes.

Killed at any moment, all that is missing is what was out. The coordinator reads a file when somebody is
about to be free for it, so that a large class is never in memory.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from autograder.cases import case_sets
from autograder.grading.work import Done, GradingJob, Lost, Workers
from autograder.judge import ungraded
from autograder.model.failures import WorkersFailed
from autograder.model.identity import kit_fingerprint, kit_identity
from autograder.model.loading import place
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.results.store import Store
from autograder.submissions import Source, Submission, Unreadable, read_source

OnBegun = Callable[[Sequence[str]], None]


@contextmanager
def open_workers(
    settings: Settings, *, jobs: int, scheduler: str | None, unprotected: bool, say: Callable[[str], None]
) -> Iterator[Workers]:
    """Lend workers for one run.

    Args:
        settings: of the run.
        jobs: processes on this machine.
        scheduler: address of a Dask scheduler, "local" for a cluster made here, None to do without Dask.
        unprotected: go on where nothing holds student code.
        say: shows a line to whoever waits.

    Raises:
        Unprotected, SelfTestFailed: nothing holds student code where it would run.
        WorkersFailed: the cluster can't be used.
    """
    if scheduler is None:
        from autograder.grading.local import LocalWorkers
        from autograder.sandbox.host.protect import protected_machine

        machine, line = protected_machine(settings.limits, unprotected=unprotected)
        with LocalWorkers(settings, machine, jobs, line) as processes:
            yield processes
        return
    try:
        from autograder.grading.cluster import open_cluster
    except ModuleNotFoundError as error:
        raise WorkersFailed(f"--scheduler needs Dask: pip install 'bptt-kit[cluster]' ({error})") from error
    with open_cluster(scheduler, settings, unprotected=unprotected, jobs=jobs, say=say) as cluster:
        yield cluster


def grade_class(
    submissions: Sequence[Submission],
    *,
    settings: Settings,
    secret: bytes | None,
    workers: Workers,
    store: Store,
    on_verdict: Callable[[Verdict], None],
    on_begun: OnBegun = lambda _: None,
    anew: Collection[str] = (),
) -> None:
    """Grade what is new or changed.

    Args:
        submissions: what was found; those that cannot be read get their verdict here.
        settings: of this run.
        secret: with it, each student has inputs of their own.
        workers: who grades. A submission over which a worker is lost is handed out once more.
        store: keeps the verdicts, and knows which are still valid.
        on_verdict: called for each new verdict, after it is stored.
        on_begun: called with the ids of those who are being graded from now on.
        anew: who is graded whatever is stored.

    Raises:
        WorkersFailed: nobody can be graded there.
        StoreError: a verdict can't be stored; those before it are.
    """
    register = _Register(settings, secret, store, on_verdict)
    known = {name: key for name, key in store.known().items() if name not in anew}
    _hand_out(register.jobs(submissions, known), register, workers, on_begun)


def _hand_out(jobs: Iterator[GradingJob], register: "_Register", workers: Workers, on_begun: OnBegun) -> None:
    ready: list[GradingJob] = []
    out: dict[str, GradingJob] = {}
    finished: list[Done] = []
    again: list[GradingJob] = []
    while True:
        free = workers.free_slots()
        ready += islice(jobs, max(0, free - len(ready)))  # those that several who are free at once still lack
        given, ready = ready[:free], ready[free:]
        workers.give(given)
        on_begun([job.student_id for job in given])
        out |= {job.student_id: job for job in given}
        # Now everybody is busy again: time to store what came last, and to read what is asked for next.
        register.keep(finished)
        ready += islice(jobs, max(0, max(1, len(given)) - len(ready)))
        if not out:
            break
        came = workers.take()
        finished = [done for done in came if isinstance(done, Done)]
        lost = [out[one.student_id] for one in came if isinstance(one, Lost)]
        again += lost
        for one in came:
            del out[one.student_id]
    for job in again:  # one at a time, so that nobody is lost because of another
        workers.give([job])
        on_begun([job.student_id])
        register.keep([one if isinstance(one, Done) else register.give_up(one) for one in workers.take()])


@dataclass(frozen=True)
class _Entry:
    """What is known about a submission that is being graded."""

    submission: Submission
    key: str  # of all that its verdict depends on
    work: str  # a hash of what was handed in
    seed: int | None = None  # of its cases, if it can be run


class _Register:
    """Who has to be graded, and what has come of it."""

    def __init__(
        self, settings: Settings, secret: bytes | None, store: Store, on_verdict: Callable[[Verdict], None]
    ) -> None:
        self._settings, self._secret, self._store, self._on_verdict = settings, secret, store, on_verdict
        seeds = case_sets.seed_identity(settings.seed, secret)
        self._run = f"{kit_fingerprint()} {place()} {settings.digest()} {seeds}"
        self._kit, self._proved = kit_identity(), store.proved()
        self._entries: dict[str, _Entry] = {}

    def jobs(self, submissions: Sequence[Submission], known: Mapping[str, str]) -> Iterator[GradingJob]:
        """Yield what has to be graded, which is what has another key than is known; settle at once what cannot be."""
        for submission in submissions:
            content, source, verdict = look_at(submission, self._settings)
            key = hashlib.sha256(f"{self._run} {submission.notes} {content}".encode()).hexdigest()
            work = hashlib.sha256(content.encode()).hexdigest() if source else ""  # what can't be read is no work
            if known.get(submission.student_id) == key:
                continue
            if verdict is not None:
                self._entries[submission.student_id] = _Entry(submission, key, work)
                self.keep([Done(verdict)])
            elif source is not None:
                seed = case_sets.seed_of(self._settings.seed, self._secret, submission.student_id)
                self._entries[submission.student_id] = _Entry(submission, key, work, seed)
                yield GradingJob(submission.student_id, source, seed, self._attempt(seed))

    def keep(self, finished: Sequence[Done]) -> None:
        """Store verdicts, together if several came together, and pass them on."""
        if not finished:
            return
        verdicts = []
        with self._store.together():
            for done in finished:
                entry = self._entries.pop(done.student_id)
                verdict = replace(done.verdict, notes=entry.submission.notes + done.verdict.notes)
                self._store.save(done.student_id, entry.key, verdict, entry.work)
                self._note_proof(entry.seed, done.attempt)
                verdicts.append(verdict)
        for verdict in verdicts:
            self._on_verdict(verdict)

    def give_up(self, lost: Lost) -> Done:
        """Return the verdict on a submission that could not be graded: no mark, for it is our fault."""
        return Done(ungraded(lost.student_id, "not_graded", f"the grader failed twice: {lost.why}", self._settings))

    def _attempt(self, seed: int) -> int | None:
        """Return the attempt at which a seed is known to give a proved case set, None where none is."""
        if (attempt := self._proved.get(self._hash_of(seed))) is None:
            attempt = case_sets.proved_here(seed, self._settings.variant.asked)
        return attempt

    def _note_proof(self, seed: int | None, attempt: int | None) -> None:
        """Remember at which attempt a seed gave a proved case set: no other process has to prove it again."""
        if seed is None or attempt is None or self._hash_of(seed) in self._proved:
            return
        self._proved[self._hash_of(seed)] = attempt
        self._store.save_proof(self._hash_of(seed), attempt)

    def _hash_of(self, seed: int) -> str:
        """Return what stands for a seed in the store; whoever has the results must not have the seeds."""
        return hashlib.sha256(f"{self._kit} {self._settings.variant.asked} seed {seed}".encode()).hexdigest()


def look_at(submission: Submission, settings: Settings) -> tuple[str, Source | None, Verdict | None]:
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
