"""What a submission costs: this kit against nbgrader, otter-grader and a fresh pytest, in one run.

    python -m tests.benchmarks.throughput [--students N] [--peers N]

The kit grades a class of mixed quality, all processors at work: sandbox, all 14 tasks, second looks, diagnosis,
pages. The peers grade notebooks of the same students with the same tasks and the checks that `bptt nbgrader init`
writes for them: public cases, numdifftools, and a hidden case for each part. They work on one after the other, so
their seconds are those of one processor; ours are multiplied by the number of processors to be comparable.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.store import FILE_NAME, Store
from tests.benchmarks import peers
from tests.benchmarks.classes import make_class
from tests.benchmarks.peers import timed

AIM_MS = 12.0
AIMS = {"nbgrader autograde": 100.0, "otter run": 500.0}


@dataclass(frozen=True)
class Cost:
    """What a submission took, in seconds of one processor."""

    name: str
    submissions: int
    seconds: float


def each_of(name: str, submissions: int, seconds: float, processors: int = 1) -> Cost:
    """Return what each of some submissions took."""
    return Cost(name, submissions, seconds * processors / submissions)


def grade(students: int, processors: int) -> tuple[float, float]:
    """Grade a new class with the command that an instructor would type; also return the median verdict's seconds."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_class(place / "class", students)
        command = [sys.executable, "-m", "autograder", "grade", str(place / "class"), "--out", str(place / "results")]
        with timed() as seconds:
            subprocess.run([*command, "--jobs", str(processors)], check=True, capture_output=True)
        with Store(place / "results" / FILE_NAME, create=False) as store:
            return seconds(), statistics.median(verdict.seconds for verdict in store.each())


def main() -> None:
    """Measure and print the table; the exit status is 1 if an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--peers", type=int, default=4, help="notebooks that each peer grades")
    wanted = parser.parse_args()
    processors = len(os.sched_getaffinity(0))
    students = wanted.students
    (start, _), (whole, median) = grade(1, processors), grade(students, processors)
    each = each_of("bptt grade, after its start", students - 1, whole - start, processors)
    ways = {
        "nbgrader autograde": peers.with_nbgrader,
        "otter run": peers.with_otter,
        "pytest, the self-check alone": peers.with_pytest,
    }
    costs = [each_of("bptt grade, the whole run", students, whole, processors), each]
    costs += [each_of(name, wanted.peers, way(wanted.peers)) for name, way in ways.items()]
    table = Table("", "submissions", "s of one processor each", "× bptt grade")
    for one in costs:
        table.add_row(one.name, f"{one.submissions}", f"{one.seconds:.4f}", f"{one.seconds / each.seconds:,.1f}")
    Console().print(table)
    print(f"{peers.versions()}; {processors} processors at work for bptt grade, one for the others")
    print(f"the median verdict took {1e3 * median:.1f} ms (aim: {AIM_MS:g} on a machine that does nothing else)")
    near = [one.name for one in costs if one.seconds / each.seconds < AIMS.get(one.name, 0.0)]
    print("aims: " + ", ".join(f"{aim:g} × for {name}" for name, aim in AIMS.items()))
    raise SystemExit(bool(near) or 1e3 * median > AIM_MS)


if __name__ == "__main__":
    main()
