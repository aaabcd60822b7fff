"""The allow list at work: what honest code may do, what is refused, and what the grader learns of it.

Every attempt runs in a PID namespace of its own with limits (`tests/locked.py`), and does no harm where it succeeds.
"""

import errno
import os
import signal

import pytest

from autograder.sandbox.host.syscalls import NUMBERS, architecture
from tests.locked import bare, has, here, needs, run


@pytest.fixture(autouse=True, scope="module")
def _with_a_filter():
    needs(has("watched"), "no filter is written for this machine, or its kernel does not report refusals")


LIBC = "import ctypes, os; libc = ctypes.CDLL(None, use_errno=True)\n"
ATTEMPTS = {  # what is tried, and what the kernel says that it was
    "import socket; socket.socket()": "socket(AF_INET)",
    "import socket; socket.socket(socket.AF_UNIX)": "socket(AF_UNIX)",
    "import socket; socket.socket(40, socket.SOCK_STREAM)": "socket(AF_VSOCK)",
    "import socket; socket.socketpair()": "socketpair(AF_UNIX)",
    "import os; os.fork()": "clone()",
    "import os; os.execv('/bin/true', ['true'])": "execve()",
    "import os; os.kill(1, 0)": "kill(process 1, 0)",
    "import os; os.killpg(0, 0)": "kill(process 0, 0)",
    "import os; os.setsid()": "setsid()",
    "import os; os.pidfd_open(os.getpid())": "pidfd_open()",
    "open('/dev/null', 'w')": "openat(to write)",
    "import os; os.open('/dev/null', os.O_RDONLY | os.O_TRUNC)": "openat(flags 0o2001000)",
    "import os; os.open('/', os.O_PATH)": "openat(flags 0o12000000)",
    "import os; os.mkdir('/tmp/x')": "mkdir()",
    "import os; os.unlink('/nowhere')": "unlink()",
    "import os; os.truncate('/nowhere', 0)": "truncate()",
    "import os; os.memfd_create('x')": "memfd_create()",
    "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0))": "prlimit64()",
    "import mmap; mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)": "mmap()",
    LIBC + "libc.prctl(4, 1, 0, 0, 0)": "prctl()",
    LIBC + "libc.ptrace(0, 0, 0, 0)": "ptrace()",
    LIBC + "libc.unshare(0x10000000)": "unshare()",
    LIBC + "libc.shmget(0, 4096, 0o1600)": "shmget()",
    LIBC + "libc.personality(0x400000)": "personality()",
    LIBC + "libc.process_vm_readv(os.getppid(), 0, 0, 0, 0, 0)": "process_vm_readv()",
    LIBC + "libc.syscall(425, 1, 0)": "io_uring_setup()",
    LIBC + "libc.syscall(437, -100, 0, 0, 0)": "openat2()",
    LIBC + "libc.syscall(400)": "call 400()",
}
# Where the calls of other machines have other names.
ALSO_CALLED = {"mkdir()": "mkdirat()", "unlink()": "unlinkat()"}


WHAT_CAME = "\nif 'libc' in globals(): result = ctypes.get_errno()"

# One process for many pieces of code, each with names of its own.
EACH = """
results = []
for code in {codes!r}:
    names = dict(globals())
    try:
        exec(code, names)
    except BaseException as error:
        names["result"] = type(error).__name__
    results.append(names.get("result"))
result = results
"""


def each(codes):
    """Return code that runs pieces of code one after the other, and leaves the list of what came of them."""
    return EACH.format(codes=list(codes))


def test_attempts_are_refused_and_seen():
    """They fail with EPERM in the process, which goes on, and who watches learns from the kernel what each was."""
    seen = run(each(code + WHAT_CAME for code in ATTEMPTS), ["no_new_privs", "seccomp", "watched"])
    refusals = {call: name for name, call in ALSO_CALLED.items()}
    assert [refusals.get(str(refusal), str(refusal)) for refusal in seen.refusals] == list(ATTEMPTS.values())
    allowed = ("PermissionError", "ValueError", errno.EPERM)
    assert [(code, came) for code, came in zip(ATTEMPTS, seen.result, strict=True) if came not in allowed] == []


