"""What a verdict costs above the least that isolation can cost: a fork that only makes the student's calls.

For each submission of the sample class that runs into no limit, the median of some runs of
(a) a bare fork of a process with numpy loaded, which loads the file, makes the calls that everybody is asked first,
    and throws the answers away;
(b) the whole way to a verdict: sandbox, checks, the other questions of wrong tasks, follow-through, diagnosis.
The reference stands for a class in which all is right: it is asked the first questions alone. What is wrong costs more,
and most where follow-through is tried; the last lines say how much.
"""

import argparse
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder.cases.case_sets import case_set
from autograder.grading import Grader
from autograder.model.plan import Call
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.levels import detect
from autograder.submissions import Source, read_source
from solutions.tasks import TASKS
from tests.benchmarks.classes import realistic_texts

REFERENCE = Path(__file__).parents[2] / "solutions" / "rnn.py"
CALLS = case_set(0).first.plan(tuple(task.id for task in TASKS)).calls
ALLOWED = 1.35
# How many times the median verdict on what is all right a wrong submission may cost.
ALLOWED_WRONG = {"wrong": 2.0, "wrong, and followed through": 2.5}


def make_the_calls(source: Source, calls: Sequence[Call]) -> None:
    """Load a submission cell by cell and make every call, whatever comes of it."""
    names: dict[str, object] = {"__name__": "rnn"}
    for label, code in source.chunks:
        try:
            exec(compile(code, label, "exec"), names)
        except BaseException:
            continue
    with np.errstate(all="ignore"):
        for call in calls:
            try:
                names[call.function](*call.args, **call.kwargs)  # type: ignore[operator]
            except BaseException:
                continue


def bare_fork(source: Source) -> None:
    """Do so in a fork of this process."""
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(1, 2)
        make_the_calls(source, CALLS)
        os._exit(0)
    os.waitpid(child, 0)


def median_ms(run: Callable[[], object], runs: int) -> float:
    """Return the median wall time of a call in milliseconds, after one to warm up."""
    run()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return 1e3 * statistics.median(times)


def kind_of(verdict: Verdict) -> str:
    """Return what a verdict took: "right", or one of the kinds of wrong."""
    states = {outcome.task: outcome.state for outcome in verdict.tasks}
    wrong = {task for task, state in states.items() if state in ("fail", "partial", "error")}
    followed = any(states[task.id] in ("fail", "partial") and wrong & {*task.builds_on} for task in TASKS)
    return "wrong, and followed through" if followed else "wrong" if wrong else "right"


def sources() -> list[Source]:
    """Return the submissions."""
    found = []
    with TemporaryDirectory() as folder:
        for suffix, text in realistic_texts():
            path = Path(folder, f"rnn{suffix}")
            path.write_text(text, encoding="utf-8")
            found.append(read_source(path, 1 << 24))
    return found


def main() -> None:
    """Measure and print the table; the exit status is 1 if the median verdict costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    grader = Grader(Settings(), None, detect())
    rows = []
    kinds = defaultdict[str, list[float]](list)
    try:
        reference = read_source(REFERENCE, 1 << 20)
        for source in (reference, *sources()):
            bare = median_ms(lambda source=source: bare_fork(source), runs)
            whole = median_ms(lambda source=source: grader.grade("student", source), runs)
            rows.append((bare, whole, whole / bare))
            kinds[kind_of(grader.grade("student", source))].append(whole)
    finally:
        grader.close()
    table = Table("median ms of", "(a) bare fork", "(b) verdict", "(b) / (a)")
    first, *others = rows
    bare, whole, ratio = (statistics.median(column) for column in zip(*others, strict=True))
    table.add_row("the reference", *(f"{value:.2f}" for value in first))
    table.add_row(f"{len(others)} sample submissions", f"{bare:.2f}", f"{whole:.2f}", f"{ratio:.2f}")
    Console().print(table)
    print(f"{len(CALLS)} calls, {runs} runs; {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    print(f"the median submission's verdict costs {ratio:.2f} × its bare fork (allowed: {ALLOWED:g})")
    right, too_much = statistics.median(kinds["right"]), ratio > ALLOWED
    for kind, allowed in ALLOWED_WRONG.items():
        times = statistics.median(kinds[kind]) / right
        too_much |= times > allowed
        print(f"{kind}: {len(kinds[kind])} submissions, {times:.2f} × the {right:.2f} ms of right ones ({allowed:g})")
    raise SystemExit(too_much)


if __name__ == "__main__":
    main()
