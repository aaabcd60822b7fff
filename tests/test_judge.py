"""From the results of cases to points, states and findings: pure, and without a sandbox."""

import sys
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cases.case_sets import case_set
from autograder.judge import credited, examine_all, explain, judge_task, reach_verdict, rejected, ungraded
from autograder.judge.judge import describe_error
from autograder.judge.values import CaseResult
from autograder.model.replies import Attempt, Loss, RaisedError, Reply, Skipped, Transcript
from autograder.model.settings import Settings, TaskSettings
from autograder.model.verdict import Diagnosis, Finding, Outcome, Verdict
from solutions import ASSIGNMENT, rnn
from solutions.relations import facts_of
from solutions.tasks import TASK_BY_ID, TASKS
from tests.answers import answered, outcomes_of, value, with_functions

CASES = case_set(0)
STATES = ["fail", "error", "timeout", "memory", "crashed", "not_implemented", "forbidden"]


def right_results(task: str) -> list[CaseResult]:
    """Return the results of a task of which all is right."""
    return [CaseResult(case, "pass") for case in CASES.of(task)]


def wrong(result: CaseResult, summary: str, state="fail") -> CaseResult:
    """Return the result with a finding in its place."""
    return replace(result, state=state, finding=Finding(result.case.part, result.case.name, summary))


@st.composite
def judged(draw):
    """Draw a task, and results of its cases of which some are wrong in one of four ways."""
    task = draw(st.sampled_from(TASKS))
    results = [
        wrong(result, draw(st.sampled_from("abcd")), draw(st.sampled_from(STATES))) if draw(st.booleans()) else result
        for result in right_results(task.id)
    ]
    return task, results


@given(judged(), st.sampled_from([1.0, 7.0, 0.3, 40.0]))
def test_points_are_those_of_the_parts_without_a_finding(drawn, points):
    """Each part with a wrong case is lost and every other is earned, to scale; the state says how it went."""
    task, results = drawn
    lost = {result.case.part for result in results if result.finding}
    outcome = judge_task(task, results, points)
    earned = sum(part.points for part in task.parts if part.id not in lost)
    assert outcome.points == pytest.approx(earned * points / task.points, abs=1e-4)
    assert (outcome.task, outcome.max_points) == (task.id, points)
    states = [r.state for part in task.parts for r in results if r.case.part == part.id and r.finding]
    odd = [state for state in states if state != "fail"]
    assert outcome.state == ("pass" if not lost else "partial" if earned else odd[0] if odd else "fail")


@given(judged(), st.sampled_from([1.2345, 7.0, 100 / 7]))
def test_marks_have_four_decimals(drawn, points):
    """Of the task and of each part, at most and no fewer: a file of marks has no more than that."""
    task, results = drawn
    outcome = judge_task(task, results, points)
    worth = [(round(part.points * points / task.points, 4), part.id) for part in task.parts]
    assert [(part.max_points, part.id) for part in outcome.parts] == worth
    assert {part.points for part in outcome.parts} <= {0.0, *(most for most, _ in worth)}
    earned = sum(part.points for part in task.parts if part.id not in {r.case.part for r in results if r.finding})
    assert outcome.points == round(earned * points / task.points, 4)


@given(judged(), st.randoms(use_true_random=False))
def test_findings_tell_of_each_part_and_of_each_mistake_once(drawn, random):
    """The first finding of each part, then what is new, three at most; one and the same thing is said once.

    In whichever order the cases come, the points and the parts that are told of are the same.
    """
    task, results = drawn
    told = judge_task(task, results, task.points).findings
    in_order = [r for part in task.parts for r in results if r.case.part == part.id and r.finding]
    first = {result.case.part: result.finding for result in reversed(in_order)}
    parts = [first[part.id] for part in task.parts if part.id in first]
    more = list({result.finding.summary: result.finding for result in reversed(in_order)}.values())[::-1]
    more = sorted(more, key=lambda finding: [r.finding for r in in_order].index(finding))
    said = {finding.summary for finding in parts}
    due = (parts + [finding for finding in more if finding.summary not in said])[:3]
    assert list(told) == (due[:1] if len({f.summary for f in parts + more}) == 1 else due)
    shuffled = random.sample(results, len(results))
    again = judge_task(task, shuffled, task.points)
    assert again.points == judge_task(task, results, task.points).points
    assert {f.part for f in again.findings} == {f.part for f in told} or len(told) == 1


def test_two_parts_that_are_wrong_in_two_ways_are_both_told():
    """A forward that is wrong for tanh and raises for the identity says both, and names what it can."""

    def forward(params, X, h_init, activation="tanh"):
        if activation == "identity":
            raise ValueError("no such activation")
        H, Y_hat = with_functions()["forward"](params, X, h_init)
        return H, Y_hat * 2

    outcome = outcomes_of(with_functions(forward=forward), CASES)["forward"]
    assert [(finding.part, finding.summary) for finding in outcome.findings] == [
        ("tanh", "forward returns Y_hat with wrong values"),
        ("identity", "forward raised ValueError"),
    ]
    assert outcome.points == 0


