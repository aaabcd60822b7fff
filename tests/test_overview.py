"""The figures of a class, exactly, and in whichever order the verdicts come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model.settings import Settings, TaskSettings
from autograder.model.verdict import Diagnosis, Outcome, Verdict
from autograder.reports import class_page
from autograder.reports.class_page import Beside
from autograder.reports.losses import Misconception
from autograder.reports.overview import TaskFigures, overview
from autograder.results.absent import Absent, compare
from autograder.results.matching import Row
from tests.sample_verdicts import graded, missing, not_graded
from tests.test_feedback_page import Page

SLOPE, SIGN, ORDER = (Diagnosis(((name,),), f"the {name} is wrong", (), ()) for name in ("slope", "sign", "order"))


def of(student: str, *tasks: Outcome, **changes) -> Verdict:
    """Return the verdict of somebody who earned what these tasks say."""
    return Verdict(student, "graded", sum(task.points for task in tasks), 100, tasks=tasks, **changes)


def task(name: str, points: float, state: str, *diagnoses: Diagnosis) -> Outcome:
    return Outcome(name, state, points, 15, diagnoses=diagnoses)


CLASS = [
    of("ana", task("bptt_W", 15, "pass"), task("bptt_U", 7, "pass"), seconds=2.0),
    of("ben", task("bptt_W", 3, "partial", SLOPE, SIGN), task("bptt_U", 0, "fail", SLOPE), seconds=1.0),
    of("cy", task("bptt_W", 0, "fail", SIGN), task("bptt_U", 0, "memory")),
    of("dora", task("bptt_W", 0, "timeout"), task("bptt_U", 0, "forbidden", ORDER), flags=("a", "b"), seconds=4.0),
    Verdict("eve", "crashed", 0, 100, "ended by signal 11"),
    Verdict("flo", "rejected", 0, 100),
    missing("gil"),
    not_graded("hal"),
]
LOOK = {
    "ana": "22 of 100 points",
    "ben": "3 of 100 points",
    "cy": "bptt_U memory; 0 of 100 points",
    "dora": "bptt_W timeout, bptt_U forbidden; 0 of 100 points; flag: a; flag: b",
    "eve": "crashed: ended by signal 11; 0 of 100 points",
    "flo": "rejected; 0 of 100 points",
    "hal": "not graded: the sandbox could not be started",
}


def counts(task: TaskFigures) -> list[int]:
    """Return how many passed, earned something and lost all."""
    return [count for _, count, _ in task.shown]


@given(st.permutations(CLASS))
def test_every_figure_in_any_order(verdicts):
    """Who counts, what each task came to, who shows which mistake, and who needs a look and why."""
    seen = overview(verdicts, Settings())
    assert seen.handed_in == 7
    assert sorted(seen.scores) == [0, 0, 0, 0, 3, 22]
    assert sorted(seen.seconds) == [1, 2, 4]
    assert seen.missing == ("gil",)
    assert dict(seen.look) == LOOK
    assert [student for student, _ in seen.look] == [v.student_id for v in verdicts if v.student_id in LOOK]
    figures = {one.id: one for one in seen.tasks}
    assert len(figures) == 14
    W, U = figures["bptt_W"], figures["bptt_U"]
    assert (W.title, W.points, counts(W), W.count) == ("Task 7: bptt_W", 15, [1, 1, 4], 6)
    assert (U.title, U.points, counts(U), U.count) == ("Task 8: bptt_U", 7, [1, 0, 5], 6)
    assert (W.mean, U.mean) == (pytest.approx(18 / 6), pytest.approx(7 / 6))
    assert W.discrimination == U.discrimination == pytest.approx(0.9797958971)
    assert (counts(figures["softmax"]), figures["softmax"].discrimination) == ([0, 0, 6], None)
    assert [(one.diagnosis, one.tasks, set(one.students)) for one in seen.misconceptions] == [
        (SIGN, ("bptt_W",), {"ben", "cy"}),
        (ORDER, ("bptt_U",), {"dora"}),
        (SLOPE, ("bptt_W", "bptt_U"), {"ben"}),
    ]


def test_points_and_tasks_are_those_of_the_course():
    """A task that is switched off has no row, and another's points are the course's."""
    course = Settings(tasks={"bptt_W": TaskSettings(points=40), "bptt_U": TaskSettings(enabled=False)})
    figures = {one.id: one for one in overview(CLASS, course).tasks}
    assert figures["bptt_W"].points == 40
    assert "bptt_U" not in figures
    assert overview([missing("gil")], course).tasks == ()
    assert overview([], course).handed_in == 0


def test_a_mistake_of_many_comes_before_one_of_few():
    """By the number of students, not of tasks; the clause decides between equals."""
    twice = of("ana", task("bptt_W", 0, "fail", SLOPE), task("bptt_U", 0, "fail", SLOPE))
    others = [of("ben", task("bptt_W", 0, "fail", SIGN)), of("cy", task("bptt_U", 0, "fail", SIGN))]
    seen = overview([twice, *others], Settings())
    assert seen.misconceptions == (
        Misconception(SIGN, ("bptt_W", "bptt_U"), ("ben", "cy")),
        Misconception(SLOPE, ("bptt_W", "bptt_U"), ("ana",)),
    )


@pytest.mark.parametrize("state", ["crashed", "timeout", "memory", "forbidden"])
def test_what_is_odd_about_a_task_needs_a_look(state):
    """Whatever the marks; an exception or a wrong answer needs none."""
    assert overview([of("ana", task("bptt_W", 80, state))], Settings()).look == (("ana", f"bptt_W {state}"),)
    for plain in ("pass", "partial", "fail", "error", "not_implemented"):
        assert overview([of("ana", task("bptt_W", 80, plain))], Settings()).look == ()


def test_figures_are_written_out():
    """Totals by status in one order, the scores' middle and ends, shares of those with a mark, and times."""
    page = Page(class_page(CLASS, Settings())).text
    for said in (
        "8 students: 4 graded, 1 crashed, 1 rejected, 1 missing, 1 not graded",
        "Mean 4.2, median 0.0, lowest 0, highest 22 of 100, over 6 who handed in.",
        "Median 2.0 s, 9 of 10 within 2.0 s, longest 4.0 s, 0.1 minutes in all, on one processor.",
        "1 (17 %)",
        "4 (67 %)",
        "0.98",
        "2 of 7: the sign is wrong.",
        "Nothing handed in, or nothing in it to grade: 1",
    ):
        assert said in page, said


