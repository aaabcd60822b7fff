"""Attend one process that runs student code: read what it says, note what it is refused, keep the deadlines."""

import contextlib
import io
import select
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autograder.model.plan import Call
from autograder.model.settings import Limits
from autograder.model.text import printable
from autograder.sandbox.host.refusals import answer
from autograder.sandbox.host.replies import MAX_HEADER, Forgery, Loss, Message, Reply, read_messages, read_reply
from autograder.sandbox.host.usage import CLOCK_PER_CPU, LOOK_SECONDS, Child, Clock
from autograder.sandbox.worker import wire

GONE_SECONDS = 1.0
BEGIN_SECONDS = 30.0  # for a process to lock itself in, which is not the submission's time
# A few attempts of a kind are evidence enough, and many of the one kind must not hide the other.
MAX_ATTEMPTS = 20
MAX_FORGERY = 200  # characters; a forged header's words come back in the error about it
# What is kept of a frame beside the bytes of its arrays: a character may take four bytes, and an array is an object.
KEPT_PER_BYTE, KEPT_PER_ARRAY = 4, 256
PASSING = ("locked", "step", "end")  # messages of which nothing is kept


class Spent(Exception):
    """The process has used up its time, or what is kept of its numbers; an honest mistake can do that."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss.message)
        self.loss = loss


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
    left: "Left" = field(default_factory=lambda: Left(0.0, 0.0, 0))  # for the submission, after this process
    ended: bool = False
    calls: list[Call] = field(default_factory=list)  # that were to be made

    @property
    def stateless(self) -> bool:
        """Whether the process says that no call can have a say in another."""
        return self.loaded is not None and self.loaded.stateless


class Lines(NamedTuple):
    """What connects the grader with one process."""

    channel: socket.socket  # to the process
    bell: io.FileIO  # rings when the process has made its calls
    control: socket.socket  # to the room, which reports the end of the process there
    listener: int  # where the kernel reports refused calls, -1 if it does not


class Left(NamedTuple):
    """What is left for a submission, over all of its processes."""

    cpu: float  # seconds to compute
    clock: float  # seconds as `usage.Clock` counts them
    reply_bytes: int  # that may be kept of what it sends: every answer is kept until all are judged

    @classmethod
    def of(cls, limits: Limits) -> "Left":
        """Return what a submission has at first."""
        return cls(limits.submission_seconds, CLOCK_PER_CPU * limits.submission_seconds, limits.reply_bytes)


class Watch:
    """Attends one process that has been given its job."""

    def __init__(self, lines: Lines, child: Child, limits: Limits, calls: Sequence[Call], left: Left) -> None:
        """Begin; the calls will be made in this order."""
        self.lines = lines
        self.limits = limits
        self.left = left
        self.attempt = Attempt(calls=[*calls])
        self.frame = bytearray()  # that is arriving
        self.header, self.end = 0, wire.PREFIX.size  # the length of its header, and its own as far as it is known
        self.reply_bytes = left.reply_bytes
        self.control, self.bell, self.pidfd = lines.control.fileno(), lines.bell.fileno(), child[1]
        self.poll = select.poll()
        self.poll.register(self.control, select.POLLIN)
        self.poll.register(self.bell, select.POLLIN)
        if lines.listener >= 0:
            self.poll.register(lines.listener, select.POLLIN)
        self.clock = Clock(child)
        # At the last answer: what the process says that it had used, and the clock; the clock when it was locked in.
        self.claimed = self.answered = self.began = 0.0

    def ask(self, calls: Sequence[tuple[int, Call]]) -> Attempt:
        """Have a process that has made its calls make others, by their positions in the plan; return what came."""
        self.attempt.calls += [call for _, call in calls]
        self.attempt.ended = False
        with contextlib.suppress(OSError):  # it has ended, which is seen below
            self.lines.channel.sendall(wire.frame([place for place, _ in calls]))
        return self.attend()

    def attend(self) -> Attempt:
        """Return what came until the process had made its calls, ended, or had to be ended."""
        self.lines.channel.setblocking(False)
        # Most processes are done before the first look, and all that they said fits into the channel: to be woken for
        # each frame would cost both sides more than to read them.
        batched = True
        try:
            while not self.attempt.ended:
                events = dict(self.poll.poll(1000 * LOOK_SECONDS))
                if self.bell in events and not self.lines.bell.read(1 << 16):  # it may ring more often than it should
                    self.poll.unregister(self.bell)  # or take the bell down
                if not self._read():
                    break
                if self.lines.listener in events:
                    self._hear(events[self.lines.listener])
                elif self.control in events:
                    break  # all that it wrote has been read
                self._look()
                if batched and not events:
                    batched = False
                    self.poll.register(self.lines.channel, select.POLLIN)
        except Forgery as forgery:
            found = printable(str(forgery), MAX_FORGERY)
            self.attempt.loss = Loss("forbidden", f"sent something other than an answer: {found}")
        except Spent as spent:
            self.attempt.loss = spent.loss
        if not self.attempt.ended and self.attempt.loss is None and not self._gone():
            self.attempt.loss = Loss("forbidden", "closed its connection to the grader")
        return self.attempt

    def settle(self, cpu: float, loss: Loss) -> Attempt:
        """Return what came of a process that is gone: it used so much CPU time, and, if we did not end it, ended so."""
        attempt = self.attempt
        if attempt.loss is None and not attempt.ended:
            attempt.loss = self.spent(cpu) or loss
        if attempt.loss is not None and attempt.loss.state == "forbidden":
            self.note(attempt.loss.message, telling=True)
        # How much it used beyond what it may at one go depends on when the machine came to end it.
        cpu = min(cpu, self.claimed + self.limits.call_cpu_seconds)
        clock = self.clock.seconds - self.began
        attempt.left = Left(self.left.cpu - cpu, self.left.clock - clock, self.reply_bytes)
        return attempt

    def _hear(self, event: int) -> None:
        """Refuse what the process asks of the kernel, and note it."""
        if not event & select.POLLIN:
            self.poll.unregister(self.lines.listener)  # nobody is left who could ask
            return
        refusal = answer(self.lines.listener)
        if refusal is not None:
            self.note(f"asked the system for {refusal}", telling=not refusal.ordinary)

    def note(self, what: str, *, telling: bool) -> None:
        """Keep what the process tried, once, with the group that was running."""
        running = len(self.attempt.replies)
        loaded = self.attempt.loaded is not None and running < len(self.attempt.calls)
        attempted = Attempted(self.attempt.calls[running].group if loaded else "", what, telling)
        alike = [known for known in self.attempt.attempts if known.telling == telling]
        if attempted not in alike and len(alike) < MAX_ATTEMPTS:
            self.attempt.attempts.append(attempted)

    def _gone(self) -> bool:
        """Whether the process ends by itself, which takes moments; on a busy machine, the room may say so later."""
        signs = [sign for sign in (self.control, self.pidfd) if sign is not None]
        closed = self.clock.seconds
        while not select.select(signs, [], [], LOOK_SECONDS)[0]:
            self.clock.look()
            if self.clock.seconds - closed >= GONE_SECONDS:
                return False
        return True

    def _read(self) -> bool:
        """Take what has arrived, as long as there is time for it; False at the end of the stream."""
        while True:
            try:
                data = self.lines.channel.recv(min(self.end - len(self.frame), 1 << 18))
            except (BlockingIOError, InterruptedError):
                return True
            except OSError:
                return False
            if not data:
                return False
            self.frame += data
            if len(self.frame) == wire.PREFIX.size:
                self._measure()
            if len(self.frame) == self.end:
                frame, self.frame, self.end = self.frame, bytearray(), wire.PREFIX.size
                self._take(memoryview(frame).toreadonly()[wire.PREFIX.size :])
            if self.attempt.ended:
                return True
            self._look()  # there may be no end to it

    def _measure(self) -> None:
        """See from its first bytes how long a frame is, before memory is taken for it."""
        try:
            self.header, body = wire.lengths(bytes(self.frame), MAX_HEADER, self.limits.memory_bytes)
        except wire.WireError as error:
            raise Forgery(str(error)) from None
        self._must_fit(body + KEPT_PER_BYTE * self.header)
        self.end += self.header + body

    def _take(self, frame: memoryview) -> None:
        """Believe a frame as a whole, or nothing of it."""
        arrays, start = frame[self.header :], 0
        messages = read_messages(frame[: self.header])
        if any(message.kind not in PASSING for message in messages):
            parts = sum(len(message.parts) for message in messages)
            kept = len(arrays) + KEPT_PER_BYTE * self.header + KEPT_PER_ARRAY * parts
            self._must_fit(kept)
            self.reply_bytes -= kept
        claimed = max((message.cpu for message in messages), default=0.0)
        self._stop(self.spent(claimed))  # it may have come before anybody could see that it took too long
        self.claimed, self.answered = max(self.claimed, claimed), self.clock.seconds
        replies = dict[str, Reply]()
        for message in messages:
            start = self._believe(message, arrays, start, replies)
        if start != len(arrays):
            raise Forgery(f"{len(arrays) - start} bytes that belong to no array")
        self.attempt.replies |= replies

    def _must_fit(self, kept: int) -> None:
        if self.attempt.layers and kept > self.reply_bytes:
            raise Spent(Loss("memory", f"handed back more than the {self.limits.reply_mb:g} MB that are kept"))

    def _believe(self, message: Message, arrays: memoryview, start: int, replies: dict[str, Reply]) -> int:
        """Take in one message whose arrays begin at `start`, after those replies; return where its arrays end."""
        attempt = self.attempt
        for path in message.reads:
            self.note(f"tried to read {printable(path)}", telling=path.startswith("/"))
        position = len(attempt.replies) + len(replies)
        due = attempt.calls[position].id if position < len(attempt.calls) else None
        if attempt.loaded is not None and message.call == due:
            replies[message.call], start = read_reply(message, arrays, start)
        elif message.kind == "locked" and not attempt.layers:
            attempt.layers, self.began = message.layers, self.clock.seconds
        elif message.kind == "step" and attempt.loaded is None:
            attempt.step = message.step
        elif message.kind == "loaded" and attempt.loaded is None:
            attempt.loaded = message
        elif message.kind == "end" and attempt.loaded is not None and due is None:
            attempt.ended = True
        else:
            raise Forgery(f"a message of kind {message.kind} for call {message.call[:80]!r}, out of turn")
        return start

    def _look(self) -> None:
        """Look from time to time whether the process has used up its time.

        Raises:
            Spent: it has.
        """
        if self.clock.look():
            self._stop(self.spent(self.clock.cpu) or self._waited_too_long())

    def _stop(self, loss: Loss | None) -> None:
        if loss is not None:
            raise Spent(loss)

    def spent(self, cpu: float) -> Loss | None:
        """Say what was used up by a process that has computed for so many seconds."""
        limit = self.limits.call_cpu_seconds
        due = self.claimed + limit
        if not self.attempt.layers or cpu < min(self.left.cpu, due):
            return None  # before the layers are in force it is not the submission's turn
        if self.left.cpu <= due:
            return self._all_used_up()
        return Loss("timeout", f"used more than {limit:g} s of CPU at one go")

    def _waited_too_long(self) -> Loss | None:
        if not self.attempt.layers:
            return Loss("timeout", "did not begin") if self.clock.seconds >= BEGIN_SECONDS else None
        patience = CLOCK_PER_CPU * self.limits.call_cpu_seconds
        if self.clock.seconds - self.began >= self.left.clock:
            return self._all_used_up()
        if self.clock.seconds - self.answered >= patience:
            return Loss("timeout", f"did not answer for {patience:g} s")
        return None

    def _all_used_up(self) -> Loss:
        return Loss("timeout", f"the {self.limits.submission_seconds:g} s of a whole submission were used up")
