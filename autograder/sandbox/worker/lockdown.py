"""Put the layers of protection in force, from inside the process that runs student code.

`Lockdown` is made once, in the process that forks; `apply` runs in each child before any student text is seen.
The host decides what is allowed and sends it as data (`spec`, made by `autograder/sandbox/host/levels.py`); this
module only asks the kernel for it. A layer that is demanded and cannot be had raises `LockdownError`; there
is no weaker second try.

The layers, in the order in which they are put in force:

    rlimits        memory, CPU time, no files to write, no processes, no core, few descriptors
    uid            as root: another user, without groups
    capabilities   none left
    undumpable     no other process may trace this one or read its memory
    tied           ends when the process that forked it ends
    no_new_privs   nothing that is executed gains rights
    landlock:N     reads below given paths only; no TCP, no signals to others (as far as ABI N goes)
    descriptors    none but 0, 1, 2 and the channel
    seccomp        calls to the kernel from an allow list
    watched        the grader, at the other end of the channel, is told of every call outside that list

For `watched`, the first message on the channel is one byte that carries the kernel's notification descriptor;
without it, the same calls are refused and nobody is told.
"""

import ctypes
import functools
import os
import platform
import resource
import signal
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Any

_PDEATHSIG, _SET_DUMPABLE, _NO_NEW_PRIVS = 1, 4, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every machine
_LANDLOCK_VERSION, _PATH_BENEATH = 1, 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SECCOMP_FILTER, _NEW_LISTENER = 1, 1 << 3
_ROW, _ROW_VALUE = struct.Struct("=HBBI"), 4  # struct sock_filter, and where its k begins
_CAPABILITY_VERSION = 0x20080522
_UNSHARE_MEMORY = 0x100  # CLONE_VM: changes nothing, but is refused to a process with threads

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# Rights on files by Landlock ABI: 13 at first, then renames across directories (2), truncation (3), ioctl (5).
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NETWORK_ABI, _SCOPE_ABI = 4, 6  # TCP bind and connect; abstract sockets and signals

_STACK_BYTES = 8 << 20
_DESCRIPTORS = 32
_MANY = 1 << 20  # if the system's limit on descriptors is larger, no process comes near it


_ORDER = "rlimits uid capabilities undumpable tied no_new_privs landlock descriptors seccomp watched"
LAYERS = tuple(_ORDER.split())
_Rows = ctypes.Array[ctypes.c_char]


class LockdownError(Exception):
    """A layer that was demanded is not in force: no student code may run here."""


class Lockdown:
    """The layers that every child puts in force, with all that can be made ready before the fork."""

    def __init__(self, spec: dict[str, Any]) -> None:
        """Make the layers ready, and shield the calling process itself.

        Args:
            spec: "layers" (names as above), "memory_bytes", "cpu_seconds", "uid" (also of the group, or None),
                "read_paths" (files and trees), "list_paths" (trees whose names may be listed), "filter" and "seal"
                (rows of [code, jt, jf, k]), "own_pid" (indices of rows that compare with the child's number).

        Raises:
            LockdownError: a layer is unknown here, or this process has threads, which a fork would not survive.
        """
        self.abis: dict[str, int] = {}  # of the layers, 0 if a layer has none
        for name in spec["layers"]:
            kind, _, abi = name.partition(":")
            if kind not in LAYERS:
                raise LockdownError(f"no layer is called {name!r}; known are {', '.join(LAYERS)}")
            self.abis[kind] = int(abi or 0)
        if "watched" in self.abis and "seccomp" not in self.abis:
            raise LockdownError("the layer watched needs the layer seccomp")
        if "seccomp" in self.abis:
            _one_thread()
        if "undumpable" in self.abis:
            self._undumpable()
        if "tied" in self.abis:
            _prctl(_PDEATHSIG, signal.SIGKILL, "tied")  # a grader that is killed leaves no worker behind
        self.parent = os.getpid()
        self.channel = -1
        self.uid: int | None = spec["uid"]
        self.limits = _limits(spec)
        self.ruleset = _ruleset(spec, self.abis["landlock"]) if "landlock" in self.abis else -1
        self.descriptors = min(os.sysconf("SC_OPEN_MAX"), _MANY)  # one more than the highest that can be open
        self.program, self.own_pid, self.seal = _program(spec["filter"]), spec["own_pid"], _program(spec["seal"])

    def apply(self, channel: int) -> list[str]:
        """Put the layers in force in the calling process, for good; return their names as the specification has them.

        Args:
            channel: the descriptor that stays open, a Unix socket if the layer "watched" is demanded.

        Raises:
            LockdownError: a layer is not in force. The process must end without running anything.
        """
        self.channel = channel
        names = [name for name in LAYERS if name in self.abis]
        for name in names:
            try:
                getattr(self, f"_{name}")()
            except (OSError, ValueError) as error:
                raise LockdownError(f"{name}: {error}") from error
        return [f"{name}:{self.abis[name]}" if self.abis[name] else name for name in names]

    def _rlimits(self) -> None:
        for number, soft, hard in self.limits:
            resource.setrlimit(number, (soft, hard))

    def _uid(self) -> None:
        if self.uid is None:
            raise LockdownError("uid: the specification names no user")
        os.setgroups([])
        os.setresgid(self.uid, self.uid, self.uid)
        os.setresuid(self.uid, self.uid, self.uid)

    def _capabilities(self) -> None:
        _check(_libc().capset(struct.pack("=Ii", _CAPABILITY_VERSION, 0), bytes(24)), "capabilities")

    def _undumpable(self) -> None:
        _prctl(_SET_DUMPABLE, 0, "undumpable")

    def _tied(self) -> None:
        _prctl(_PDEATHSIG, signal.SIGKILL, "tied")
        if os.getppid() != self.parent:
            raise LockdownError("tied: the parent has ended")

    def _no_new_privs(self) -> None:
        _prctl(_NO_NEW_PRIVS, 1, "no_new_privs")

    def _landlock(self) -> None:
        _check(_libc().syscall(_LANDLOCK_RESTRICT, self.ruleset, 0), "landlock")

    def _descriptors(self) -> None:
        os.closerange(3, self.channel)
        os.closerange(self.channel + 1, self.descriptors)

    def _seccomp(self) -> None:
        for row in self.own_pid:
            struct.pack_into("=I", self.program, _ROW.size * row + _ROW_VALUE, os.getpid())
        if "watched" in self.abis:
            # The socket object looks at its descriptor when it is made, which the filter would not allow.
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, self.channel) as watcher:
                listener = _load(self.program, _NEW_LISTENER)
                socket.send_fds(watcher, [b"\0"], [listener])
                watcher.detach()
            os.close(listener)  # only the other side answers
        else:
            _load(self.program, 0)
        _load(self.seal, 0)

    def _watched(self) -> None:
        """Do nothing: it is part of the layer seccomp."""


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    for name in ("capset", "prctl", "syscall"):
        getattr(libc, name)  # looked up before the fork, or each child would do it again
    return libc


