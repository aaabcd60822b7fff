"""One submission after the other in one process: the worker that they share, and the cases of each. No sandbox."""

from dataclasses import replace
from typing import Any

import pytest

from autograder.cases import case_sets
from autograder.cases.drawing import draw
from autograder.grading import Done, Grader, GradingJob, grader
from autograder.grading.passes import Exam
from autograder.model.settings import Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.encode import encode_plan
from autograder.sandbox.host.errors import WorkerBroken
from autograder.sandbox.host.levels import Machine
from autograder.submissions import Source
from tests.sample_verdicts import graded

MACHINE = Machine("limits only", (), "", None, {})
SOURCE = Source("py", (("rnn.py", ""),), "", notes=("rnn.py was taken",))


class Worker:
    """What is known of a worker."""

    def __init__(self, *opened_with: object) -> None:
        self.opened_with = opened_with
        self.told: list[str] = []

    def start(self) -> None:
        self.told.append("start")

    def close(self) -> None:
        self.told.append("close")


class Room:
    """The workers that were opened, and what comes of each submission in turn: a verdict, or an exception."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.workers: list[Worker] = []
        self.comes: list[Exception] = []  # before the verdict
        self.asked: list[tuple[Worker, Source, str, Exam]] = []
        monkeypatch.setattr(grader, "open_worker", self.open)
        monkeypatch.setattr(grader, "grade_source", self.grade_source)

    def open(self, *given: object) -> Worker:
        self.workers.append(Worker(*given))
        return self.workers[-1]

    def grade_source(self, *given: Any) -> Verdict:
        self.asked.append(given)
        if self.comes:
            raise self.comes.pop(0)
        return replace(graded(given[2]), notes=("seen in it",))


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(monkeypatch)


def do(at_work: Grader, student: str, seed: int = 0, attempt: int | None = 0) -> Done:
    return at_work.do(GradingJob(student, SOURCE, seed, attempt))


def test_submissions_share_a_worker_until_it_is_closed(room: Room) -> None:
    """It is started when it is needed, with the limits of the course."""
    at_work = Grader(Settings(), None, MACHINE)
    at_work.close()
    assert room.workers == []
    assert [do(at_work, student).verdict.status for student in ("ana", "ben")] == ["graded"] * 2
    (worker,) = room.workers
    assert (worker.opened_with, worker.told) == ((MACHINE, Settings().limits), ["start"])
    at_work.close()
    at_work.close()
    assert worker.told == ["start", "close"]
    do(at_work, "cy")
    assert len(room.workers) == 2
    assert [(one[0], one[1], one[2]) for one in room.asked] == [
        (worker, SOURCE, "ana"), (worker, SOURCE, "ben"), (room.workers[1], SOURCE, "cy"),
    ]  # fmt: skip


def test_a_verdict_has_the_remarks_on_the_file_first(room: Room) -> None:
    """Then what was seen in it."""
    verdict = do(Grader(Settings(), None, MACHINE), "ana").verdict
    assert verdict.notes == ("rnn.py was taken", "seen in it")


def test_a_worker_that_breaks_is_replaced_once_for_a_submission(room: Room) -> None:
    """The second time it is not graded, and has no mark; the next one is."""
    at_work = Grader(Settings(), None, MACHINE)
    room.comes = [WorkerBroken("no memory")]
    assert do(at_work, "ana").verdict.status == "graded"
    assert [worker.told for worker in room.workers] == [["start", "close"], ["start"]]
    room.comes = [WorkerBroken("no memory"), WorkerBroken("nor then")]
    verdict = do(at_work, "ben").verdict
    assert (verdict.student_id, verdict.status, verdict.score) == ("ben", "not_graded", None)
    assert verdict.message == "the grader failed: nor then"
    assert len(room.asked) == 4
    assert do(at_work, "cy").verdict.status == "graded"
    assert [worker.told for worker in room.workers] == [["start", "close"]] * 3 + [["start"]]


def same_questions(exam: Exam, seed: int, attempt: int) -> bool:
    tasks = tuple(task.id for task in Settings().enabled_tasks())
    return encode_plan(exam.cases.plan(tasks)) == encode_plan(draw(seed, attempt).plan(tasks))


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds that were proved; the third attempt of each is taken."""
    seeds: list[int] = []

    def prove(seed: int, variant: Any) -> Any:
        seeds.append(seed)
        return 3, draw(seed, 3, variant)

    monkeypatch.setattr(case_sets, "prove", prove)
    return seeds


def test_a_seed_is_proved_where_nobody_knows_its_attempt(room: Room, proved: list[int]) -> None:
    """Once in a process; then its attempt is told with each verdict."""
    at_work = Grader(Settings(), None, MACHINE)
    assert [do(at_work, "ana", 5, None).attempt, do(at_work, "ben", 5, None).attempt] == [3, 3]
    assert proved == [5]
    assert do(at_work, "cy", 6, 2).attempt == 2
    assert proved == [5]
    exams = [given[3] for given in room.asked]
    assert exams[0] is exams[1]
    assert same_questions(exams[0], 5, 3)
    assert same_questions(exams[2], 6, 2)
    assert not same_questions(exams[2], 6, 3)


@pytest.mark.parametrize("secret", [None, b"0123456789abcdef"])
def test_a_student_gets_the_cases_of_the_course_or_of_the_secret(
    room: Room, proved: list[int], secret: bytes | None
) -> None:
    """As the coordinator would hand them out."""
    settings = Settings(seed=4)
    assert Grader(settings, secret, MACHINE).grade("ana", SOURCE).student_id == "ana"
    assert proved == [case_sets.seed_of(4, secret, "ana")]
    assert same_questions(room.asked[0][3], proved[0], 3)