@pytest.mark.parametrize(
    ("credit", "more"),
    [
        ({"tanh": (0.7, "x")}, 0.7 * 9),
        ({"identity": (0.5, "y")}, 0.5 * 3),
        ({"tanh": (0.7, "x"), "identity": (0.7, "y")}, 0.7 * 12),
    ],
)
@pytest.mark.parametrize("worth", [15, 30, 0.001])
def test_credit_is_a_share_of_what_the_part_is_worth_here(credit, more, worth):
    """Follow-through adds to what was earned, in the course's points; the reasons stand first, each once."""
    task = TASK_BY_ID["bptt_W"]
    before = Outcome("bptt_W", "fail", 0.25, worth, notes=("float64 was asked",))
    after = credited(task, before, (), credit)
    assert after.points == pytest.approx(0.25 + more * worth / 15, abs=1e-4)
    assert round(after.points, 4) == after.points
    assert after.notes == (*(why for _, why in credit.values()), "float64 was asked")
    assert (after.state, after.max_points) == ("partial", worth)
    assert credited(task, before, (), {}) is before


def test_follow_through_names_no_mistake_but_that_of_the_other_parts():
    """What was named and seen goes; of a part that stays lost it is said anew."""
    task = TASK_BY_ID["bptt_W"]
    named = Diagnosis((("x",),), "it is wrong", (), ())
    before = Outcome("bptt_W", "fail", 0, 15, diagnoses=(named,), observations=("bptt_W: it is late",))
    after = credited(task, before, right_results("bptt_W"), {"tanh": (0.7, "x")})
    assert (after.diagnoses, after.observations) == ((), ())
    results = [replace(wrong(result, "w"), got=(2 * result.case.expected[0],)) for result in right_results("bptt_W")]
    before = explain(judge_task(task, results, 15), results)
    after = credited(task, before, results, {"tanh": (0.7, "x"), "large": (0.7, "x")})
    assert after.observations == ("bptt_W: every value is twice what it should be",)
    lost = {part.id: (part.lost_by, part.what) for part in after.parts}
    assert lost["identity"] == ("observation", after.observations[0])
    assert lost["tanh"] == lost["large"] == ("observation", "right for the student's own functions further up")


def test_a_derivative_that_is_not_accepted_loses_all_of_its_task():
    """With one reason, whatever was found in it before."""
    said = "it is differentiated numerically"
    before = judge_task(TASK_BY_ID["bptt_V"], right_results("bptt_V"), 15)
    before = replace(before, notes=("n",), diagnoses=(Diagnosis((), "m", (), ()),), observations=("o",))
    finding = Finding("all of it", "", "steps; this course gives no points for that", "backpropagation")
    parts = tuple(replace(part, points=0.0, lost_by="observation", what=said) for part in before.parts)
    assert rejected(before, "steps") == Outcome(
        "bptt_V", "fail", 0.0, 15, (finding,), observations=(said,), parts=parts
    )


def test_a_verdict_is_read_as_it_was_stored():
    """All that the judge says of a wrong submission is the same afterwards."""
    functions = with_functions(bptt_V=lambda dO, H: dO.T @ H * 2, softmax=lambda o: o + 0j)
    transcript = Transcript(GAVE, (BROKEN,), (Skipped("rnn.py", 9),), (SLOW,), True)
    verdict = reach_verdict("ana", transcript, [*outcomes_of(functions, CASES).values()], Settings(), 2.5)
    assert msgspec.convert(msgspec.to_builtins(verdict), Verdict) == verdict


def test_the_order_of_replies_and_settings_does_not_matter():
    """Replies in any order, and tasks of the settings in any order, give the same outcome."""
    functions = with_functions(bptt_V=lambda dO, H: dO.T @ H * 2)
    replies = answered(CASES.plan(tuple(task.id for task in TASKS)), functions)
    backwards = dict(reversed(replies.items()))
    for task in TASKS:
        one, other = (judge_task(task, examine_all(CASES.of(task.id), each), 5) for each in (replies, backwards))
        assert one == other
    changed = {"softmax": TaskSettings(points=9), "bptt_V": TaskSettings(points=3), "forward": TaskSettings(points=2)}
    one, other = Settings(tasks=changed), Settings(tasks=dict(reversed(changed.items())))
    assert outcomes_of(functions, CASES, one) == outcomes_of(functions, CASES, other)
    assert one.digest() == other.digest()


def test_two_functions_of_a_task_are_told_apart():
    """Of two mistakes in one task, what is found and what is seen says which function it is about."""
    functions = with_functions(
        bptt_b=lambda params, dO, H, activation="tanh": 2 * rnn.bptt_b(params, dO, H, activation),
        bptt_c=lambda dO: -dO.sum(axis=0),
    )
    outcome = outcomes_of(functions, CASES)["bptt_bias"]
    assert {finding.summary for finding in outcome.findings} == {
        "bptt_b returns wrong values",
        "bptt_c returns wrong values",
    }
    assert outcome.observations == (
        "bptt_b: every value is twice what it should be",
        "bptt_c: every value has the opposite sign",
    )


