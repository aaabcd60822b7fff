"""The room: a process with numpy loaded that forks once per submission and runs the student's code there.

Started as `python -I -S main.py CONTROL NUMPY_PATH`: CONTROL is the number of an inherited socket. For each
message on it (with the submission's own channel attached) the room forks, hands back a
pidfd of the child, waits, and reports how the child ended. The child reads one job from its channel, loads
the chunks, makes the calls, and writes one frame per call.
"""

import builtins
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from typing import Any

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), *sys.argv[2:]]  # noqa: PTH100, PTH120 - cheap start

import caller  # noqa: E402
import lockdown  # noqa: E402
import numpy as np  # noqa: E402
import wire  # noqa: E402
from loader import Loader  # noqa: E402
from watch import watch  # noqa: E402

# What is needed from these two is loaded: student code finds the standard library, and numpy in memory.
del sys.path[: 1 + len(sys.argv[2:])]


# What students import; loaded once here rather than in every child.
COMMON = (
    "abc collections.abc contextlib copy dataclasses enum functools itertools math numpy.linalg numpy.random "
    "numpy.typing operator random re string textwrap time typing warnings"
)
# Replies are held back for no longer than this: the grader counts a call's time from the last one it got.
QUIET_SECONDS = 0.05


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
    gc.collect()
    gc.freeze()  # children share these pages for as long as they only read
    control.send(b"ready\n")
    while True:
        message, channels, _, _ = socket.recv_fds(control, 64, 1)
        if not message:
            return
        child = os.fork()
        if child == 0:
            control.close()
            os.dup2(null, 2)
            serve(channels[0], spec, prepared)
        os.close(channels[0])
        hand_over(control, child)
        _, status, usage = os.wait4(child, 0)
        ended = {"status": status, "cpu": usage.ru_utime + usage.ru_stime, "peak_kb": usage.ru_maxrss}
        control.send(json.dumps(ended).encode() + b"\n")


def warm_up() -> None:
    """Use once what is slow on first use, so that no submission pays for it."""
    for name in COMMON.split():
        importlib.import_module(name)
    np.random.default_rng(0).standard_normal(4)
    np.random.seed(0)  # the legacy generator starts alike in every child
    np.linalg.norm(np.eye(2) @ np.ones(2))
    np.einsum("ij,j->i", np.eye(2), np.ones(2))


def hand_over(control: socket.socket, child: int) -> None:
    """Give the grader a handle on the child that no later process can take the place of."""
    try:
        pidfd = os.pidfd_open(child)
    except (AttributeError, OSError):  # not Linux
        control.send(b"%d\n" % child)
        return
    socket.send_fds(control, [b"%d\n" % child], [pidfd])
    os.close(pidfd)


def serve(channel: int, spec: dict[str, Any], prepared: lockdown.Prepared) -> None:
    """Be the child: lock the door, run one job, leave."""
    code = 0
    try:
        layers = lockdown.apply(prepared, channel)
        sys.stdout = sys.stderr = caller.Counter(spec["output_bytes"])
        builtins.open = caller.open_with_a_sink
        run(channel, layers, spec["read_paths"])
    except BaseException:
        code = 70  # the grader sees that no end was announced
    os._exit(code)


def run(channel: int, layers: list[str], readable: list[str]) -> None:
    """Load the submission and make its calls, one frame each."""
    waiting: list[bytes] = []

    def say(header: dict[str, Any], *buffers: bytes) -> None:
        waiting.append(wire.frame(header, b"".join(buffers)))

    def send() -> None:
        """Send what was said: each time, the grader wakes up."""
        view = memoryview(b"".join(waiting))
        waiting.clear()
        while view:
            view = view[os.write(channel, view) :]

    def announce(step: int) -> None:
        if job["announce"]:
            say({"kind": "step", "step": step, "cpu": time.process_time()})
            send()

    job, _ = wire.read_frame(lambda n: os.read(channel, n))
    plan, body = wire.read_frame(lambda n: os.read(channel, n))
    say({"kind": "locked", "layers": layers})
    reads = watch(readable, [label for label, _ in job["chunks"]])
    send()
    loader = Loader(job["chunks"], job["notebook"], job["poison"], announce)
    module = loader.load()
    say(
        {
            "kind": "loaded",
            "problems": loader.problems,
            "skipped": loader.skipped,
            "reads": drained(reads),
            "cpu": time.process_time(),
        }
    )
    calls = caller.Caller(module, loader.lines, plan, body)
    running, sent = "", 0.0
    for call in plan["calls"]:
        if call["group"] in job["skip"]:
            continue
        # A group lives or dies as a whole, so its replies can go together unless it takes long.
        if call["group"] != running or time.monotonic() - sent > QUIET_SECONDS:
            send()
            running, sent = call["group"], time.monotonic()
        header, buffers = calls.call(call)
        say(header | {"reads": drained(reads)}, *buffers)
    say({"kind": "end"})
    send()


def drained(noted: list[str]) -> list[str]:
    """Return what was noted since the last time."""
    taken = noted[:]
    noted.clear()
    return taken


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    main()
