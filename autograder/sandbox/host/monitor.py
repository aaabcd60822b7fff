"""Attend one process that runs student code: read its answers, note what it is refused, keep its time."""

import contextlib
import select
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autograder.model.plan import Call
from autograder.model.replies import Attempt, Loss, Reply
from autograder.model.settings import Limits
from autograder.model.text import printable
from autograder.sandbox.host.messages import MAX_HEADER, Forgery, Message, read_messages, read_reply
from autograder.sandbox.host.refusals import answer
from autograder.sandbox.host.usage import CLOCK_PER_CPU, LOOK_SECONDS, Child, Clock
from autograder.sandbox.worker import wire

GONE_SECONDS = 1.0
BEGIN_SECONDS = 30.0  # for a process to lock itself in, which is not the submission's time
# A few attempts of a kind are evidence enough, and many of the one kind must not hide the other.
MAX_ATTEMPTS = 20
MAX_FORGERY = 200  # characters; a forged header's words come back in the error about it
# Memory that a frame takes beside the bytes of its arrays: a character may take four bytes, and an array is an object.
KEPT_PER_BYTE, KEPT_PER_ARRAY = 4, 256
PASSING = ("locked", "step", "end")  # messages of which nothing is kept


class _Lost(Exception):
    """The process has to be ended: its argument is a `Loss`."""


class Budget(NamedTuple):
    """How much a submission may still use, over all of its processes."""

    cpu: float  # seconds to compute
    clock: float  # seconds as `usage.Clock` counts them
    reply_bytes: int  # that may be kept of its replies: each is kept until all are judged

    @classmethod
    def of(cls, limits: Limits) -> "Budget":
        """Return the budget of a submission at first."""
        return cls(limits.submission_seconds, CLOCK_PER_CPU * limits.submission_seconds, limits.reply_bytes)


@dataclass
class ProcessRun:
    """The result of one process and its job."""

    calls: list[Call]  # that were to be made
    left: Budget  # of the submission, after this process
    replies: dict[str, Reply] = field(default_factory=dict)
    loaded: Message | None = None
    layers: tuple[str, ...] = ()
    attempts: list[Attempt] = field(default_factory=list)
    step: int = 0  # the top-level step that was running when the process ended
    loss: Loss | None = None  # None: it came to its end
    ended: bool = False

    @property
    def due(self) -> Call | None:
        """The call that comes next."""
        return self.calls[len(self.replies)] if len(self.replies) < len(self.calls) else None


class Connections(NamedTuple):
    """The connections of the grader with one process."""

    channel: socket.socket  # to the process
    control: socket.socket  # to the worker, which reports the end of the process there
    listener: int  # where the kernel reports refused calls, -1 if it does not


