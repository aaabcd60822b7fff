"""A mistake that is met again costs less where the course says so."""

from dataclasses import replace

import pytest

from autograder.cases.case_sets import case_set
from autograder.judge import reach_verdict
from autograder.judge.accounting import paid_once
from autograder.judge.mistakes import make_faulty
from autograder.model.replies import Reply, Transcript
from autograder.model.settings import Settings
from autograder.model.verdict import Diagnosis, Outcome, PartOutcome, Verdict
from tests.answers import outcomes_of, with_functions
from tests.test_accounting import SLOPE, broken, total

CASES = case_set(0)
GAVE = {"a": Reply("value")}
SWEEP = ("bptt_W", "bptt_U", "bptt_bias")


def verdict_of(functions, share: float) -> Verdict:
    settings = Settings.model_validate({"repeated_mistakes": {"share": share}})
    return reach_verdict("ana", Transcript(GAVE, loaded=True), [*outcomes_of(functions, CASES).values()], settings, 0.0)


def without_slope() -> dict:
    made = [make_faulty(task, ("no-tanh-slope",)) for task in SWEEP]
    return with_functions(**{name: one for faulty in made for name, one in faulty.items()})


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_a_mistake_is_paid_once_in_full(share):
    """The first task pays all; of what each further one lost by it the share comes back, and parts and sums agree."""
    verdict = verdict_of(without_slope(), share)
    points = {outcome.task: outcome.points for outcome in verdict.tasks}
    assert [points[task] for task in SWEEP] == pytest.approx([3, 1.5 + 5.5 * share, 2 + 2 * share])
    assert verdict.score == pytest.approx(100 - 12 - 7.5 * (1 - share))
    for outcome in verdict.tasks:
        assert total(outcome) == pytest.approx(outcome.points)
        told = [note for note in outcome.notes if "Task 7" in note]
        assert bool(told) == (outcome.task in SWEEP[1:] and share > 0)


def test_only_the_same_single_mistake_is_paid_once():
    """Another mistake, a pair, and what was lost beside it in the same task are paid in full."""
    made = {
        "bptt_W": make_faulty("bptt_W", ("no-tanh-slope",))["bptt_W"],
        "bptt_U": make_faulty("bptt_U", ("no-tanh-slope", "local-only"))["bptt_U"],
        "bptt_b": make_faulty("bptt_bias", ("no-tanh-slope",))["bptt_b"],
        "bptt_c": broken(ValueError("no")),
    }
    points = {outcome.task: outcome.points for outcome in verdict_of(with_functions(**made), 0.5).tasks}
    assert (points["bptt_W"], points["bptt_U"], points["bptt_bias"]) == (3, 0, 1)
    other = made | {"bptt_W": make_faulty("bptt_W", ("local-only",))["bptt_W"]}
    assert verdict_of(with_functions(**other), 0.5).tasks[8].points == 0


def test_one_of_several_explanations_is_the_same_mistake():
    """Where an answer has two explanations alike, a task that has one of them is the same mistake again."""
    two = Diagnosis((("a",), ("b",)), "one; or: other", (), (), ("one", "other"))
    alone = Diagnosis((("b",),), "other", (), ())

    def lost(task: str, diagnosis: Diagnosis) -> Outcome:
        part = PartOutcome("tanh", "the tanh network", 0.0, 4.0, "mistake", diagnosis.misconception)
        return Outcome(task, "fail", 0.0, 4.0, diagnoses=(diagnosis,), parts=(part,))

    settings = Settings.model_validate({"repeated_mistakes": {"share": 0.5}})
    outcomes = [lost("bptt_W", two), lost("bptt_U", alone), lost("bptt_bias", replace(alone, misconception="a third"))]
    verdict = reach_verdict("ana", Transcript(GAVE, loaded=True), outcomes, settings, 0.0)
    assert [outcome.points for outcome in verdict.tasks] == [0, 2, 0]
    assert [outcome.state for outcome in verdict.tasks] == ["fail", "partial", "fail"]


def repeated(*outcomes: Outcome, share: float = 0.5) -> list[Outcome]:
    return list(paid_once(outcomes, share))


def lost_by_slope(task: str, points: float, *bugs: tuple[str, ...], notes: tuple[str, ...] = ()) -> Outcome:
    """Return a task that lost so many points by one mistake, with these explanations."""
    part = PartOutcome("tanh", "the tanh network", 0.0, points, "mistake", SLOPE)
    return Outcome(task, "fail", 0.0, points, notes=notes, diagnoses=(Diagnosis(bugs, SLOPE, (), ()),), parts=(part,))


def test_what_may_be_two_mistakes_at_once_is_paid_in_full():
    """A single mistake is one in all of its explanations."""
    single = lost_by_slope("bptt_W", 8, ("a",))
    assert repeated(single, lost_by_slope("bptt_U", 4, ("a",)))[1].points == 2
    for bugs in ([("a", "b")], [("a",), ("b", "c")], [("b", "c"), ("a",)]):
        again = lost_by_slope("bptt_U", 4, *bugs)
        assert repeated(single, again) == [single, again]
        assert repeated(again, single) == [again, single]


def test_a_task_without_points_pays_nothing():
    """Whose course gives none for a task has lost none by it: the next one is the first."""
    nothing, first, second = (lost_by_slope(task, n, ("a",)) for task, n in zip(SWEEP, (0, 4, 4), strict=True))
    assert [outcome.points for outcome in repeated(nothing, first, second)] == [0, 0, 2]
    assert repeated(first, nothing) == [first, nothing]


def test_what_is_given_back_is_told_after_the_other_notes():
    """With the first task that paid for it, in points with four decimals."""
    (_, again) = repeated(
        lost_by_slope("bptt_W", 8, ("a",)), lost_by_slope("bptt_U", 4, ("a",), notes=("a remark",)), share=1 / 3
    )
    note = "a mistake of Task 7 again; points given back: 1.3333 of the 4 that it costs here"
    assert (again.state, again.points, again.notes) == ("partial", 1.3333, ("a remark", note))
    assert [part.points for part in again.parts] == [1.3333]


def test_of_two_explanations_the_first_tells_where_it_was_paid():
    """Task 7 paid for the second of them, Task 8 for the first."""
    either = Diagnosis((("a",), ("b",)), "A; or: B", (), (), ("A", "B"))
    made = (Diagnosis((("b",),), "B", (), ()), Diagnosis((("a",),), "A", (), ()), either)
    outcomes = []
    for task, one in zip(SWEEP, made, strict=True):
        part = PartOutcome("tanh", "the tanh network", 0.0, 4.0, "mistake", one.misconception)
        outcomes.append(Outcome(task, "fail", 0.0, 4.0, diagnoses=(one,), parts=(part,)))
    *paid, again = repeated(*outcomes)
    assert paid == outcomes[:2]
    assert again.notes == ("a mistake of Task 8 again; points given back: 2 of the 4 that it costs here",)
