"""The worker's program: a process with numpy loaded that forks once for each submission.

It is started as `python -s -P -S -B main.py CONTROL NUMPY_PATH`; CONTROL is the number of an inherited socket. For
each message WORK on it, with the submission's own channel attached, the program forks, hands back a pidfd of the
child, waits, and reports how the child ended. The child reads one job from its channel, loads the student's file,
makes the calls of the plan that came last (message PLAN) or with the job, and answers in frames of some replies each.
"""

import builtins
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
import time
from typing import Any, NoReturn

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), *sys.argv[2:]]  # noqa: PTH100, PTH120 - cheap start

import caller  # noqa: E402
import numpy as np  # noqa: E402
import wire  # noqa: E402
from arguments import PlannedCall, PlannedCalls  # noqa: E402
from file_reads import note_reads  # noqa: E402
from loader import Loader  # noqa: E402
from lockdown import Lockdown  # noqa: E402
from stateless import stateless  # noqa: E402

# All that is needed from these two is loaded: student code finds the standard library, and numpy in memory.
del sys.path[: 1 + len(sys.argv[2:])]

# What students import: a child that is forked has it already.
COMMON = (
    "abc collections.abc contextlib copy dataclasses enum functools itertools math numpy.linalg numpy.random "
    "numpy.typing operator re string textwrap typing warnings"
)
# Honest files make few rings of objects, so there is no need to look for them often.
COLLECT_AFTER = 20_000
# Replies are held back for no longer than this: the grader counts a call's time from the last one it got.
QUIET_SECONDS = 0.05
# In one frame, or its header could be longer than the grader takes.
MAX_MESSAGES = 32


def main() -> None:
    """Serve until the control socket is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in COMMON.split():
        importlib.import_module(name)
    np.random.seed(0)
    spec = json.loads(control.makefile("rb").readline())
    lockdown = Lockdown(spec)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.chdir("/")
    gc.set_threshold(COLLECT_AFTER)
    gc.collect()
    gc.freeze()  # children share these pages for as long as they only read
    control.send(b"ready\n")
    plan: PlannedCalls | None = None
    while True:
        message, channels, _, _ = socket.recv_fds(control, len(wire.WORK), 1)
        if not message:
            return
        if message == wire.PLAN:
            plan = PlannedCalls(*wire.read_frame(control.recv))
            gc.freeze()
            continue
        (channel,) = channels
        child = os.fork()
        if child == 0:
            control.close()
            os.dup2(null, 2)
            serve(channel, spec, lockdown, plan)
        os.close(channel)
        hand_over(control, child)
        _, status, usage = os.wait4(child, 0)
        ended = {"status": status, "cpu": usage.ru_utime + usage.ru_stime}
        control.send(json.dumps(ended).encode() + b"\n")


def hand_over(control: socket.socket, child: int) -> None:
    """Give the grader a handle on the child that no later process can take the place of."""
    try:
        pidfd = os.pidfd_open(child)
    except (AttributeError, OSError):  # not Linux
        control.send(b"%d\n" % child)
        return
    socket.send_fds(control, [b"%d\n" % child], [pidfd])
    os.close(pidfd)


def serve(channel: int, spec: dict[str, Any], lockdown: Lockdown, plan: PlannedCalls | None) -> NoReturn:
    """Be the child: lock the process, run one job from the channel, and leave."""
    code = 0
    try:
        random.seed(0)  # a fork seeds it anew, but it must start alike in every child
        layers = lockdown.apply(channel)
        sys.stdout = sys.stderr = caller.OutputCounter(spec["output_bytes"])
        builtins.open = caller.open_with_a_sink
        run(channel, layers, spec["read_paths"], plan)
    except BaseException:
        code = 70  # the grader sees that no end was announced
    os._exit(code)


class Sender:
    """Sends messages, several in a frame, because each frame wakes the grader up."""

    def __init__(self, channel: int):
        self.channel = channel
        self.waiting: list[dict[str, Any]] = []
        self.arrays: list[bytes] = []

    def add(self, message: dict[str, Any], *buffers: bytes) -> None:
        """Send a message with the next frame."""
        if len(self.waiting) == MAX_MESSAGES:
            self.send()
        self.waiting.append(message)
        self.arrays.extend(buffers)

    def send(self) -> None:
        """Send all messages that wait, with the time that was used so far."""
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
        self.add({"kind": "step", "step": step})
        self.send()


def run(channel: int, layers: list[str], readable: list[str], plan: PlannedCalls | None) -> None:
    """Load the submission, make its calls, and then those that the grader asks for until it has enough."""
    sender = Sender(channel)

    def read(n: int) -> bytes:
        return os.read(channel, n)

    job, _ = wire.read_frame(read)
    if job["brings_plan"]:
        plan = PlannedCalls(*wire.read_frame(read))
    sender.add({"kind": "locked", "layers": layers})
    reads = note_reads(readable, [label for label, _ in job["chunks"]])
    sender.send()
    loader = Loader(job["module"], job["chunks"], job["notebook"], job["skip_steps"], sender.announce)
    module = loader.load()
    keeps_nothing = stateless(module.__dict__, loader.given, loader.lines)
    loaded = {"problems": loader.problems, "skipped": loader.skipped, "stateless": keeps_nothing}
    sender.add({"kind": "loaded", **loaded, "reads": drained(reads)})
    if plan is None:
        raise wire.WireError("no plan has come")
    calls = caller.Caller(module, loader.lines, plan)
    due = job["calls"]
    while True:
        make(calls, [plan.calls[name] for name in due], sender, reads)
        sender.add({"kind": "end"})
        sender.send()
        due, _ = wire.read_frame(read)


def make(calls: caller.Caller, due: list[PlannedCall], sender: Sender, reads: list[str]) -> None:
    """Make the calls that are due, in order, and send the reply to each."""
    running, sent = "", 0.0
    for call in due:
        # A group lives or dies as a whole, so its replies can go together unless it takes long.
        if call.group != running or time.monotonic() - sent > QUIET_SECONDS:
            sender.send()
            running, sent = call.group, time.monotonic()
        header, buffers = calls.call(call)
        if reads:
            header["reads"] = drained(reads)
        sender.add(header, *buffers)


def drained(noted: list[str]) -> list[str]:
    """Return the notes since the last time, and empty their list."""
    taken = noted[:]
    noted.clear()
    return taken


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    main()
