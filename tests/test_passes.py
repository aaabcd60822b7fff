"""A submission is asked in passes: who is asked more, in which process, and which answers count. No sandbox here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from autograder.cases.case_sets import case_set
from autograder.grading import passes
from autograder.grading.passes import USED_UP, Exam, grade_source
from autograder.model.plan import Call, Plan
from autograder.model.replies import Attempt, Loss, Reply, Transcript
from autograder.model.settings import FollowThrough, Settings
from autograder.model.verdict import Verdict
from autograder.sandbox.host.perform import EncodedPlan
from autograder.submissions import Source
from solutions import rnn
from tests.answers import Functions, answered, with_functions
from tests.conftest import lost, outcomes
from tests.test_follow_through import CREDITED, EDITS, student

CASES = case_set(0)
EXAM = Exam(CASES, Settings())
FIRST = [call.id for call in EXAM.first]
OF_V = [case.call.id for case in CASES.of("bptt_V")]
SLOW = Loss("timeout", "took too long")


class Processes:
    """A submission's processes: each has functions of its own, and those of the last are those of all after it."""

    def __init__(
        self, *functions: Functions, stateless: bool = True, goes_on: bool = True, loaded: bool = True
    ) -> None:
        self.functions = functions
        self.stateless, self.goes_on, self.loaded = stateless, goes_on, loaded
        self.asked: list[list[str]] = []  # in each process
        self.kept: list[bool] = []  # whether the plan stays with the worker
        self.spent = False

    def perform(
        self,
        encoded: EncodedPlan,
        wanted: Sequence[Call] | None = None,
        more: Callable[[Mapping[str, Reply]], Sequence[Call]] = lambda _: (),
    ) -> Transcript:
        functions = self.functions[min(len(self.asked), len(self.functions) - 1)]
        calls = list(encoded.plan.calls if wanted is None else wanted)
        replies = self.replies(calls, functions)
        if self.stateless and self.goes_on:
            then = list(more(replies))
            replies |= self.replies(then, functions)
            calls += then
        self.asked.append([call.id for call in calls])
        self.kept.append(not encoded.once)
        attempt = Attempt("", f"asked in process {len(self.asked)}", False)
        losses = () if self.loaded else (SLOW,)
        return Transcript(replies, (), (), losses, self.loaded, self.stateless, (attempt,))

    @staticmethod
    def replies(calls: Sequence[Call], functions: Functions) -> dict[str, Reply]:
        """Return what functions answer; None in the place of one stands for a call that took too long."""
        timed_out = {call.id: Reply("lost", lost=SLOW) for call in calls if functions[call.function] is None}
        return answered(Plan(tuple(call for call in calls if call.id not in timed_out)), functions) | timed_out


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Verdict]:
    """Grade a submission that has these processes."""

    def grade(processes: Processes, exam: Exam = EXAM) -> Verdict:
        monkeypatch.setattr(passes, "Session", lambda *_: processes)
        return grade_source(None, Source("py", (("rnn.py", "code"),), ""), "ana", exam)

    return grade


Graded = Callable[..., Verdict]
TWICE = with_functions(bptt_V=lambda dO, H: 2 * rnn.bptt_V(dO, H))


@pytest.mark.parametrize("stateless", [True, False])
def test_who_is_right_is_asked_the_first_questions_alone(graded: Graded, stateless: bool) -> None:
    """In one process."""
    right = Processes(with_functions(), stateless=stateless)
    verdict = graded(right)
    assert (verdict.student_id, verdict.status, verdict.score, verdict.flags) == ("ana", "graded", 100, ())
    assert (right.asked, right.kept) == ([FIRST], [True])
    assert verdict.notes == ("the file, while it was loaded, asked in process 1",)
    assert 0 <= verdict.seconds < 60


def test_a_wrong_task_is_asked_all_at_once_where_nothing_is_left_behind(graded: Graded) -> None:
    """In the same process, and each question once."""
    wrong = Processes(TWICE)
    assert lost(graded(wrong)) == {"bptt_V": "fail"}
    assert wrong.asked == [[*FIRST, *(name for name in OF_V if name not in FIRST)]]


@pytest.mark.parametrize("how", [{"stateless": False}, {"goes_on": False}])
def test_a_wrong_task_is_asked_all_in_a_new_process_elsewhere(graded: Graded, how: dict[str, bool]) -> None:
    """Where something may be left behind, or where the first process came to no end."""
    wrong = Processes(TWICE, **how)
    verdict = graded(wrong)
    assert wrong.asked == [FIRST, OF_V]
    assert lost(verdict) == {"bptt_V": "fail"}
    assert [note[-9:] for note in verdict.notes] == ["process 1", "process 2"]


@pytest.mark.parametrize(
    ("bptt_V", "state", "more"),
    [
        (lambda dO, H: dO, "fail", True),
        (lambda dO, H: 1 / 0, "error", True),
        (lambda dO, H: [][0] if len(dO) == 1 else rnn.bptt_V(dO, H), "partial", True),
        (None, "timeout", False),
    ],
)
def test_what_a_limit_stopped_is_not_asked_again(graded: Graded, bptt_V: Any, state: str, more: bool) -> None:
    """Wrong values and exceptions are."""
    processes = Processes(with_functions(bptt_V=bptt_V), stateless=False)
    assert lost(graded(processes)) == {"bptt_V": state}
    assert processes.asked == [FIRST, OF_V][: 1 + more]


