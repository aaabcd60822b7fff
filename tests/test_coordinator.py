"""The coordinator: whom it hands out and when, what it does about losses, and what it remembers. No sandbox here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.cases import case_sets
from autograder.grading import Done, Grader, GradingJob, Lost, grade_class, grader
from autograder.model.settings import LateRule, Settings, TaskSettings
from autograder.model.verdict import Verdict
from autograder.results.store import FILE_NAME, Store
from autograder.sandbox.host.levels import Machine
from autograder.submissions import Source, survey
from tests.sample_verdicts import graded

SECRET = b"0123456789abcdef"


class StandIn:
    """Workers that answer by what is written in a submission: "lose" (the worker), "lose once", or anything (pass)."""

    sandbox = ""

    def __init__(self, slots: int = 3, on_take: Callable[[int], object] = lambda _: None) -> None:
        self.slots = slots
        self.on_take = on_take
        self.out: list[GradingJob] = []
        self.given: list[tuple[str, int]] = []  # student, and how many were out with it
        self.attempts: dict[str, int | None] = {}
        self.texts: dict[str, str] = {}
        self.begun: list[Sequence[str]] = []  # of whom it was said that they are being graded, each time

    def free_slots(self) -> int:
        return self.slots - len(self.out)

    def give(self, jobs: Sequence[GradingJob]) -> None:
        assert len(jobs) <= self.free_slots()
        self.out += jobs
        for job in jobs:
            self.given.append((job.student_id, len(self.out)))
            self.attempts[job.student_id] = job.attempt
            self.texts[job.student_id] = job.source.chunks[0][1]

    def take(self) -> list[Done | Lost]:
        self.on_take(len(self.given))
        job = self.out.pop(0)
        before = [student for student, _ in self.given].count(job.student_id)
        text = self.texts[job.student_id]
        if text == "lose" or (text == "lose once" and before == 1):
            return [Lost(job.student_id, "it fell over")]
        return [Done(graded(job.student_id), 7)]


def run(
    folder: Path, workers: StandIn, secret: bytes | None = None, settings: Settings | None = None, **changes: object
) -> list[Verdict]:
    """Grade the class of a folder; returns the verdicts that came, in order. Changes are to every submission."""
    came: list[Verdict] = []
    anew = changes.pop("anew", ())
    settings = settings or Settings()
    submissions = [replace(one, **changes) for one in survey(folder / "class").submissions]
    with Store(folder / "results" / FILE_NAME) as store:
        store.start_run(settings, [submission.student_id for submission in submissions])
        grade_class(
            submissions,
            settings=settings,
            secret=secret,
            workers=workers,
            store=store,
            on_verdict=came.append,
            on_begun=workers.begun.append,
            anew=anew,
        )
    return came


def hand_in(folder: Path, **texts: str) -> Path:
    """Write a class."""
    (folder / "class").mkdir(exist_ok=True)
    for student, text in texts.items():
        (folder / "class" / f"{student}.py").write_text(text)
    return folder


def test_files_are_read_when_somebody_is_about_to_be_free(tmp_path: Path) -> None:
    """Of a large class only a few files are in memory: what changes while others are graded is graded as changed."""
    hand_in(tmp_path, **{f"s{n:02}": "old" for n in range(40)})
    workers = StandIn(on_take=lambda given: given == 10 and hand_in(tmp_path, s20="new"))
    run(tmp_path, workers)
    assert workers.texts["s20"] == "new"
    assert len(workers.given) == 40


class AllAtOnce(StandIn):
    """Workers that are all done at the same moment, every other time."""

    turn = 0
    free: list[int]  # how many had nothing to do while others were waited for

    def take(self) -> list[Done | Lost]:
        self.free = [*getattr(self, "free", []), self.free_slots()]
        self.turn += 1
        came = super().take()
        while self.turn % 2 and self.out:
            came += super().take()
        return came


def test_nobody_is_left_without_work(tmp_path: Path) -> None:
    """Several who become free at once are all busy again before anybody is waited for, as long as there is work."""
    hand_in(tmp_path, **{f"s{n:02}": "x" for n in range(40)})
    workers = AllAtOnce(slots=4)
    run(tmp_path, workers)
    assert len(workers.given) == 40
    assert set(workers.free[:-4]) == {0}


def test_a_lost_submission_is_handed_out_once_more_and_alone(tmp_path: Path) -> None:
    """The second time nothing else is out, so that whoever is lost then is lost over itself."""
    hand_in(tmp_path, a="lose once", b="pass", c="lose", d="pass")
    workers = StandIn(slots=2)
    came = {verdict.student_id: verdict for verdict in run(tmp_path, workers)}
    assert [student for student, _ in workers.given] == ["a", "b", "c", "d", "a", "c"]
    assert [beside for _, beside in workers.given[4:]] == [1, 1]
    assert {student: verdict.status for student, verdict in came.items()} == {
        "a": "graded", "b": "graded", "c": "not_graded", "d": "graded",
    }  # fmt: skip
    assert (came["c"].score, came["c"].message) == (None, "the grader failed twice: it fell over")


def test_it_is_told_who_is_being_graded(tmp_path: Path) -> None:
    """Whenever somebody is handed out, the second time as well."""
    hand_in(tmp_path, a="lose once", b="pass", c="pass")
    workers = StandIn(slots=2)
    run(tmp_path, workers)
    told = [list(students) for students in workers.begun if students]
    assert told == [["a", "b"], ["c"], ["a"]]


def test_some_may_be_graded_anew_whatever_is_known(tmp_path: Path) -> None:
    """Those alone who are named."""
    hand_in(tmp_path, a="x", b="y")
    run(tmp_path, StandIn())
    assert [verdict.student_id for verdict in run(tmp_path, StandIn(), anew={"b", "nobody"})] == ["b"]


def test_what_cannot_be_read_has_a_verdict_at_once(tmp_path: Path) -> None:
    """It is the student's where the file is no plain text, and ours where the machine fails; no worker sees it."""
    hand_in(tmp_path, a="x")
    (tmp_path / "class" / "b.py").write_bytes(b"\xff\xfe\x00")
    workers = StandIn()
    came = {verdict.student_id: verdict for verdict in run(tmp_path, workers)}
    assert (came["b"].status, came["b"].score) == ("rejected", 0)
    assert came["b"].message.startswith("b.py is UTF-16 text")
    (gone,) = run(tmp_path, workers, path=tmp_path / "gone.py", student_id="c")[:1]
    assert (gone.status, gone.score) == ("not_graded", None)
    assert gone.message == "gone.py could not be read: No such file or directory"
    assert [student for student, _ in workers.given] == ["a"]


