"""Grade one submission in a room: ask the first questions, ask all where a task came out wrong, reach a verdict."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from autograder.assignment import Task, loaded
from autograder.grading.excerpts import with_code
from autograder.judge import CaseResult, credited, examine_all, explain, judge_task, reach_verdict, rejected
from autograder.judge.numerical import numerical
from autograder.judge.values import contradictions
from autograder.model.cases import CaseSet
from autograder.model.plan import Call
from autograder.model.settings import Settings
from autograder.model.verdict import Outcome, Verdict
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.replies import Reply
from autograder.sandbox.host.supervisor import Supervisor
from autograder.submissions import Source

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
        self.flags: list[str] = []  # what an instructor should look at
        self.outcomes: dict[str, Outcome] = {}
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
        same = self.exam.judge(
            task, {name: again.replies[name] for name in (result.case.call.id for result in before.results)}
        )
        self.flags += contradictions(before.results, same.results, stateless=self.transcript.stateless)
        if same.worth >= before.worth:
            self.judged[task.id] = self.exam.judge(task, again.replies)

    @property
    def _results(self) -> dict[str, tuple[CaseResult, ...]]:
        return {name: judged.results for name, judged in self.judged.items()}

    def explain(self) -> None:
        """Name the known mistakes of each task."""
        self.outcomes = {name: explain(judged.outcome, judged.results) for name, judged in self.judged.items()}

    def follow(self) -> None:
        """Give the share of what is right for the student's own wrong functions."""
        cap = self.exam.settings.follow_through.cap
        of = loaded().follow if cap else None
        follow = of(self.exam.tasks, self.exam.cases, self._results, self.outcomes) if of else None
        if follow is None:
            return
        followed = self.session.perform(EncodedPlan(follow.plan, once=True))
        self.transcript.attempts += followed.attempts
        once, anew = zip(*follow.answered_again(followed.replies), strict=True)
        self.flags += contradictions(once, anew, stateless=self.transcript.stateless)
        credit = follow.credit(followed.replies, self.outcomes, cap)
        for task in self.exam.tasks:
            outcome, results = self.outcomes[task.id], self.judged[task.id].results
            self.outcomes[task.id] = credited(task, outcome, results, credit.get(task.id, {}))

    def look_for_differences(self) -> None:
        """Tell of numerical differentiation in place of backpropagation, or take its points, as the course has it."""
        choice = self.exam.settings.numerical_gradients
        if choice == "accept":
            return
        for task, evidence in numerical(self._results, [code for _, code in self.session.source.chunks]).items():
            if choice == "reject" and evidence.in_source:
                self.outcomes[task] = rejected(self.outcomes[task], evidence.said)
            else:
                self.flags.append(evidence.said)


def grade_source(room: Supervisor, source: Source, student_id: str, exam: Exam) -> Verdict:
    """Return the verdict on a submission.

    Raises:
        RoomBroken: the room failed; the submission has no verdict.
    """
    started = time.perf_counter()
    grading = Grading(room, source, exam)
    grading.explain()
    grading.follow()
    grading.look_for_differences()
    explained = [with_code(outcome, source) for outcome in grading.outcomes.values()]
    seconds = time.perf_counter() - started
    verdict = reach_verdict(student_id, grading.transcript, explained, exam.settings, seconds)
    notes = verdict.notes + USED_UP if grading.session.spent else verdict.notes
    return replace(verdict, notes=notes, flags=(*verdict.flags, *dict.fromkeys(grading.flags)))
