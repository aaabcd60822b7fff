"""Start a worker, send it jobs, and end processes that run too long. One worker serves one submission at a time.

The supervisor stands outside: it holds a pidfd of the process that runs student code and ends it with
SIGKILL, which nothing in there can catch, block or outlive.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from autograder.model.plan import Call
from autograder.model.replies import Loss, Replies
from autograder.model.settings import Limits
from autograder.sandbox.host.errors import WorkerBroken
from autograder.sandbox.host.levels import Machine, lock_spec, worker_command
from autograder.sandbox.host.monitor import Budget, Connections, Monitor, ProcessRun
from autograder.sandbox.host.usage import Child
from autograder.sandbox.worker import wire

START_SECONDS = 60.0
# The kernel's own limit on CPU time is a little above the supervisor's, which can say more.
CPU_MARGIN_SECONDS = 2

More = Callable[[Replies], Sequence[Call]]


class WorkerJob(NamedTuple):
    """The job of one process, as frames."""

    frame: bytes  # of the source and which calls to make, and perhaps of a plan of its own
    plan: bytes  # that the worker should have, b"" if any will do


class Supervisor:
    """Supervises a running worker; use it as a context manager."""

    def __init__(self, command: Sequence[str], spec: dict[str, Any], limits: Limits) -> None:
        self.command, self.spec, self.limits = [*command], spec, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._open: socket.socket | None = None
        self._pending = b""
        self._plan = b""  # that the worker has

    def __enter__(self) -> "Supervisor":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the worker and wait until it is ready.

        Raises:
            WorkerBroken: it did not start; the message holds what it printed.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            command = [argument.replace("{control}", str(theirs.fileno())) for argument in self.command]
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={},  # the command brings its own
                start_new_session=True,
            )
        self._open = ours
        self._pending = self._plan = b""
        ours.settimeout(START_SECONDS)
        ours.sendall(json.dumps(self.spec).encode() + b"\n")
        if self._line() != b"ready":
            raise WorkerBroken("the worker did not start")

    def close(self) -> None:
        """End the worker and everything in it."""
        if self._open is not None:
            self._open.close()
            self._open = None
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def run(self, job: WorkerJob, calls: Sequence[Call], left: Budget, more: More) -> ProcessRun:
        """Run one job in a process of its own.

        Args:
            job: the job of the process.
            calls: the calls that it will make, in order.
            left: how much the submission may still use.
            more: from the replies of a process in which no call can leave anything behind, the calls to make then.

        Raises:
            WorkerBroken: the worker failed, not the submission.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._ask(job.plan, theirs.fileno())
            listener = _begin(ours, job.frame, listen="watched" in self.spec["layers"])
            child = self._child()
            monitor = Monitor(Connections(ours, self._control, listener), child, self.limits, calls, left)
            run = monitor.run
            try:
                monitor.attend()
                if run.ended and run.loaded and run.loaded.stateless and (asked := more(run.replies)):
                    monitor.ask(asked)
            finally:
                if listener >= 0:
                    os.close(listener)  # calls that wait for an answer are refused
                usage = self._close_and_wait(child)
        if list(run.layers) != self.spec["layers"]:
            raise WorkerBroken(f"the locks were not all in force: {', '.join(run.layers) or 'none'}")
        return monitor.settle(usage["cpu"], _how_it_ended(usage["status"]))

    def _ask(self, plan: bytes, channel: int) -> None:
        """Have the worker fork a process that makes the calls of a plan."""
        with self._told():
            if plan and plan is not self._plan:
                self._control.sendall(wire.PLAN + plan)
                self._plan = plan
            socket.send_fds(self._control, [wire.WORK], [channel])

    @property
    def _control(self) -> socket.socket:
        if self._open is None:
            raise WorkerBroken("the worker is closed")
        return self._open

    def _child(self) -> Child:
        """Return (pid, pidfd) of the process that was forked for this job."""
        with self._told():
            data, fds, _, _ = socket.recv_fds(self._control, 1 << 12, 1)
        self._pending += data
        line = self._line()
        return int(line), fds[0] if fds else None

    def _close_and_wait(self, child: Child) -> dict[str, Any]:
        """End a process, and return what the worker reports of its end."""
        pid, pidfd = child
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended by itself
            if pidfd is not None:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)
        report: dict[str, Any] = json.loads(self._line())
        if pidfd is not None:
            os.close(pidfd)
        return report

    def _line(self) -> bytes:
        while b"\n" not in self._pending:
            with self._told():
                data = self._control.recv(1 << 12)
            if not data:
                raise WorkerBroken(self._complaint("the worker ended"))
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Tell of a worker that does not answer."""
        try:
            yield
        except OSError as error:
            raise WorkerBroken(self._complaint(f"the worker did not answer: {error}")) from error

    def _complaint(self, what: str) -> str:
        """Return `what`, and the words that the worker printed before it broke."""
        if self._process is None:
            return what
        self._process.kill()
        _, printed = self._process.communicate()
        return f"{what}; it printed: {printed[-2000:].decode(errors='replace').strip() or 'nothing'}"


def open_worker(machine: Machine, limits: Limits) -> Supervisor:
    """Return the supervisor of a worker, not yet started, with the best protection that this machine gives."""
    cpu_seconds = int(limits.submission_seconds) + CPU_MARGIN_SECONDS
    spec = lock_spec(machine, limits.memory_bytes, cpu_seconds) | {"output_bytes": limits.output_bytes}
    return Supervisor(worker_command(machine), spec, limits)


def _begin(channel: socket.socket, job: bytes, *, listen: bool) -> int:
    """Give a process its job, and return where the kernel reports its refused calls; -1: nowhere.

    A process that could not lock itself in runs nothing and is gone; its exit status says how.
    """
    channel.settimeout(START_SECONDS)
    try:
        channel.sendall(job)
        descriptors = socket.recv_fds(channel, 1, 1)[1] if listen else []
    except OSError:
        return -1
    return descriptors[0] if descriptors else -1


def _how_it_ended(status: int) -> Loss:
    """Name the end of a process that had time left and that we did not end, from its wait status."""
    if not os.WIFSIGNALED(status):
        return Loss("crashed", f"ended its process with exit status {os.WEXITSTATUS(status)}")
    number = os.WTERMSIG(status)
    if number == signal.SIGSYS:
        return Loss("forbidden", "asked the operating system for something that no task needs")
    if number == signal.SIGKILL:
        return Loss("memory", "was ended by the operating system, most likely for its use of memory")
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    return Loss("crashed", f"ended its process with {name}")