def test_without_a_watcher_attempts_are_refused_all_the_same():
    """The kernel then says that there is no such call."""
    seen = run(each(code + WHAT_CAME for code in ATTEMPTS), ["no_new_privs", "seccomp"])
    assert seen.refusals == []
    allowed = ("OSError", "ValueError", errno.ENOSYS)
    assert [(code, came) for code, came in zip(ATTEMPTS, seen.result, strict=True) if came not in allowed] == []


DEADLY = {
    "a descriptor is handed over": "import socket; socket.send_fds(held, [b'x'], [0])",
    "another filter is loaded": LIBC + "libc.syscall(SECCOMP, 1, 0, 0)",
    "a call comes by its x32 number": LIBC + "libc.syscall(0x40000000 | 39)",
}


@pytest.mark.parametrize("what", DEADLY)
def test_what_no_honest_code_does_is_the_end(what):
    """The process dies of SIGSYS, which it cannot catch."""
    needs("x32" not in what or architecture() == "x86_64", "x32 is for x86-64")
    code = DEADLY[what].replace("SECCOMP", str(NUMBERS[architecture()]["seccomp"]))
    code = f"import signal; signal.signal(signal.SIGSYS, lambda *_: None)\n{code}"
    seen = run(code, ["no_new_privs", "seccomp", "watched"])
    assert not seen.reported
    assert os.WTERMSIG(seen.status) == signal.SIGSYS


HONEST = {
    "linear algebra": "A = np.random.default_rng(0).normal(size=(60, 60)); result = bool((A @ np.linalg.inv(A)).any())",
    "libraries on first use": "import fractions, decimal, sqlite3, numpy.fft, unittest.mock, asyncio; result = True",
    "sleeping": "import time; time.sleep(0.001); result = True",
    "its own source files": "import inspect, fractions; result = bool(inspect.getsource(fractions))",
    "looking for missing files": "import os; result = not os.path.exists('/nowhere') and bool(os.path.realpath('x'))",
    "its home": "import pathlib; result = str(pathlib.Path.home()) == '/'",
    "random bytes": "import os, secrets; result = len(os.urandom(8) + open('/dev/urandom', 'rb').read(8)) == 16",
    "signals to itself": "import signal; signal.signal(14, lambda *_: None); signal.raise_signal(14); result = True",
    "limits and uses": "import resource; result = bool(resource.getrlimit(7) and resource.getrusage(0))",
    "threads": "import threading\ntry: threading.Thread(target=print).start()\nexcept RuntimeError: result = True",
}


@pytest.mark.parametrize("isolated", [False, True])
@pytest.mark.parametrize(
    "what", [tuple(HONEST), *(pytest.param((one,), marks=pytest.mark.thorough) for one in HONEST)], ids=", ".join
)
def test_honest_code_works_and_raises_no_suspicion(what, isolated):
    """Behind all layers, isolated and not, what students do goes well or fails as Python fails, unremarked."""
    machine = here() if isolated else bare()
    seen = run(each(HONEST[one] for one in what), isolated=isolated)
    assert (dict(zip(what, seen.result, strict=True)), seen.refusals) == (dict.fromkeys(what, True), [])
    assert seen.layers == list(machine.layers)


def test_refused_code_goes_on():
    """An attempt in a `try` costs nothing but the attempt; each is seen."""
    code = """
import subprocess
for action in (lambda: open("log.txt", "w"), lambda: subprocess.run(["true"]), lambda: open("log.txt", "w")):
    try:
        action()
    except PermissionError:
        result = "went on"
"""
    seen = run(code)
    assert seen.result == "went on"
    first, *others, last = seen.refusals
    assert str(first) == str(last) == "openat(to write)"
    assert others
    assert first.ordinary
