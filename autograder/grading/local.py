"""Grade in processes of this machine, one submission each at a time.

Each process has a connection of its own, so that it is known whose submission went with it, and so that none
waits behind a submission that hangs.
"""

import selectors
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Self

from autograder.grading.grader import Grader
from autograder.grading.subprocesses import ending, start
from autograder.grading.work import Done, GradingJob, Lost
from autograder.model.failures import WorkersFailed
from autograder.model.settings import Settings
from autograder.sandbox.host.levels import Machine

TARGET = "autograder.grading.local:serve"
# A machine that ends process after process before one gets to work will not grade anybody.
MAX_FALSE_STARTS = 3
END_SECONDS = 5.0


def serve(descriptor: str) -> None:
    """Be such a process, until the coordinator closes the connection or asks for the end."""
    with Connection(int(descriptor)) as coordinator, suppress(EOFError, BrokenPipeError, ConnectionResetError):
        settings, machine = coordinator.recv()
        grader = Grader(settings, None, machine)
        coordinator.send(None)  # ready
        try:
            while True:
                coordinator.send(grader.do(coordinator.recv()))
        finally:
            grader.close()


@dataclass(eq=False)
class _Process:
    """A process that grades, and the submission that it is at."""

    process: subprocess.Popen[bytes]
    connection: Connection
    student_id: str = ""  # "" while it is idle
    ready: bool = False  # it has started up


class LocalWorkers:
    """So many processes of this machine; each is started when there is work for it. Use as a context manager."""

    def __init__(self, settings: Settings, machine: Machine, jobs: int, sandbox: str = "") -> None:
        self.jobs = jobs
        self.sandbox = sandbox
        self._setup = settings, machine
        self._processes: list[_Process] = []
        self._selector = selectors.DefaultSelector()
        self._false_starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def free_slots(self) -> int:
        """Return how many processes have nothing to do."""
        return self.jobs - sum(bool(process.student_id) for process in self._processes)

    def give(self, jobs: Sequence[GradingJob]) -> None:
        """Hand each job to a process of its own.

        Raises:
            WorkersFailed: processes end before they get to work.
        """
        for job in jobs:
            while not self._hand_over(job):
                pass

    def take(self) -> list[Done | Lost]:
        """Return what has come, as soon as anything has.

        Raises:
            WorkersFailed: processes end before they get to work.
        """
        came: list[Done | Lost] = []
        while not came:
            for key, _ in self._selector.select():
                came += self._hear(key.data)
        return came

    def close(self) -> None:
        """End all processes, and wait until they are gone."""
        for process in self._processes:
            process.process.terminate()
        for process in self._processes:
            self._close_and_wait(process)
        self._processes.clear()
        self._selector.close()

    def _hand_over(self, job: GradingJob) -> bool:
        """Whether a process has the job now; if not, that one is gone."""
        process = next((process for process in self._processes if not process.student_id), None) or self._start()
        try:
            process.connection.send(job)
        except OSError:
            self._lose(process)
            return False
        process.student_id = job.student_id
        return True

    def _hear(self, process: _Process) -> list[Done | Lost]:
        """Return what a process has to say: a verdict, nothing yet, or that it is no more."""
        try:
            came: Done | None = process.connection.recv()
        except (EOFError, OSError):
            student_id, why = process.student_id, self._lose(process)
            return [Lost(student_id, why)] if student_id else []
        self._false_starts = 0
        if came is None:
            process.ready = True
            return []
        process.student_id = ""
        return [came]

    def _start(self) -> _Process:
        ours, theirs = Pipe()
        with theirs:
            started = start(TARGET, theirs.fileno())
        process = _Process(started, ours)
        self._processes.append(process)
        self._selector.register(ours, selectors.EVENT_READ, process)
        with suppress(OSError):  # it may be gone already; whoever has a job for it will notice
            process.connection.send(self._setup)
        return process

    def _lose(self, process: _Process) -> str:
        """Close the connection of a process that has ended by itself, and return how it did."""
        self._processes.remove(process)
        self._selector.unregister(process.connection)
        how = ending(self._close_and_wait(process))
        if not process.ready:
            self._false_starts += 1
            if self._false_starts >= MAX_FALSE_STARTS:
                raise WorkersFailed(
                    f"{self._false_starts} processes in a row ended before they began to grade, the last {how}: "
                    "is there memory for them? Fewer --jobs need less. The verdicts so far are kept"
                )
        return f"the process that graded it ended {how}"

    def _close_and_wait(self, process: _Process) -> int:
        """Close the connection and wait for the end; return the exit status."""
        process.connection.close()
        try:
            return process.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.process.kill()
            return process.process.wait()
