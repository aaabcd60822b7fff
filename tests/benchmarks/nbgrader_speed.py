"""How long a class of notebooks takes: nbgrader alone, nbgrader with this kit's engine, and `bptt grade`.

    python -m tests.benchmarks.nbgrader_speed [--notebooks N]

All three grade the same notebooks, of the well-behaved students of the sample class in turn, and fill a
gradebook of their own. nbgrader alone runs each notebook in a kernel of its own, with the tests beside it.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.peers import nbgrader_course


def timed(command: list[str], cwd: Path) -> float:
    """Return the wall time of a command, its start included."""
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", *command], cwd=cwd, env=env, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=int, default=50)
    notebooks = parser.parse_args().notebooks
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, ours, direct = (
            nbgrader_course(folder / part, notebooks, engine=part != "plain") for part in ("plain", "ours", "direct")
        )
        autograde = ["nbgrader", "autograde", "rnn"]
        grade = ["autograder", "grade", str(direct.root), "--out", str(folder / "results")]
        seconds = {
            "nbgrader alone": timed(autograde, plain.root),
            "nbgrader with this kit": timed(autograde, ours.root),
            "bptt grade": timed(grade, Path.cwd()),
        }
        same = ours.scores() == direct.scores()
        with (folder / "results" / "grades.csv").open(encoding="utf-8") as file:
            graded = sum(row["status"] == "graded" for row in csv.DictReader(file))
    table = Table("way", *(f"{head}" for head in ("seconds", "per notebook", "times faster")))
    for way, taken in seconds.items():
        faster = seconds["nbgrader alone"] / taken
        table.add_row(way, f"{taken:.1f}", f"{taken / notebooks:.2f}", f"{faster:.1f}")
    console.print(table)
    console.print(f"{graded} of {notebooks} notebooks graded; {os.cpu_count()} processors; the same marks: {same}")


if __name__ == "__main__":
    main()