def test_what_this_process_has_proved_nobody_proves_again(tmp_path: Path) -> None:
    """Its attempt goes with the job, also where the results do not know it yet."""
    attempt, _ = case_sets.prove(0)
    hand_in(tmp_path, a="x")
    workers = StandIn()
    run(tmp_path, workers)
    assert workers.attempts == {"a": attempt}


def test_who_was_lost_is_tried_again_by_the_next_run(tmp_path: Path) -> None:
    """A submission without a mark is not done with."""
    hand_in(tmp_path, a="lose", b="pass")
    run(tmp_path, StandIn())
    hand_in(tmp_path, a="lose")
    workers = StandIn()
    run(tmp_path, workers)
    assert [student for student, _ in workers.given] == ["a", "a"]


DUE = datetime(2026, 11, 20, tzinfo=UTC)
LATE = Settings(late=LateRule(due=DUE))
CHANGES = {
    "nothing": {},
    "another secret": {"secret": b"another long secret"},
    "no secret": {"secret": None},
    "another seed": {"settings": Settings(seed=1)},
    "other points": {"settings": Settings(tasks={"bptt_W": TaskSettings(points=1)})},
    "another remark": {"notes": ("found one folder further in",)},
    "a problem": {"problem": "it is a link"},
    "a time, and no rule": {"handed_in": DUE},
    "a rule for late work": {"settings": LATE, "handed_in": DUE + timedelta(days=3)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_could_change_a_verdict_grades_anew(tmp_path: Path, change: str) -> None:
    """A run with the same files, settings and secret grades nobody; each difference that may matter, everybody."""
    hand_in(tmp_path, a="x", b="y")
    usual: dict = {"secret": SECRET, "settings": Settings()}
    assert len(run(tmp_path, StandIn(), **usual)) == 2
    again = run(tmp_path, StandIn(), **usual | CHANGES[change])
    assert len(again) == (0 if change in ("nothing", "a time, and no rule", "a rule for late work") else 2)
    assert len(run(tmp_path, StandIn(), **usual)) == len(again)


def test_a_verdict_is_told_with_the_remarks_of_the_finder(tmp_path: Path) -> None:
    """What was decided about the file stands before what was seen in it; lateness is no part of a verdict."""
    hand_in(tmp_path, a="x")
    (verdict,) = run(tmp_path, StandIn(), settings=LATE, notes=("found",), handed_in=DUE + timedelta(days=1))
    assert (verdict.notes, verdict.score) == (("found",), 100)
    (rejected,) = run(tmp_path, StandIn(), problem="it is a link", notes=("found",))
    assert (rejected.status, rejected.message, rejected.notes) == ("rejected", "it is a link", ("found",))
    (missing,) = run(tmp_path, StandIn(), path=None)
    assert (missing.status, missing.message, missing.score) == ("missing", "nothing was handed in", 0)


def test_a_proof_is_done_once(tmp_path: Path) -> None:
    """What one worker proved, the others are told, in this run and in the next; a changed secret is another matter."""
    students = [f"s{n:03}" for n in range(60)]
    hand_in(tmp_path, **dict.fromkeys(students, "x"))
    first, again, other = StandIn(slots=1), StandIn(slots=1), StandIn(slots=1)
    run(tmp_path, first, SECRET)
    seeds = {student: case_sets.seed_of(0, SECRET, student) for student in students}
    proved: set[int] = set()
    for student in students[2:]:  # those before it are known by then, but for what is handed out just ahead
        known = {seeds[before] for before in students[: students.index(student) - 1]}
        proved |= known & {seeds[student]}
        assert first.attempts[student] == (7 if seeds[student] in known else None)
    assert proved
    hand_in(tmp_path, **dict.fromkeys(students, "y"))
    run(tmp_path, again, SECRET)
    assert set(again.attempts.values()) == {7}
    run(tmp_path, other, b"another long secret")
    assert other.attempts[students[0]] is None


def test_the_results_do_not_hold_a_seed(tmp_path: Path) -> None:
    """From a seed the hidden inputs can be drawn, so what is kept about it does not give it away."""
    hand_in(tmp_path, a="x")
    run(tmp_path, StandIn(), SECRET)
    seed = case_sets.seed_of(0, SECRET, "a")
    raw = (tmp_path / "results" / FILE_NAME).read_bytes()
    for form in (str(seed).encode(), f"{seed:x}".encode(), seed.to_bytes(16), seed.to_bytes(16, "little")):
        assert form not in raw
    with Store(tmp_path / "results" / FILE_NAME) as store:
        assert list(store.proved().values()) == [7]


def test_a_fault_of_the_grader_costs_one_submission_its_mark_and_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception of ours is shown, and becomes "not graded" with its words; the next submission is graded."""
    answers = iter([ZeroDivisionError("our bug"), graded("ben")])

    def grade_source(*_: object) -> Verdict:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(grader, "grade_source", grade_source)
    monkeypatch.setattr(Grader, "_ready_worker", lambda _: None)
    at_work = Grader(Settings(), None, Machine("limits only", (), "", None, {}))
    source = Source("py", (("rnn.py", ""),), "")
    ana, ben = (at_work.do(GradingJob(student, source, 0, 0)) for student in ("ana", "ben"))
    assert (ana.verdict.status, ana.verdict.score) == ("not_graded", None)
    assert ana.verdict.message == "the grader failed: ZeroDivisionError: our bug"
    assert "Traceback" in capsys.readouterr().err
    assert ben.verdict == replace(graded("ben"))
