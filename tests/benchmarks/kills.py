"""Nothing lost: kill `bptt grade` at random moments, start it again, and compare: python -m tests.benchmarks.kills

A round is one class, graded by as many runs as it takes until one comes to its end. Each run before it is killed
by SIGKILL. After every kill the results file is read: no verdict of an earlier run may be gone or another. All
processes of a killed run must end by themselves: whatever is left becomes a child of this one.
"""

import argparse
import ctypes
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from tests.benchmarks.classes import make_class

_SUBREAPER = 36
# How long the processes of a killed run may take to end; those that judge may be busy.
_GONE_SECONDS = 20.0


@dataclass
class Figures:
    """What came of it."""

    kills: int = 0
    rounds: int = 0  # each with the same grades.csv, or it would not have come to the end
    empty: int = 0  # kills before the first verdict
    partial: int = 0  # kills with some of the class graded
    complete: int = 0  # kills with all graded, before or while the results were written
    verdicts_checked: int = 0
    slowest_end: float = 0.0  # seconds until the last process of a killed run was gone


class Broken(Exception):
    """Something was lost, changed or left behind."""


def bptt_grade(folder: Path, results: Path, options: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a run."""
    command = [sys.executable, "-m", "autograder", "grade", str(folder), "--out", str(results), *options]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def wait_for_orphans() -> float:
    """Wait until no process that came down on this one is left; return the seconds it took."""
    started = time.monotonic()
    while time.monotonic() - started < _GONE_SECONDS:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return time.monotonic() - started
        time.sleep(0.01)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    commands = [Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:200] for child in children]
    raise Broken(f"{len(children)} processes were left behind: {commands}")


def stored(results: Path) -> dict[str, Verdict]:
    """Return what a results folder holds, by student."""
    if not (results / FILE_NAME).exists():
        return {}
    with Store(results / FILE_NAME) as store:
        return {verdict.student_id: verdict for verdict in store.verdicts()}


def kill_until_done(
    folder: Path, results: Path, options: Sequence[str], duration: float, figures: Figures, most: int
) -> bytes:
    """Grade a class by runs that are killed, `most` at the most in all; return its grades.csv."""
    students = len(list(folder.iterdir()))
    before: dict[str, Verdict] = {}
    while True:
        run = bptt_grade(folder, results, options)
        patience = random.uniform(0, duration) if figures.kills < most else None
        try:
            _, printed = run.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.communicate()
        figures.slowest_end = max(figures.slowest_end, wait_for_orphans())
        after = stored(results)
        if {student: after.get(student) for student in before} != before:
            raise Broken("a verdict was lost, or changed")
        before = after
        figures.verdicts_checked += len(after)
        if run.returncode == 0:
            figures.rounds += 1
            return (results / "grades.csv").read_bytes()
        if run.returncode != -signal.SIGKILL:
            raise Broken(f"a run ended with status {run.returncode}: {printed.decode()}")
        figures.kills += 1
        figures.empty += not after
        figures.partial += 0 < len(after) < students
        figures.complete += len(after) == students


def main() -> None:
    """Kill, count and print; the exit status is 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--students", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--secret", action="store_true", help="each student has inputs of their own")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    wanted = parser.parse_args()
    random.seed(wanted.seed)
    ctypes.CDLL(None).prctl(_SUBREAPER, ctypes.c_ulong(1))
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        options = ["--jobs", str(wanted.jobs)]
        if wanted.secret:
            (place / "secret").write_text("an example of a long secret\n", encoding="utf-8")
            options += ["--seed-secret", str(place / "secret")]
        make_class(place / "class", wanted.students)
        started = time.monotonic()
        _, printed = bptt_grade(place / "class", place / "whole", options).communicate()
        duration = time.monotonic() - started
        whole = (place / "whole" / "grades.csv").read_bytes()
        while figures.kills < wanted.kills:
            results = place / f"round{figures.rounds}"
            if kill_until_done(place / "class", results, options, duration, figures, wanted.kills) != whole:
                raise Broken(f"grades.csv differs from that of a run that nobody killed\n{printed.decode()}")
    if wanted.json:
        print(json.dumps(asdict(figures)))
        return
    print(f"{wanted.students} students, {wanted.jobs} processes; a whole run takes {duration:.1f} s")
    for what, figure in asdict(figures).items():
        print(f"{what.replace('_', ' ') + ':':20}{figure:.4g}")
    print("lost: 0, graded to other marks: 0, processes left behind: 0, differing grades.csv: 0")


if __name__ == "__main__":
    main()
