"""What the coordinator alone can take in: verdicts per second, from workers that answer at once.

Nothing is graded: the workers are stand-ins with a verdict at hand. All else is as in `bptt grade`: files are
read, jobs handed out, verdicts stored one transaction each time some have come, and progress is shown.
(a) the stand-ins answer within the coordinator's process: what it costs to read, to store and to show;
(b) they are processes of this machine: with pickling and sockets, as `bptt grade --jobs` has them;
(c) they are workers of a Dask cluster on this machine, its scheduler a process of its own;
(d) the same with one submission per task, to show why they travel in batches.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from autograder.grading import (
    Done,
    GradingJob,
    LocalWorkers,
    Lost,
    Workers,
    cluster,
    dask_tasks,
    grade_class,
    local,
)
from autograder.model.settings import Settings
from autograder.reports import report_progress
from autograder.results.store import FILE_NAME, Store
from autograder.sandbox.host.levels import Machine, detect
from autograder.submissions import survey
from tests import dask_cluster
from tests.benchmarks.classes import make_class
from tests.sample_verdicts import graded

SECRET = b"a secret, so that seeds are drawn"
VERDICT = graded("", 0.5, "partial")


class AtOnce:
    """Takes the place of a Grader."""

    def __init__(self, settings: Settings, secret: bytes | None, machine: Machine) -> None:
        pass

    def do(self, job: GradingJob) -> Done:
        """Return a verdict that was not earned."""
        return Done(replace(VERDICT, student_id=job.student_id), 0)

    def close(self) -> None:
        """There is no room to end."""


class Within:
    """Workers without a process."""

    sandbox = ""

    def __init__(self) -> None:
        self._jobs: list[GradingJob] = []

    def free_slots(self) -> int:
        """Return how many jobs are answered together."""
        return 2 - len(self._jobs)

    def give(self, jobs: Sequence[GradingJob]) -> None:
        """Take jobs."""
        self._jobs += jobs

    def take(self) -> list[Done | Lost]:
        """Answer."""
        jobs, self._jobs = self._jobs, []
        return [AtOnce.do(None, job) for job in jobs]  # type: ignore[arg-type]


def serve(descriptor: str) -> None:
    """Be a process of (b)."""
    with patch.object(local, "Grader", AtOnce):
        local.serve(descriptor)


def answer_at_once() -> None:
    """Make a Dask worker one of (c)."""
    dask_tasks.Grader = AtOnce  # type: ignore[misc,assignment]


def take_in(folder: Path, results: Path, workers: Workers) -> tuple[float, float]:
    """Return (verdicts per second, CPU microseconds of this process per verdict)."""
    submissions = survey(folder).submissions
    with Store(results / FILE_NAME) as store, Path(os.devnull).open("w") as nowhere:
        store.start_run(Settings(), [submission.student_id for submission in submissions])
        console = Console(file=nowhere, force_terminal=True)
        with report_progress(console, len(submissions)) as progress:
            started, cpu = time.perf_counter(), time.process_time()
            grade_class(
                submissions, settings=Settings(), secret=SECRET, workers=workers, store=store, on_verdict=progress.done
            )
            seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        assert len(store.known()) == len(submissions)
    return len(submissions) / seconds, 1e6 * cpu / len(submissions)


def on_dask(place: Path, jobs: int, batch: int) -> tuple[float, float]:
    """Measure (c) and (d)."""
    place.mkdir()
    with dask_cluster.cluster(place, jobs) as made:
        with cluster.Client(made.address) as client:
            client.wait_for_workers(jobs)
            client.run(answer_at_once)
        with (
            patch.object(cluster, "BATCH", batch),
            cluster.open_cluster(made.address, Settings(), unprotected=True, jobs=jobs, say=print) as workers,
        ):
            return take_in(place.parent / "class", place / "results", workers)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    wanted = parser.parse_args()
    table = Table("the workers are", "verdicts per second", "coordinator's CPU, µs per verdict")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_class(place / "class", wanted.students)
        rows = [("(a) within the process", take_in(place / "class", place / "within", Within()))]
        with (
            patch.object(local, "TARGET", "tests.benchmarks.coordinator:serve"),
            LocalWorkers(Settings(), detect(), wanted.jobs) as workers,
        ):
            rows.append((f"(b) {wanted.jobs} processes", take_in(place / "class", place / "processes", workers)))
        for letter, batch in (("c", cluster.BATCH), ("d", 1)):
            name = f"({letter}) {wanted.jobs} Dask workers, batches of {batch}"
            rows.append((name, on_dask(place / letter, wanted.jobs, batch)))
    for name, (rate, cpu) in rows:
        table.add_row(name, f"{rate:,.0f}", f"{cpu:,.0f}")
    Console().print(table)
    print(f"{wanted.students} submissions, {os.cpu_count()} processors, Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
