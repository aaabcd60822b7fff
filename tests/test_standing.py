"""Which mark counts: the judge's, a person's, lateness; and what its author should know."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model.settings import LateRule, Settings, TaskSettings
from autograder.model.verdict import ByHand, Verdict
from autograder.results.standing import TOTAL, WITHHELD, Entry, counted, entry_lines, hand_line, in_force, remarks
from solutions.tasks import TASKS
from tests.sample_verdicts import graded, missing, not_graded

DUE = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
IDS = [task.id for task in TASKS]


def entry(student: str, task: str, points: float | None, reason: str = "on paper", work: str = "") -> Entry:
    return Entry(student, task, points, reason, "tutor", "2026-11-29T10:00:00+00:00", work)


LOGS = st.lists(
    st.tuples(
        st.sampled_from(["ana", "ben"]),
        st.sampled_from([*IDS, TOTAL, WITHHELD]),
        st.none() | st.floats(0, 200, allow_nan=False),
    ),
    max_size=12,
)


@given(LOGS)
def test_the_last_entry_counts_and_nobody_elses(log: list) -> None:
    """Whatever was set and taken back: of each task the last entry holds, for that student alone."""
    standing = in_force([entry(*one) for one in log])
    last = {(student, task): points for student, task, points in log}
    held = {(student, task): one.points for student, own in standing.items() for task, one in own.items()}
    assert held == {place: points for place, points in last.items() if points is not None}


@given(LOGS, st.floats(0, 1))
def test_a_mark_that_counts_is_the_judges_or_a_persons(log: list, share: float) -> None:
    """Points of each task and the sum are what they should be by hand, between 0 and the maximum."""
    own = in_force([entry(*one) for one in log]).get("ana", {})
    judged = graded("ana", share, "partial")
    found = counted(judged, own, None, Settings())
    if WITHHELD in own:
        assert (found.status, found.score, found.tasks) == ("withheld", None, ())
        return
    for before, after in zip(judged.tasks, found.tasks, strict=True):
        held = own.get(after.task)
        assert after.points == (before.points if held is None else min(held.points or 0, before.max_points))
        assert (after.hand is None) == (held is None)
    whole = min(own[TOTAL].points or 0, 100) if TOTAL in own else sum(one.points for one in found.tasks)
    assert found.score == pytest.approx(whole, abs=1e-4)
    assert counted(judged, {}, None, Settings()) == judged


@given(st.integers(-5, 5), st.integers(0, 5))
def test_an_extension_is_that_students_due_time(late: int, more: int) -> None:
    """A day begun after one's own due time costs; nobody else's extension helps."""
    rule = LateRule(due=DUE, extensions={"ana": DUE + timedelta(days=more)})
    for student, due in (("ana", DUE + timedelta(days=more)), ("ben", DUE)):
        when = DUE + timedelta(days=late, hours=-1)
        found = counted(graded(student), {}, when, Settings(late=rule))
        assert found.score == pytest.approx(100 * (1 - 0.1 * max(0, (when - due).days + 1)))


def test_marks_by_hand_of_who_handed_in_nothing_or_was_not_graded() -> None:
    """Missing work can be marked by task; where the grader failed, the sum can be set."""
    own = {"softmax": entry("ana", "softmax", 5)}
    found = counted(missing("ana"), own, None, Settings())
    assert (found.score, [(one.task, one.points) for one in found.tasks]) == (5, [("softmax", 5)])
    assert counted(not_graded("ana"), own, None, Settings()).score is None
    assert counted(not_graded("ana"), {TOTAL: entry("ana", TOTAL, 70)}, None, Settings()).score == 70


@pytest.mark.parametrize(("worth", "points", "counts"), [(8, 0, 0), (8, 8, 8), (8, 8.5, 8), (6, 8, 6), (10, 8, 8)])
def test_a_mark_by_hand_is_kept_with_what_the_judge_gave(worth: float, points: float, counts: float) -> None:
    """A 0 is a mark too; what counts is at most what the task is worth now; who set it and why stays beside it."""
    settings = Settings(tasks={"softmax": TaskSettings(points=worth)})
    own = {"softmax": entry("ana", "softmax", points, "on\npaper"), "bptt_W": entry("ana", "bptt_W", 2)}
    found = counted(missing("ana"), own, None, settings)
    first, second = found.tasks
    assert (first.task, first.state, first.points, first.max_points) == ("softmax", "not_implemented", counts, worth)
    assert first.hand == ByHand(0, points, r"on\npaper", "tutor", "2026-11-29T10:00:00+00:00")
    assert (second.task, found.score) == ("bptt_W", counts + 2)
    assert counted(missing("ana"), dict(reversed(own.items())), None, settings) == found


@pytest.mark.parametrize(("points", "counts"), [(0, 0), (70, 70), (100, 100), (101, 100)])
def test_a_sum_by_hand_is_the_score(points: float, counts: float) -> None:
    """From 0 to the maximum, beside what the judge gave; the points of the tasks stay."""
    found = counted(graded("ana"), {TOTAL: entry("ana", TOTAL, points)}, None, Settings())
    assert (found.score, found.tasks) == (counts, graded("ana").tasks)
    assert found.hand == ByHand(100, points, "on paper", "tutor", "2026-11-29T10:00:00+00:00")
    assert hand_line(found.hand).startswith(f"100, set to {points} by hand (tutor, 2026-11-29): on paper")


def test_of_a_withheld_mark_nothing_is_shown_but_the_reason() -> None:
    """No points, no penalty, no remark and no flag."""
    own = {WITHHELD: entry("ana", WITHHELD, 0, "a\ntalk"), "softmax": entry("ana", "softmax", 1)}
    late = Settings(late=LateRule(due=DUE))
    judged = graded("ana", notes=("graded x.py",), flags=("tried to fork",))
    found = counted(judged, own, DUE + timedelta(days=1), late)
    assert found == Verdict("ana", "withheld", None, 100, r"the mark is withheld: a\ntalk")


def test_a_sum_by_hand_comes_before_lateness() -> None:
    """What a person sets is what lateness takes a share of."""
    own = {TOTAL: entry("ana", TOTAL, 50)}
    found = counted(graded("ana"), own, DUE + timedelta(hours=1), Settings(late=LateRule(due=DUE)))
    assert (found.score, found.late and found.late.lost) == (45, 5)


def test_what_the_author_of_a_mark_should_know() -> None:
    """New work after it, points above what a task is worth now, a task that is off: each is told with the name."""
    own = {
        "softmax": entry("ana", "softmax", 8, work="old"),
        "bptt_W": entry("ana", "bptt_W", 15),
        "bptt_U": entry("ana", "bptt_U", 1),
    }
    tasks = {"bptt_W": TaskSettings(points=10), "bptt_U": TaskSettings(enabled=False)}
    told = remarks({"ana": own}, {"ana": "new"}, Settings(tasks=tasks))
    assert len(told) == 3
    assert "softmax, set to 8 by hand: new work was handed in since" in told[0]
    assert "bptt_W, set to 15 by hand: it is worth 10 now" in told[1]
    assert "bptt_U, set to 1 by hand: the task is not graded in this run" in told[2]


@pytest.mark.parametrize(
    ("task", "points", "work", "works", "told"),
    [
        ("softmax", 8, "old", {"ana": "old"}, ""),
        ("softmax", 8, "old", {}, ""),
        ("softmax", 8, "", {"ana": "new"}, ""),
        ("softmax", 8, "old", {"ana": "new"}, "new work was handed in since"),
        ("softmax", 8.5, "", {}, "it is worth 8 now"),
        (TOTAL, 100, "", {}, ""),
        (TOTAL, 100.5, "", {}, "it is worth 100 now"),
        (WITHHELD, 0, "", {}, ""),
        (WITHHELD, 0, "old", {"ana": "new"}, "new work was handed in since"),
    ],
)
def test_a_remark_has_its_reason(task: str, points: float, work: str, works: dict[str, str], told: str) -> None:
    """The same work, exactly what a task is worth, and a withheld mark need no word."""
    found = remarks({"ana": {task: entry("ana", task, points, work=work)}}, works, Settings())
    assert (len(found) == 1, told in "".join(found)) == (bool(told), True)


def test_the_log_has_a_line_for_each_entry() -> None:
    """When, whose, which task, what it was set to, by whom and why; hostile text is safe to print."""
    log = [entry("a\na", "softmax", 7.5), entry("ana", TOTAL, None, ""), entry("ana", WITHHELD, 0, "a\ntalk")]
    assert entry_lines(log) == [
        r"2026-11-29T10:00  a\na softmax  7.5  by tutor: on paper",
        "2026-11-29T10:00  ana total  taken back  by tutor",
        r"2026-11-29T10:00  ana  withheld  by tutor: a\ntalk",
    ]
