"""A plan is performed in as many processes as it takes: which each is given, and who pays for its end. None is real."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from autograder.model.plan import Call, Plan
from autograder.model.replies import Attempt, Loss, Reply, Transcript
from autograder.model.settings import Limits
from autograder.sandbox.host.messages import Message
from autograder.sandbox.host.monitor import Budget, ProcessRun
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import WorkerJob
from autograder.sandbox.worker import wire
from tests.performing import said, source

LOOPS, ENDS = Loss("timeout", "took too long"), Loss("crashed", "ended")
#: Two calls of each of three groups, in this order.
CALLS = tuple(Call(f"{group}/{n}", group, group, ()) for group in "abc" for n in range(2))
NAMES = [call.id for call in CALLS]
SPENT = "timeout: the 2 s of a whole submission were used up before this task"


@dataclass
class Process:
    """What becomes of a process: how many calls it answers, how it ends, and what that leaves of the budget."""

    answers: int = 99
    loss: Loss | None = None
    loaded: bool = True
    step: int = 0  # at which it ended, while it was loaded
    left: Budget | None = None
    more: Sequence[Call] = ()  # that it was asked then


@dataclass
class Worker:
    """A worker whose processes end as is written; those after them answer all."""

    processes: list[Process]
    limits: Limits = field(default_factory=lambda: Limits(submission_seconds=2))
    given: list[list[str]] = field(default_factory=list)  # the calls of each process
    jobs: list[WorkerJob] = field(default_factory=list)
    lefts: list[Budget] = field(default_factory=list)

    def run(self, job: WorkerJob, calls: Sequence[Call], left: Budget, more: object) -> ProcessRun:
        process = self.processes[len(self.given)] if len(self.given) < len(self.processes) else Process()
        self.given.append([call.id for call in calls])
        self.jobs.append(job)
        self.lefts.append(left)
        run = ProcessRun([*calls, *process.more], process.left or left, loss=process.loss, step=process.step)
        run.attempts = [Attempt("", f"process {len(self.given)}", False)]
        if process.loaded:
            run.loaded = Message("loaded", stateless=bool(process.more))
            made = run.calls[: process.answers]
            run.replies = {call.id: Reply("value", f"of process {len(self.given)}") for call in made}
        return run


def performed(*processes: Process, wanted: Sequence[Call] | None = None) -> tuple[Worker, Transcript]:
    worker = Worker([*processes])
    return worker, Session(worker, source("x = 1")).perform(EncodedPlan(Plan(CALLS)), wanted)


def came(transcript: Transcript) -> list[str]:
    """Return what came of each call: of which process an answer is, or how it was lost."""
    return [said(reply) if reply.lost else reply.container for reply in map(transcript.replies.get, NAMES) if reply]


def of(*numbers: int) -> list[str]:
    """Return for each group that its calls were answered by a process with this number."""
    return [f"of process {number}" for number in numbers for _ in range(2)]


def test_one_process_makes_all_calls() -> None:
    """That of the plan, or those that are wanted of it."""
    worker, transcript = performed()
    assert (worker.given, came(transcript)) == ([NAMES], of(1, 1, 1))
    assert (transcript.loaded, transcript.load_losses, transcript.stateless) == (True, (), False)
    worker, transcript = performed(wanted=CALLS[2:3])
    assert worker.given == [["b/0"]] == [[*transcript.replies]]


def test_who_ends_the_first_group_of_its_process_is_lost() -> None:
    """As a whole, with the answers that it had given; the others are asked in another process."""
    worker, transcript = performed(Process(1, LOOPS))
    assert worker.given == [NAMES, NAMES[2:]]
    assert came(transcript) == ["of process 1", "timeout: took too long", *of(2, 2)]
    assert [attempt.what for attempt in transcript.attempts] == ["process 1", "process 2"]


def test_who_ends_a_later_group_is_asked_once_more() -> None:
    """When all others have been, and alone: an earlier group may have left something behind."""
    worker, transcript = performed(Process(3, LOOPS))
    assert worker.given == [NAMES, NAMES[4:], NAMES[2:4]]
    assert came(transcript) == of(1, 3, 2)
    worker, transcript = performed(Process(3, LOOPS), Process(), Process(1, ENDS))
    assert came(transcript) == [*of(1), "of process 3", "crashed: ended", *of(2)]
    assert len(worker.given) == 3


def test_two_that_are_asked_once_more_have_a_process_each() -> None:
    """In the order in which they were put off."""
    others = [Call("d/0", "d", "d", ()), Call("e/0", "e", "e", ())]
    worker = Worker([Process(3, LOOPS), Process(3, LOOPS)])
    encoded = EncodedPlan(Plan((*CALLS, *others)))
    replies = Session(worker, source("")).perform(encoded).replies
    assert worker.given[1:] == [["c/0", "c/1", "d/0", "e/0"], ["b/0", "b/1"], ["e/0"]]
    assert {reply.kind for reply in replies.values()} == {"value"}


def test_who_ends_without_a_word_is_lost_all_the_same() -> None:
    """No reason is known."""
    _, transcript = performed(Process(1))
    assert came(transcript)[1] == "crashed: ended without a word"


def test_what_was_asked_then_is_part_of_the_performance() -> None:
    """Its answers are kept; where it ends the process it is asked once more, with the rest of its group."""
    wanted, more = CALLS[::2], CALLS[1::2]
    worker, transcript = performed(Process(more=more), wanted=wanted)
    assert (len(worker.given), came(transcript), transcript.stateless) == (1, of(1, 1, 1), True)
    worker, transcript = performed(Process(4, LOOPS, more=more), wanted=wanted)
    assert worker.given == [["a/0", "b/0", "c/0"], ["c/0", "c/1"], ["b/0", "b/1"]]
    assert came(transcript) == of(1, 3, 2)


def steps(worker: Worker) -> list[Any]:
    """Return which steps each job leaves out."""
    headers = [job.frame[wire.PREFIX.size :] for job in worker.jobs]
    return [json.JSONDecoder().raw_decode(header.decode())[0]["skip_steps"] for header in headers]


def test_a_file_that_ends_its_process_is_loaded_step_by_step() -> None:
    """Then without the step at which it ended, and all calls are made."""
    ends = [Process(loss=LOOPS, loaded=False), Process(loss=LOOPS, loaded=False, step=3)]
    worker, transcript = performed(*ends)
    assert (worker.given, steps(worker)) == ([NAMES] * 3, [None, [], [3]])
    assert (transcript.loaded, transcript.load_losses, came(transcript)) == (True, (LOOPS,), of(3, 3, 3))


@pytest.mark.parametrize(
    ("ends", "losses"),
    [([1, 2, 3, 4, 5], 5), ([1, 2, 3, 4, 4], 5), ([2, 2], 2), ([0], 1), ([1, 0], 2)],
)
def test_a_file_that_ends_process_after_process_is_given_up(ends: list[int], losses: int) -> None:
    """After four steps, or where leaving one out did not help, or no step had begun."""
    processes = [Process(loss=ENDS, loaded=False), *(Process(loss=LOOPS, loaded=False, step=step) for step in ends)]
    worker, transcript = performed(*processes)
    assert len(worker.given) == 1 + losses == len(processes)
    assert (transcript.loaded, transcript.load_losses) == (False, (LOOPS,) * losses)
    assert came(transcript) == ["timeout: took too long"] * 6


def test_a_file_may_leave_out_four_steps() -> None:
    """And is loaded then."""
    ends = [Process(loss=LOOPS, loaded=False, step=step) for step in (0, 1, 2, 3, 4)]
    worker, transcript = performed(*ends)
    assert steps(worker)[-1] == [1, 2, 3, 4]
    assert (transcript.loaded, len(transcript.load_losses), came(transcript)) == (True, 4, of(6, 6, 6))


def test_a_file_that_ends_without_a_word_while_it_is_loaded() -> None:
    """No reason is known."""
    _, transcript = performed(Process(loaded=False), Process(loaded=False))
    assert transcript.load_losses == (Loss("crashed", "ended without a word"),)


@pytest.mark.parametrize(
    ("left", "spent"), [((1, 1), False), ((0, 1), True), ((-1, 1), True), ((1, 0), True), ((1, -0.1), True)]
)
def test_who_has_used_up_its_time_is_asked_no_more(left: tuple[float, float], spent: bool) -> None:
    """To compute, or by the clock: what has no answer by then is lost, and other plans as well."""
    worker = Worker([Process(3, LOOPS, left=Budget(*left, 9))])
    session = Session(worker, source(""))
    assert worker.lefts == []
    transcript = session.perform(EncodedPlan(Plan(CALLS)))
    assert worker.lefts[0] == Budget.of(worker.limits)
    assert session.spent is spent
    if not spent:
        assert worker.lefts[1] == Budget(*left, 9)
        return
    assert came(transcript) == [*of(1), *[SPENT] * 4]
    assert (transcript.loaded, transcript.load_losses) == (True, ())
    again = session.perform(EncodedPlan(Plan(CALLS[:1])))
    assert (len(worker.given), came(again)) == (1, [SPENT])
    assert (again.loaded, [loss.state for loss in again.load_losses]) == (False, ["timeout"])


def test_a_plan_for_once_goes_with_its_job() -> None:
    """Any other is kept by the worker, and comes before."""
    for once in (False, True):
        worker, encoded = Worker([]), EncodedPlan(Plan(CALLS), once=once)
        Session(worker, source("")).perform(encoded)
        (job,) = worker.jobs
        assert job.plan == (b"" if once else encoded.frame)
        assert job.frame.endswith(encoded.frame) is once
