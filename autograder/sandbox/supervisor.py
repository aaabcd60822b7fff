"""Start a room, send it jobs, and end what runs too long. One room serves one submission at a time.

The supervisor stands outside: it holds a pidfd of the process that runs student code and ends it with
SIGKILL, which nothing in there can catch, block or outlive.
"""

import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.config import Limits
from autograder.plan import Call
from autograder.sandbox.failures import RoomBroken
from autograder.sandbox.refusals import Refusal, answer
from autograder.sandbox.replies import MAX_HEADER, Forgery, Loss, Message, Reply, read_messages, read_reply
from autograder.sandbox.room import wire
from autograder.text import printable

# Waiting costs no CPU; a machine that is busy with other submissions stretches the wall time of honest ones.
WALL_PER_CPU = 3.0
GONE_SECONDS = 1.0
# A few attempts of a kind are evidence enough, and many of the one kind must not hide the other.
MAX_ATTEMPTS = 20
MAX_FORGERY = 200  # characters; a forged header's words come back in the error about it
START_SECONDS = 60.0


class TooMuch(Exception):
    """More numbers than are kept of one process; an honest mistake can make them."""


@dataclass(frozen=True)
class Attempted:
    """Something that the process asked for and did not get, or tried to."""

    during: str  # the group of calls that was running, "" while the file was loaded
    what: str  # completes "it …", in our words
    telling: bool  # whether an instructor should look at it; honest plots ask to write files, too


