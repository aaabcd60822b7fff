"""The room: a process with numpy loaded that forks once per submission and runs the student's code there.

Started as `python -I -S main.py CONTROL NUMPY_PATH`: CONTROL is the number of an inherited socket. For each
message WORK on it (with the submission's own channel attached) the room forks, hands back a
pidfd of the child, waits, and reports how the child ended. The child reads one job from its channel, loads
the chunks, makes the calls of the plan that came last (message PLAN) or with the job, and answers in frames of
some replies each.
"""

import builtins
import ctypes
import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), *sys.argv[2:]]  # noqa: PTH100, PTH120 - cheap start

import caller  # noqa: E402
import lockdown  # noqa: E402
import wire  # noqa: E402
from arguments import Plan, PlannedCall  # noqa: E402
from loader import Loader  # noqa: E402
from warm import warm_up  # noqa: E402
from watch import watch  # noqa: E402

# What is needed from these two is loaded: student code finds the standard library, and numpy in memory.
del sys.path[: 1 + len(sys.argv[2:])]


# Honest files make no rings of objects that are worth looking for often.
COLLECT_AFTER = 20_000
# Replies are held back for no longer than this: the grader counts a call's time from the last one it got.
QUIET_SECONDS = 0.05
# In one frame, or its header could be longer than the grader takes.
MAX_MESSAGES = 32


def main() -> None:
    """Serve until the control socket is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    warm_up()
    spec = json.loads(control.makefile("rb").readline())
    prepared = lockdown.prepare(spec)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.chdir("/")
    gc.set_threshold(COLLECT_AFTER)
    gc.collect()
    gc.freeze()  # children share these pages for as long as they only read
    control.send(b"ready\n")
    plan, fork = None, quiet_fork()
    while True:
        message, channels, _, _ = socket.recv_fds(control, len(wire.WORK), 2)
        if not message:
            return
        if message == wire.PLAN:
            plan = Plan(*wire.read_frame(control.recv))
            gc.freeze()
            continue
        child = fork()
        if child == 0:
            control.close()
            os.dup2(null, 2)
            serve(channels, spec, prepared, plan)
        for descriptor in channels:
            os.close(descriptor)
        hand_over(control, child)
        _, status, usage = os.wait4(child, 0)
        ended = {"status": status, "cpu": usage.ru_utime + usage.ru_stime}
        control.send(json.dumps(ended).encode() + b"\n")


def quiet_fork() -> Callable[[], int]:
    """Return a fork that leaves out what Python does for the children of processes with threads; this has none.

    Seeding generators and making locks anew would cost each child a twentieth of its time, and make unseeded
    `random` numbers differ from child to child.
    """
    call = ctypes.PyDLL(None, use_errno=True).fork

    def fork() -> int:
        child: int = call()
        if child < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return child

    return fork


def hand_over(control: socket.socket, child: int) -> None:
    """Give the grader a handle on the child that no later process can take the place of."""
    try:
        pidfd = os.pidfd_open(child)
    except (AttributeError, OSError):  # not Linux
        control.send(b"%d\n" % child)
        return
    socket.send_fds(control, [b"%d\n" % child], [pidfd])
    os.close(pidfd)


def serve(channels: list[int], spec: dict[str, Any], prepared: lockdown.Prepared, plan: Plan | None) -> None:
    """Be the child: lock the door, run one job, leave.

    Args:
        channels: to the grader, and the one that is rung when the calls have been made.
        spec: of the room.
        prepared: the locks.
        plan: that came last, if any.
    """
    code = 0
    try:
        layers = lockdown.apply(prepared, channels)
        sys.stdout = sys.stderr = caller.Counter(spec["output_bytes"])
        builtins.open = caller.open_with_a_sink
        run(channels, layers, spec["read_paths"], plan)
    except BaseException:
        code = 70  # the grader sees that no end was announced
    os._exit(code)


class Speaker:
    """Says what has come, several messages in a frame: each frame wakes the grader up."""

    def __init__(self, channel: int):
        self.channel = channel
        self.waiting: list[dict[str, Any]] = []
        self.arrays: list[bytes] = []

    def say(self, message: dict[str, Any], *buffers: bytes) -> None:
        """Say something with the next frame."""
        if len(self.waiting) == MAX_MESSAGES:
            self.send()
        self.waiting.append(message)
        self.arrays.extend(buffers)

    def send(self) -> None:
        """Send what was said, with the time that was used so far."""
        if not self.waiting:
            return
        self.waiting[-1]["cpu"] = time.process_time()
        view = memoryview(wire.frame(self.waiting, b"".join(self.arrays)))
        self.waiting.clear()
        self.arrays.clear()
        while view:
            view = view[os.write(self.channel, view) :]

    def announce(self, step: int) -> None:
        """Say which step of the loading begins."""
        self.say({"kind": "step", "step": step})
        self.send()


def run(channels: list[int], layers: list[str], readable: list[str], plan: Plan | None) -> None:
    """Load the submission, make its calls, and go on with those that the grader asks for then, until it has enough."""
    channel, bell = channels
    speaker = Speaker(channel)

    def read(n: int) -> bytes:
        return os.read(channel, n)

    job, body = wire.read_frame(read)
    chunks = cut(job["chunks"], body)
    if job["brings_plan"]:
        plan = Plan(*wire.read_frame(read))
    speaker.say({"kind": "locked", "layers": layers})
    reads = watch(readable, [label for label, _ in chunks])
    speaker.send()
    loader = Loader(chunks, job["notebook"], job["poison"], speaker.announce if job["announce"] else None)
    module = loader.load()
    loaded = {"problems": loader.problems, "skipped": loader.skipped, "stateless": loader.stateless()}
    speaker.say({"kind": "loaded", **loaded, "reads": drained(reads)})
    if plan is None:
        raise wire.WireError("no plan has come")
    calls = caller.Caller(module, loader.lines, plan)
    places = job["calls"]
    while True:
        make(calls, [plan.calls[place] for place in places], speaker, reads)
        speaker.say({"kind": "end"})
        speaker.send()
        os.write(bell, b"!")
        places, _ = wire.read_frame(read)


def make(calls: caller.Caller, due: list[PlannedCall], speaker: Speaker, reads: list[str]) -> None:
    """Make the calls that are due, in order, and say what came of each."""
    running, sent = "", 0.0
    for call in due:
        # A group lives or dies as a whole, so its replies can go together unless it takes long.
        if call.group != running or time.monotonic() - sent > QUIET_SECONDS:
            speaker.send()
            running, sent = call.group, time.monotonic()
        header, buffers = calls.call(call)
        if reads:
            header["reads"] = drained(reads)
        speaker.say(header, *buffers)


def cut(sizes: list[tuple[str, int]], body: bytes) -> list[tuple[str, str]]:
    """Return the chunks of a submission: (label, text), each so many bytes of a job's body."""
    chunks, start = [], 0
    for label, size in sizes:
        chunks.append((label, body[start : start + size].decode("utf-8", "surrogatepass")))
        start += size
    return chunks


def drained(noted: list[str]) -> list[str]:
    """Return what was noted since the last time."""
    taken = noted[:]
    noted.clear()
    return taken


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    main()