@pytest.mark.parametrize("case", CASES.cases, ids=lambda case: case.call.id)
def test_what_a_case_is_like_is_read_off_its_arguments(case):
    """Sizes, activation, reduction and labels are those of the call, for every case that is asked."""
    facts = facts_of(case)
    given = dict(zip(ASSIGNMENT.parameters(case.call.function), case.call.args, strict=False))
    params = given.get("params", given.get("encoder"))
    of_steps = [len(given[name]) for name in ("X", "dO", "Y", "H") if name in given]
    of_classes = [given[name].shape[-1] for name in ("dO", "Y", "o") if name in given]
    H, D = params.U.shape if params else (0, 0)
    K = len(params.V) if params else of_classes[0]
    assert (of_steps[0] if of_steps else given.get("steps", 1), D, H, K) == (facts.T, facts.D, facts.H, facts.K)
    assert facts.activation == case.call.kwargs.get("activation", "tanh")
    assert facts.reduction == case.call.kwargs.get("reduction", "sum")
    assert facts.square == (D == H == K)
    assert facts.one_hot == ("Y" in given and {*given["Y"].flat} == {0, 1})


GAVE = {"a": value(1.0)}
NOTHING = {"a": Reply("absent"), "b": Reply("absent")}
SLOW, REFUSED = Loss("timeout", "took too long"), Loss("forbidden", "asked for a socket")
BY = f"(graded by Python {sys.version_info.major}.{sys.version_info.minor})"
BROKEN = RaisedError("SyntaxError", "invalid syntax", "rnn.py", 3, "def f(:", False, True)
WHILE = "the file {} while it was loaded"
STATUSES = [
    (Transcript(NOTHING, load_losses=(REFUSED, REFUSED, SLOW)), "timeout", WHILE.format("took too long")),
    (Transcript(NOTHING, load_losses=(SLOW, SLOW, REFUSED)), "crashed", WHILE.format("asked for a socket")),
    (Transcript(NOTHING, (), (), (SLOW, REFUSED, REFUSED), True), "timeout", WHILE.format("took too long")),
    (Transcript(NOTHING, (), (), (REFUSED, SLOW, SLOW), True), "crashed", WHILE.format("asked for a socket")),
    (Transcript(NOTHING, (BROKEN,), (), (), True), "import_error",
     f"rnn.py, line 3: SyntaxError: invalid syntax (in: def f(:) {BY}"),
    (Transcript(NOTHING, loaded=True), "graded", "the file defines none of the functions of the assignment"),
    (Transcript(NOTHING | GAVE, (BROKEN,), (), (SLOW,), True), "graded", ""),
    (Transcript({"a": Reply("lost", lost=SLOW)}, (BROKEN,), loaded=True), "graded", ""),
]  # fmt: skip


@pytest.mark.parametrize(("transcript", "status", "message"), STATUSES)
def test_a_status_says_how_far_a_file_got(transcript, status, message):
    """Something other than graded only where nothing could be graded; then how the loading ended."""
    verdict = reach_verdict("ana", transcript, [], Settings(), 2.5)
    assert (verdict.student_id, verdict.status, verdict.message) == ("ana", status, message)
    assert (verdict.score, verdict.max_score, verdict.seconds) == (0, 100, 2.5)


def test_what_was_tried_is_a_flag_and_what_was_passed_over_a_note():
    """Each attempt is told once, with the task that was running; errors at the top level come before."""
    attempts = (
        Attempt("bptt_W", "asked for the network", True),
        Attempt("", "wrote a file", False),
        Attempt("bptt_W", "asked for the network", True),
        Attempt("", "read /etc/passwd", True),
    )
    losses = (SLOW, REFUSED)  # the second ended the loading
    transcript = Transcript(GAVE, (BROKEN,), (Skipped("rnn.py", 9),), losses, True, attempts=attempts)
    outcomes = [Outcome("softmax", "partial", 0.1234, 8), Outcome("bptt_W", "partial", 0.2, 15)]
    verdict = reach_verdict("ana", transcript, outcomes, Settings(), 0.0)
    assert verdict.notes == (
        f"rnn.py, line 3: SyntaxError: invalid syntax (in: def f(:) {BY}",
        "rnn.py, line 9: took too long; loading went on without it",
        "the file, while it was loaded, wrote a file",
    )
    assert verdict.flags == ("bptt_W asked for the network", "the file, while it was loaded, read /etc/passwd")
    assert (verdict.score, verdict.tasks) == (0.3234, tuple(outcomes))


def test_our_fault_is_no_mark():
    """What was never run has 0, and no mark where the grader failed."""
    assert ungraded("ana", "missing", "nothing", Settings()) == Verdict("ana", "missing", 0.0, 100, "nothing")
    assert ungraded("ana", "not_graded", "broke", Settings()) == Verdict("ana", "not_graded", None, 100, "broke")


def test_a_long_error_is_cut():
    """A line about an exception has 400 characters at most, and no line where none of theirs was running."""
    assert len(describe_error(msgspec.structs.replace(BROKEN, type="ValueError", message="x" * 1000))) == 400
    assert describe_error(msgspec.structs.replace(BROKEN, line=0, text="")) == f"SyntaxError: invalid syntax {BY}"
