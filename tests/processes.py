"""Look at real processes, for tests that kill some."""

import time
from collections.abc import Callable
from pathlib import Path


def wait_until(happens: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something that is bound to happen."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and not yet waited for."""
    return [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in read(path).split()]


def descendants(pid: int) -> set[int]:
    """Return the processes below one, down to the rooms."""
    return {below for child in children(pid) for below in (child, *descendants(child))}


def read(path: Path) -> str:
    """Return what the kernel says about a process, "" if it has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def is_at_work(worker: int) -> bool:
    """Whether a room below a worker has forked: student code runs in the copy."""
    commands = {pid: read(Path(f"/proc/{pid}/cmdline")) for pid in descendants(worker)}
    rooms = [pid for pid, command in commands.items() if "bwrap" not in command.partition("\0")[0]]
    return any(commands.get(child) == commands[room] for room in rooms for child in children(room))


def alive(pids: set[int]) -> set[int]:
    """Return those that have not ended."""

    def state(pid: int) -> str:
        return read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].strip()[:1]

    return {pid for pid in pids if state(pid) not in ("", "Z", "X")}
