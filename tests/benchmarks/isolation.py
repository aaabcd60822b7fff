"""What isolation costs: the same job in a bare fork, in the sandbox, and in a fresh interpreter.

    python -m tests.benchmarks.isolation [--runs N]

All three load the reference and make the calls of one case set. Only the sandbox is safe.
(a) a bare fork of a process with numpy loaded does the calls, and throws the answers away;
(b) the sandbox at the level of this machine, answers checked and read, and again without bubblewrap;
(c) a fresh interpreter imports numpy and does what (a) does.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder.cases.case_sets import case_set
from autograder.model.settings import Limits
from autograder.sandbox.host.levels import Machine, detect
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import Supervisor, open_worker
from autograder.submissions import read_source
from solutions.tasks import TASKS
from tests.benchmarks.floor import REFERENCE, bare_forks, median_ms

SOURCE = read_source(REFERENCE, 1 << 20)
ENCODED = EncodedPlan(case_set(0).plan(tuple(task.id for task in TASKS)))

# What the bare processes do; `plan` is a list of (function, args, kwargs).
FRESH = """
import os, pickle, sys
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
sys.path[:0] = [sys.argv[1]]
with open(sys.argv[2], "rb") as file:
    plan = pickle.load(file)
names = {"__name__": "rnn"}
with open(sys.argv[3], encoding="utf-8") as file:
    exec(compile(file.read(), "rnn.py", "exec"), names)
with np.errstate(all="ignore"):
    for function, args, kwargs in plan:
        names[function](*args, **kwargs)
"""


def in_room(machine: Machine, runs: int) -> float:
    """Return the median for a submission in a room of this machine."""

    def once(room: Supervisor) -> None:
        transcript = Session(room, SOURCE).perform(ENCODED)
        assert len(transcript.replies) == len(ENCODED.plan.calls)

    with open_worker(machine, Limits()) as room:
        return median_ms(lambda: once(room), runs)


def fresh(folder: Path) -> Callable[[], object]:
    """Return a run of a fresh interpreter that does the same calls."""
    plan = folder / "plan.pickle"
    plan.write_bytes(pickle.dumps([(call.function, call.args, call.kwargs) for call in ENCODED.plan.calls]))
    program = folder / "fresh.py"
    program.write_text(FRESH, encoding="utf-8")
    command = [sys.executable, str(program), str(REFERENCE.parents[1]), str(plan), str(REFERENCE)]
    return lambda: subprocess.run(command, check=True)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    machine = detect()
    rows = [("(a) bare fork that does the calls", median_ms(lambda: bare_forks(SOURCE, [ENCODED.plan.calls]), runs))]
    rows.append((f"(b) sandbox, level {machine.level}", in_room(machine, runs)))
    path, os.environ["PATH"] = os.environ["PATH"], ""
    without = detect()
    os.environ["PATH"] = path
    if without.level != machine.level:
        rows.append((f"(b) sandbox, level {without.level}", in_room(without, runs)))
    with tempfile.TemporaryDirectory() as folder:
        rows.append(("(c) fresh interpreter", median_ms(fresh(Path(folder)), max(10, runs // 10))))
    table = Table("per submission", "median ms", "× bare fork", title=f"{len(ENCODED.plan.calls)} calls, {runs} runs")
    for name, milliseconds in rows:
        table.add_row(name, f"{milliseconds:.1f}", f"{milliseconds / rows[0][1]:.2f}")
    Console().print(table)
    versions = f"Python {sys.version.split()[0]}, numpy {np.__version__}"
    print(f"{machine.facts['system']}, {os.cpu_count()} processors, {versions}")


if __name__ == "__main__":
    main()