@dataclass
class Attempt:
    """What one process made of a job."""

    replies: dict[str, Reply] = field(default_factory=dict)
    loaded: Message | None = None
    layers: tuple[str, ...] = ()
    attempts: list[Attempted] = field(default_factory=list)  # what was refused, and when
    step: int = 0  # the top-level step that was running when the process ended
    loss: Loss | None = None  # None: it came to its end
    cpu: float = 0.0
    claimed_cpu: float = 0.0  # what the process says it had used at its last frame
    ended: bool = False


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

    def run(self, job: bytes, plan: bytes, calls: Sequence[Call], seconds: float) -> Attempt:
        """Run one job in a process of its own.

        Args:
            job: frame of the source and what to skip.
            plan: frame of the plan.
            calls: the calls that will be made, in order.
            seconds: CPU seconds that are left for this submission.

        Raises:
            RoomBroken: the room, not the submission, failed.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._ask(plan, theirs)
            pidfd = self._child()
            watch = _Watch(ours, self._control, pidfd, self.limits, calls, seconds)
            try:
                attempt = watch.attend(job, listen="watched" in self.spec["layers"])
            finally:
                watch.close()
                _kill(pidfd)
                usage = self._ended()
                _close(pidfd)
        if list(attempt.layers) != self.spec["layers"]:
            raise RoomBroken(f"the locks were not all in force: {', '.join(attempt.layers) or 'none'}")
        attempt.cpu = usage["cpu"]
        if attempt.loss is None and not attempt.ended:
            attempt.loss = _how_it_ended(usage["status"], usage["cpu"], self.limits)
        if attempt.loss is not None and attempt.loss.state == "forbidden":
            watch.note(attempt.loss.message, telling=True)
        return attempt

    def _ask(self, plan: bytes, channel: socket.socket) -> None:
        """Have the room fork a process that makes the calls of a plan."""
        try:
            if plan is not self._plan:
                self._control.sendall(wire.PLAN + plan)
                self._plan = plan
            socket.send_fds(self._control, [wire.WORK], [channel.fileno()])
        except OSError as error:
            raise RoomBroken(self._complaint(f"the room does not listen: {error}")) from error

    @property
    def _control(self) -> socket.socket:
        if self._open is None:
            raise RoomBroken("the room is closed")
        return self._open

    def _child(self) -> tuple[int, int | None]:
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


class _Watch:
    """Attends one process: sends the job, reads frames, keeps the deadlines."""

    def __init__(
        self,
        channel: socket.socket,
        control: socket.socket,
        child: tuple[int, int | None],
        limits: Limits,
        calls: Sequence[Call],
        seconds: float,
    ) -> None:
        self.channel = channel
        self.child = child
        self.limits = limits
        self.expected = [call.id for call in calls]
        self.seconds = seconds
        self.attempt = Attempt()
        self.buffer = bytearray()
        self.body_bytes = limits.reply_bytes  # that may still come: every answer is kept until all are judged
        self.poll = select.poll()
        self.poll.register(channel, select.POLLIN)
        self.poll.register(control, select.POLLIN)  # the room reports the end of the process here
        self.control = control.fileno()
        self.listener = -1  # where the kernel reports refused calls
        self.groups = [call.group for call in calls]
        self.started = self.last = time.monotonic()

    def close(self) -> None:
        """Stop listening; calls that wait for an answer are refused."""
        if self.listener >= 0:
            os.close(self.listener)
            self.listener = -1

    def attend(self, job: bytes, listen: bool) -> Attempt:
        """Return what came until the process ended or had to be ended."""
        self.channel.settimeout(START_SECONDS)
        try:
            if listen:
                _, fds, _, _ = socket.recv_fds(self.channel, 1, 1)
                if not fds:
                    return self.attempt  # it could not lock itself in, and ran nothing
                self.listener = fds[0]
                self.poll.register(self.listener, select.POLLIN)
            self.channel.sendall(job)
        except OSError:
            return self.attempt  # it is gone already; its exit status says how
        self.channel.setblocking(False)
        try:
            while not self.attempt.ended:
                events = dict(self.poll.poll(self._patience() * 1000))
                if self.channel.fileno() in events and not self._read():
                    break
                if self.listener in events:
                    self._hear(events[self.listener])
                elif self.control in events and self.channel.fileno() not in events:
                    break  # all that it wrote has been read
                overdue = self._overdue()
                if overdue:
                    self.attempt.loss = overdue
                    break
        except Forgery as forgery:
            found = printable(str(forgery), MAX_FORGERY)
            self.attempt.loss = Loss("forbidden", f"sent something other than an answer: {found}")
        except TooMuch:
            self.attempt.loss = Loss("memory", f"handed back more than the {self.limits.reply_mb:g} MB that are kept")
        if not self.attempt.ended and self.attempt.loss is None and not self._gone():
            self.attempt.loss = Loss("forbidden", "closed its connection to the grader")
        return self.attempt

    def _hear(self, event: int) -> None:
        """Refuse what the process asks of the kernel, and note it."""
        if not event & select.POLLIN:
            self.poll.unregister(self.listener)  # nobody is left who could ask
            return
        refusal = answer(self.listener)
        if refusal is not None:
            self.note(f"asked the system for {refusal}", telling=not _is_ordinary(refusal))

    def note(self, what: str, *, telling: bool) -> None:
        """Keep what the process tried, once, with the group that was running."""
        running = len(self.attempt.replies)
        loaded = self.attempt.loaded is not None and running < len(self.groups)
        attempted = Attempted(self.groups[running] if loaded else "", what, telling)
        alike = [known for known in self.attempt.attempts if known.telling == telling]
        if attempted not in alike and len(alike) < MAX_ATTEMPTS:
            self.attempt.attempts.append(attempted)

    def _gone(self) -> bool:
        """Whether the process ends by itself; the room says so within moments."""
        return bool(select.select([self.control], [], [], GONE_SECONDS)[0])

    def _read(self) -> bool:
        """Take what has arrived; False at the end of the stream."""
        try:
            data = self.channel.recv(1 << 18)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        if not data:
            return False
        self.buffer += data
        while self._take_frame():
            pass
        return True

    def _take_frame(self) -> bool:
        size = wire.PREFIX.size
        if len(self.buffer) < size or self.attempt.ended:
            return False
        try:
            header, body = wire.lengths(bytes(self.buffer[:size]), MAX_HEADER, self.limits.memory_bytes)
        except wire.WireError as error:
            raise Forgery(str(error)) from None
        if body > self.body_bytes:
            raise TooMuch
        end = size + header + body
        if len(self.buffer) < end:
            return False
        frame = bytes(self.buffer[:end])
        del self.buffer[:end]
        self.body_bytes -= body
        self.last = time.monotonic()
        arrays, start = frame[size + header :], 0
        for message in read_messages(frame[size : size + header]):
            start = self._believe(message, arrays, start)
        if start != body:
            raise Forgery(f"{body - start} bytes that belong to no array")
        return True

    def _believe(self, message: Message, arrays: bytes, start: int) -> int:
        """Take in one message whose arrays begin at `start`; return where they end."""
        attempt = self.attempt
        for path in message.reads[:MAX_ATTEMPTS]:
            self.note(f"tried to read {printable(path)}", telling=path.startswith("/"))
        attempt.claimed_cpu = max(attempt.claimed_cpu, min(message.cpu, self.last - self.started))
        if message.kind == "locked" and not attempt.layers:
            attempt.layers = tuple(message.layers)
        elif message.kind == "step" and attempt.loaded is None:
            attempt.step = message.step
        elif message.kind == "loaded" and attempt.loaded is None:
            attempt.loaded = message
        elif message.kind == "end" and attempt.loaded is not None and len(attempt.replies) == len(self.expected):
            attempt.ended = True
        else:
            position = len(attempt.replies)
            if attempt.loaded is None or position == len(self.expected) or message.call != self.expected[position]:
                raise Forgery(f"a message of kind {message.kind} for call {message.call[:80]!r}, out of turn")
            attempt.replies[message.call], start = read_reply(message, arrays, start)
        return start

    def _patience(self) -> float:
        """Seconds to wait for something to happen before the clocks are looked at again."""
        return max(0.05, self.limits.call_cpu_seconds - (time.monotonic() - self.last))

    def _overdue(self) -> Loss | None:
        now = time.monotonic()
        waited = now - self.last
        limit = self.limits.call_cpu_seconds
        if waited < limit and now - self.started < self.seconds:
            return None
        used = _cpu_seconds(self.child)
        spent = used is not None and used >= self.seconds
        if spent or now - self.started >= WALL_PER_CPU * self.seconds:
            return Loss("timeout", f"the {self.limits.submission_seconds:g} s of a whole submission were used up")
        if used is not None and used - self.attempt.claimed_cpu >= limit:
            return Loss("timeout", f"used more than {limit:g} s of CPU at one go")
        if waited >= WALL_PER_CPU * limit:
            return Loss("timeout", f"did not answer for {WALL_PER_CPU * limit:g} s")
        return None


def _is_ordinary(refusal: Refusal) -> bool:
    """Whether honest libraries ask for this as well: threads, and files for plots and caches."""
    return refusal.family == "writing" or refusal.call in ("clone", "clone3", "socketpair")


def _how_it_ended(status: int, cpu: float, limits: Limits) -> Loss:
    """Name the end of a process that we did not end, from its wait status and the CPU time it used."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
        if number == signal.SIGXCPU or cpu >= limits.submission_seconds:
            return Loss("timeout", f"the {limits.submission_seconds:g} s of a whole submission were used up")
        if number == signal.SIGSYS:
            return Loss("forbidden", "asked the operating system for something that no task needs")
        if number == signal.SIGKILL:
            return Loss("memory", "was ended by the operating system, most likely for its use of memory")
        return Loss("crashed", f"ended its process with {name}")
    return Loss("crashed", f"ended its process with exit status {os.WEXITSTATUS(status)}")


def _cpu_seconds(child: tuple[int, int | None]) -> float | None:
    """Return the CPU time that a process has used, or None where the system does not tell."""
    pid, pidfd = child
    try:
        if pidfd is not None:  # the room may number processes in a namespace of its own
            info = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
            pid = int(info.partition("\nPid:")[2].split()[0])
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError, IndexError):
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _kill(child: tuple[int, int | None]) -> None:
    pid, pidfd = child
    try:
        if pidfd is not None:
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended by itself; a room that cannot be killed would be seen in _ended


def _close(child: tuple[int, int | None]) -> None:
    if child[1] is not None:
        os.close(child[1])
