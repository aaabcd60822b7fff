"""Processes of this machine that grade: who gets a job, and what is said when one ends. Threads take their place."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import pytest

from autograder.grading import Done, GradingJob, LocalWorkers, Lost, local
from autograder.model.failures import WorkersFailed
from autograder.model.settings import Settings
from autograder.sandbox.host.levels import Machine
from autograder.submissions import Source
from tests.sample_verdicts import graded

SETTINGS, MACHINE = Settings(seed=7), Machine("limits only", (), "", None, {})


class Process(threading.Thread):
    """A process that ends over a submission "ends", and after a submission "last", with this status.

    One that never begins has its job by then, and has not said that it is ready.
    """

    def __init__(self, descriptor: int, status: int, *, begins: bool, stays: bool) -> None:
        super().__init__(daemon=True)
        self.connection = Connection(os.dup(descriptor))
        self.status, self.begins, self.stays = status, begins, stays
        self.setup: Any = None
        self.told: list[str] = []  # what the others did to it
        self.start()

    def run(self) -> None:
        with self.connection:
            self.setup = self.connection.recv()
            if not self.begins:
                self.connection.recv()
                return
            self.connection.send(None)
            try:
                while (job := self.connection.recv()).student_id != "ends":
                    self.connection.send(Done(graded(job.student_id), job.attempt))
                    if job.student_id == "last":
                        return
            except (EOFError, OSError):
                self.told.append("closed")

    def wait(self, timeout: float | None = None) -> int:
        if self.stays and "kill" not in self.told:
            raise subprocess.TimeoutExpired("grader", timeout or 0)
        return self.status

    def terminate(self) -> None:
        self.told.append("terminate")

    def kill(self) -> None:
        self.told.append("kill")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """The processes that were started."""
    return stand_in(monkeypatch)


def stand_in(monkeypatch: pytest.MonkeyPatch, *begin: bool, status: int = 3, stays: bool = False) -> list[Process]:
    """Have such processes started: whether each begins, in turn, and then all do."""
    processes: list[Process] = []

    def start(target: str, descriptor: int) -> Process:
        assert target == "autograder.grading.local:serve"
        begins = begin[len(processes)] if len(processes) < len(begin) else True
        processes.append(Process(descriptor, status, begins=begins, stays=stays))
        return processes[-1]

    monkeypatch.setattr(local, "start", start)
    return processes


def job(student: str) -> GradingJob:
    return GradingJob(student, Source("py", (("rnn.py", ""),), ""), 0, 4)


def taken(workers: LocalWorkers) -> list[Done | Lost]:
    return sorted(workers.take(), key=lambda one: one.student_id)


def test_each_process_has_one_job_at_a_time(started: list[Process]) -> None:
    """It is started when there is work for it, and used again."""
    with LocalWorkers(SETTINGS, MACHINE, 2, "a line") as workers:
        assert (workers.sandbox, workers.free_slots(), started) == ("a line", 2, [])
        workers.give([job("ana")])
        assert (workers.free_slots(), len(started)) == (1, 1)
        workers.give([job("ben")])
        assert (workers.free_slots(), len(started)) == (0, 2)
        came = taken(workers)
        while len(came) < 2:
            came += taken(workers)
        assert {one.student_id: one for one in came} == {who: Done(graded(who), 4) for who in ("ana", "ben")}
        assert workers.free_slots() == 2
        workers.give([job("cy")])
        assert taken(workers) == [Done(graded("cy"), 4)]
        assert [one.setup for one in started] == [(SETTINGS, MACHINE)] * 2
    for one in started:
        one.join(10)
        assert one.told[:1] == ["terminate"]
        assert "kill" not in one.told


@pytest.mark.parametrize(("status", "how"), [(3, "with exit status 3"), (-9, "by SIGKILL")])
def test_a_process_that_ends_loses_its_submission_alone(monkeypatch: pytest.MonkeyPatch, status: int, how: str) -> None:
    """It is told how, and another process takes its place."""
    started = stand_in(monkeypatch, status=status)
    with LocalWorkers(SETTINGS, MACHINE, 1) as workers:
        workers.give([job("ends")])
        assert workers.take() == [Lost("ends", f"the process that graded it ended {how}")]
        assert workers.free_slots() == 1
        workers.give([job("ana")])
        assert workers.take() == [Done(graded("ana"), 4)]
    assert len(started) == 2


def test_a_process_that_ends_without_work_loses_nobody(started: list[Process]) -> None:
    """Whoever comes next gets a new one."""
    with LocalWorkers(SETTINGS, MACHINE, 1) as workers:
        workers.give([job("last")])
        assert workers.take() == [Done(graded("last"), 4)]
        started[0].join(10)
        workers.give([job("ben")])
        assert (workers.free_slots(), len(started)) == (0, 2)
        assert workers.take() == [Done(graded("ben"), 4)]


def test_a_machine_on_which_no_process_begins_grades_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """After three in a row it is said, with how the last one ended."""
    stand_in(monkeypatch, False, False, False, status=-9)
    with LocalWorkers(SETTINGS, MACHINE, 1) as workers:
        for _ in range(2):
            workers.give([job("ana")])
            assert workers.take() == [Lost("ana", "the process that graded it ended by SIGKILL")]
        workers.give([job("ana")])
        with pytest.raises(WorkersFailed, match=r"^3 processes in a row ended .* the last by SIGKILL: "):
            workers.take()


def test_one_that_begins_is_a_good_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then those that did not are forgotten, and one that ends later is none of them."""
    started = stand_in(monkeypatch, False, False, True, False, False, True, status=-9)
    with LocalWorkers(SETTINGS, MACHINE, 1) as workers:
        for _ in range(2):
            came: list[Done | Lost] = []
            while not any(isinstance(one, Done) for one in came):
                workers.give([job("ana")])
                came = workers.take()
            workers.give([job("ends")])
            assert isinstance(workers.take()[0], Lost)
    assert len(started) == 6


def test_who_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while."""
    monkeypatch.setattr(local, "END_SECONDS", 0.01)
    started = stand_in(monkeypatch, stays=True)
    with LocalWorkers(SETTINGS, MACHINE, 1) as workers:
        workers.give([job("ana")])
        workers.take()
    assert [told for told in started[0].told if told != "closed"] == ["terminate", "kill"]


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Connection, list[Any]]]:
    """A connection to what serves in a process, and what its grader was made with and did."""
    seen: list[Any] = []

    class Grader:
        def __init__(self, *given: object) -> None:
            seen.append(given)

        def do(self, job: GradingJob) -> Done:
            return Done(graded(job.student_id), 9)

        def close(self) -> None:
            seen.append("closed")

    monkeypatch.setattr(local, "Grader", Grader)
    ours, theirs = Pipe()
    serve: Callable[[str], None] = local.serve
    thread = threading.Thread(target=serve, args=(str(os.dup(theirs.fileno())),), daemon=True)
    theirs.close()
    thread.start()
    yield ours, seen
    ours.close()
    thread.join(10)
    assert not thread.is_alive()
    assert seen[1:] == ["closed"]


def test_a_process_says_that_it_is_ready_and_answers_each_job(serving: tuple[Connection, list[Any]]) -> None:
    """Until nobody asks any more; then it ends its worker."""
    connection, seen = serving
    connection.send((SETTINGS, MACHINE))
    assert connection.recv() is None
    assert seen == [(SETTINGS, None, MACHINE)]
    for student in ("ana", "ben"):
        connection.send(job(student))
        assert connection.recv() == Done(graded(student), 9)
