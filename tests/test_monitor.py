"""What a process sends is taken in, counted and refused: a connection on which the tests speak in its place."""

import os
import socket
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from autograder.model.plan import Call
from autograder.model.replies import Loss
from autograder.model.settings import Limits
from autograder.sandbox.host import monitor
from autograder.sandbox.host.monitor import Budget, Connections, Monitor, ProcessRun
from autograder.sandbox.worker import wire

LIMITS = Limits(call_cpu_seconds=0.5, submission_seconds=2, reply_mb=1)
CALLS = [Call("a/0", "a", "a", ()), Call("a/1", "a", "a", ()), Call("b/0", "b", "b", ())]
LOCKED, LOADED, END = {"kind": "locked", "layers": ["rlimits"]}, {"kind": "loaded"}, {"kind": "end"}
DIED = Loss("crashed", "ended its process with exit status 3")
ALL = Budget(2.0, 8.0, 2**20)


def reply(call: str, *items: Any, **more: Any) -> tuple[dict[str, Any], bytes]:
    """Return a message with the answer to a call, and its arrays."""
    arrays = [np.asarray(item, float) for item in items]
    parts = [{"shape": array.shape} for array in arrays]
    return {"call": call, "parts": parts} | more, b"".join(array.tobytes() for array in arrays)


def frame(*messages: dict[str, Any] | tuple[dict[str, Any], bytes], cpu: float = 0.0) -> bytes:
    """Return a frame, with the time that was used when it was sent."""
    pairs = [one if isinstance(one, tuple) else (one, b"") for one in messages]
    headers = [header for header, _ in pairs]
    return wire.frame([*headers[:-1], headers[-1] | {"cpu": cpu}], b"".join(body for _, body in pairs))


BEGUN = frame(LOCKED, LOADED)


class Talk:
    """A monitor, and the process's side of its connections."""

    def __init__(
        self,
        *sent: bytes,
        left: Budget = ALL,
        limits: Limits = LIMITS,
        calls: Sequence[Call] = CALLS,
        listener: int = -1,
    ) -> None:
        channel, self.channel = socket.socketpair()
        control, self.control = socket.socketpair()
        self.monitor = Monitor(Connections(channel, control, listener), (os.getpid(), None), limits, calls, left)
        self.channel.sendall(b"".join(sent))

    def ended(self, cpu: float = 0.0, loss: Loss = DIED) -> ProcessRun:
        """Return the run of a process that ended after what it has sent."""
        self.channel.close()
        self.control.send(b"gone")
        self.monitor.attend()
        return self.monitor.settle(cpu, loss)


def test_an_honest_process_is_believed() -> None:
    """Layers, what was loaded, a reply to each call in turn, and the end."""
    done = Talk(BEGUN, frame(reply("a/0", [1.0, 2.0]), reply("a/1", 3.0, [[4.0]], container="tuple")),
                frame(reply("b/0", 5.0, changed=["0.W"]), END, cpu=0.25)).ended(0.3)  # fmt: skip
    assert (done.ended, done.loss, done.layers, done.attempts) == (True, None, ("rlimits",), [])
    assert [[part.values.tolist() for part in done.replies[call.id].parts] for call in CALLS] == [
        [[1.0, 2.0]], [3.0, [[4.0]]], [5.0],
    ]  # fmt: skip
    assert (done.replies["a/1"].container, done.replies["b/0"].changed) == ("tuple", ("0.W",))
    assert done.left.cpu == pytest.approx(1.7)
    assert done.due is None


def test_a_frame_may_come_in_pieces() -> None:
    """It is taken in when it is whole."""
    talk = Talk(calls=CALLS[:1])
    whole = BEGUN + frame(reply("a/0", 1.0), END)
    for n in range(0, len(whole), 7):
        talk.channel.send(whole[n : n + 7])
    assert talk.ended().ended


def test_what_comes_after_the_end_is_not_read() -> None:
    """Nor is its connection waited for."""
    talk = Talk(BEGUN, frame(reply("a/0", 1.0), END), b"more", calls=CALLS[:1])
    talk.monitor.attend()
    assert (talk.monitor.run.ended, talk.monitor.run.loss) == (True, None)


def test_nobody_listens_where_no_process_is_left() -> None:
    """The kernel says so once; what the process had sent is read to its end."""
    listener, other = os.pipe()
    os.close(other)
    run = Talk(BEGUN, frame(reply("a/0", 1.0), END), calls=CALLS[:1], listener=listener).ended()
    os.close(listener)
    assert (run.ended, [*run.replies], run.attempts) == (True, ["a/0"], [])


