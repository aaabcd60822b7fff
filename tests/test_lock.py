"""One run at a time on a results folder: who comes second is told about the first, and a dead run holds nothing."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.results.lock import is_running, only_run
from autograder.results.store import StoreError

HOLD = """
import sys, time
from pathlib import Path
from autograder.results.lock import is_running, only_run
with only_run(Path(sys.argv[1])):
    print("mine", flush=True)
    time.sleep(600)
"""


def hold(results: Path) -> subprocess.Popen[str]:
    """Start a process that has the lock of a results folder."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(results)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "mine\n"
    return holder


def test_the_second_run_is_refused_with_the_first_ones_pid_and_start(tmp_path: Path) -> None:
    """`bptt grade` into a folder at which another run is ends with status 1, says who it is, and writes nothing."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ana.py").write_text("x = 1\n")
    holder = hold(tmp_path / "results")
    try:
        done = CliRunner().invoke(main, ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "results")])
    finally:
        holder.kill()
        holder.communicate()
    assert done.exit_code == 1
    told = re.search(
        r"another run is grading into (.*) \(process (\d+), started (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\)", done.stderr
    )
    assert told, done.stderr
    assert told[1] == str(tmp_path / "results")
    assert int(told[2]) == holder.pid
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["run.lock"]


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    """The lock goes with its process, however that ends; what it left in the file keeps nobody out."""
    holder = hold(tmp_path)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with only_run(tmp_path):
        assert f"process {os.getpid()}, started" in (tmp_path / "run.lock").read_text()


def test_the_holder_is_all_that_the_file_says(tmp_path: Path) -> None:
    """Nothing is left of an earlier holder, whose line may have been longer."""
    (tmp_path / "run.lock").write_text("process 4194304, started 2026-11-20 23:59:59, and more\nthan one line\n" * 9)
    with only_run(tmp_path):
        assert re.fullmatch(r"process \d+, started [\d-]{10} [\d:]{8}\n", (tmp_path / "run.lock").read_text())


def test_a_holder_that_cannot_be_read_holds_all_the_same(tmp_path: Path) -> None:
    """Whatever stands in the file."""
    with only_run(tmp_path):
        (tmp_path / "run.lock").write_bytes(b"\xff" * 300)
        with pytest.raises(StoreError, match="another run is grading into"), only_run(tmp_path):
            pass


def test_the_lock_is_free_again_after_a_run(tmp_path: Path) -> None:
    """One run after the other takes it, in one process as well; two at once do not."""
    with only_run(tmp_path), pytest.raises(StoreError, match=f"process {os.getpid()}"), only_run(tmp_path):
        pass
    with only_run(tmp_path):
        pass


def test_processes_of_a_run_do_not_hold_its_lock(tmp_path: Path) -> None:
    """A process that outlives the run that started it does not keep the next run out."""
    with only_run(tmp_path):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        with only_run(tmp_path):
            pass
    finally:
        child.kill()
        child.wait()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in place of the results folder is named as the reason."""
    (tmp_path / "taken").write_text("mine")
    with (
        pytest.raises(StoreError, match="taken can't be made a results folder: File exists"),
        only_run(tmp_path / "taken"),
    ):
        pass


def test_whether_a_run_is_at_it_is_known(tmp_path: Path) -> None:
    """While it is, and at no other time; to ask takes nothing from it."""
    assert not is_running(tmp_path / "nowhere")
    with only_run(tmp_path):
        assert is_running(tmp_path)
        assert is_running(tmp_path)
    for _ in range(2):
        assert not is_running(tmp_path)
    with only_run(tmp_path):
        pass


def test_a_short_command_waits_for_the_end_of_a_run(tmp_path: Path) -> None:
    """And has the folder to itself then."""
    order: list[str] = []

    def wait() -> None:
        with only_run(tmp_path, wait=True):
            order.append("waited")

    waiting = threading.Thread(target=wait)
    with only_run(tmp_path):
        waiting.start()
        waiting.join(0.2)
        order.append("ran")
    waiting.join(20)
    assert order == ["ran", "waited"]
