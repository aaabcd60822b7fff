"""What a submission costs: this kit against nbgrader, otter-grader and a fresh pytest, in one run, on one processor.

    python -m tests.benchmarks.throughput [--students N] [--peers N]

Everything that is compared is held to the same single processor, with all the processes that it starts. The kit
grades a class of mixed quality with the command that an instructor would type: sandbox, all 14 tasks, second looks,
diagnosis, pages. The peers grade notebooks of the same students, one after the other, with the same tasks and the
checks that `bptt nbgrader init` writes for them: public cases, numdifftools, and a hidden case for each part.
nbgrader starts once for a class, as the kit does; otter and pytest start anew for each student.
The peers' seconds are compared with two of ours: the whole run's, and those of the median verdict. A machine that is
shared is not always as fast, so ours are measured before and after the peers'.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.results.store import FILE_NAME, Store
from tests.benchmarks import peers
from tests.benchmarks.classes import make_class
from tests.benchmarks.peers import timed

AIM_MS = 11.0
NBGRADER, OTTER = "nbgrader autograde, after its start", "otter run"
AIMS = {NBGRADER: 130.0, OTTER: 280.0}


@dataclass(frozen=True)
class Run:
    """Classes that were graded, in seconds."""

    students: int
    whole: float
    verdicts: tuple[float, ...]

    def __add__(self, other: "Run") -> "Run":
        return Run(self.students + other.students, self.whole + other.whole, self.verdicts + other.verdicts)

    def after(self, start: "Run") -> float:
        """Return what each student took beyond what a class of one takes."""
        return (self.whole - start.whole) / (self.students - start.students)


@contextmanager
def held_to(processors: set[int]) -> Iterator[None]:
    """Hold this process, and what it starts, to some processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def grade(students: int) -> Run:
    """Grade a new class."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_class(place / "class", students)
        command = [sys.executable, "-m", "autograder", "grade", str(place / "class"), "--out", str(place / "results")]
        with timed() as seconds:
            subprocess.run(command, check=True, capture_output=True)
        with Store(place / "results" / FILE_NAME, create=False) as store:
            return Run(students, seconds(), tuple(verdict.seconds for verdict in store.each()))


def main() -> None:
    """Measure and print the table; the exit status is 1 if an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--peers", type=int, default=6, help="notebooks that each peer grades")
    wanted = parser.parse_args()
    everywhere, half = os.sched_getaffinity(0), wanted.students // 2
    with held_to({min(everywhere)}):
        start, run = grade(1), grade(half)
        each = {
            NBGRADER: (peers.with_nbgrader(wanted.peers + 1) - peers.with_nbgrader(1)) / wanted.peers,
            OTTER: peers.with_otter(wanted.peers) / wanted.peers,
            "pytest, the self-check alone": peers.with_pytest(wanted.peers) / wanted.peers,
        }
        start, run = start + grade(1), run + grade(wanted.students - half)
    alone, together = grade(1), grade(half)
    ours, median = run.after(start), statistics.median(run.verdicts)
    table = Table("one processor", "submissions", "s each", "× bptt grade", "× its median verdict")
    for name, submissions, seconds in (
        ("bptt grade, whole run", run.students, run.whole / run.students),
        ("bptt grade, after its start", run.students - start.students, ours),
        ("bptt grade, its median verdict", run.students, median),
        *((name, wanted.peers, seconds) for name, seconds in each.items()),
    ):
        ratios = (f"{seconds / ours:,.1f}", f"{seconds / median:,.1f}")
        table.add_row(name, f"{submissions}", f"{seconds:.4f}", *ratios)
    Console().print(table)
    print(f"{peers.versions()}; students graded by the peers: {', '.join(peers.STUDENTS[: wanted.peers])}")
    print(
        f"bptt grade on all {len(everywhere)} processors, after its start: "
        f"{1e3 * together.after(alone):.1f} ms of wall time each"
    )
    missed = [f"{AIM_MS:g} ms for the median verdict"] if 1e3 * median > AIM_MS else []
    missed += [f"{aim:g} × {name}" for name, aim in AIMS.items() if each[name] / median < aim]
    print(f"aims missed: {', '.join(missed) or 'none'}")
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()
