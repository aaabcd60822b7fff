"""Find out how well this machine can isolate student code, and start a worker so.

    full             the worker sees an empty machine with Python and numpy in it (bubblewrap), and may ask little of
                     the kernel (seccomp, Landlock)
    kernel filters   the same kernel filters on the machine as it is: names and sizes of files can be seen
    limits only      time and memory at best

Nothing is assumed: each kind of isolation is tried with the worker's own interpreter.
"""

import contextlib
import ctypes
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from autograder.sandbox.host import places
from autograder.sandbox.host.filters import WATCH, allow_list, sealed
from autograder.sandbox.host.syscalls import NUMBERS, architecture

Level = Literal["full", "kernel filters", "limits only"]
# How bubblewrap isolates the worker: with root's rights, with a user namespace, or not at all.
Isolation = Literal["root", "user namespace", ""]

NOBODY = 65534  # the worker's user if the grader runs as root
WORKER = Path(__file__).parents[1] / "worker"

# The whole environment of a worker. The order of sets must be the same in all workers.
ENVIRONMENT = {
    "HOME": "/",
    "LC_ALL": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
}

_LANDLOCK_CREATE, _LANDLOCK_VERSION, _LANDLOCK_KNOWN = 444, 1, 7
_GET_ACTION_AVAIL = 2
_PROBE_SECONDS = 300  # a busy machine must not pass for a weaker one


@dataclass(frozen=True)
class Missing:
    """A layer that this machine does not give."""

    layer: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Machine:
    """The protection that was found, and the level that follows from it."""

    level: Level
    layers: tuple[str, ...]  # every process must report these to be in force, in this order
    isolation: Isolation
    uid: int | None  # the worker's user; None: the grader's own
    facts: dict[str, str]
    missing: tuple[Missing, ...] = ()


def detect() -> Machine:
    """Try what this machine gives. It takes about as long as to start a worker."""
    abi, filtered, watched = _landlock_abi(), _has_action(0), _has_action(WATCH)
    isolation, uid, missing = _isolation()
    layers = ["rlimits"]
    if sys.platform == "linux":
        layers += ["uid"] * (uid is not None) + ["capabilities", "undumpable", "tied", "no_new_privs"]
    layers += [f"landlock:{abi}"] * (abi > 0) + ["descriptors"]
    layers += ["seccomp"] * filtered + ["watched"] * (filtered and watched)
    if not abi:
        remedy = "use Linux 5.13 or newer with Landlock enabled"
        missing.append(Missing("landlock", "this kernel has no Landlock", remedy))
    if not filtered:
        missing.append(Missing("seccomp", "no filter for this system", "use Linux on x86-64 or aarch64, 64 bit"))
    elif not watched:
        missing.append(Missing("watched", "this kernel does not report refused calls", "use Linux 5.0 or newer"))
    # An isolated worker has nothing to read, so Landlock is a second lock there; without isolation it is the only one.
    level: Level = "full" if isolation and filtered else "kernel filters" if abi and filtered else "limits only"
    facts = {
        "system": f"{platform.system()} {platform.release()} on {platform.machine()}",
        "user": "root" if _is_root() else "ordinary",
        "bubblewrap": shutil.which("bwrap") or "not installed",
        "Landlock ABI": str(abi or "none"),
        "seccomp": "yes" if filtered else "no",
        "pidfd": "yes" if hasattr(os, "pidfd_open") else "no",
    }
    return Machine(level, tuple(layers), isolation, uid, facts, tuple(missing))


def worker_command(machine: Machine) -> list[str]:
    """Return the command that starts a worker; "{control}" in it stands for the number of the inherited socket.

    The environment is part of the command: nothing of the caller's is passed on.
    """
    return [*_isolating(machine.isolation), *_python(), str(WORKER / "main.py"), "{control}", str(places.numpy_home())]


def lock_spec(machine: Machine, memory_bytes: int, cpu_seconds: int) -> dict[str, Any]:
    """Return the specification for the worker's `Lockdown`, as plain data that JSON can hold."""
    known = architecture()
    readable, listed = places.landlock_paths()
    allowed = allow_list(known) if known else None
    return {
        "layers": list(machine.layers),
        "memory_bytes": memory_bytes,
        "cpu_seconds": cpu_seconds,
        "uid": machine.uid,
        "read_paths": readable,
        "list_paths": listed,
        "filter": allowed.rows if allowed else [],
        "own_pid": allowed.own_pid if allowed else [],
        "seal": sealed(known).rows if known else [],
    }


