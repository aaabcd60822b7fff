"""What a Dask worker runs: a batch of jobs in, what came of them out, everything as bytes.

Bytes, so that the kit is compared before anything of it is unpacked. Nothing here needs Dask.
"""

import pickle
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from autograder.assignment import AssignmentError, use
from autograder.grading.grader import Grader
from autograder.grading.work import Done, GradingJob
from autograder.model.failures import WorkersFailed
from autograder.model.identity import kit_identity
from autograder.model.settings import Limits, Settings
from autograder.sandbox.host.errors import SelfTestFailed, Unprotected
from autograder.sandbox.host.levels import Machine
from autograder.sandbox.host.protect import protected_machine

Kit = tuple[str, str]  # its identity, and where the assignment is
# A batch is cut short where it takes longer than this, so that nobody waits behind a submission that hangs.
BATCH_SECONDS = 1.0

_own = threading.local()  # of each thread: the setup it was made for, and its grader
_idle: dict[int, Grader] = {}  # by thread: graders that are idle
_lock = threading.Lock()


@dataclass(frozen=True)
class Setup:
    """What a worker of a cluster is told; what holds student code, it finds out for itself."""

    settings: Settings
    unprotected: bool  # go on where nothing holds it


def grade_batch(kit: Kit, setup: bytes, batch: bytes) -> bytes:
    """Return what came of the first jobs of a batch, one at least; the others were not begun.

    Raises:
        WorkersFailed: this machine has another kit than the coordinator.
        Unprotected, SelfTestFailed: it has nothing that could hold student code.
    """
    _same_kit(kit)
    jobs: tuple[GradingJob, ...] = pickle.loads(batch)  # noqa: S301 - from the coordinator, by way of Dask, which does the same
    done: list[Done] = []
    started = time.monotonic()
    with _grader(setup) as grader:
        for job in jobs:
            done.append(grader.do(job))
            if time.monotonic() - started > BATCH_SECONDS:
                break
    return pickle.dumps(done)


def protection_here(kit: Kit, setup: bytes) -> str:
    """Return the line about what holds student code on this machine; raises as `grade_batch` does."""
    _same_kit(kit)
    wanted: Setup = pickle.loads(setup)  # noqa: S301 - as above
    return _protected(wanted.settings.limits, wanted.unprotected)[1]


def end_idle() -> None:
    """End the sandbox processes of idle graders; they start anew when there is work."""
    with _lock:
        for grader in _idle.values():
            grader.close()


def _same_kit(kit: Kit) -> None:
    """Load the assignment of the run, and see that this machine has the same kit and the same assignment."""
    identity, assignment = kit
    try:
        use(assignment)
    except AssignmentError as error:
        raise WorkersFailed(f"the worker on {socket.gethostname()} can't load the assignment: {error}") from error
    if identity != kit_identity():
        raise WorkersFailed(
            f"the worker on {socket.gethostname()} has {kit_identity()}, and this run is of {identity}: "
            "install the same on both, and run the same command again"
        )


@contextmanager
def _grader(setup: bytes) -> Iterator[Grader]:
    """Lend the grader of the calling thread, made anew where the setup has changed."""
    me = threading.get_ident()
    with _lock:
        _idle.pop(me, None)
    if getattr(_own, "setup", None) != setup:
        if hasattr(_own, "setup"):
            _own.grader.close()
        wanted: Setup = pickle.loads(setup)  # noqa: S301 - as above
        machine, _ = _protected(wanted.settings.limits, wanted.unprotected)
        _own.grader, _own.setup = Grader(wanted.settings, None, machine), setup
    try:
        yield _own.grader
    finally:
        with _lock:
            _idle[me] = _own.grader


def _protected(limits: Limits, unprotected: bool) -> tuple[Machine, str]:
    """Return what holds student code here, and the line about it, tested once in this process."""
    with _lock:
        return _tested(limits, unprotected)


@cache
def _tested(limits: Limits, unprotected: bool) -> tuple[Machine, str]:
    try:
        return protected_machine(limits, unprotected=unprotected)
    except (Unprotected, SelfTestFailed) as error:
        raise type(error)(f"on {socket.gethostname()}: {error}") from error
