"""Does a larger class cost more per student, or more memory? 100, 1,000 and 10,000 submissions by `bptt grade`.

    python -m tests.benchmarks.scaling [--students N ...] [--jobs N]

Each class is graded by a command of its own, from scratch. What a run costs whatever the class (imports, the test
of the sandbox, the proof of the cases) is measured on a class of one, and taken off. Memory is the most that the
coordinator held, as the kernel has it; the processes that grade hold one submission each.

A machine is not always equally fast, least of all for minutes on end. So a yardstick is measured all through each run,
a bare fork that makes the calls of the reference, and what a student costs is also given in forks.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.cases.case_sets import case_set
from autograder.results.store import FILE_NAME
from autograder.submissions import read_source
from solutions.tasks import TASKS
from tests.benchmarks.classes import make_class
from tests.benchmarks.floor import REFERENCE, bare_forks

ALLOWED = 1.2
_YARDSTICK_SECONDS = 0.25
_REFERENCE = read_source(REFERENCE, 1 << 20)
_CALLS = case_set(0).first.plan(tuple(task.id for task in TASKS)).calls


@dataclass(frozen=True)
class Run:
    """What one run took."""

    students: int
    seconds: float
    peak_mb: float  # of the coordinator
    store_kb: float  # per student
    pages_kb: float
    fork_ms: float  # the yardstick, meanwhile


def peak_mb(process: subprocess.Popen[bytes]) -> float:
    """Return the most memory that a process had until now."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0.0
    _, found, rest = status.partition("VmHWM:")
    return int(rest.split()[0]) / 1024 if found else 0.0


def grade(students: int, jobs: int) -> Run:
    """Grade a new class."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_class(place / "class", students)
        command = [sys.executable, "-m", "autograder", "grade", str(place / "class"), "--out", str(place / "results")]
        started = time.perf_counter()
        run = subprocess.Popen([*command, "--jobs", str(jobs)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak, forks, last = 0.0, [], started
        while run.poll() is None:
            peak = max(peak, peak_mb(run))
            time.sleep(0.02)
            if time.perf_counter() - last > _YARDSTICK_SECONDS:
                last = time.perf_counter()
                bare_forks(_REFERENCE, [_CALLS])
                forks.append(1e3 * (time.perf_counter() - last))
        seconds = time.perf_counter() - started
        assert run.returncode == 0
        store = (place / "results" / FILE_NAME).stat().st_size
        pages = sum(path.stat().st_size for path in (place / "results" / "feedback").iterdir())
        fork_ms = statistics.median(forks) if forks else 0.0
        return Run(students, seconds, peak, store / 1024 / students, pages / 1024 / students, fork_ms)


def main() -> None:
    """Measure and print the table; the exit status is 1 if something does not stay flat within 20 %."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--students", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    wanted = parser.parse_args()
    fixed = min(grade(1, wanted.jobs).seconds for _ in range(3))
    heads = (
        "students",
        "seconds",
        "ms per student",
        "ms of a bare fork",
        "forks per student",
        "coordinator's peak, MB",
    )
    table = Table(*heads, "stored, kB", "pages, kB")
    costs, peaks = [], []
    for students in wanted.students:
        run = grade(students, wanted.jobs)
        cost = 1e3 * (run.seconds - fixed) / (students - 1)
        costs.append(cost / run.fork_ms)
        peaks.append(run.peak_mb)
        table.add_row(
            f"{students:,}", f"{run.seconds:.1f}", f"{cost:.1f}", f"{run.fork_ms:.1f}", f"{costs[-1]:.2f}",
            f"{run.peak_mb:.0f}", f"{run.store_kb:.1f}", f"{run.pages_kb:.1f}",
        )  # fmt: skip
    Console().print(table)
    print(f"{wanted.jobs} processes; {fixed:.1f} s of each run are the same for a class of one, and not counted above")
    growth = {"forks per student": max(costs) / costs[0], "peak memory": max(peaks) / peaks[0]}
    for what, ratio in growth.items():
        print(f"{what}: at most {ratio:.2f} × that of the smallest class (allowed: {ALLOWED})")
    raise SystemExit(any(ratio > ALLOWED for ratio in growth.values()))


if __name__ == "__main__":
    main()
