"""The system calls that the process with student code may make, as a seccomp program.

Calls on the list are allowed. Calls that honest libraries try on the side are turned down quietly, with the error
that they can handle. Every other call is *watched*: the kernel stops the process, tells the grader which call it
was, and goes on with an error (`autograder/sandbox/host/refusals.py`). So every refusal is seen, the evidence comes
from the kernel and not from the process, and honest code gets a PermissionError that it can handle instead of a dead
process. Two kinds of calls kill: those of another machine (int 0x80, x32), whose numbers mean something else, and
handing over descriptors.

If nobody watches, the kernel answers a watched call with ENOSYS: it is refused all the same.

Pages that can be executed come from files only, so that a late `import` of an installed library works; the
worker cannot make a file. Threads are refused as on a machine that has run out of them.

The program is made here and sent to the worker as numbers.
"""

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograder.sandbox.host.syscalls import NUMBERS, Architecture

Instruction = tuple[int, int, int, int]  # (code, jt, jf, k), as in the kernel's struct sock_filter

ALLOW = 0x7FFF0000
WATCH = 0x7FC00000
KILL = 0x80000000
ERRNO = 0x00050000

# struct seccomp_data: the call's number, the machine, the instruction pointer, then six arguments of 8 bytes.
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
_LOAD, _AND, _RETURN, _JUMP, _IF_EQUAL, _IF_GREATER, _IF_AT_LEAST = 0x20, 0x54, 0x06, 0x05, 0x15, 0x25, 0x35
_AUDIT_MACHINE: dict[Architecture, int] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
_WORD = 0xFFFFFFFF
_FEW = 3  # numbers that are compared one after the other

_ALLOWED = """
    read readv pread64 preadv write writev close close_range lseek dup dup2 dup3 pipe pipe2
    stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat statfs fstatfs
    getcwd chdir fchdir getdents getdents64 fadvise64 umask
    brk munmap mremap madvise membarrier
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
    pause alarm setitimer getitimer nanosleep gettimeofday time times
    poll ppoll select pselect6 futex sched_yield restart_syscall set_robust_list set_tid_address rseq
    getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp
    getrlimit getrusage sysinfo uname getcpu getrandom exit exit_group
"""


class _Check(NamedTuple):
    """Holds if (argument & mask) == value; the kernel reads these arguments as 32 bits."""

    argument: int
    value: int
    mask: int = _WORD
    high: bool = False  # the upper half of the argument


class _Branch(NamedTuple):
    """An action for the case that every check holds."""

    action: int
    checks: tuple[_Check, ...]


def _allow(*checks: _Check) -> _Branch:
    return _Branch(ALLOW, checks)


def _any_of(argument: int, values: Iterable[int]) -> tuple[_Branch, ...]:
    return tuple(_allow(_Check(argument, value)) for value in values)


_MAKES_OR_CHANGES_FILES = 0o3 | 0o100 | 0o1000 | 0o20000000  # access mode, O_CREAT, O_TRUNC, O_TMPFILE
_ONLY_A_NAME = 0o10000000  # O_PATH, to which Landlock does not apply
_NOT_FOR_READING = _MAKES_OR_CHANGES_FILES | _ONLY_A_NAME
_PROT_WRITE, _PROT_EXEC, _MAP_ANONYMOUS, _CLONE_THREAD = 0x2, 0x4, 0x20, 0x10000
_IS_A_TERMINAL, _TERMINAL_SIZE, _KEEP_ON_EXEC, _CLOSE_ON_EXEC = 0x5401, 0x5413, 0x5450, 0x5451
_DUPLICATE, _GET_FLAGS, _SET_FLAGS, _GET_STATUS, _DUPLICATE_CLOEXEC = 0, 1, 2, 3, 1030
_SET_NAME, _GET_NAME, _NAME_MEMORY = 15, 16, 0x53564D41

_OWN_PID = 0x7FFFFFFF  # stands for the number of the process, which the worker fills in; no process has this one
_SELF = _Check(0, _OWN_PID)
_CLOCKS = 0xFFFFFFF0  # a number above these is made of that of a process, whose clock it is
_ONLY_ASKS = (_Check(2, 0), _Check(2, 0, high=True))  # no new limits: a null pointer

