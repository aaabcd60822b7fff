"""Every lost point of a class is counted once, whatever it was lost by, and a mistake once under all of its names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model.settings import Settings
from autograder.model.verdict import STATES, Diagnosis, LostBy, Outcome, PartOutcome, Verdict
from autograder.reports.losses import LostPoints
from autograder.reports.overview import overview
from autograder.reports.words import first_named
from autograder.results.anonymous import anonymised
from autograder.results.without_details import without_details
from solutions.tasks import TASKS
from tests.sample_verdicts import graded, missing, not_graded

A, B, C = (Diagnosis(((name,),), f"mistake {name}", (), ()) for name in "abc")
REASONS: list[tuple[LostBy, str]] = [
    ("mistake", A.misconception),
    ("observation", "softmax: it is late"),
    ("exception", "ValueError"),
    ("not_written", ""),
    ("unexplained", ""),
]


def either(*diagnoses: Diagnosis) -> Diagnosis:
    """Return the diagnosis of an answer that each of these explains."""
    clauses = tuple(one.misconception for one in diagnoses)
    return Diagnosis(tuple(one.bugs[0] for one in diagnoses), "; or: ".join(clauses), (), (), clauses)


def lost_by(task: str, diagnosis: Diagnosis) -> Outcome:
    part = PartOutcome("tanh", "the tanh network", 0, 10, "mistake", diagnosis.misconception)
    return Outcome(task, "fail", 0, 10, diagnoses=(diagnosis,), parts=(part,))


def of(student: str, *tasks: Outcome) -> Verdict:
    return Verdict(student, "graded", sum(one.points for one in tasks), 10 * len(tasks), tasks=tasks)


@st.composite
def outcomes(draw):
    """Draw an outcome of any task: with parts or without, with points that its parts do or do not add up to."""
    parts = []
    for number in range(draw(st.integers(0, 3))):
        points = draw(st.sampled_from([0.0, 1.5, 4.0]))
        by, what = draw(st.sampled_from(REASONS)) if points < 4 else ("", "")
        parts.append(PartOutcome(f"p{number}", "a part", points, 4.0, by, what))
    worth = 4.0 * len(parts) or 5.0
    points = draw(st.sampled_from([sum(part.points for part in parts), 0.0, worth, 2.5]))
    task, state = draw(st.sampled_from(TASKS)).id, draw(st.sampled_from(STATES))
    named = draw(st.sampled_from([(), (A,), (either(A, B),)]))
    return Outcome(task, state, min(points, worth), worth, diagnoses=named, parts=tuple(parts))


@st.composite
def classes(draw):
    verdicts = [missing("nobody"), not_graded("ours"), graded("empty", 0, status="import_error", tasks=())]
    for number in range(draw(st.integers(0, 4))):
        tasks = tuple(draw(st.lists(outcomes(), max_size=4)))
        score, most = sum(one.points for one in tasks), sum(one.max_points for one in tasks)
        verdicts.append(Verdict(f"s{number}", "graded", score, most, tasks=tasks))
    return verdicts


@given(classes())
def test_all_that_is_lost_is_counted_once(verdicts):
    """The points under all headings are those that the class lost, and no heading stands twice."""
    losses = overview(verdicts, Settings()).losses
    due = sum(one.max_score - one.score for one in verdicts if one.score is not None and one.status != "missing")
    assert sum(loss.points for loss in losses) == pytest.approx(due, abs=1e-2)
    assert len({(loss.by, loss.what) for loss in losses}) == len(losses)
    assert all(loss.by and loss.what and loss.students and loss.points > 0 for loss in losses)


def test_each_reason_has_its_heading():
    """By the parts where there are any; what is not written or not explained is told by task."""
    parts = tuple(PartOutcome(str(n), "a part", 1, 4, *reason) for n, reason in enumerate(REASONS))
    found = overview([of("ana", Outcome("softmax", "fail", 5, 20, diagnoses=(A,), parts=parts))], Settings()).losses
    assert [(loss.by, loss.what) for loss in found] == [
        ("mistake", "mistake a"),
        ("observation", "it is late"),
        ("exception", "ValueError"),
        ("not_written", "softmax"),
        ("unexplained", "softmax"),
    ]
    assert {(loss.points, loss.tasks, loss.students) for loss in found} == {(3, ("softmax",), ("ana",))}


@pytest.mark.parametrize(
    ("outcome", "due"),
    [
        (Outcome("softmax", "error", 0, 8), ("exception", "error")),
        (Outcome("softmax", "not_implemented", 0, 8), ("not_written", "softmax")),
        (Outcome("softmax", "fail", 0, 8), ("unexplained", "softmax")),
        (Outcome("softmax", "fail", 0, 8, diagnoses=(A,)), ("mistake", "mistake a")),
        (Outcome("softmax", "fail", 0, 8, observations=("softmax: it is late",)), ("observation", "it is late")),
        (Outcome("softmax", "pass", 5, 8, parts=(PartOutcome("all", "it", 8, 8),)), ("unexplained", "set by hand")),
    ],
)
def test_a_task_without_parts_has_a_heading_too(outcome, due):
    """Of an older verdict, or where a person took points that the judge gave."""
    (loss,) = overview([of("ana", outcome)], Settings()).losses[:1]
    assert (loss.by, loss.what) == due


def test_what_a_person_gave_back_is_not_lost():
    """Points that were set by hand above those of the parts count; the reasons share what is left."""
    parts = (PartOutcome("a", "it", 0, 6, "exception", "ValueError"), PartOutcome("b", "it", 0, 2, "not_written"))
    (first, second) = overview([of("ana", Outcome("softmax", "error", 4, 8, parts=parts))], Settings()).losses[:2]
    assert (first.points, second.points) == (3, 1)
    given = of("ana", Outcome("softmax", "error", 10, 10, parts=parts))
    assert overview([given], Settings()).losses == ()


def counted(*verdicts: Verdict) -> list[tuple[str, tuple[str, ...]]]:
    seen = overview(verdicts, Settings())
    named = [(one.diagnosis.misconception, one.students) for one in seen.misconceptions]
    assert {loss.what: set(loss.students) for loss in seen.losses} == {what: set(who) for what, who in named}
    return named


def test_alternatives_of_a_mistake_are_counted_once():
    """An answer with two explanations counts as the one that the student, or else the class, shows alone."""
    assert counted(of("ana", lost_by("bptt_W", either(A, B)), lost_by("bptt_U", B))) == [("mistake b", ("ana",))]
    assert counted(of("ana", lost_by("bptt_W", either(A, B))), of("ben", lost_by("bptt_U", B))) == [
        ("mistake b", ("ana", "ben"))
    ]
    own = of("ana", lost_by("bptt_W", either(A, B)), lost_by("bptt_U", A))
    assert counted(own, of("ben", lost_by("bptt_W", B)), of("cy", lost_by("bptt_W", B))) == [
        ("mistake b", ("ben", "cy")),
        ("mistake a", ("ana",)),
    ]


def test_alternatives_that_nobody_shows_alone_stay_together():
    """They keep both names; those that share one are one mistake."""
    both = either(A, B)
    assert counted(of("ana", lost_by("bptt_W", both)), of("ben", lost_by("bptt_W", both))) == [
        ("mistake a; or: mistake b", ("ana", "ben"))
    ]
    assert len(counted(of("ana", lost_by("bptt_W", both)), of("ben", lost_by("bptt_U", either(C, B))))) == 1


def test_losses_need_no_reasons_and_no_names():
    """Marks without findings give the same figures; an anonymous class has no name in the type of an exception."""
    part = PartOutcome("tanh", "the tanh network", 0, 10, "exception", "QuimbyError")
    verdict = of("quimby_jo", Outcome("softmax", "error", 0, 10, parts=(part,)), lost_by("bptt_W", A))
    assert overview([without_details(verdict)], Settings()).losses == overview([verdict], Settings()).losses
    losses = overview(anonymised([verdict]), Settings()).losses
    assert "quimby" not in repr(losses).casefold()
    assert LostPoints("mistake", "mistake a", 10, ("bptt_W",), ("student 1",)) in losses


def test_a_mistake_is_the_same_in_a_task_of_two_functions():
    """There it is said of which function; on the class page it counts with the others, and feedback says it once."""
    there = Diagnosis(A.bugs, "in bptt_b, mistake a", (), (), (A.misconception,))
    verdict = of("ana", lost_by("bptt_W", A), lost_by("bptt_bias", there))
    assert counted(verdict) == [("mistake a", ("ana",))]
    assert first_named(verdict) == {"mistake a": "bptt_W"}