def test_more_calls_may_be_asked_for() -> None:
    """By their ids, of a process that has made its own."""
    talk = Talk(BEGUN, frame(reply("a/0", 1.0), END), calls=CALLS[:1])
    talk.monitor.attend()
    talk.channel.sendall(frame(reply("a/1", 2.0), reply("b/0", 3.0), END))
    talk.monitor.ask(CALLS[1:])
    assert wire.read_frame(talk.channel.recv)[0] == ["a/1", "b/0"]
    run = talk.ended()
    assert (run.ended, run.loss, [*run.replies], run.calls) == (True, None, ["a/0", "a/1", "b/0"], CALLS)
    talk = Talk(BEGUN, frame(reply("a/0", 1.0), END), calls=CALLS[:1])
    talk.monitor.attend()
    talk.channel.close()
    talk.control.send(b"gone")
    talk.monitor.ask(CALLS[1:])
    run = talk.monitor.settle(0, DIED)
    assert (run.ended, run.loss, run.due) == (False, DIED, CALLS[1])


@pytest.mark.parametrize(
    ("claimed", "cpu", "left", "loss", "pays"),
    [
        (0.1, 0.5, 2.0, DIED, 0.5),
        (0.1, 0.59, 2.0, DIED, 0.59),
        (0.1, 0.6, 2.0, Loss("timeout", "used more than 0.5 s of CPU at one go"), 0.6),
        (0.1, 1.5, 2.0, Loss("timeout", "used more than 0.5 s of CPU at one go"), 0.6),
        (0.1, 0.29, 0.3, DIED, 0.29),
        (0.1, 0.3, 0.3, Loss("timeout", "the 2 s of a whole submission were used up"), 0.3),
        (0.1, 0.6, 0.6, Loss("timeout", "the 2 s of a whole submission were used up"), 0.6),
        (0.1, 0.61, 0.61, Loss("timeout", "used more than 0.5 s of CPU at one go"), 0.6),
    ],
)
def test_an_end_by_a_limit_is_told_from_others(
    claimed: float, cpu: float, left: float, loss: Loss, pays: float
) -> None:
    """By the seconds since the last answer, and in all; nobody pays for more than one call may use."""
    run = Talk(BEGUN, frame(reply("a/0", 1.0), cpu=claimed), left=ALL._replace(cpu=left)).ended(cpu)
    assert (run.loss, [*run.replies]) == (loss, ["a/0"])
    assert run.left.cpu == pytest.approx(left - pays)
    assert 0 <= ALL.clock - run.left.clock < 5


@pytest.mark.parametrize(("claimed", "left", "counts"), [(0.49, 2, 1), (0.5, 2, 0), (0.2, 0.21, 1), (0.2, 0.2, 0)])
def test_an_answer_counts_only_within_the_time(claimed: float, left: float, counts: int) -> None:
    """What the process says of its time decides, not when anybody looks."""
    run = Talk(BEGUN, frame(reply("a/0", 1.0), cpu=claimed), left=ALL._replace(cpu=left)).ended()
    assert len(run.replies) == counts
    assert run.loss == DIED if counts else run.loss.state == "timeout"


def test_time_counts_from_when_the_locks_are_in_force() -> None:
    """To lock itself in is not the submission's turn; without locks nothing is."""
    assert Talk(frame(LOCKED, LOADED, cpu=1.9)).ended(1.95).loss == DIED
    assert Talk().ended(99).loss == DIED


def test_whoever_says_less_time_than_before_gains_none() -> None:
    """The largest claim counts."""
    run = Talk(BEGUN, frame(reply("a/0", 1.0), cpu=0.4), frame(reply("a/1", 1.0), cpu=0.1)).ended(0.85)
    assert (run.loss, len(run.replies)) == (DIED, 2)


@pytest.mark.parametrize("spare", [0, -1])
def test_what_is_kept_of_replies_is_counted_to_the_byte(spare: int) -> None:
    """The arrays, four bytes for one of the header, and 256 for each array; the same over several frames."""
    sent = [frame(reply("a/0", np.ones(9), 1.0)), frame(reply("a/1")), frame(reply("b/0", np.ones((2, 2))), END)]
    headers = [wire.lengths(one[: wire.PREFIX.size], 9999, 9999)[0] for one in sent]
    kept = 8 * (9 + 1 + 4) + 4 * sum(headers) + 256 * 3
    loaded = 4 * wire.lengths(frame(LOADED)[: wire.PREFIX.size], 9999, 0)[0]
    run = Talk(frame(LOCKED), frame(LOADED), *sent, left=ALL._replace(reply_bytes=kept + loaded + spare)).ended()
    assert run.ended is (spare == 0)
    assert run.loss == (None if spare == 0 else Loss("memory", "handed back more than the 1 MB that are kept"))
    assert spare < 0 or run.left.reply_bytes == 0


