"""Before the first submission: have a real worker try what none may do. If one attempt succeeds, nobody is graded.

Each probe is a function in the text of a submission. It returns 1.0 if it got through and 0.0 if it was stopped;
a probe whose process is ended was stopped as well.
"""

from dataclasses import dataclass

from autograder.assignment import BUNDLED
from autograder.model.plan import Call, Plan, Value
from autograder.model.settings import Limits
from autograder.sandbox.host.errors import SelfTestFailed, WorkerBroken
from autograder.sandbox.host.levels import ENVIRONMENT, Level, Machine
from autograder.sandbox.host.monitor import Budget
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import open_worker
from autograder.submissions import Source

KERNEL: tuple[Level, ...] = ("full", "kernel filters")
FULL: tuple[Level, ...] = ("full",)
ALL: tuple[Level, ...] = ("full", "kernel filters", "limits only")

SECONDS = 20.0  # to compute, and to wait
REFERENCE = str(BUNDLED / "__init__.py")


@dataclass(frozen=True)
class Probe:
    """One thing that must not work."""

    name: str
    what: str
    body: str  # of a function with one argument; an exception means that it was stopped
    promised: tuple[Level, ...] = KERNEL
    argument: Value = 0

    @property
    def function(self) -> str:
        """The name of the function that tries it."""
        return f"probe_{self.name.replace(' ', '_')}"


PROBES = (
    Probe("reference", "read the reference", "open(given).read(1)", argument=REFERENCE),
    Probe(
        "project", "list the grader's folder", "os.listdir(os.path.dirname(os.path.dirname(given)))", argument=REFERENCE
    ),
    Probe("names", "see that the reference exists", "os.stat(given)", FULL, REFERENCE),
    Probe("system", "read the system's users", "open('/etc/passwd').read(1)"),
    Probe("processes", "look into another process", "open(f'/proc/{os.getppid()}/environ', 'rb').read(1)"),
    Probe("environment", "find the grader's environment", "assert set(os.environ) - KNOWN"),
    Probe("write", "write a file", "open('/tmp/bptt-probe', 'w')"),
    Probe("directory", "make a folder", "os.mkdir('bptt-probe')"),
    Probe("network", "open a TCP socket", "socket.socket(socket.AF_INET)"),
    Probe("local", "open a local socket", "socket.socket(socket.AF_UNIX)"),
    Probe("fork", "start a process", "os.fork() or os._exit(0)"),
    Probe("execute", "run a program", "os.posix_spawn('/bin/true', ['true'], {})"),
    Probe("signal", "signal the worker", "os.kill(os.getppid(), 0)"),
    Probe("trace", "attach to the worker", "assert libc.ptrace(16, os.getppid(), 0, 0) == 0"),
    Probe("memory file", "keep memory that no limit counts", "os.memfd_create('probe')"),
    Probe("limits", "raise its own limits", "resource.setrlimit(resource.RLIMIT_CORE, (1, 1))"),
    Probe("descriptors", "find the grader's descriptors", "assert len(opened()) > 5"),
    Probe("memory", "take more memory than is allowed", "np.ones(int(given))", ALL),
)

_HEAD = """
import ctypes, os, resource, socket
import numpy as np
libc = ctypes.CDLL(None)
KNOWN = {known!r}
def opened():
    found = []
    for number in range(64):
        try:
            os.fstat(number)
            found.append(number)
        except OSError:
            pass
    return found
"""


def self_test(machine: Machine, limits: Limits) -> int:
    """Try all that a machine's level promises to stop, in a real worker; return how many probes that were.

    Raises:
        SelfTestFailed: a probe got through, or the worker did not work.
    """
    probes = [probe for probe in PROBES if machine.level in probe.promised]
    known = {*ENVIRONMENT, "LC_CTYPE", "PWD"}  # the interpreter and bubblewrap add two of their own
    text = _HEAD.replace("{known!r}", repr(known)) + "".join(_function(probe) for probe in probes)
    plan = EncodedPlan(Plan(tuple(_call(probe, limits) for probe in probes)))
    try:
        with open_worker(machine, limits) as worker:
            session = Session(worker, Source("py", (("probe.py", text),), ""))
            session.left = Budget(SECONDS, SECONDS, limits.reply_bytes)
            transcript = session.perform(plan)
    except WorkerBroken as error:
        raise SelfTestFailed(str(error)) from error
    if not transcript.loaded or transcript.problems:
        raise SelfTestFailed("the worker could not load the self-test")
    for probe in probes:
        reply = transcript.replies[probe.name]
        if reply.kind != "lost" and (reply.kind != "value" or reply.parts[0].values != 0):
            raise SelfTestFailed(f"code in the worker could {probe.what}")
    return len(probes)


def _function(probe: Probe) -> str:
    lines = ("try:", f"    {probe.body}", "except BaseException:", "    return 0.0", "return 1.0")
    return f"\ndef {probe.function}(given):\n" + "".join(f"    {line}\n" for line in lines)


def _call(probe: Probe, limits: Limits) -> Call:
    argument = probe.argument if probe.name != "memory" else limits.memory_bytes / 8 + 1
    return Call(probe.name, probe.name, probe.function, (argument,))