# Branches are tried in turn; if none fits, the call is watched.
_CONDITIONAL: dict[str, tuple[_Branch, ...]] = (
    {
        "openat": (_allow(_Check(2, 0, _NOT_FOR_READING)),),
        "open": (_allow(_Check(1, 0, _NOT_FOR_READING)),),
        "mmap": (_allow(_Check(2, 0, _PROT_EXEC)), _allow(_Check(2, 0, _PROT_WRITE), _Check(3, 0, _MAP_ANONYMOUS))),
        "mprotect": (_allow(_Check(2, 0, _PROT_EXEC)),),
        "fcntl": _any_of(1, (_DUPLICATE, _GET_FLAGS, _SET_FLAGS, _GET_STATUS, _DUPLICATE_CLOEXEC)),
        "ioctl": (
            *_any_of(1, (_IS_A_TERMINAL, _TERMINAL_SIZE, _KEEP_ON_EXEC, _CLOSE_ON_EXEC)),
            _Branch(ERRNO | errno.ENOTTY, ()),
        ),
        "prctl": _any_of(0, (_SET_NAME, _GET_NAME, _NAME_MEMORY)),
        "getpriority": (_allow(_Check(0, 0), _Check(1, 0)), _allow(_Check(0, 0), _Check(1, _OWN_PID))),
        "kill": (_allow(_SELF),),
        "tkill": (_allow(_SELF),),
        "tgkill": (_allow(_SELF),),
        "prlimit64": (_allow(_Check(0, 0), *_ONLY_ASKS), _allow(_SELF, *_ONLY_ASKS)),
        "clone": (_Branch(ERRNO | errno.EAGAIN, (_Check(0, _CLONE_THREAD, _CLONE_THREAD),)),),
        # Its flags are behind a pointer; with this answer, libraries fall back on `clone`.
        "clone3": (_Branch(ERRNO | errno.ENOSYS, ()),),
        # For the worker itself, which ends by loading `sealed()`.
        "sendmsg": (_allow(),),
        "seccomp": (_allow(),),
    }
    | {
        name: (_Branch(ERRNO | errno.EPERM, ()),)  # libraries of linear algebra may try these for speed
        for name in ("sched_setaffinity", "mbind", "set_mempolicy", "get_mempolicy", "mlock", "mlock2", "munlock")
    }
    | {
        # Of the process itself: with other numbers it could list the processes of the machine.
        name: (_allow(_Check(0, 0)), _allow(_SELF))
        for name in ("getpgid", "getsid", "sched_getaffinity", "sched_getparam", "sched_getscheduler")
    }
    | {name: (_allow(_Check(0, 0, _CLOCKS)),) for name in ("clock_gettime", "clock_getres", "clock_nanosleep")}
)


@dataclass(frozen=True)
class Filter:
    """A seccomp program; in the rows `own_pid`, the worker sets k to the number of the process."""

    rows: tuple[Instruction, ...]
    own_pid: tuple[int, ...] = ()


def allow_list(machine: Architecture) -> Filter:
    """Return the program that holds a submission."""
    numbers = NUMBERS[machine]
    rows = _preamble(machine)
    # A newer C library first tries calls that are newer than the table, and falls back on older ones.
    rows += [(_IF_GREATER, 0, 1, max(numbers.values())), (_RETURN, 0, 0, ERRNO | errno.ENOSYS)]
    answers = {numbers[name]: _compiled(branches) for name, branches in _CONDITIONAL.items() if name in numbers}
    answers |= {numbers[name]: _compiled([_allow()]) for name in _ALLOWED.split() if name in numbers}
    rows += _search(sorted(answers.items()))
    own_pid = (position for position, (code, *_, value) in enumerate(rows) if (code, value) == (_IF_EQUAL, _OWN_PID))
    return Filter(tuple(rows), tuple(own_pid))


def sealed(machine: Architecture) -> Filter:
    """Return the program that takes back the two calls which the worker needs to lock itself."""
    rows = _preamble(machine)
    for name in ("sendmsg", "seccomp"):
        rows += [(_IF_EQUAL, 0, 1, NUMBERS[machine][name]), (_RETURN, 0, 0, KILL)]
    rows.append((_RETURN, 0, 0, ALLOW))
    return Filter(tuple(rows))


def _preamble(machine: Architecture) -> list[Instruction]:
    """Return rows that kill calls of another machine, and leave the call's number in the accumulator."""
    rows: list[Instruction] = [
        (_LOAD, 0, 0, _MACHINE),
        (_IF_EQUAL, 1, 0, _AUDIT_MACHINE[machine]),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        rows += [(_IF_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, KILL)]
    return rows


def _search(answers: Sequence[tuple[int, list[Instruction]]]) -> list[Instruction]:
    """Return rows that find a call's number among `answers`, in order of numbers, and watch any other call.

    A binary search: when the program is loaded, the kernel runs it for every number that there is.
    """
    if len(answers) <= _FEW:
        rows: list[Instruction] = []
        for number, answer in answers:
            rows += [(_IF_EQUAL, 0, len(answer), number), *answer]
        return [*rows, (_RETURN, 0, 0, WATCH)]
    middle = len(answers) // 2
    below = _search(answers[:middle])
    here = [(_IF_AT_LEAST, 0, 1, answers[middle][0]), (_JUMP, 0, 0, len(below))]
    return [*here, *below, *_search(answers[middle:])]


def _compiled(branches: Sequence[_Branch]) -> list[Instruction]:
    """Return the rows that try the branches in turn, and watch the call if none fits."""
    rows: list[Instruction] = []
    for branch in branches:
        part: list[Instruction] = []
        for check in branch.checks:
            part.append((_LOAD, 0, 0, _ARGUMENTS + 8 * check.argument + 4 * check.high))
            part += [(_AND, 0, 0, check.mask)] * (check.mask != _WORD)
            part.append((_IF_EQUAL, 0, 0, check.value))
        part.append((_RETURN, 0, 0, branch.action))
        for row, (code, jump, _, value) in enumerate(part):
            if code == _IF_EQUAL:  # a check that fails leads behind the branch
                part[row] = (code, jump, len(part) - row - 1, value)
        rows += part
    return rows if not branches[-1].checks else [*rows, (_RETURN, 0, 0, WATCH)]
