"""What the self-check costs: `pytest` in the handout, against pytest with an empty test that imports its libraries.

    python -m tests.benchmarks.selfcheck [--runs N]

The peer imports numpy and numdifftools, and runs one empty test. The handout is run with the finished reference
as rnn.py, with its stubs, and with one mistake in every task (which reads the hints). Each run is a fresh
interpreter, and the kinds take turns, so that a busy machine slows all of them alike. The goal is a ratio under 1.5.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder.handout import release
from tests.conftest import REFERENCE

GOAL = 1.5
EMPTY = "import numdifftools\nimport numpy\n\n\ndef test_nothing() -> None:\n    pass\n"
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


def folders(place: Path) -> dict[str, Path]:
    """Make the folders to run pytest in, by what they show; the peer is the first."""
    peer, stubs = place / "peer", place / "stubs"
    release(stubs)
    peer.mkdir()
    shutil.copy(stubs / "pytest.ini", peer)
    (peer / "test_nothing.py").write_text(EMPTY, encoding="utf-8")
    found = {"numpy, numdifftools and an empty test": peer, "the handout's stubs": stubs}
    for what, text in (("the reference", REFERENCE), ("a mistake in every task", REFERENCE + TWICE)):
        folder = Path(shutil.copytree(stubs, place / what))
        (folder / "rnn.py").write_text(text, encoding="utf-8")
        found[what] = folder
    return found


def seconds(folder: Path) -> tuple[float, float]:
    """Return the wall time and the processor time of `pytest` in a folder, with the plug-ins that a student has."""
    env = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    started, before = time.perf_counter(), os.times()
    run = subprocess.run([sys.executable, "-m", "pytest"], cwd=folder, env=env, capture_output=True, check=False)
    taken, after = time.perf_counter() - started, os.times()
    assert run.returncode in (0, 1), run.stdout.decode() + run.stderr.decode()
    user, system = after.children_user - before.children_user, after.children_system - before.children_system
    return taken, user + system


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind, after one to warm up")
    runs = parser.parse_args().runs
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        kinds = folders(Path(name))
        for number in range(runs + 1):
            for what, folder in kinds.items():
                measured = seconds(folder)
                if number:  # the first run of each compiles
                    taken[what].append(measured)
    medians = {what: [statistics.median(times) for times in zip(*every, strict=True)] for what, every in taken.items()}
    wall, cpu = next(iter(medians.values()))
    table = Table("pytest with", "seconds", "× peer", "processor s", "× peer", title=f"medians of {runs} runs")
    for what, (seconds_, processor) in medians.items():
        table.add_row(what, f"{seconds_:.2f}", f"{seconds_ / wall:.2f}", f"{processor:.2f}", f"{processor / cpu:.2f}")
    Console(width=100).print(table)
    worst = max(times[0] / wall for times in medians.values())
    print(f"worst ratio {worst:.2f}; goal: under {GOAL:g}. Load of this machine: {os.getloadavg()[0]:.1f}")
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "numdifftools", "pytest"))
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}, {libraries}")


if __name__ == "__main__":
    main()
