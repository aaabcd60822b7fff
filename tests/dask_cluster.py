"""A Dask cluster of real processes on 127.0.0.1, for tests and benchmarks."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_KIT = Path(__file__).parents[1]
_START_SECONDS = 60.0
_WORKER = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")


@dataclass
class Cluster:
    """A scheduler and its workers; each is a process that can be killed."""

    folder: Path
    settings: dict[str, str]  # variables of the environment that Dask reads
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_scheduler(self) -> None:
        """Start the scheduler, and wait until it can be reached."""
        file = self.folder / "scheduler.json"
        self.scheduler = self._start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self.address:
            assert time.monotonic() < deadline, self.log("dask_scheduler")
            time.sleep(0.05)
            try:
                self.address = json.loads(file.read_text())["address"]
            except (OSError, ValueError):
                continue

    def add_worker(self, path: str = "") -> subprocess.Popen[bytes]:
        """Start a worker of one thread, with the modules of `path` before all others."""
        worker = self._start("dask_worker", self.address, *_WORKER, path=path)
        self.workers.append(worker)
        return worker

    def log(self, program: str) -> str:
        """Return what all processes of a program printed."""
        return (self.folder / f"{program}.log").read_text(errors="replace")

    def end(self) -> None:
        """End all processes."""
        for process in (*self.workers, *filter(None, [self.scheduler])):
            process.send_signal(signal.SIGKILL)
            process.wait()

    def _start(self, program: str, *arguments: object, path: str = "") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (path, str(_KIT))))} | self.settings
        with (self.folder / f"{program}.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=environment)


@contextmanager
def cluster(folder: Path, workers: int, **settings: str) -> Iterator[Cluster]:
    """Run a scheduler and so many workers; their files and logs go to `folder`."""
    made = Cluster(folder, settings)
    try:
        made.start_scheduler()
        for _ in range(workers):
            made.add_worker()
        yield made
    finally:
        made.end()