def test_of_steps_and_the_end_nothing_is_kept() -> None:
    """A file with many statements may be loaded step by step."""
    steps = [frame({"kind": "step", "step": n}) for n in range(300)]
    run = Talk(frame(LOCKED), *steps, left=ALL._replace(reply_bytes=999)).ended()
    assert (run.loss, run.step, run.left.reply_bytes) == (DIED, 299, 999)


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (frame(LOCKED), "a message of kind locked for call ''"),
        (frame(LOADED), "a message of kind loaded for call ''"),
        (frame({"kind": "step", "step": 1}), "a message of kind step for call ''"),
        (frame(END), "a message of kind end for call ''"),
        (frame(reply("b/0", 1.0)), "a message of kind value for call 'b/0'"),
        (frame(reply("a/0", 1.0), reply("a/0", 1.0)), "a message of kind value for call 'a/0'"),
        (frame(reply("a/0", 1.0), (reply("a/1", 1.0)[0], b"")), "an array of shape () in a frame of 8 bytes"),
        (frame(reply("a/0", 1.0), ({"kind": "absent", "call": "a/1"}, b"1234")), "4 bytes that belong to no array"),
        (frame(({"call": "x" * 200}, b"")), f"a message of kind value for call '{'x' * 80}'"),
    ],
)  # fmt: skip
def test_a_frame_is_believed_as_a_whole_or_not_at_all(sent: bytes, why: str) -> None:
    """What came before it stays; the forgery is noted, with the group that was running."""
    run = Talk(BEGUN, sent).ended()
    assert (run.loss.state, run.ended, run.replies) == ("forbidden", False, {})
    assert run.loss.message.startswith(f"sent something other than an answer: {why}")
    (attempt,) = run.attempts
    assert (attempt.during, attempt.what, attempt.telling) == ("a", run.loss.message, True)
    before = Talk(BEGUN, frame(reply("a/0", 1.0)), frame(reply("a/0", 1.0))).ended()
    assert [*before.replies] == ["a/0"]


def test_what_is_read_is_noted_twenty_times_of_a_kind() -> None:
    """Once each, with what was running; whole paths are for an instructor to look at, and one kind hides no other."""
    first = LOADED | {"reads": ["/etc/passwd", "data.csv", "/etc/passwd"]}
    many = [f"/tmp/{n:02}" for n in range(20)]
    run = Talk(frame(LOCKED, first), frame(reply("a/0", 1.0, reads=many)), frame(reply("a/1", 1.0, reads=["b.csv"])),
               frame(reply("b/0", 1.0, reads=["c.csv"]))).ended()  # fmt: skip
    told = [(attempt.during, attempt.what, attempt.telling) for attempt in run.attempts]
    assert told[:2] == [("", "tried to read /etc/passwd", True), ("", "tried to read data.csv", False)]
    assert told[2:21] == [("a", f"tried to read {path}", True) for path in many[:19]]
    assert told[21:] == [("a", "tried to read b.csv", False), ("b", "tried to read c.csv", False)]


def test_who_closes_the_connection_and_goes_on_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that ends closes it as well: the worker says so soon."""
    monkeypatch.setattr(monitor, "GONE_SECONDS", 0.02)
    talk = Talk(BEGUN)
    talk.channel.close()
    talk.monitor.attend()
    run = talk.monitor.settle(0, DIED)
    assert (run.loss, [attempt.what for attempt in run.attempts]) == (
        Loss("forbidden", "closed its connection to the grader"),
        ["closed its connection to the grader"],
    )


@pytest.mark.parametrize(
    ("sent", "limits", "left", "why"),
    [
        ((), LIMITS, ALL, "did not begin"),
        ((BEGUN,), Limits(call_cpu_seconds=0.01, submission_seconds=2), ALL, "did not answer for 0.04 s"),
        ((BEGUN,), LIMITS, ALL._replace(clock=0.03), "the 2 s of a whole submission were used up"),
    ],
)
def test_who_is_waited_for_is_ended_by_the_clock(
    monkeypatch: pytest.MonkeyPatch, sent: tuple[bytes, ...], limits: Limits, left: Budget, why: str
) -> None:
    """Before it begins, for one answer, and for all."""
    monkeypatch.setattr(monitor, "BEGIN_SECONDS", 0.03)
    talk = Talk(*sent, limits=limits, left=left)
    talk.monitor.attend()
    run = talk.monitor.settle(0, DIED)
    assert run.loss == Loss("timeout", why)
    assert run.left.clock < left.clock or not sent


def test_a_submission_begins_with_all_of_its_budget() -> None:
    """Four times as long by the clock as to compute."""
    assert Budget.of(LIMITS) == Budget(2, 8, LIMITS.reply_bytes)
