"""Verdicts with less in them: without reasons, for tables; without points, for a trial."""

from dataclasses import replace

from autograder.model.verdict import ByHand, Diagnosis, Excerpt, Finding, Outcome, PartOutcome
from autograder.results.without_details import without_details, without_points
from tests.sample_verdicts import graded, not_graded

HAND = ByHand(1.0, 2.0, "on paper", "tutor", "2026-11-29")
DIAGNOSIS = Diagnosis((("mean",),), "the mean is taken", ("Why?",), ("Loss",))
PART = PartOutcome("tanh", "the tanh network", 9, 12, "mistake", "the mean is taken")
FULL = Outcome(
    "bptt_W", "partial", 9, 15, (Finding("tanh", "square", "wrong"),),
    ("right for your own forward: 70% of the points for the identity", "a note"),
    (DIAGNOSIS,), ("seen",), (Excerpt("rnn.py", 1, ("x",)),), HAND, (PART,),
)  # fmt: skip
VERDICT = replace(graded("ana", 0.6), message="m", tasks=(FULL, FULL), notes=("n",), flags=("f",))


def test_tables_need_no_reasons() -> None:
    """Findings, remarks and code go; what is counted stays, and outcomes that are alike are one object."""
    bare = replace(FULL, findings=(), notes=(), observations=(), code=())
    found = without_details(VERDICT)
    assert found == replace(VERDICT, tasks=(bare, bare), notes=())
    other = without_details(replace(VERDICT, student_id="ben"))
    assert found.tasks[0] is found.tasks[1] is other.tasks[0]


def test_a_trial_has_no_word_of_points() -> None:
    """Neither in numbers nor in remarks; all reasons stay; who has no mark still has none."""
    found = without_points(VERDICT)
    bare = replace(
        FULL,
        points=0.0,
        max_points=0.0,
        notes=("right for your own forward: the identity", "a note"),
        parts=(replace(PART, points=0.0, max_points=0.0),),
    )
    assert found == replace(VERDICT, score=0.0, max_score=0.0, tasks=(bare, bare))
    assert without_points(not_graded("ana")).score is None
