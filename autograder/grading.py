"""Grade one submission in a room: ask the first questions, ask all where a task came out wrong, reach a verdict."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.cases import CaseSet
from autograder.config import Settings
from autograder.excerpts import with_code
from autograder.judge import CaseResult, credited, examine_all, explain, judge_task, reach_verdict
from autograder.judge.agreement import follow_through
from autograder.judge.follow import Follow
from autograder.plan import Call, Plan
from autograder.rubric import Task
from autograder.sandbox.perform import EncodedPlan, perform
from autograder.sandbox.supervisor import Supervisor
from autograder.sandbox.watch import Attempted
from autograder.submissions import Source
from autograder.verdict import Outcome, Verdict

# A task that came out so is asked once more, in a process that no earlier task has left in disorder.
RETRY_STATES = ("fail", "partial", "error")


@dataclass
class Exam:
    """A case set with its encoded plan, shared by every submission that gets these cases."""

    cases: CaseSet
    settings: Settings
    whole: EncodedPlan = field(init=False)
    first: tuple[Call, ...] = field(init=False)  # what everybody is asked

    def __post_init__(self) -> None:
        tasks = tuple(task.id for task in self.settings.enabled_tasks())
        self.whole = EncodedPlan(self.cases.plan(tasks))
        self.first = self.cases.first.plan(tasks).calls


def grade_source(room: Supervisor, source: Source, student_id: str, exam: Exam) -> Verdict:
    """Return the verdict on a submission.

    Raises:
        RoomBroken: the room failed; the submission has no verdict.
    """
    started = time.perf_counter()
    transcript = perform(room, source, exam.whole, exam.first)
    tasks = exam.settings.enabled_tasks()
    results = {task.id: examine_all(exam.cases.first.of(task.id), transcript.replies) for task in tasks}
    outcomes = {task.id: judge_task(task, results[task.id], exam.settings.points(task.id)) for task in tasks}
    wrong = [task for task in tasks if transcript.loaded and outcomes[task.id].state in RETRY_STATES]
    # What can leave something behind is asked in a process for each task. A file says whether it can; one that says
    # no and lies gives up its own processes.
    for together in [wrong] if transcript.stateless and wrong else [[task] for task in wrong]:
        transcript.attempts += _retry(room, source, exam, together, results, outcomes)
    outcomes = {task.id: explain(outcomes[task.id], results[task.id]) for task in tasks}
    follows = [follow for task in tasks if (follow := Follow.of(task, exam.cases, results, outcomes))]
    for asked in [follows] if transcript.stateless and follows else [[follow] for follow in follows]:
        questions = Plan(tuple(call for follow in asked for call in follow.plan.calls))
        followed = perform(room, source, EncodedPlan(questions, once=True))
        transcript.attempts += followed.attempts
        for follow in asked:
            credit = follow_through(follow, followed.replies, outcomes, exam.settings.follow_through.cap)
            outcomes[follow.task.id] = credited(follow.task, outcomes[follow.task.id], credit)
    seconds = time.perf_counter() - started
    explained = [with_code(outcome, source) for outcome in outcomes.values()]
    return reach_verdict(student_id, transcript, explained, exam.settings, seconds)


def _retry(
    room: Supervisor,
    source: Source,
    exam: Exam,
    tasks: Sequence[Task],
    results: dict[str, tuple[CaseResult, ...]],
    outcomes: dict[str, Outcome],
) -> tuple[Attempted, ...]:
    """Ask all questions of some tasks in one new process; return what it was refused.

    Its answers count, unless they are worse than the first ones to the same questions.
    """
    asked = [case for task in tasks for case in exam.cases.of(task.id)]
    again = perform(room, source, exam.whole, [case.call for case in asked])
    for task in tasks:
        points = exam.settings.points(task.id)
        new = examine_all(exam.cases.of(task.id), again.replies)
        same = [result for result in new if result.case.first]
        if _worth(task, same) >= _worth(task, results[task.id]):
            results[task.id], outcomes[task.id] = new, judge_task(task, new, points)
    return again.attempts


def _worth(task: Task, results: Sequence[CaseResult]) -> tuple[float, int]:
    """Return what tells better answers to some questions from worse ones: points, then how many gave values."""
    return judge_task(task, results, task.points).points, sum(result.got is not None for result in results)
