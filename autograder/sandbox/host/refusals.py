"""Read from the kernel which calls it refused to a submission.

The worker's filter (`autograder/sandbox/host/filters.py`) stops a process at every call that is not on its list until
the grader has answered. The process can neither forge nor hide these calls, because they do not pass through it. They
are evidence of an attempt and no more: `savefig` tries to write as well.
"""

import contextlib
import errno
import fcntl
import os
import signal
import socket
import struct
from dataclasses import dataclass

from autograder.sandbox.host.syscalls import NAMES, architecture

# Honest libraries ask for these as well: threads, and files for plots and caches.
_ORDINARY = """
    clone clone3 socketpair
    open openat openat2 creat mkdir mkdirat mknod mknodat rename renameat renameat2 unlink unlinkat rmdir
    link linkat symlink symlinkat truncate ftruncate fallocate pwrite64 pwritev pwritev2 sendfile splice
    vmsplice copy_file_range chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes
    utimensat futimesat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr
    removexattrat file_setattr sync syncfs fsync fdatasync
"""

# struct seccomp_notif: id, pid, flags, then struct seccomp_data: number, machine, instruction pointer, arguments.
_NOTICE = struct.Struct("=QII iIQ 6Q")
_ANSWER = struct.Struct("=QqiI")  # struct seccomp_notif_resp: id, value, error, flags
_RECEIVE, _SEND = 0xC0502100, 0xC0182101


@dataclass(frozen=True)
class Refusal:
    """One call that was refused. Its text is made of numbers, so it is safe to print."""

    call: str  # the kernel's name of it, such as "socket"
    detail: str = ""  # made of the arguments, such as "AF_INET"

    def __str__(self) -> str:
        return f"{self.call}({self.detail})"

    @property
    def ordinary(self) -> bool:
        """Whether honest libraries ask for this as well."""
        return self.call in _ORDINARY.split()


def answer(listener: int) -> Refusal | None:
    """Refuse one call that is waiting at `listener`, and return which it was.

    Call it when `poll` reports POLLIN: it waits until there is a call. POLLHUP says that no process is left behind
    the descriptor. The process gets EPERM, which Python raises as PermissionError.

    Returns:
        None if the process has ended, or was interrupted, before it was heard.

    Raises:
        OSError: the descriptor is no listener.
    """
    notice = bytearray(_NOTICE.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, notice)
    except FileNotFoundError:
        return None
    key, _, _, number, _, _, *arguments = _NOTICE.unpack(notice)
    with contextlib.suppress(FileNotFoundError):  # it has ended since
        fcntl.ioctl(listener, _SEND, _ANSWER.pack(key, 0, -errno.EPERM, 0))
    machine = architecture()
    name = NAMES[machine].get(number, "") if machine else ""
    return Refusal(name, _detail(name, arguments)) if name else Refusal(f"call {number}")


def _detail(name: str, arguments: list[int]) -> str:
    """Say what the arguments mean, for the calls about which an instructor would ask."""
    first, second, third = (_signed(argument) for argument in arguments[:3])
    if name in ("socket", "socketpair"):
        return _named(socket.AddressFamily, first)
    if name == "openat":
        return "to write" if third & os.O_ACCMODE else f"flags {third:#o}"
    if name == "kill":
        return f"process {first}, {_named(signal.Signals, second)}"
    if name == "tgkill":
        return f"process {first}, {_named(signal.Signals, third)}"
    return ""


def _signed(argument: int) -> int:
    """Return the lower half of an argument as the C int that the kernel makes of it."""
    return int.from_bytes((argument & 0xFFFFFFFF).to_bytes(4, "little"), "little", signed=True)


def _named(names: type[socket.AddressFamily] | type[signal.Signals], number: int) -> str:
    return names(number).name if number in set(names) else str(number)