def _python() -> list[str]:
    return [str(places.interpreter()), "-s", "-P", "-S", "-B"]


def _isolating(isolation: Isolation) -> list[str]:
    """Return the words that go before a command to run it isolated as a worker is."""
    if not isolation:
        return ["/usr/bin/env", "-i", *(f"{name}={value}" for name, value in ENVIRONMENT.items())]
    words = [shutil.which("bwrap") or "bwrap"]
    words += [f"--unshare-{name}" for name in ("ipc", "pid", "net", "uts", "cgroup-try")]
    if isolation == "user namespace":
        words += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-drop", "ALL"]
    else:  # the worker's children become another user; that takes these two, and they do not keep them
        words += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    words += ["--die-with-parent", "--new-session", "--hostname", "worker", "--chdir", "/", "--clearenv"]
    words += [word for name, value in ENVIRONMENT.items() for word in ("--setenv", name, value)]
    return [*words, *places.mounts(WORKER), "--"]


def _is_root() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


def _isolation() -> tuple[Isolation, int | None, list[Missing]]:
    """Return the best isolation in which the interpreter works, the worker's user, and the layers that are missing."""
    root, error = _is_root(), ""
    if sys.platform == "linux" and shutil.which("bwrap"):
        if root and not _fails("root", NOBODY):
            return "root", NOBODY, []
        error = _fails("user namespace", None)
        if not error:
            return "user namespace", None, []
    missing = [_without_isolation(error)]
    if root and not _fails("", NOBODY):
        return "", NOBODY, missing
    if root:
        why = f"user {NOBODY} cannot read {places.interpreter()} or numpy"
        missing.append(Missing("uid", why, "grade as an ordinary user, or use an interpreter outside root's home"))
    return "", None, missing


_PROBE = """
import os, sys
if sys.argv[2]:
    user = int(sys.argv[2])
    os.setgroups([]), os.setresgid(user, user, user), os.setresuid(user, user, user)
sys.path.append(sys.argv[1])
import fractions, numpy
"""


def _fails(isolation: Isolation, uid: int | None) -> str:
    """Start the worker's interpreter isolated and import numpy as user `uid`; return "" if it works, else why not."""
    user = "" if uid is None else str(uid)
    command = [*_isolating(isolation), *_python(), "-c", _PROBE, str(places.numpy_home()), user]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit status {done.returncode}"


def _without_isolation(error: str) -> Missing:
    """Say why the worker is not isolated, and what to do about it."""
    if sys.platform != "linux":
        return Missing("isolation", "bubblewrap is for Linux", "grade on Linux, in a virtual machine if need be")
    if not error:
        remedy = "install bubblewrap: apt-get install bubblewrap, dnf install bubblewrap or apk add bubblewrap"
        return Missing("isolation", "bubblewrap is not installed", remedy)
    switches = {
        "kernel.apparmor_restrict_unprivileged_userns": ("1", "0"),
        "kernel.unprivileged_userns_clone": ("0", "1"),
        "user.max_user_namespaces": ("0", "10000"),
    }
    for name, (closed, opened) in switches.items():
        with contextlib.suppress(OSError):
            if Path("/proc/sys", *name.split(".")).read_text().strip() == closed:
                return Missing("isolation", f"{name} is {closed}: {error}", f"as root: sysctl -w {name}={opened}")
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        remedy = "start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined"
        return Missing("isolation", f"this container allows no namespaces: {error}", remedy)
    return Missing("isolation", f"bubblewrap does not work here: {error}", "see that `bwrap --ro-bind / / true` works")


def _landlock_abi() -> int:
    """Return the Landlock ABI to use, 0 for none."""
    if sys.platform != "linux":
        return 0
    version = ctypes.CDLL(None).syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    return max(0, min(int(version), _LANDLOCK_KNOWN))


def _has_action(action: int) -> bool:
    """Whether a seccomp filter can be built for this machine, and its kernel knows the action."""
    machine = architecture()
    if sys.platform != "linux" or machine is None:
        return False
    asked = ctypes.byref(ctypes.c_uint32(action))
    return bool(ctypes.CDLL(None).syscall(NUMBERS[machine]["seccomp"], _GET_ACTION_AVAIL, 0, asked) == 0)