def test_what_is_to_be_written_is_not_asked_again(graded: Graded) -> None:
    """It is said once."""

    def stub(dO: object, H: object) -> None:
        raise NotImplementedError("Task 5: bptt_V")

    processes = Processes(with_functions(bptt_V=stub), stateless=False)
    assert (lost(graded(processes)), processes.asked) == ({"bptt_V": "not_implemented"}, [FIRST])


def test_a_file_that_was_not_loaded_is_not_asked_again(graded: Graded) -> None:
    """There is nothing to answer."""
    processes = Processes(TWICE, stateless=False, loaded=False)
    assert graded(processes).status == "timeout"
    assert processes.asked == [FIRST]


def test_the_answers_of_the_new_process_count(graded: Graded) -> None:
    """An earlier task may have left a disorder: then the second answers are right, and both are told."""
    mended = Processes(TWICE, with_functions(), stateless=False)
    verdict = graded(mended)
    assert (verdict.score, mended.asked) == (100, [FIRST, OF_V])
    (flag,) = verdict.flags
    assert flag.startswith("bptt_V has two answers to one question (")
    first = next(case.expected[0][0, 0] for case in CASES.of("bptt_V") if case.first)
    assert flag.endswith(f"[0, 0] = {2 * first:.6g}, then {first:.6g}")


def partly(**functions: Any) -> Functions:
    """Return functions that are right for the identity alone, and for tanh answer otherwise."""

    def bptt_W(*args: Any, activation: str = "tanh") -> Any:
        return (rnn.bptt_W if activation == "identity" else functions["tanh"])(*args, activation=activation)

    return with_functions(bptt_W=bptt_W)


def raises(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def zeros(params: rnn.Params, *_: object, **__: object) -> Any:
    return 0 * params.W


WORSE = {
    "points": (partly(tanh=zeros), with_functions(bptt_W=zeros), 3),
    "values": (with_functions(bptt_W=zeros), with_functions(bptt_W=raises), 0),
    "replies": (with_functions(bptt_W=raises), with_functions(bptt_W=None), 0),
}


@pytest.mark.parametrize("less", WORSE)
def test_worse_answers_than_the_first_do_not_count(graded: Graded, less: str) -> None:
    """Of two looks the one with more points, more values, more answers at all."""
    better, worse, points = WORSE[less]
    state = {"points": "partial", "values": "fail", "replies": "error"}[less]
    verdict = graded(Processes(better, worse, stateless=False))
    assert (outcomes(verdict)["bptt_W"].state, outcomes(verdict)["bptt_W"].points) == (state, points)
    other = graded(Processes(worse, better, stateless=False))
    due = "timeout" if less == "replies" else state  # which is not asked again
    assert outcomes(other)["bptt_W"].state == due


def test_of_answers_that_are_as_good_those_to_all_questions_count(graded: Graded) -> None:
    """What only the others show is found as well."""
    single = next(case for case in CASES.of("bptt_W") if not case.first)

    def bptt_W(params: rnn.Params, dO: Any, *rest: Any, **mode: Any) -> Any:
        if dO.shape == single.call.args[1].shape and np.array_equal(dO, single.call.args[1]):
            raise KeyError("only here")
        return zeros(params)

    found = outcomes(graded(Processes(with_functions(bptt_W=bptt_W), stateless=False)))["bptt_W"]
    assert any("KeyError" in finding.summary for finding in found.findings)


FOLLOWED = student(*EDITS)


def test_what_follows_from_wrong_functions_is_asked_once_in_a_process_of_its_own(graded: Graded) -> None:
    """Last, with a plan that the worker does not keep; and the share is given."""
    processes = Processes(FOLLOWED)
    verdict = graded(processes)
    points = {name: outcome.points for name, outcome in outcomes(verdict).items() if name in lost(verdict)}
    assert points == pytest.approx(CREDITED)
    assert processes.kept == [True, False]
    assert not set(processes.asked[1]) & set(processes.asked[0])
    assert verdict.flags == ()


def test_nothing_is_followed_where_a_course_gives_nothing_for_it(graded: Graded) -> None:
    """And nobody is asked for it."""
    processes = Processes(FOLLOWED)
    verdict = graded(processes, Exam(CASES, Settings(follow_through=FollowThrough(cap=0))))
    assert (outcomes(verdict)["bptt_W"].points, processes.kept) == (3, [True])


def test_who_answers_otherwise_when_followed_is_told_of(graded: Graded) -> None:
    """Beside the flags of the looks before, each once, in the order of the processes."""
    changed = {**FOLLOWED, "forward": lambda *args, **kwargs: tuple(2 * one for one in FOLLOWED["forward"](*args))}
    before = {**FOLLOWED, "bptt_V": TWICE["bptt_V"]}
    wrong = [task for task in CREDITED if task != "bptt_V"]
    processes = Processes(before, *[FOLLOWED] * (len(wrong) + 1), changed, stateless=False)
    verdict = graded(processes)
    assert processes.kept == [True] * (len(wrong) + 2) + [False]
    assert [flag.split()[0] for flag in verdict.flags] == ["bptt_V", "forward"]


def test_a_submission_whose_time_is_used_up_is_told_so(graded: Graded) -> None:
    """After its other notes."""
    processes = Processes(TWICE)
    processes.spent = True
    assert graded(processes).notes == ("the file, while it was loaded, asked in process 1", *USED_UP)
