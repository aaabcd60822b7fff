"""The seccomp programs, run by a small interpreter: both machines are tested on either."""

import ctypes
import errno
import os
import platform

import pytest

from autograder.sandbox.host import filters
from autograder.sandbox.host.filters import ALLOW, ERRNO, KILL, WATCH, allow_list, sealed
from autograder.sandbox.host.syscalls import NAMES, NUMBERS, architecture

MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
PID = 4711
O_WRONLY, O_CREAT, O_TRUNC, O_CLOEXEC, O_PATH = 0o1, 0o100, 0o1000, 0o2000000, 0o10000000
PROT_READ, PROT_WRITE, PROT_EXEC, MAP_PRIVATE, MAP_ANONYMOUS = 1, 2, 4, 2, 0x20
CLONE_THREAD, SIGCHLD = 0x10000, 17


def decide(program, machine, number, *arguments, audit=None):
    """Return what the kernel would do with a call, by running the program as it does."""
    rows = [list(row) for row in program.rows]
    for position in program.own_pid:
        rows[position][3] = PID
    data = [number, audit or MACHINES[machine], 0, 0]
    for value in (*arguments, *[0] * (6 - len(arguments))):
        data += [value & 0xFFFFFFFF, value >> 32]
    position = accumulator = 0
    while True:
        code, true, false, k = rows[position]
        position += 1
        if code == 0x20:
            accumulator = data[k // 4]
        elif code == 0x54:
            accumulator &= k
        elif code == 0x05:
            position += k
        elif code == 0x06:
            return k
        else:
            holds = {0x15: accumulator == k, 0x25: accumulator > k, 0x35: accumulator >= k}[code]
            position += true if holds else false


@pytest.fixture(params=sorted(MACHINES))
def machine(request):
    """Each machine that has a table."""
    return request.param


@pytest.fixture
def ask(machine):
    """What the allow list does with a call, by name."""
    program = allow_list(machine)
    return lambda name, *arguments: decide(program, machine, NUMBERS[machine][name], *arguments)


def test_numbers_are_those_of_the_kernels_tables():
    """Landmarks before and behind every gap: one name too many or too few would shift them."""
    landmarks = {
        "x86_64": {"read": 0, "execve": 59, "prctl": 157, "openat": 257, "seccomp": 317, "rseq": 334},
        "aarch64": {
            "io_setup": 0,
            "openat": 56,
            "prctl": 167,
            "recvmmsg": 243,
            "wait4": 260,
            "seccomp": 277,
            "rseq": 293,
        },
    }
    shared = {"pidfd_send_signal": 424, "clone3": 435, "landlock_create_ruleset": 444, "mseal": 462, "listns": 470}
    for machine, known in landmarks.items():
        assert {name: NUMBERS[machine][name] for name in known} == known
        assert {name: NUMBERS[machine][name] for name in shared} == shared


def test_numbers_are_those_of_this_machine():
    """The calls that say who this process is answer as Python does."""
    numbers, call = NUMBERS[architecture()], ctypes.CDLL(None).syscall
    answers = {name: call(numbers[name]) for name in ("getpid", "getppid", "getuid", "getgid")}
    assert answers == {name: getattr(os, name)() for name in answers}


def test_a_machine_without_a_table_has_no_architecture(monkeypatch):
    """Where no filter can be built, that is said; another machine's numbers are never used."""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert architecture() is None


def test_every_name_is_a_call_of_some_machine():
    """A misspelled name would be left out without a word."""
    everywhere = set().union(*NUMBERS.values())
    assert {*filters._ALLOWED.split(), *filters._CONDITIONAL} <= everywhere


def test_programs_end(machine):
    """Every jump leads to a row of the program, so every number has an answer; the kernel takes 4096 rows."""
    for program in (allow_list(machine), sealed(machine)):
        assert len(program.rows) <= 4096
        for number in range(512):
            decide(program, machine, number)


@pytest.mark.parametrize(
    "name", ["read", "write", "close", "brk", "futex", "clock_nanosleep", "getrandom", "exit_group"]
)
def test_what_a_calculation_needs_is_allowed(ask, name):
    assert ask(name) == ALLOW


def test_everything_that_no_list_names_is_watched(machine):
    """The default is to refuse and to tell; so a call that was forgotten is neither allowed nor lost."""
    program = allow_list(machine)
    named = {*filters._ALLOWED.split(), *filters._CONDITIONAL}
    rest = {name for name in NUMBERS[machine] if name not in named}
    assert {"socket", "execve", "ptrace", "io_uring_setup", "memfd_create", "keyctl", "bpf", "openat2"} <= rest
    assert {decide(program, machine, NUMBERS[machine][name]) for name in rest} == {WATCH}


@pytest.mark.parametrize("flags", [O_WRONLY, 2, O_CREAT, O_TRUNC, O_PATH, 0o20000000 | 0o200000, O_CLOEXEC | O_TRUNC])
def test_files_are_opened_for_reading_only(ask, machine, flags):
    """O_TRUNC alone empties a file that may be read, and O_PATH is no reading."""
    assert ask("openat", 0, 0, O_CLOEXEC) == ALLOW
    assert ask("openat", 0, 0, flags) == WATCH
    if machine == "x86_64":
        assert ask("open", 0, O_CLOEXEC) == ALLOW
        assert ask("open", 0, flags) == WATCH


def test_executable_pages_come_from_files(ask):
    """A library can be loaded; machine code cannot be made."""
    assert ask("mmap", 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) == ALLOW
    assert ask("mmap", 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, 3) == ALLOW
    assert ask("mmap", 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS) == WATCH
    assert ask("mmap", 0, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE, 3) == WATCH
    assert ask("mprotect", 0, 4096, PROT_READ | PROT_WRITE) == ALLOW
    assert ask("mprotect", 0, 4096, PROT_READ | PROT_EXEC) == WATCH


@pytest.mark.parametrize("name", ["kill", "tkill", "tgkill"])
def test_signals_go_to_the_process_itself(ask, name):
    """Neither to another process, nor to its group (0), nor to everybody (-1)."""
    assert ask(name, PID, 6) == ALLOW
    assert [ask(name, target & 0xFFFFFFFF, 6) for target in (1, PID + 1, 0, -1, -PID)] == [WATCH] * 5


def test_threads_fail_quietly_and_processes_are_watched(ask):
    """Threads fail as where there are too many of them; `clone3` is not there, so that libraries use `clone`."""
    assert ask("clone", CLONE_THREAD | 0x100) == ERRNO | errno.EAGAIN
    assert ask("clone", SIGCHLD) == WATCH
    assert ask("clone3") == ERRNO | errno.ENOSYS


def test_limits_can_be_read_and_not_set(ask):
    """A pointer to new limits is refused in either half of its 64 bits."""
    assert ask("prlimit64", 0, 7, 0, 1 << 40) == ALLOW
    assert ask("prlimit64", PID, 7, 0, 1 << 40) == ALLOW
    assert ask("prlimit64", 0, 7, 0x7FFE_0000_0000, 0) == WATCH
    assert ask("prlimit64", 0, 7, 0x1000, 0) == WATCH
    assert ask("prlimit64", PID + 1, 7, 0, 1 << 40) == WATCH


def test_few_controls_of_descriptors_and_of_the_process_are_allowed(ask):
    """`open` asks whether a file is a terminal; typing into one (TIOCSTI) or becoming dumpable is another matter."""
    assert ask("ioctl", 3, 0x5401) == ALLOW
    assert ask("ioctl", 0, 0x5412) == ERRNO | errno.ENOTTY
    assert ask("fcntl", 3, 1) == ALLOW
    assert ask("fcntl", 3, 8) == WATCH  # F_SETOWN: signals to others
    assert ask("prctl", 15) == ALLOW
    assert ask("prctl", 4, 1) == WATCH


def test_numbers_of_another_machine_are_deadly(machine):
    """int 0x80 and x32 reach other calls by the same numbers, so there is nothing to look at."""
    for program in (allow_list(machine), sealed(machine)):
        number = NUMBERS[machine]["read"]
        assert decide(program, machine, number, audit=0x40000003) == KILL
        if machine == "x86_64":
            assert decide(program, machine, 0x40000000 | number) == KILL


def test_calls_newer_than_the_table_do_not_exist(machine):
    """A newer C library tries them first and falls back; a refusal would break it."""
    assert decide(allow_list(machine), machine, max(NAMES[machine]) + 1) == ERRNO | errno.ENOSYS


def test_the_seal_takes_back_what_the_worker_needed(machine):
    """Descriptors cannot be handed over once the worker is locked; nothing else changes."""
    program = sealed(machine)
    found = {name: decide(program, machine, number) for name, number in NUMBERS[machine].items()}
    assert {name for name, action in found.items() if action != ALLOW} == {"sendmsg", "seccomp"}
    assert found["sendmsg"] == found["seccomp"] == KILL


@pytest.mark.parametrize("name", ["getpgid", "getsid", "sched_getaffinity", "sched_getparam", "sched_getscheduler"])
def test_a_process_may_ask_about_itself_alone(ask, name):
    """By its number or by 0; questions about others would list the processes of the machine."""
    assert [ask(name, number) for number in (0, PID, PID + 1, 1)] == [ALLOW, ALLOW, WATCH, WATCH]


def test_the_priority_of_others_is_not_told(ask):
    """Nor that of a group or of a user."""
    assert [ask("getpriority", 0, number) for number in (0, PID, 1)] == [ALLOW, ALLOW, WATCH]
    assert [ask("getpriority", kind, 0) for kind in (1, 2)] == [WATCH, WATCH]


@pytest.mark.parametrize("name", ["clock_gettime", "clock_getres", "clock_nanosleep"])
def test_the_clock_of_another_process_is_not_read(ask, name):
    """The clocks of the system and its own have small numbers; that of a process is made of its number."""
    assert [ask(name, clock) for clock in (0, 1, 2, 3, 11, 15)] == [ALLOW] * 6
    assert [ask(name, (~pid << 3 | kind) & 0xFFFFFFFF) for pid in (1, PID) for kind in (0, 1, 2, 6)] == [WATCH] * 8
