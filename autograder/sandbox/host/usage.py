"""Read from the kernel how long a process has run, and how long it has waited for a processor.

A machine that is busy with other things must change no mark, so a submission is charged for its CPU time. It is also
charged for time by the clock, or a process that sleeps would never be ended, but not for the time in which it waited
for a processor.
"""

import time
from pathlib import Path
from typing import NamedTuple

# So much more time than for computing there is by the clock, for a submission that waits for something.
CLOCK_PER_CPU = 4.0
# How often to look. Most processes have ended before the first time.
LOOK_SECONDS = 0.05
# If the kernel does not say how long a process has waited for a processor, this share of the time counts.
_SHARE_UNKNOWN = 0.5

Child = tuple[int, int | None]  # a process's number and its pidfd, None if the system has none


class Clock:
    """The time of one process, as far as it counts.

    Attributes:
        cpu: seconds that it had run at the last look; 0 if the system does not tell.
        seconds: that had passed at the last look since the clock was made, without those in which the process waited
            for a processor, or in which the grader itself was held up.
    """

    def __init__(self, child: Child) -> None:
        self.cpu = self.seconds = 0.0
        self._pidfd = child[1]
        self._waited = 0.0  # for a processor, until the last look
        self._looked = time.monotonic()

    def look(self) -> bool:
        """Bring both times up to date; False if it is too early for that."""
        now = time.monotonic()
        passed = now - self._looked
        if passed < LOOK_SECONDS:
            return False
        used = _usage(self._pidfd)
        if used.held_up and used.cpu == self.cpu:
            return False  # how long it has been waiting is known when the waiting ends
        most = 2 * LOOK_SECONDS  # a grader that looks later was held up as well
        if used.waited is None:
            self.seconds += _SHARE_UNKNOWN * min(passed, most)
        else:
            waited = used.waited - self._waited
            self.seconds += min(passed, max(most, waited)) - waited
            self._waited = used.waited
        self.cpu = max(self.cpu, used.cpu)
        self._looked = now
        return True


class _Usage(NamedTuple):
    cpu: float = 0.0
    waited: float | None = None  # seconds that the main thread has waited for a processor
    held_up: bool = False  # runs or waits for a processor, or for a disk, as when its memory was swapped out


def _usage(pidfd: int | None) -> _Usage:
    """Return the times of a process; all are unknown if it has ended, or the system does not tell."""
    # The worker may number processes in a namespace of its own; this is the number here, -1 once it has ended.
    number = _text(f"/proc/self/fdinfo/{pidfd}").partition("\nPid:")[2].split()[:1]
    pid = int(number[0]) if number else -1
    stat = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    delays = _text(f"/proc/{pid}/schedstat").split()
    if not stat:
        return _Usage()
    try:
        cpu = time.clock_gettime(~pid << 3 | 2)  # of a process with this number, as clock_getcpuclockid has it
    except OSError:
        return _Usage()  # has ended since
    return _Usage(cpu, int(delays[1]) / 1e9 if delays else None, stat[0] in ("R", "D"))


def _text(path: str) -> str:
    """Return the text of one of the kernel's files, "" if it is missing."""
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""
