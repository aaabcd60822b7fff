"""Nothing is lost: runs that are killed, interrupted, or run out of disk, and workers that die under a submission."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from autograder.grading import LocalWorkers, grade_class, local
from autograder.model.failures import WorkersFailed
from autograder.model.settings import Limits, Settings
from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from autograder.sandbox.host.levels import detect
from autograder.submissions import survey
from tests.conftest import REFERENCE, edited
from tests.locked import needs
from tests.processes import alive, children, descendants, is_at_work, wait_until

KIT = Path(__file__).parents[1]
BPTT = [sys.executable, "-m", "autograder"]
# One task that sleeps until its process is ended.
HANGING = edited(("return dO.T @ H  # the sum", "import time; time.sleep(600)  # the sum"))
LOOPING = edited(("return dO.T @ H  # the sum", "while True: pass  # the sum"))


def hand_in(folder: Path, **texts: str) -> Path:
    """Write a class, one file for each student; returns the folder."""
    for student, text in texts.items():
        (folder / student).mkdir(parents=True)
        (folder / student / "rnn.py").write_text(text, encoding="utf-8")
    return folder


def impatient(place: Path) -> list[str]:
    """Return options with which code that hangs is ended soon."""
    (place / "course.toml").write_text("[limits]\ncall_cpu_seconds = 1\n")
    return ["--config", str(place / "course.toml")]


def rows(results: Path) -> dict[str, dict[str, str]]:
    """Return grades.csv by student."""
    with (results / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def graded_so_far(results: Path) -> int:
    """Return how many verdicts a results folder has."""
    try:
        with Store(results / FILE_NAME, create=False) as store:
            return len(store.verdicts())
    except Exception:
        return 0  # not there yet


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
class TestKilled:
    """Runs and workers that are ended from outside."""

    @pytest.mark.parametrize(
        ("kills", "students", "jobs"), [(1, 3, 1), pytest.param(10, 12, 2, marks=pytest.mark.thorough)]
    )
    def test_killed_again_and_again(self, kills: int, students: int, jobs: int) -> None:
        """Kills at random moments: the same grades.csv each time, no verdict lost or changed, no process left."""
        command = [sys.executable, "-m", "tests.benchmarks.kills", "--json"]
        command += ["--kills", str(kills), "--students", str(students), "--jobs", str(jobs)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=KIT, check=False)
        assert done.returncode == 0, done.stderr
        figures = json.loads(done.stdout)
        assert figures["kills"] == kills
        assert figures["rounds"] >= 1

    @pytest.mark.parametrize(
        "moment", [pytest.param("as the processes start", marks=pytest.mark.thorough), "in the middle"]
    )
    def test_ctrl_c(self, tmp_path: Path, moment: str) -> None:
        """Ctrl-C in a terminal reaches every process of its group: one message, no traceback, nothing left, goes on."""
        folder = hand_in(tmp_path / "class", **{f"s{n}": f"{HANGING}\n# {n}\n" for n in range(4)}, a=REFERENCE)
        command = [*BPTT, "grade", str(folder), "--out", str(tmp_path / "results"), "--jobs", "2"]
        run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
        assert run.stderr is not None
        printed = run.stderr.readline()  # the line about the sandbox: the processes come next
        below: set[int] = set()
        if moment == "in the middle":
            wait_until(lambda: graded_so_far(tmp_path / "results"))
            below = descendants(run.pid)
        os.killpg(run.pid, signal.SIGINT)
        printed += run.communicate()[1]
        assert run.returncode == 130, printed
        assert "What was graded is kept: the same command goes on from there." in printed
        assert "Traceback" not in printed
        assert moment != "in the middle" or below
        wait_until(lambda: not alive(below))

    @pytest.mark.thorough
    @pytest.mark.parametrize("path", [os.environ["PATH"], "/nonexistent"], ids=["full", "without bubblewrap"])
    def test_a_worker_that_dies_twice_over_a_submission(self, tmp_path: Path, path: str) -> None:
        """Its process is replaced and the submission retried once; then it has no mark, and the status is 1.

        With the process goes the room in which the student's code hangs.
        """
        folder = hand_in(tmp_path / "class", ana=REFERENCE, ben=HANGING, cy=REFERENCE + "\n")
        results = tmp_path / "results"
        command = [*BPTT, "grade", str(folder), "--out", str(results), "--jobs", "1", *impatient(tmp_path)]
        environment = os.environ | {"PATH": path}
        run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        below: set[int] = set()
        for graded in (1, 2):  # ben comes after ana, and once more when cy is done
            wait_until(
                lambda graded=graded: graded_so_far(results) == graded and any(map(is_at_work, children(run.pid)))
            )
            worker = next(filter(is_at_work, children(run.pid)))
            below |= descendants(worker)
            os.kill(worker, signal.SIGKILL)
        printed, errors = run.communicate()
        assert run.returncode == 1, errors
        assert "Traceback" not in errors
        assert "Not graded, and without a mark, because the grader failed on them (1):" in printed
        assert "ben: the grader failed twice: the process that graded it ended by SIGKILL" in printed
        assert {student: (row["status"], row["score"]) for student, row in rows(results).items()} == {
            "ana": ("graded", "100"),
            "ben": ("not_graded", ""),
            "cy": ("graded", "100"),
        }
        wait_until(lambda: not alive(below))

    def test_processes_that_never_get_to_work(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where process after process ends before it can grade, the run ends with a message, and grades nobody."""
        monkeypatch.setattr(local, "TARGET", "sys:exit")
        folder = hand_in(tmp_path / "class", **{f"s{n}": REFERENCE for n in range(9)})
        with pytest.raises(
            WorkersFailed, match=r"3 processes in a row ended before they began .* with exit status \d+"
        ):
            grade(folder, tmp_path / "results")
        assert graded_so_far(tmp_path / "results") == 0


