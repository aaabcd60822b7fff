"""Grade one submission in a room: perform, judge, look twice at what went wrong, reach a verdict."""

import time
from dataclasses import dataclass, field

from autograder.cases import CaseSet
from autograder.config import Settings
from autograder.excerpts import with_code
from autograder.judge import CaseResult, credited, examine_task, explain, judge_task, reach_verdict
from autograder.judge.agreement import follow_through
from autograder.judge.follow import Follow
from autograder.plan import Plan
from autograder.rubric import Task
from autograder.sandbox.perform import EncodedPlan, perform
from autograder.sandbox.supervisor import Supervisor
from autograder.sandbox.watch import Attempted
from autograder.submissions import Source
from autograder.verdict import Outcome, Verdict

# What a task's own process may put right: an earlier task may have left numpy or a global in disorder. A file whose
# functions can leave nothing behind says so; one that says so and lies gives up its own second look.
DOUBTFUL = ("fail", "partial", "error")


@dataclass
class Exam:
    """A case set with its encoded plan, shared by every submission that gets these cases."""

    cases: CaseSet
    settings: Settings
    whole: EncodedPlan = field(init=False)

    def __post_init__(self) -> None:
        self.whole = EncodedPlan(self.cases.plan(tuple(task.id for task in self.settings.enabled_tasks())))


def grade_source(room: Supervisor, source: Source, student_id: str, exam: Exam) -> Verdict:
    """Return the verdict on a submission.

    Raises:
        RoomBroken: the room failed; the submission has no verdict.
    """
    started = time.perf_counter()
    transcript = perform(room, source, exam.whole)
    tasks = exam.settings.enabled_tasks()
    results = {task.id: examine_task(exam.cases, task, transcript.replies) for task in tasks}
    outcomes = {task.id: judge_task(task, results[task.id], exam.settings.points(task.id)) for task in tasks}
    for task in tasks:
        if outcomes[task.id].state in DOUBTFUL and transcript.loaded and not transcript.stateless:
            transcript.attempts += _look_again(room, source, exam, task, results, outcomes)
    outcomes = {task.id: explain(outcomes[task.id], results[task.id]) for task in tasks}
    follows = [follow for task in tasks if (follow := Follow.of(task, exam.cases, results, outcomes))]
    # Those of a file that can leave something behind are asked in a process each.
    for together in [follows] if transcript.stateless and follows else [[follow] for follow in follows]:
        questions = Plan(tuple(call for follow in together for call in follow.plan.calls))
        followed = perform(room, source, EncodedPlan(questions, once=True))
        transcript.attempts += followed.attempts
        for follow in together:
            credit = follow_through(follow, followed.replies, outcomes, exam.settings.follow_through.cap)
            outcomes[follow.task.id] = credited(follow.task, outcomes[follow.task.id], credit)
    seconds = time.perf_counter() - started
    explained = [with_code(outcome, source) for outcome in outcomes.values()]
    return reach_verdict(student_id, transcript, explained, exam.settings, seconds)


def _look_again(
    room: Supervisor,
    source: Source,
    exam: Exam,
    task: Task,
    results: dict[str, tuple[CaseResult, ...]],
    outcomes: dict[str, Outcome],
) -> tuple[Attempted, ...]:
    """Perform one task in a process of its own, and keep what is better for the student; return what was refused."""
    alone = perform(room, source, exam.whole, only=(task.id,))
    again = examine_task(exam.cases, task, alone.replies)
    outcome = judge_task(task, again, exam.settings.points(task.id))
    if outcome.points > outcomes[task.id].points:
        results[task.id], outcomes[task.id] = again, outcome
    return alone.attempts
