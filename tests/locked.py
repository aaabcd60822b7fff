"""A process behind the sandbox's layers, for tests: run a few lines in it and see what came of them.

The lines run in a PID namespace of their own with limits on memory and CPU time, whatever the layers do.
"""

import json
import os
import select
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from autograder.sandbox.host import levels, places
from autograder.sandbox.host.refusals import Refusal, answer

# Plays the worker: prepares, forks, applies in the child, runs the lines, and reports how the child ended.
PROGRAM = """
import json, os, socket, sys
channel, worker, numpy = int(sys.argv[1]), sys.argv[2], sys.argv[3]
sys.path[:0] = [worker, numpy]
import numpy as np
import lockdown
del sys.path[:2]  # numpy finds its own modules; what is installed beside it must not be found
with open(0, closefd=False) as stdin:
    job = json.load(stdin)
spare = os.open("/dev/null", os.O_RDONLY)
report = {"error": "", "layers": [], "result": None}
try:
    prepared = lockdown.Lockdown(job["spec"])
except lockdown.LockdownError as error:
    os.write(channel, json.dumps(report | {"error": str(error)}).encode())
    raise SystemExit
waiting, going = os.pipe()
child = os.fork()
if child:
    os.close(channel)
    if job["leave"]:
        os.read(waiting, 1)
        os._exit(0)
    print(os.waitpid(child, 0)[1])
    raise SystemExit
held = socket.socket(fileno=channel)  # made early: it looks at its descriptor, which the filter would not allow
names = {"spare": spare, "held": held, "np": np, "go": lambda: os.write(going, b"x")}
try:
    report["layers"] = prepared.apply(channel)
    exec(job["code"], names)
    report["result"] = names.get("result")
except lockdown.LockdownError as error:
    report["error"] = str(error)
except BaseException as error:
    report["result"] = type(error).__name__
os.write(channel, json.dumps(report).encode())
os._exit(0)
"""


@dataclass
class Seen:
    """What came of the lines."""

    result: Any = None  # what they left in `result`, or the name of the exception that they raised
    error: str = ""  # a layer that could not be put in force
    layers: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    status: int = 0  # wait status of the process
    reported: bool = True  # whether the process lived to say anything


@cache
def here() -> levels.Machine:
    """Return what this machine gives."""
    return levels.detect()


@cache
def bare() -> levels.Machine:
    """Return what this machine gives without bubblewrap."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nonexistent")
        return levels.detect()


def has(name: str) -> bool:
    """Whether this machine gives a layer."""
    return any(layer.partition(":")[0] == name for layer in bare().layers)


def needs(holds: bool, reason: str) -> None:
    """Skip a test where this machine lacks what it is about; in CI nothing may be lacking."""
    if not holds:
        assert not os.environ.get("CI"), f"CI must run this test, but {reason}"
        pytest.skip(reason)


@cache
def fence() -> tuple[str, ...]:
    """Return the words that put a command in a PID namespace with limits, as far as this machine can."""
    limits = ("prlimit", "--as=4294967296", "--cpu=20", "--")
    apart = ("unshare", "--pid", "--fork", "--kill-child", "--")
    # An ordinary user gets a PID namespace inside a user namespace only, and is root in there.
    as_user = ("unshare", "--user", "--map-root-user", *apart[1:])
    for words in (apart, as_user):
        if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
            return (*words, *limits)
    return limits


def run(
    code: str,
    layers: Sequence[str] | None = None,
    *,
    isolated: bool = False,
    fenced: bool = True,
    leave: bool = False,
    change: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Seen:
    """Run `code` in a child with `layers` in force.

    Args:
        code: lines of Python; what they assign to `result` comes back.
        layers: names of layers without their ABI; None for all that this machine gives.
        isolated: as a real worker is, instead of behind the fence.
        fenced: False for code that needs its parent to end alone: the first process of a PID namespace takes all along.
        leave: the forking process ends as soon as the code calls `go()`, instead of waiting.
        change: edits the specification before it is sent.
    """
    machine = here() if isolated else bare()
    needs(bool(machine.isolation) or not isolated, "; ".join(missing.why for missing in machine.missing))
    spec = levels.lock_spec(machine, 1 << 30, 10)
    if layers is not None:
        spec["layers"] = [name for name in machine.layers if name.partition(":")[0] in layers]
    change(spec)
    interpreter = str(places.interpreter())
    command = levels.worker_command(machine)
    before = command[: command.index("--") + 1] if isolated else fence() if fenced else ()
    words = [*before, interpreter, "-s", "-P", "-S", "-B", "-c", PROGRAM]
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = subprocess.Popen(
                [*words, str(theirs.fileno()), str(levels.WORKER), str(places.numpy_home())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=levels.ENVIRONMENT,
            )
        assert process.stdin
        process.stdin.write(json.dumps({"spec": spec, "code": code, "leave": leave}).encode())
        process.stdin.close()
        process.stdin = None
        seen = _attend(ours)
    printed, complaint = process.communicate()
    assert process.returncode == 0 or not seen.reported, complaint.decode()
    seen.status = int(printed or 0)
    return seen


def _attend(channel: socket.socket) -> Seen:
    """Read until the process has gone, and answer what the kernel reports of it."""
    seen = Seen(reported=False)
    data, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    listeners = list(descriptors)
    if listeners:
        data = b""  # the byte that carried the descriptor
    poll = select.poll()
    for descriptor in (channel.fileno(), *listeners):
        poll.register(descriptor, select.POLLIN)
    while True:
        ready = dict(poll.poll(60_000))
        assert ready, "the process neither went on nor ended"
        for listener in listeners:
            if ready.get(listener, 0) & select.POLLIN:
                refusal = answer(listener)
                seen.refusals += [refusal] if refusal else []
            elif listener in ready:
                poll.unregister(listener)  # nobody is left behind it
        if channel.fileno() in ready:
            part = channel.recv(1 << 16)
            if not part:
                break
            data += part
    for listener in listeners:
        os.close(listener)
    if data:
        report = json.loads(data)
        seen.result, seen.error, seen.layers = report["result"], report["error"], report["layers"]
        seen.reported = True
    return seen
