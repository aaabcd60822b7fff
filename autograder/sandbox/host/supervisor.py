"""Start a room, send it jobs, and end what runs too long. One room serves one submission at a time.

The supervisor stands outside: it holds a pidfd of the process that runs student code and ends it with
SIGKILL, which nothing in there can catch, block or outlive.
"""

import io
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple

from autograder.model.plan import Call
from autograder.model.settings import Limits
from autograder.sandbox.host.failures import RoomBroken
from autograder.sandbox.host.replies import Loss, Reply
from autograder.sandbox.host.usage import Child
from autograder.sandbox.host.watch import Attempt, Left, Lines, Watch
from autograder.sandbox.worker import wire

START_SECONDS = 60.0

More = Callable[[Mapping[str, Reply]], Sequence[tuple[int, Call]]]


class Job(NamedTuple):
    """What a process is given, as frames."""

    frame: bytes  # of the source and which calls to make, and perhaps of a plan of its own
    plan: bytes  # that the room should have, b"" where any will do


class Supervisor:
    """A running room; use it as a context manager."""

    def __init__(self, command: Sequence[str], spec: dict[str, Any], limits: Limits) -> None:
        self.command = [*command]
        self.spec = spec
        self.limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._open: socket.socket | None = None
        self._pending = b""
        self._plan = b""  # that the room has

    def __enter__(self) -> "Supervisor":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the room's process and wait until it is ready.

        Raises:
            RoomBroken: it did not start; the message holds what it printed.
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
            raise RoomBroken("the room did not start")

    def close(self) -> None:
        """End the room and everything in it."""
        if self._open is not None:
            self._open.close()
            self._open = None
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def run(self, job: Job, calls: Sequence[Call], left: Left, more: More = lambda _: ()) -> Attempt:
        """Run one job in a process of its own.

        Args:
            job: what the process is given.
            calls: the calls that it will make, in order.
            left: what the submission may still use.
            more: from the replies of a process that says that no call leaves anything behind, the calls that it makes
                then, each with its position in the plan.

        Raises:
            RoomBroken: the room, not the submission, failed.
        """
        ours, theirs = socket.socketpair()
        bell, rope = map(io.FileIO, os.pipe(), "rw")  # the process rings when it has made its calls
        with ours, bell:
            with theirs, rope:
                self._ask(job.plan, theirs.fileno(), rope.fileno())
            listener = _begin(ours, job.frame, listen="watched" in self.spec["layers"])
            child = self._child()
            watch = Watch(Lines(ours, bell, self._control, listener), child, self.limits, calls, left)
            try:
                attempt = watch.attend()
                if attempt.ended and attempt.stateless and (asked := more(attempt.replies)):
                    attempt = watch.ask(asked)
            finally:
                if listener >= 0:
                    os.close(listener)  # calls that wait for an answer are refused
                _kill(child)
                usage = self._ended()
                _close(child)
        if list(attempt.layers) != self.spec["layers"]:
            raise RoomBroken(f"the locks were not all in force: {', '.join(attempt.layers) or 'none'}")
        return watch.settle(usage["cpu"], _how_it_ended(usage["status"]))

    def _ask(self, plan: bytes, *channels: int) -> None:
        """Have the room fork a process that makes the calls of a plan."""
        try:
            if plan and plan is not self._plan:
                self._control.sendall(wire.PLAN + plan)
                self._plan = plan
            socket.send_fds(self._control, [wire.WORK], channels)
        except OSError as error:
            raise RoomBroken(self._complaint(f"the room does not listen: {error}")) from error

    @property
    def _control(self) -> socket.socket:
        if self._open is None:
            raise RoomBroken("the room is closed")
        return self._open

    def _child(self) -> Child:
        """Return (pid, pidfd) of the process that was forked for this job."""
        try:
            data, fds, _, _ = socket.recv_fds(self._control, 1 << 12, 1)
        except OSError as error:
            raise RoomBroken(self._complaint(f"the room did not answer: {error}")) from error
        self._pending += data
        line = self._line()
        return int(line), fds[0] if fds else None

    def _ended(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self._line())
        return report

    def _line(self) -> bytes:
        while b"\n" not in self._pending:
            try:
                data = self._control.recv(1 << 12)
            except OSError as error:
                raise RoomBroken(self._complaint(f"the room did not answer: {error}")) from error
            if not data:
                raise RoomBroken(self._complaint("the room ended"))
            self._pending += data
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _complaint(self, what: str) -> str:
        """Return `what`, with what the room printed before it broke."""
        if self._process is None:
            return what
        self._process.kill()
        _, printed = self._process.communicate()
        return f"{what}; it printed: {printed[-2000:].decode(errors='replace').strip() or 'nothing'}"


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
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
        if number == signal.SIGSYS:
            return Loss("forbidden", "asked the operating system for something that no task needs")
        if number == signal.SIGKILL:
            return Loss("memory", "was ended by the operating system, most likely for its use of memory")
        return Loss("crashed", f"ended its process with {name}")
    return Loss("crashed", f"ended its process with exit status {os.WEXITSTATUS(status)}")


def _kill(child: Child) -> None:
    pid, pidfd = child
    try:
        if pidfd is not None:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended by itself; a room that cannot be killed would be seen in _ended


def _close(child: Child) -> None:
    if child[1] is not None:
        os.close(child[1])