def grade(folder: Path, results: Path, jobs: int = 2, settings: Settings | None = None) -> list[Verdict]:
    """Grade a class from this process; returns the verdicts as they came."""
    came: list[Verdict] = []
    used = settings or Settings()
    submissions = survey(folder).submissions
    with Store(results / FILE_NAME) as store, LocalWorkers(used, detect(), jobs) as workers:
        store.start_run(used, [submission.student_id for submission in submissions])
        grade_class(submissions, settings=used, secret=None, workers=workers, store=store, on_verdict=came.append)
    return came


def test_a_submission_that_hangs_takes_a_slot_and_not_the_queue(tmp_path: Path) -> None:
    """While one process waits for it, the other grades all the rest."""
    texts = {f"s{n}": f"{REFERENCE}\n# {n}\n" for n in range(5)}
    folder = hand_in(tmp_path / "class", a_looping=LOOPING, **texts)
    came = grade(folder, tmp_path / "results", settings=Settings(limits=Limits(call_cpu_seconds=1)))
    assert [verdict.student_id for verdict in came] == [*texts, "a_looping"]


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Mount a file system of a few hundred kilobytes, where that can be done."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
        reason = mounted.stderr.strip()
    except OSError as error:
        reason = str(error)
    needs(not reason, f"no small disk can be mounted here: {reason}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def bptt(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command, as the user who may do anything or as an ordinary one."""
    return subprocess.run([*BPTT, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.thorough
def test_a_full_disk(tmp_path: Path) -> None:
    """One message, and what was graded can still be read; with room again, the run goes on where it was."""
    folder = hand_in(tmp_path / "class", ana=REFERENCE, ben=HANGING, cy=REFERENCE + "\n")
    with small_disk(tmp_path / "disk") as disk:
        command = [*BPTT, "grade", str(folder), "--out", str(disk / "results"), *impatient(tmp_path)]
        command += ["--jobs", "1"]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: graded_so_far(disk / "results"))
        fill(disk / "ballast")  # while ben's code hangs
        _, errors = run.communicate()
        assert run.returncode == 1
        assert [line for line in errors.splitlines() if line.startswith("Error: ")] == [
            f"Error: {disk}/results/results.sqlite: the disk is full; "
            "free some space and run the same command again, it goes on where it stopped"
        ]
        assert "Traceback" not in errors
        assert graded_so_far(disk / "results") == 1
        (disk / "ballast").unlink()
        again = bptt("grade", folder, "--out", disk / "results", *impatient(tmp_path))
        assert again.returncode == 0, again.stderr
        assert "Graded 2 of 3" in again.stderr
        assert {student: row["score"] for student, row in rows(disk / "results").items()} == {
            "ana": "100", "ben": "93", "cy": "100",
        }  # fmt: skip


def fill(path: Path) -> None:
    """Write a file until the disk is full."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.mark.thorough
def test_results_that_may_not_be_written(tmp_path: Path) -> None:
    """In a folder that is read-only, a run ends with one message, and what was graded can still be read."""
    folder = hand_in(tmp_path / "class", ana="x = 1\n")
    with small_disk(tmp_path / "disk") as disk:
        assert bptt("grade", folder, "--out", disk / "results", "--jobs", 1).returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        refused = bptt("grade", folder, "--out", disk / "results")
        assert refused.returncode == 1
        assert refused.stderr.splitlines() == [
            f"Error: {disk}/results/run.lock can't be written: Read-only file system"
        ]
        assert graded_so_far(disk / "results") == 1
