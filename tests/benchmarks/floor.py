"""What a verdict costs above the least that isolation can cost: forks that only make the student's calls.

For each submission of the sample class that runs into no limit, the median of some runs of
(a) bare forks of a process with numpy loaded, as many as the verdict started processes; each loads the file, makes the
    calls that its process was asked for, and throws the answers away;
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
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder.grading import Grader
from autograder.model.plan import Call
from autograder.model.replies import Replies
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.levels import detect
from autograder.sandbox.host.monitor import Budget, ProcessRun
from autograder.sandbox.host.supervisor import More, Supervisor, WorkerJob
from autograder.submissions import Source, read_source
from solutions.tasks import TASKS
from tests.benchmarks.classes import realistic_texts

REFERENCE = Path(__file__).parents[2] / "solutions" / "rnn.py"
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


def bare_forks(source: Source, processes: Sequence[Sequence[Call]]) -> None:
    """Do so in a fork of this process for each of the processes, one after the other."""
    for calls in processes:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDWR), 1)
            os.dup2(1, 2)
            make_the_calls(source, calls)
            os._exit(0)
        os.waitpid(child, 0)


def calls_of(grader: Grader, source: Source) -> list[list[Call]]:
    """Return the calls that a verdict asks for, process by process."""
    processes: list[list[Call]] = []
    run = Supervisor.run

    def recorded(worker: Supervisor, job: WorkerJob, calls: Sequence[Call], left: Budget, more: More) -> ProcessRun:
        processes.append(list(calls))

        def asked(replies: Replies) -> Sequence[Call]:
            processes[-1] += (others := more(replies))
            return others

        return run(worker, job, calls, left, asked)

    with mock.patch.object(Supervisor, "run", recorded):
        grader.grade("student", source)
    return processes


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
            processes = calls_of(grader, source)
            bare = median_ms(partial(bare_forks, source, processes), runs)
            whole = median_ms(partial(grader.grade, "student", source), runs)
            rows.append((sum(map(len, processes)), bare, whole, whole / bare))
            kinds[kind_of(grader.grade("student", source))].append(whole)
    finally:
        grader.close()
    table = Table("median ms of", "calls", "(a) bare forks", "(b) verdict", "(b) / (a)")
    first, *others = rows
    medians = [statistics.median(column) for column in zip(*others, strict=True)]
    for name, (calls, *values) in (("the reference", first), (f"{len(others)} sample submissions", medians)):
        table.add_row(name, f"{calls:.0f}", *(f"{value:.2f}" for value in values))
    ratio = medians[-1]
    Console().print(table)
    print(f"{runs} runs; {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    print(f"the median submission's verdict costs {ratio:.2f} × its bare forks (allowed: {ALLOWED:g})")
    right, too_much = statistics.median(kinds["right"]), ratio > ALLOWED
    for kind, allowed in ALLOWED_WRONG.items():
        times = statistics.median(kinds[kind]) / right
        too_much |= times > allowed
        print(f"{kind}: {len(kinds[kind])} submissions, {times:.2f} × the {right:.2f} ms of right ones ({allowed:g})")
    raise SystemExit(too_much)


if __name__ == "__main__":
    main()
