"""A Dask cluster of real processes grades as this machine does, whatever becomes of its workers."""

import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import autograder
import solutions
from autograder.assignment import place
from autograder.grading import LocalWorkers, dask_tasks, grade_class
from autograder.grading.cluster import open_cluster
from autograder.model.failures import WorkersFailed
from autograder.model.identity import kit_identity
from autograder.model.settings import Limits, Settings
from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from autograder.sandbox.host.errors import Unprotected
from autograder.sandbox.host.levels import detect
from autograder.submissions import survey
from tests import dask_cluster
from tests.benchmarks.classes import make_class
from tests.conftest import REFERENCE, edited
from tests.dask_cluster import Cluster
from tests.processes import is_at_work, wait_until

BPTT = [sys.executable, "-m", "autograder"]
HANGING = edited(("return dO.T @ H  # the sum", "import time; time.sleep(600)  # the sum"))
SETTINGS = Settings(limits=Limits(call_cpu_seconds=0.3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of mixed quality, with one submission that hangs."""
    folder = tmp_path_factory.mktemp("class")
    make_class(folder / "class", 8)
    (folder / "class" / "student000003" / "rnn.py").write_text(HANGING)
    return folder / "class"


@pytest.fixture(scope="module")
def local_verdicts(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    """What this machine's processes make of it."""
    with LocalWorkers(SETTINGS, detect(), jobs=2) as workers:
        return grade(folder, tmp_path_factory.mktemp("local"), workers)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    place = tmp_path / "cluster"
    place.mkdir()
    # What Dask tries again by itself is Dask's; here it is left to us at once.
    with dask_cluster.cluster(place, workers=0, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as made:
        yield made


def grade(folder: Path, results: Path, workers, after: Callable[[int], object] = lambda _: None) -> list[Verdict]:
    """Grade a class with workers of some kind; `after` is called with the number of verdicts so far."""
    submissions = survey(folder).submissions
    with Store(results / FILE_NAME) as store:
        store.start_run(SETTINGS, [submission.student_id for submission in submissions])
        came: list[str] = []

        def on_verdict(verdict: Verdict) -> None:
            came.append(verdict.student_id)
            after(len(came))

        grade_class(submissions, settings=SETTINGS, secret=None, workers=workers, store=store, on_verdict=on_verdict)
        assert sorted(came) == [submission.student_id for submission in submissions], "each once, nobody left out"
        return store.verdicts()


def dask_workers(address: str):
    """Connect to a cluster."""
    return open_cluster(address, SETTINGS, unprotected=False, jobs=2, say=print)


@pytest.mark.thorough
def test_a_worker_is_killed_in_the_middle(
    cluster: Cluster, folder: Path, tmp_path: Path, local_verdicts: list[Verdict]
) -> None:
    """What was out on it goes to the other: the same verdicts as on this machine, each stored once."""
    for _ in range(2):
        cluster.add_worker()

    def after(count: int) -> None:
        if count == 1:
            cluster.workers[0].send_signal(signal.SIGKILL)

    with dask_workers(cluster.address) as workers:
        assert grade(folder, tmp_path / "results", workers, after) == local_verdicts
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert cluster.workers[1].poll() is None


@pytest.mark.thorough
def test_a_submission_over_which_two_workers_are_lost(cluster: Cluster, tmp_path: Path) -> None:
    """It is given to a second worker, and then it has no mark."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ana.py").write_text(HANGING)

    def kill_twice() -> None:
        nonlocal worker
        for _ in range(2):
            wait_until(lambda pid=worker.pid: is_at_work(pid))
            worker.kill()
            worker = cluster.add_worker()

    killer = threading.Thread(target=kill_twice)
    worker = cluster.add_worker()
    with dask_workers(cluster.address) as workers:
        killer.start()
        (ana,) = grade(tmp_path / "class", tmp_path / "results", workers)
        killer.join()
    assert (ana.status, ana.score) == ("not_graded", None)
    assert ana.message == "the grader failed twice: worker after worker of the cluster ended over it"


def test_the_command_grades_on_a_cluster(
    cluster: Cluster, folder: Path, tmp_path: Path, local_verdicts: list[Verdict]
) -> None:
    """`bptt grade --scheduler` waits for the first worker, says what holds the code there, and goes on as ever."""
    (tmp_path / "course.toml").write_text("[limits]\ncall_cpu_seconds = 0.3\n")
    command = [*BPTT, "grade", str(folder), "--out", str(tmp_path / "results"), "--scheduler", cluster.address]
    run = subprocess.Popen(
        [*command, "--config", str(tmp_path / "course.toml")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stderr is not None
    assert run.stderr.readline() == f"{cluster.address} has no workers yet: waiting for the first\n"
    cluster.add_worker()
    shown, said = run.communicate()
    assert run.returncode == 0, said
    assert f"Sandbox: {detect().level}" in said
    assert "(1 of 1 Dask workers)" in said
    assert "Graded 8 of 8" in said
    assert "Task 14: many_to_many" in shown
    with Store(tmp_path / "results" / FILE_NAME, create=False) as store:
        assert store.verdicts() == local_verdicts


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_a_cluster_of_this_machine(folder: Path, tmp_path: Path, local_verdicts: list[Verdict]) -> None:
    """The address "local" starts a cluster for trying out, which ends with the run."""
    with dask_workers("local") as workers:
        assert grade(folder, tmp_path / "results", workers) == local_verdicts
        assert _workers_of_this_process()
    assert not _workers_of_this_process()


def _workers_of_this_process() -> list[str]:
    children = [child for path in Path("/proc/self/task").glob("*/children") for child in path.read_text().split()]
    return [child for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


@pytest.mark.thorough
def test_a_scheduler_that_vanishes(
    cluster: Cluster, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends with a message, and what was graded is kept."""
    monkeypatch.setattr("autograder.grading.cluster._CONNECT_SECONDS", 3)
    cluster.add_worker()
    with (
        dask_workers(cluster.address) as workers,
        pytest.raises(WorkersFailed, match=r"scheduler was lost. See that it runs, and run the same command again"),
    ):
        grade(folder, tmp_path / "results", workers, lambda _: cluster.scheduler.kill())
    with Store(tmp_path / "results" / FILE_NAME, create=False) as store:
        assert len(store.verdicts()) >= 1


@pytest.mark.thorough
def test_a_worker_with_another_kit(cluster: Cluster, tmp_path: Path) -> None:
    """The run does not begin: the message names the machine and both versions."""
    for package in (autograder, solutions):
        source = Path(package.__path__[0])
        shutil.copytree(source, tmp_path / "other" / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "other" / "solutions" / "rnn.py").open("a") as reference:
        reference.write("\n# another version\n")
    cluster.add_worker(str(tmp_path / "other"))
    with pytest.raises(WorkersFailed) as refusal, dask_workers(cluster.address):
        pass
    assert f"the worker on {socket.gethostname()} has bptt-kit {autograder.__version__}+" in str(refusal.value)
    assert f"and this run is of {kit_identity()}: install the same on both" in str(refusal.value)


def test_an_address_where_nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A wrong address is a message, with no traceback and before anything else is done."""
    monkeypatch.setattr("autograder.grading.cluster._CONNECT_SECONDS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but it does not listen
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(WorkersFailed, match=f"no Dask scheduler answers at {address}"), dask_workers(address):
            pass
    with pytest.raises(WorkersFailed, match="no Dask scheduler answers at nonsense"), dask_workers("nonsense"):
        pass


def test_jobs_are_for_this_machine(tmp_path: Path) -> None:
    """--jobs with the address of a cluster is a usage error."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ana.py").write_text("x = 1\n")
    arguments = [
        "grade",
        str(tmp_path / "class"),
        "--out",
        str(tmp_path / "r"),
        "--jobs",
        "2",
        "--scheduler",
        "tcp://h:1",
    ]
    done = subprocess.run([*BPTT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--jobs is about this machine" in done.stderr
    assert not (tmp_path / "r").exists()


def test_without_the_option_dask_is_not_imported(tmp_path: Path) -> None:
    """A run on this machine imports nothing of Dask, in the coordinator or where it grades."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ana.py").write_text(REFERENCE)
    command = [sys.executable, "-X", "importtime", "-m", "autograder", "grade", str(tmp_path / "class")]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "results"), "--jobs", "1"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "autograder.grading.local" in imported
    assert not {name for name in imported if name.partition(".")[0] in ("dask", "distributed", "tornado")}


def test_a_worker_refuses_where_nothing_holds_student_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that gives only limits grades nobody, unless that was asked for; the message names the machine."""
    machine = detect()
    monkeypatch.setattr(
        "autograder.sandbox.host.protect.detect", lambda: type(machine)("limits only", ("rlimits",), "", None, {})
    )
    setup = dask_tasks.Setup(Settings(limits=Limits(call_cpu_seconds=0.9)), unprotected=False)
    with pytest.raises(Unprotected, match=f"on {socket.gethostname()}: this machine gives no protection"):
        dask_tasks.protection_here((kit_identity(), place()), dask_tasks.pickle.dumps(setup))
