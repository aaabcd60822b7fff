"""Grade one submission in a room: ask the first questions, ask all where a task came out wrong, reach a verdict."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.cases import Case, CaseSet
from autograder.config import Settings
from autograder.excerpts import with_code
from autograder.judge import CaseResult, credited, examine, examine_all, explain, judge_task, reach_verdict
from autograder.judge.agreement import follow_through
from autograder.judge.follow import Follow
from autograder.plan import Call, Plan
from autograder.rubric import Task
from autograder.sandbox.perform import EncodedPlan, perform
from autograder.sandbox.replies import Reply
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


class Examiner:
    """Examines the replies to an exam, each reply once."""

    def __init__(self, exam: Exam) -> None:
        self._tasks = {task.id: exam.cases.of(task.id) for task in exam.settings.enabled_tasks()}
        self._known: dict[str, tuple[Reply, CaseResult]] = {}

    def __call__(self, replies: Mapping[str, Reply]) -> dict[str, tuple[CaseResult, ...]]:
        """Return the results of each task, as far as it was asked."""
        return {task: tuple(self._each(cases, replies)) for task, cases in self._tasks.items()}

    def _each(self, cases: Sequence[Case], replies: Mapping[str, Reply]) -> Iterator[CaseResult]:
        for case in cases:
            reply = replies.get(case.call.id)
            if reply is None:
                continue
            known = self._known.get(case.call.id)
            if known is None or known[0] is not reply:
                known = self._known[case.call.id] = (reply, examine(case, reply))
            yield known[1]


def grade_source(room: Supervisor, source: Source, student_id: str, exam: Exam) -> Verdict:
    """Return the verdict on a submission.

    Raises:
        RoomBroken: the room failed; the submission has no verdict.
    """
    started = time.perf_counter()
    tasks = exam.settings.enabled_tasks()
    examined = Examiner(exam)

    def rest(replies: Mapping[str, Reply]) -> list[Call]:
        """Return what is still to be asked about the tasks that came out wrong."""
        results = examined(replies)
        wrong = [task for task in tasks if _judge(exam, task, results[task.id]).state in RETRY_STATES]
        return [case.call for task in wrong for case in exam.cases.of(task.id) if case.call.id not in replies]

    transcript = perform(room, source, exam.whole, exam.first, rest)
    results = examined(transcript.replies)
    outcomes = {task.id: _judge(exam, task, results[task.id]) for task in tasks}
    if transcript.loaded:
        for task in tasks:
            complete = len(results[task.id]) == len(exam.cases.of(task.id)) and transcript.stateless
            if outcomes[task.id].state in RETRY_STATES and not complete:
                transcript.attempts += _retry(room, source, exam, task, results, outcomes)
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
    task: Task,
    results: dict[str, tuple[CaseResult, ...]],
    outcomes: dict[str, Outcome],
) -> tuple[Attempted, ...]:
    """Ask all questions of a task in a new process; return what it was refused.

    Its answers count, unless they are worse than the first ones to the same questions.
    """
    asked = exam.cases.of(task.id)
    again = perform(room, source, exam.whole, [case.call for case in asked])
    new = examine_all(asked, again.replies)
    known = {result.case.call.id for result in results[task.id]}
    same = [result for result in new if result.case.call.id in known]
    if _worth(exam, task, same) >= _worth(exam, task, results[task.id]):
        results[task.id], outcomes[task.id] = new, _judge(exam, task, new)
    return again.attempts


def _judge(exam: Exam, task: Task, results: Sequence[CaseResult]) -> Outcome:
    return judge_task(task, results, exam.settings.points(task.id))


def _worth(exam: Exam, task: Task, results: Sequence[CaseResult]) -> tuple[float, int]:
    """Return what tells better answers to some questions from worse ones: points, then how many gave values."""
    return _judge(exam, task, results).points, sum(result.got is not None for result in results)