def test_slow_students_are_told_by_tenths():
    """Of ten, the ninth is the time that 9 of 10 stay within."""
    class_of_ten = [graded(f"s{n}", seconds=float(n)) for n in range(1, 11)]
    assert "9 of 10 within 9.0 s, longest 10.0 s, 0.9 minutes" in Page(class_page(class_of_ten, Settings())).text


def test_both_sides_of_a_roster_are_listed():
    """Who is on one side only, sorted; and how many there are of each, without their names."""
    roster = [Row(ids=(name,), shown=name) for name in ("zed", "ana", "abe")]
    absent = compare(roster, ["flo", "ana", "eve"])
    assert absent == Absent(nothing=("abe", "zed"), strangers=("eve", "flo"))
    assert absent.counted() == Absent(("a student",) * 2, ("a student",) * 2)
    assert compare([], ["b", "a"]).counted() == Absent((), ("a student",) * 2)
    page = Page(class_page(CLASS, Settings(), Beside(absent=absent))).text
    assert "Compared with the roster: 2 handed in nothing, 2 are not on it." in page
    assert "Nobody that is known of" not in page
    assert "Nobody that is known of" in Page(class_page([graded("ana")], Settings())).text


def test_everybody_has_a_row():
    """The table has a score, a status and the number of passed tasks for each, and no 0 for who has no mark."""
    rows = Page(class_page(CLASS, Settings())).text.split()
    for said in [
        "ana22graded22.0",
        "ben3graded01.0",
        "cy0graded0",
        "dora0graded04.0",
        "eve0crashed0",
        "gil0missing0",
        "halnot",
    ]:
        assert said in rows, said
