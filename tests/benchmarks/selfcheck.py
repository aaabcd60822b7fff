"""What the self-check costs a student: `pytest` in the handout, against importing its libraries.

    make build/student/.installed
    python -m tests.benchmarks.selfcheck [--runs N]

Two comparisons, in an environment that holds what requirements.txt names and nothing else:

- `pytest -k bptt_W`, which needs no numdifftools where the answers are right, against `import numpy, pytest`;
- `pytest`, against `import numpy, pytest, numdifftools`: with the finished reference as rnn.py, with the stubs, and
  with one mistake in every task (which reads the hints).

Each run is a fresh interpreter, and the kinds take turns, so that a busy machine slows all of them alike. On such a
machine the processor's time tells more than the clock. The goal is a ratio of at most 1.3. An empty test that imports
numpy stands beside the first comparison: what pytest itself takes can't be had back.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.handout.release import release
from tests.conftest import REFERENCE

GOAL = 1.3
PYTHON = Path(__file__).parents[2] / "build" / "student" / "bin" / "python"
EMPTY = "import numpy\n\n\ndef test_nothing() -> None:\n    pass\n"
VERSIONS = """
import sys
from importlib.metadata import version
libraries = ("numpy", "scipy", "numdifftools", "pytest")
print("Python", sys.version.split()[0], *(f"{name} {version(name)}" for name in libraries))
"""
# To the end of the reference: each function answers as before, and everything in its answer is twice as large.
TWICE = """

def _twice(function):
    def other(*args, **kwargs):
        answer = function(*args, **kwargs)
        items = [2 * np.asarray(item) for item in (answer if isinstance(answer, tuple) else [answer])]
        return type(answer)(*items) if isinstance(answer, Params) else items[0] if len(items) == 1 else tuple(items)
    return other


for _name in [_name for _name, _value in list(globals().items()) if getattr(_value, "__module__", "") == "rnn"]:
    if _name not in ("Params", "_twice"):
        globals()[_name] = _twice(globals()[_name])
"""


# What is run, and where, by what it shows; the first of each comparison is what the others are measured against.
Commands = dict[str, tuple[list[str], Path]]


def comparisons(place: Path) -> list[Commands]:
    """Make the folders to run pytest in, and return what to compare."""
    empty, stubs = place / "empty", place / "stubs"
    release(stubs)
    empty.mkdir()
    shutil.copy(stubs / "pytest.ini", empty)
    (empty / "test_nothing.py").write_text(EMPTY, encoding="utf-8")
    written: dict[str, Path] = {}
    for what, text in (("the reference", REFERENCE), ("a mistake in every task", REFERENCE + TWICE)):
        written[what] = Path(shutil.copytree(stubs, place / what))
        (written[what] / "rnn.py").write_text(text, encoding="utf-8")
    pytest = ["-m", "pytest"]
    return [
        {
            "import numpy, pytest": (["-c", "import numpy, pytest"], place),
            "pytest, an empty test": (pytest, empty),
            "pytest -k bptt_W": ([*pytest, "-k", "bptt_W"], written["the reference"]),
        },
        {
            "import numpy, pytest, numdifftools": (["-c", "import numpy, pytest, numdifftools"], place),
            "pytest, stubs": (pytest, stubs),
            **{f"pytest, {what}": (pytest, folder) for what, folder in written.items()},
        },
    ]


def seconds(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Return the wall time and the processor time of the student's Python with some arguments."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([PYTHON, *arguments], cwd=folder, env=env, capture_output=True, check=False)
    taken, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run.returncode in (0, 1), run.stdout.decode() + run.stderr.decode()
    return taken, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(commands: Commands, runs: int) -> float:
    """Run the commands in turn, print the medians, and return the worst ratio of the processor's time."""
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for number in range(runs + 1):
        for what, command in commands.items():
            measured = seconds(*command)
            if number:  # the first run of each compiles
                taken[what].append(measured)
    medians = {what: [statistics.median(times) for times in zip(*every, strict=True)] for what, every in taken.items()}
    wall, cpu = next(iter(medians.values()))
    table = Table("", "seconds", "ratio", "processor s", "ratio", title=f"medians of {runs} runs")
    for what, (seconds_, processor) in medians.items():
        table.add_row(what, f"{seconds_:.2f}", f"{seconds_ / wall:.2f}", f"{processor:.2f}", f"{processor / cpu:.2f}")
    Console(width=100).print(table)
    return max(processor / cpu for _, processor in medians.values())


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind, after one to warm up")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        worst = max(measure(commands, runs) for commands in comparisons(Path(name)))
    print(f"worst ratio of processor time {worst:.2f}; goal: at most {GOAL:g}. Load: {os.getloadavg()[0]:.1f}")
    print(subprocess.run([PYTHON, "-c", VERSIONS], capture_output=True, text=True, check=True).stdout.strip())


if __name__ == "__main__":
    main()