def _check(result: int, what: str) -> int:
    if result < 0:
        raise LockdownError(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def _prctl(option: int, value: int, what: str) -> None:
    unused = ctypes.c_ulong(0)
    _check(_libc().prctl(option, ctypes.c_ulong(value), unused, unused, unused), what)


def _one_thread() -> None:
    """Raise unless this process has a single thread: a fork copies locks that other threads hold, for ever."""
    try:
        alone = len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208 - cheap start
    except OSError:  # the worker has no /proc
        alone = _libc().unshare(_UNSHARE_MEMORY) == 0
    if not alone:
        raise LockdownError("the worker has more than one thread; set OPENBLAS_NUM_THREADS=1 before numpy is imported")


def _limits(spec: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Return (resource, soft, hard) for each limit."""
    cpu = spec["cpu_seconds"]
    wanted = {
        "CPU": (cpu, cpu + 1),  # SIGXCPU, which can be caught, then SIGKILL
        "FSIZE": (0, 0),
        "CORE": (0, 0),
        "NOFILE": (_DESCRIPTORS, _DESCRIPTORS),
    }
    if sys.platform == "linux":  # elsewhere these are missing or break the interpreter
        wanted |= {
            "AS": (spec["memory_bytes"], spec["memory_bytes"]),
            "STACK": (_STACK_BYTES, _STACK_BYTES),
            **dict.fromkeys(("NPROC", "MSGQUEUE", "MEMLOCK", "RTPRIO", "NICE"), (0, 0)),
        }
    limits = []
    for name, (soft, hard) in wanted.items():
        number = getattr(resource, f"RLIMIT_{name}")
        ceiling = resource.getrlimit(number)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        limits.append((number, soft, hard))
    return limits


def _ruleset(spec: dict[str, Any], abi: int) -> int:
    """Return the descriptor of a Landlock rule set; children share it."""
    call = _libc().syscall
    given = call(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if given < abi:
        raise LockdownError(f"landlock: ABI {abi} was demanded, this kernel gives {max(given, 0)}")
    files = (1 << _FILE_RIGHTS[min(abi, max(_FILE_RIGHTS))]) - 1
    words = [files]  # the kernel's struct landlock_ruleset_attr, as long as this ABI knows it
    words += [0b11] * (abi >= _NETWORK_ABI) + [0b11] * (abi >= _SCOPE_ABI)
    attributes = struct.pack(f"={len(words)}Q", *words)
    ruleset = _check(call(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0), "landlock")
    rules = [(path, _READ_FILE | _READ_DIR) for path in spec["read_paths"]]
    rules += [(path, _READ_DIR) for path in spec["list_paths"]]
    for path, rights in rules:
        try:
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # it is missing, so there is nothing to allow
        rights = rights if os.path.isdir(path) else rights & _READ_FILE  # noqa: PTH112 - cheap start
        rule = struct.pack("=Qi", rights, beneath)  # struct landlock_path_beneath_attr, which is packed
        _check(call(_LANDLOCK_ADD, ruleset, _PATH_BENEATH, rule, 0), f"landlock: {path}")
        os.close(beneath)
    return ruleset


def _program(rows: Sequence[Sequence[int]]) -> _Rows:
    return ctypes.create_string_buffer(b"".join(_ROW.pack(*row) for row in rows), _ROW.size * len(rows))


def _load(rows: _Rows, flags: int) -> int:
    program = struct.pack("@HP", len(rows) // _ROW.size, ctypes.addressof(rows))  # struct sock_fprog
    call = _libc().syscall
    return _check(call(_SECCOMP[platform.machine()], _SECCOMP_FILTER, flags, program), "seccomp")
