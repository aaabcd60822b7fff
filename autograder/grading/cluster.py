"""Grade on a Dask cluster. The only module that imports Dask.

A task costs Dask some milliseconds, so submissions travel in batches; a worker gives back what it did not begin.
Two tasks are out for each thread of the cluster, one that runs and one that waits.
"""

import logging
import pickle
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from math import ceil
from multiprocessing import resource_tracker
from typing import Any

from distributed import Client, Future, KilledWorker, LocalCluster, as_completed
from distributed.comm.addressing import resolve_address

from autograder.assignment import place
from autograder.grading import dask_tasks
from autograder.grading.work import Done, GradingJob, Lost
from autograder.model.failures import WorkersFailed
from autograder.model.identity import kit_identity
from autograder.model.settings import Settings
from autograder.sandbox.host.errors import SelfTestFailed, Unprotected

BATCH = 8
TASKS_PER_THREAD = 2
LOCAL = "local"

_CONNECT_SECONDS = 20
_EXAMINE_SECONDS = 120  # for all workers to find out what holds student code there
_LOOK_SECONDS = 2.0  # the cluster may grow and shrink; so often it is asked for its size
_GONE = "the connection to the Dask scheduler was lost. See that it runs, and run the same command again"
_OURS = (WorkersFailed, Unprotected, SelfTestFailed)


@contextmanager
def open_cluster(
    address: str, settings: Settings, *, unprotected: bool, jobs: int, say: Callable[[str], None]
) -> Iterator["DaskWorkers"]:
    """Lend the workers of the cluster at an address; those of one made here, of `jobs` processes, for "local".

    Waits until there is a worker, and for what each says about its machine.

    Raises:
        WorkersFailed: there is no scheduler, or a worker has another kit.
        Unprotected, SelfTestFailed: a worker has nothing that could hold student code.
    """
    _quiet()
    with ExitStack() as stack:
        where = stack.enter_context(_local_cluster(jobs)) if address == LOCAL else address
        client = stack.enter_context(_connect(where))
        if not client.nthreads():
            say(f"{address} has no workers yet: waiting for the first")
            client.wait_for_workers(1)
        workers = DaskWorkers(client, settings, unprotected)
        yield workers
        workers.leave()


class DaskWorkers:
    """The workers of a Dask cluster, those included that come later."""

    def __init__(self, client: Client, settings: Settings, unprotected: bool) -> None:
        self._client = client
        self._name = uuid.uuid4().hex[:8]
        self._kit: dask_tasks.Kit = kit_identity(), place()
        self._setup = pickle.dumps(dask_tasks.Setup(settings, unprotected))
        self._sent = 0
        self._out: dict[str, tuple[GradingJob, ...]] = {}  # by task
        self._threads, self._looked = 0, -_LOOK_SECONDS
        self._results = as_completed(loop=client.loop, with_results=True, raise_errors=False)
        self.sandbox = self._examined()

    def free_slots(self) -> int:
        """Return how many submissions fit into the tasks that may go out now."""
        free = self._free()
        if not self._threads and not self._out:
            return BATCH  # somebody will come
        return max(0, free) * BATCH

    def give(self, jobs: Sequence[GradingJob]) -> None:
        """Send the jobs, spread over all that is free."""
        size = min(BATCH, ceil(len(jobs) / max(1, self._free())))
        for start in range(0, len(jobs), max(1, size)):
            self._send(tuple(jobs[start : start + size]))

    def take(self) -> list[Done | Lost]:
        """Return what has come, as soon as anything has.

        Raises:
            WorkersFailed: the scheduler is gone, or a worker cannot grade.
            Unprotected, SelfTestFailed: a worker has nothing that could hold student code.
        """
        came: list[Done | Lost] = []
        while not came:
            for future, result in self._results.next_batch():
                came += self._unpacked(future, self._out.pop(future.key), result)
        return came

    def leave(self) -> None:
        """End the sandbox processes of the cluster's workers, which may be there for long after this run."""
        with suppress(OSError):  # the scheduler may be gone when everything is graded
            self._client.run(dask_tasks.end_idle, on_error="ignore")

    def _free(self) -> int:
        """Return how many more tasks may be out."""
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            try:
                self._threads = sum(self._client.nthreads().values())
            except OSError as error:
                raise WorkersFailed(_GONE) from error
            self._looked = time.monotonic()
        return TASKS_PER_THREAD * self._threads - len(self._out)

    def _send(self, jobs: tuple[GradingJob, ...]) -> None:
        self._sent += 1
        key = f"bptt-{self._name}-{self._sent}"
        self._out[key] = jobs
        batch = pickle.dumps(jobs)
        self._results.add(
            self._client.submit(dask_tasks.grade_batch, self._kit, self._setup, batch, key=key, pure=False)
        )

    def _unpacked(self, future: "Future[Any]", jobs: tuple[GradingJob, ...], result: Any) -> list[Done | Lost]:
        """Return what came of a task; jobs that it did not begin go out again."""
        if future.status == "finished":
            done: list[Done] = pickle.loads(result)  # noqa: S301 - Dask itself does no other
            if len(done) < len(jobs):
                self._send(jobs[len(done) :])
            return [*done]
        error = _error(future)
        if isinstance(error, KilledWorker):
            return [Lost(job.student_id, "worker after worker of the cluster ended over it") for job in jobs]
        raise error

    def _examined(self) -> str:
        """Return the line about what holds student code on the workers that are there now."""
        workers = self._client.nthreads()
        asked = [
            self._client.submit(dask_tasks.protection_here, self._kit, self._setup, workers=[worker], pure=False)
            for worker in workers
        ]
        lines: Counter[str] = Counter()
        with suppress(TimeoutError):  # a worker may have gone meanwhile; others have to pass before their first job
            for future in as_completed(asked, loop=self._client.loop, timeout=_EXAMINE_SECONDS):
                if future.status == "finished":
                    lines[future.result()] += 1
                elif not isinstance(error := _error(future), KilledWorker):
                    raise error
        return " ".join(f"{line} ({count} of {len(workers)} Dask workers)" for line, count in sorted(lines.items()))


def _quiet() -> None:
    """Keep Dask's own words about lost workers and connections from the screen: they are put in ours."""
    for name in [*logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _local_cluster(jobs: int) -> Iterator[LocalCluster]:
    with ExitStack() as stack:
        with _ctrl_c_held_back():
            cluster = LocalCluster(
                n_workers=jobs,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
            stack.enter_context(cluster)
        yield cluster


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Keep Ctrl-C from the processes that are started in the block, for good, and from this one until its end."""
    resource_tracker.ensure_running()  # started later, it would let the signal through again
    pressed: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if pressed:
        raise KeyboardInterrupt


def _connect(where: LocalCluster | str) -> Client:
    try:
        if isinstance(where, str):
            resolve_address(where)  # a client that was given a wrong address complains for long
        return Client(where, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkersFailed(
            f"no Dask scheduler answers at {where}: {error}. Is it running, and can it be reached?"
        ) from error


def _error(future: "Future[Any]") -> Exception:
    """Return why a task has no result, as an error that a person can do something about."""
    if future.status == "cancelled":
        return WorkersFailed(_GONE)
    error = future.exception()
    if isinstance(error, (KilledWorker, *_OURS)):
        return error
    return WorkersFailed(
        f"the cluster could not begin to grade: {type(error).__name__}: {error}. "
        "Is bptt-kit installed where the scheduler runs, and where each worker does?"
    )
