"""Grade one submission in a room: ask the first questions, ask all where a task came out wrong, reach a verdict."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from autograder.cases import CaseSet
from autograder.config import Settings
from autograder.excerpts import with_code
from autograder.judge import CaseResult, credited, examine_all, explain, judge_task, reach_verdict
from autograder.judge.agreement import follow_through
from autograder.judge.follow import Follow
from autograder.plan import Call, Plan
from autograder.rubric import Task
from autograder.sandbox.perform import EncodedPlan, Session
from autograder.sandbox.replies import Reply
from autograder.sandbox.supervisor import Supervisor
from autograder.submissions import Source
from autograder.verdict import Outcome, Verdict

# A task that came out so is asked more. Where an earlier task may have left numpy or a global in disorder, that is done
# in a new process; a file that says that its functions leave nothing behind, and lies, gives this up.
RETRY_STATES = ("fail", "partial", "error")
USED_UP = (
    "the time of a whole submission was used up, its loading included: what came later was not asked, or not again",
)


@dataclass
class Exam:
    """A case set with its encoded plan, shared by every submission that gets these cases."""

    cases: CaseSet
    settings: Settings
    whole: EncodedPlan = field(init=False)
    first: tuple[Call, ...] = field(init=False)  # what everybody is asked
    tasks: tuple[Task, ...] = field(init=False)
    points: dict[str, float] = field(init=False)  # by task

    def __post_init__(self) -> None:
        self.tasks = self.settings.enabled_tasks()
        names = tuple(task.id for task in self.tasks)
        self.points = {name: self.settings.points(name) for name in names}
        self.whole = EncodedPlan(self.cases.plan(names))
        self.first = self.cases.first.plan(names).calls

    def judge(self, task: Task, replies: Mapping[str, Reply]) -> "Judged":
        """Return what comes of a task, as far as it was asked."""
        came = tuple(replies.get(case.call.id) for case in self.cases.of(task.id))
        asked = [case for case, reply in zip(self.cases.of(task.id), came, strict=True) if reply is not None]
        results = examine_all(asked, replies)
        return Judged(came, results, judge_task(task, results, self.points[task.id]))


class Judged(NamedTuple):
    """What came of one task."""

    came: tuple[Reply | None, ...]  # the reply to each of its questions, None where it was not asked
    results: tuple[CaseResult, ...]
    outcome: Outcome

    @property
    def worth(self) -> tuple[float, int, int]:
        """What tells better answers to some questions from worse ones: points, then how many values and replies."""
        values = sum(result.got is not None for result in self.results)
        return self.outcome.points, values, sum(reply is not None and reply.kind != "lost" for reply in self.came)


class Grading:
    """Puts the questions of an exam to one submission, task by task as far as it takes."""

    def __init__(self, room: Supervisor, source: Source, exam: Exam) -> None:
        self.exam = exam
        self.session = Session(room, source)
        self.judged: dict[str, Judged] = {}
        self.transcript = self.session.perform(exam.whole, exam.first, self._rest)
        for task in exam.tasks:
            self._judge(task, self.transcript.replies)
            if self.transcript.loaded and self._is_wrong(task) and not self._is_settled(task):
                self._retry(task)

    def _rest(self, replies: Mapping[str, Reply]) -> list[Call]:
        """Return what is still to be asked about the tasks that came out wrong."""
        for task in self.exam.tasks:
            self._judge(task, replies)
        wrong = filter(self._is_wrong, self.exam.tasks)
        return [case.call for task in wrong for case in self.exam.cases.of(task.id) if case.call.id not in replies]

    def _judge(self, task: Task, replies: Mapping[str, Reply]) -> None:
        known, cases = self.judged.get(task.id), self.exam.cases.of(task.id)
        if known is None or known.came != tuple(replies.get(case.call.id) for case in cases):
            self.judged[task.id] = self.exam.judge(task, replies)

    def _is_wrong(self, task: Task) -> bool:
        return self.judged[task.id].outcome.state in RETRY_STATES

    def _is_settled(self, task: Task) -> bool:
        """Whether all was asked, and nothing that came before can have a say in it."""
        return None not in self.judged[task.id].came and self.transcript.stateless

    def _retry(self, task: Task) -> None:
        """Ask all questions of a task in a new process. These answers count, unless they are worse than the first."""
        calls = [case.call for case in self.exam.cases.of(task.id)]
        again = self.session.perform(self.exam.whole, calls)
        self.transcript.attempts += again.attempts
        before = self.judged[task.id]
        same = {result.case.call.id: again.replies[result.case.call.id] for result in before.results}
        if self.exam.judge(task, same).worth >= before.worth:
            self.judged[task.id] = self.exam.judge(task, again.replies)


def grade_source(room: Supervisor, source: Source, student_id: str, exam: Exam) -> Verdict:
    """Return the verdict on a submission.

    Raises:
        RoomBroken: the room failed; the submission has no verdict.
    """
    started = time.perf_counter()
    grading = Grading(room, source, exam)
    transcript, tasks = grading.transcript, exam.tasks
    results = {name: judged.results for name, judged in grading.judged.items()}
    outcomes = {name: explain(judged.outcome, judged.results) for name, judged in grading.judged.items()}
    follows = [follow for task in tasks if (follow := Follow.of(task, exam.cases, results, outcomes))]
    # Those of a file that can leave something behind are asked in a process each.
    for asked in [follows] if transcript.stateless and follows else [[follow] for follow in follows]:
        questions = Plan(tuple(call for follow in asked for call in follow.plan.calls))
        followed = grading.session.perform(EncodedPlan(questions, once=True))
        transcript.attempts += followed.attempts
        for follow in asked:
            credit = follow_through(follow, followed.replies, outcomes, exam.settings.follow_through.cap)
            outcomes[follow.task.id] = credited(follow.task, outcomes[follow.task.id], credit)
    seconds = time.perf_counter() - started
    explained = [with_code(outcome, source) for outcome in outcomes.values()]
    verdict = reach_verdict(student_id, transcript, explained, exam.settings, seconds)
    return replace(verdict, notes=verdict.notes + USED_UP) if grading.session.spent else verdict