class Monitor:
    """Attends one process that has been given its job."""

    def __init__(
        self, connections: Connections, child: Child, limits: Limits, calls: Sequence[Call], left: Budget
    ) -> None:
        """Begin; the calls will be made in this order."""
        self.channel, self.control, self.listener = connections
        self.limits = limits
        self.left = left
        self.run = ProcessRun([*calls], left)
        self.frame = bytearray()  # that is arriving
        self.header, self.end = 0, wire.PREFIX.size  # the length of its header, and its own as far as it is known
        self.reply_bytes = left.reply_bytes
        self.pidfd = child[1]
        self.poll = select.poll()
        for source in (self.channel.fileno(), self.control.fileno(), self.listener):
            if source >= 0:
                self.poll.register(source, select.POLLIN)
        self.clock = Clock(child)
        # At the last answer: the CPU time by the word of the process, and the clock; the clock when it was locked in.
        self.claimed = self.answered = self.began = 0.0

    def ask(self, calls: Sequence[Call]) -> None:
        """Have a process that has made its calls make others of its plan."""
        self.run.calls += calls
        self.run.ended = False
        with contextlib.suppress(OSError):  # it has ended, which is seen next
            self.channel.sendall(wire.frame([call.id for call in calls]))
        self.attend()

    def attend(self) -> None:
        """Read until the process has made its calls, has ended, or has to be ended."""
        self.channel.setblocking(False)
        try:
            while not self.run.ended:
                events = dict(self.poll.poll(1000 * LOOK_SECONDS))
                if not self._read():
                    break
                if self.listener in events:
                    self._refuse(events[self.listener])
                elif self.control.fileno() in events:
                    break  # all that it wrote has been read
                self._look()
            if not self.run.ended and not self._gone():
                self.run.loss = Loss("forbidden", "closed its connection to the grader")
        except Forgery as forgery:
            found = printable(str(forgery), MAX_FORGERY)
            self.run.loss = Loss("forbidden", f"sent something other than an answer: {found}")
        except _Lost as lost:
            self.run.loss = lost.args[0]

    def settle(self, cpu: float, loss: Loss) -> ProcessRun:
        """Return the run of the process, which is gone.

        Args:
            cpu: the seconds that it has computed.
            loss: the way in which it ended, if we did not end it.
        """
        run = self.run
        if run.loss is None and not run.ended:
            run.loss = self._limit_reached(cpu) or loss
        if run.loss is not None and run.loss.state == "forbidden":
            self._note(run.loss.message, telling=True)
        # How much it used beyond its time for one call depends on when the machine came to end it.
        cpu = min(cpu, self.claimed + self.limits.call_cpu_seconds)
        run.left = Budget(self.left.cpu - cpu, self.left.clock - (self.clock.seconds - self.began), self.reply_bytes)
        return run

    def _refuse(self, event: int) -> None:
        """Refuse what the process asks of the kernel, and note it."""
        if not event & select.POLLIN:
            self.poll.unregister(self.listener)  # no process is left behind it
            return
        refusal = answer(self.listener)
        if refusal is not None:
            self._note(f"asked the system for {refusal}", telling=not refusal.ordinary)

    def _note(self, what: str, *, telling: bool) -> None:
        """Keep an attempt of the process, once, with the group that was running."""
        running = self.run.due if self.run.loaded is not None else None
        attempt = Attempt(running.group if running else "", what, telling)
        alike = [known for known in self.run.attempts if known.telling == telling]
        if attempt not in alike and len(alike) < MAX_ATTEMPTS:
            self.run.attempts.append(attempt)

    def _gone(self) -> bool:
        """Whether the process ends by itself, which takes moments; on a busy machine, the worker may say so later."""
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
                data = self.channel.recv(min(self.end - len(self.frame), 1 << 18))
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
            if self.run.ended:
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
        if loss := self._limit_reached(claimed):  # it may have come before anybody could see that it took too long
            raise _Lost(loss)
        self.claimed, self.answered = max(self.claimed, claimed), self.clock.seconds
        before = self.run.replies.copy()
        try:
            for message in messages:
                start = self._believe(message, arrays, start)
            if start != len(arrays):
                raise Forgery(f"{len(arrays) - start} bytes that belong to no array")
        except Forgery:
            self.run.replies = before
            raise

    def _must_fit(self, kept: int) -> None:
        if self.run.layers and kept > self.reply_bytes:
            raise _Lost(Loss("memory", f"handed back more than the {self.limits.reply_mb:g} MB that are kept"))

    def _believe(self, message: Message, arrays: memoryview, start: int) -> int:
        """Take in one message whose arrays begin at `start`; return where they end."""
        run = self.run
        for path in message.reads:
            self._note(f"tried to read {printable(path)}", telling=path.startswith("/"))
        due = run.due
        if run.loaded is not None and due is not None and message.call == due.id:
            run.replies[due.id], start = read_reply(message, arrays, start)
        elif message.kind == "locked" and not run.layers:
            run.layers, self.began = message.layers, self.clock.seconds
        elif message.kind == "step" and run.loaded is None:
            run.step = message.step
        elif message.kind == "loaded" and run.loaded is None:
            run.loaded = message
        elif message.kind == "end" and run.loaded is not None and due is None:
            run.ended = True
        else:
            raise Forgery(f"a message of kind {message.kind} for call {message.call[:80]!r}, out of turn")
        return start

    def _look(self) -> None:
        """Look from time to time whether the process has used up its time."""
        if self.clock.look() and (loss := self._limit_reached(self.clock.cpu) or self._waited_too_long()):
            raise _Lost(loss)

    def _limit_reached(self, cpu: float) -> Loss | None:
        """Say which limit a process has reached that has computed for so many seconds."""
        limit = self.limits.call_cpu_seconds
        due = self.claimed + limit
        if not self.run.layers or cpu < min(self.left.cpu, due):
            return None  # before the layers are in force it is not the submission's turn
        if self.left.cpu <= due:
            return self._all_used_up()
        return Loss("timeout", f"used more than {limit:g} s of CPU at one go")

    def _waited_too_long(self) -> Loss | None:
        if not self.run.layers:
            return Loss("timeout", "did not begin") if self.clock.seconds >= BEGIN_SECONDS else None
        patience = CLOCK_PER_CPU * self.limits.call_cpu_seconds
        if self.clock.seconds - self.began >= self.left.clock:
            return self._all_used_up()
        if self.clock.seconds - self.answered >= patience:
            return Loss("timeout", f"did not answer for {patience:g} s")
        return None

    def _all_used_up(self) -> Loss:
        return Loss("timeout", f"the {self.limits.submission_seconds:g} s of a whole submission were used up")
