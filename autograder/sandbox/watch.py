"""Attend one process that runs student code: read what it says, note what it is refused, keep the deadlines."""

import os
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.config import Limits
from autograder.plan import Call
from autograder.sandbox.refusals import Refusal, answer
from autograder.sandbox.replies import MAX_HEADER, Forgery, Loss, Message, Reply, read_messages, read_reply
from autograder.sandbox.room import wire
from autograder.text import printable

# Waiting costs no CPU; a machine that is busy with other submissions stretches the wall time of honest ones.
WALL_PER_CPU = 3.0
GONE_SECONDS = 1.0
# Most processes have ended after such a time, and all that they said fits into the channel: to be woken for each
# frame would cost both sides more than to read them.
BATCH_SECONDS = 0.05
# A few attempts of a kind are evidence enough, and many of the one kind must not hide the other.
MAX_ATTEMPTS = 20
MAX_FORGERY = 200  # characters; a forged header's words come back in the error about it

Child = tuple[int, int | None]  # a process's number and its pidfd, where the system has those


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


class Watch:
    """Attends one process that has been given its job."""

    def __init__(
        self,
        channel: socket.socket,
        control: socket.socket,
        child: Child,
        listener: int,
        limits: Limits,
        calls: Sequence[Call],
        seconds: float,
    ) -> None:
        """Begin.

        Args:
            channel: to the process.
            control: to the room, which reports the end of the process there.
            child: the process.
            listener: where the kernel reports refused calls, -1 if it does not.
            limits: of the submission.
            calls: the calls that will be made, in order.
            seconds: of CPU that are left for this submission.
        """
        self.channel = channel
        self.child = child
        self.limits = limits
        self.expected = [call.id for call in calls]
        self.seconds = seconds
        self.attempt = Attempt()
        self.buffer = bytearray()
        self.body_bytes = limits.reply_bytes  # that may still come: every answer is kept until all are judged
        self.groups = [call.group for call in calls]
        self.control, self.listener = control.fileno(), listener
        self.poll = select.poll()
        self.poll.register(self.control, select.POLLIN)
        if listener >= 0:
            self.poll.register(listener, select.POLLIN)
        self.started = self.last = time.monotonic()

    def attend(self) -> Attempt:
        """Return what came until the process ended or had to be ended."""
        self.channel.setblocking(False)
        batched = True
        try:
            while not self.attempt.ended:
                events = dict(self.poll.poll(1000 * (BATCH_SECONDS if batched else self._patience())))
                if not self._read():
                    break
                if self.listener in events:
                    self._hear(events[self.listener])
                elif self.control in events:
                    break  # all that it wrote has been read
                overdue = self._overdue()
                if overdue:
                    self.attempt.loss = overdue
                    break
                if batched and not events:
                    batched = False
                    self.poll.register(self.channel, select.POLLIN)
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
        """Take what has arrived, as long as there is time for it; False at the end of the stream."""
        while True:
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
            if self.attempt.ended or self._overdue():  # there may be no end to it
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
        if message.cpu:
            attempt.claimed_cpu = max(attempt.claimed_cpu, min(message.cpu, self.last - self.started))
        position = len(attempt.replies)
        if attempt.loaded is not None and position < len(self.expected) and message.call == self.expected[position]:
            attempt.replies[message.call], start = read_reply(message, arrays, start)
        elif message.kind == "locked" and not attempt.layers:
            attempt.layers = tuple(message.layers)
        elif message.kind == "step" and attempt.loaded is None:
            attempt.step = message.step
        elif message.kind == "loaded" and attempt.loaded is None:
            attempt.loaded = message
        elif message.kind == "end" and attempt.loaded is not None and position == len(self.expected):
            attempt.ended = True
        else:
            raise Forgery(f"a message of kind {message.kind} for call {message.call[:80]!r}, out of turn")
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


def _cpu_seconds(child: Child) -> float | None:
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
