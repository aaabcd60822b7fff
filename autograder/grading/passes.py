"""Grade one submission in three passes, each a function from what is known to what is known after it.

`first_pass` asks the first questions, and all of each task that came out wrong. `retry` asks these tasks once more in
new processes. `follow_up` names mistakes, and gives the share of what is right for the student's own wrong functions.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from autograder.assignment import Task
from autograder.cases.as_if import as_if
from autograder.cases.mutant_trials import Predictions, predictions, unproved
from autograder.cases.mutants import Mutant
from autograder.grading.excerpts import with_code
from autograder.judge import CaseResult, credited, examine, explain, judge_task, reach_verdict, rejected, settled
from autograder.judge.numerical import numerical
from autograder.judge.values import contradictions
from autograder.model.cases import CaseSet
from autograder.model.loading import loaded
from autograder.model.plan import Call
from autograder.model.replies import Reply, Transcript
from autograder.model.settings import Settings
from autograder.model.verdict import Outcome, Verdict
from autograder.sandbox.host.perform import EncodedPlan, Session
from autograder.sandbox.host.supervisor import Supervisor
from autograder.submissions import Source

# A task that came out so is asked more. Where an earlier task may have left numpy or a global in disorder, that is done
# in a new process; a file that says that its functions leave nothing behind, and lies, gives this up.
RETRY_STATES = ("fail", "partial", "error")
USED_UP = (
    "the time of a whole submission was used up, its loading included: what came later was not asked, or not again",
)


class Judged(NamedTuple):
    """What came of one task."""

    came: tuple[Reply | None, ...]  # the reply to each of its questions, None where it was not asked
    examined: Mapping[Reply, CaseResult]  # what each of them is by itself
    results: tuple[CaseResult, ...]
    outcome: Outcome

    @property
    def wrong(self) -> bool:
        """Whether the task is to be asked more."""
        return self.outcome.state in RETRY_STATES

    @property
    def worth(self) -> tuple[float, int, int]:
        """What tells better answers to some questions from worse ones: points, then how many values and replies."""
        values = sum(result.got is not None for result in self.results)
        return self.outcome.points, values, sum(reply is not None and reply.kind != "lost" for reply in self.came)


@dataclass(frozen=True)
class Graded:
    """What is known of a submission after a pass."""

    transcript: Transcript
    judged: Mapping[str, Judged]  # by task
    flags: tuple[str, ...] = ()  # what an instructor should look at

    @property
    def results(self) -> dict[str, tuple[CaseResult, ...]]:
        """The results of the cases of each task."""
        return {task: judged.results for task, judged in self.judged.items()}

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """What comes of each task."""
        return {task: judged.outcome for task, judged in self.judged.items()}

    def with_outcomes(self, outcomes: Mapping[str, Outcome]) -> "Graded":
        """Return the same with other outcomes of some tasks."""
        changed = {task: self.judged[task]._replace(outcome=outcome) for task, outcome in outcomes.items()}
        return replace(self, judged={**self.judged, **changed})

    def asked_again(self, transcript: Transcript, once: Sequence[CaseResult], anew: Sequence[CaseResult]) -> "Graded":
        """Return the same after another process, with a flag for each case that was answered in two ways."""
        attempts = self.transcript.attempts + transcript.attempts
        told = contradictions(once, anew, stateless=self.transcript.stateless)
        return replace(self, transcript=replace(self.transcript, attempts=attempts), flags=(*self.flags, *told))


@dataclass(frozen=True)
class Exam:
    """A case set with its encoded plan, shared by every submission that gets these cases."""

    cases: CaseSet
    settings: Settings

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that are graded."""
        return self.settings.enabled_tasks()

    @cached_property
    def whole(self) -> EncodedPlan:
        """All questions."""
        return EncodedPlan(self.cases.plan(tuple(task.id for task in self.tasks)))

    @cached_property
    def first(self) -> tuple[Call, ...]:
        """The questions that everybody is asked."""
        return self.cases.first.plan(tuple(task.id for task in self.tasks)).calls

    @cached_property
    def questions(self) -> dict[str, tuple[str, ...]]:
        """The ids of all calls of each task."""
        return {task.id: tuple(case.call.id for case in self.cases.of(task.id)) for task in self.tasks}

    @cached_property
    def _answers_of_mutants(self) -> dict[str, list[tuple[Mutant, Predictions]]]:
        return {}

    def of_mutants(self, task: str) -> list[tuple[Mutant, Predictions]]:
        """Return what small edits of the reference answer to the questions of a task."""
        if task not in self._answers_of_mutants:
            self._answers_of_mutants[task] = predictions(self.cases, task)
        return self._answers_of_mutants[task]

    @cached_property
    def points(self) -> dict[str, float]:
        """What each task is worth."""
        return {task.id: self.settings.points(task.id) for task in self.tasks}

    def judge(self, task: Task, replies: Mapping[str, Reply], known: Judged | None = None) -> Judged:
        """Return what comes of a task, as far as it was asked; what is known of a reply is not found out again."""
        came = tuple(map(replies.get, self.questions[task.id]))
        if known is not None and known.came == came:
            return known
        before = {} if known is None else known.examined
        asked = ((case, reply) for case, reply in zip(self.cases.of(task.id), came, strict=True) if reply is not None)
        examined = {reply: before.get(reply) or examine(case, reply) for case, reply in asked}
        results = settled(examined.values())
        return Judged(came, examined, results, judge_task(task, results, self.points[task.id]))


def first_pass(session: Session, exam: Exam) -> Graded:
    """Ask the first questions, and in the same process all of each task that came out wrong."""
    judged: dict[str, Judged] = {}

    def judge_all(replies: Mapping[str, Reply]) -> dict[str, Judged]:
        return {task.id: exam.judge(task, replies, judged.get(task.id)) for task in exam.tasks}

    def rest(replies: Mapping[str, Reply]) -> list[Call]:
        nonlocal judged
        judged = judge_all(replies)
        wrong = (task for task, one in judged.items() if one.wrong)
        return [case.call for task in wrong for case in exam.cases.of(task) if case.call.id not in replies]

    transcript = session.perform(exam.whole, exam.first, rest)
    return Graded(transcript, judge_all(transcript.replies))


def retry(session: Session, exam: Exam, graded: Graded) -> Graded:
    """Ask all questions of each wrong task in a new process, but where nothing else can have had a say in it."""
    if graded.transcript.loaded:
        for task in exam.tasks:
            judged = graded.judged[task.id]
            if judged.wrong and (None in judged.came or not graded.transcript.stateless):
                graded = _asked_anew(session, exam, graded, task)
    return graded


def _asked_anew(session: Session, exam: Exam, graded: Graded, task: Task) -> Graded:
    """Ask all questions of a task in a new process. These answers count, unless they are worse than the first."""
    before = graded.judged[task.id]
    again = session.perform(exam.whole, [case.call for case in exam.cases.of(task.id)])
    same = exam.judge(task, {name: again.replies[name] for name in (one.case.call.id for one in before.results)})
    graded = graded.asked_again(again, before.results, same.results)
    if same.worth < before.worth:
        return graded
    return replace(graded, judged={**graded.judged, task.id: exam.judge(task, again.replies, same)})


def follow_up(session: Session, exam: Exam, graded: Graded) -> Graded:
    """Give the share of what is right for the student's own functions, and name the known mistakes in the rest."""
    upstream = {name for task in exam.tasks for name in task.builds_on}
    graded = graded.with_outcomes(_explained(exam, graded, upstream))
    cap, follow = exam.settings.follow_through.cap, loaded().follow
    followed = follow(exam.tasks, exam.cases, graded.results, graded.outcomes) if cap and follow else None
    credit: Mapping[str, Mapping[str, tuple[float, str]]] = {}
    if followed is not None:
        transcript = session.perform(EncodedPlan(followed.plan, once=True))
        once, anew = zip(*followed.answered_again(transcript.replies), strict=True)
        credit = followed.credit(transcript.replies, graded.outcomes, cap)
        graded = graded.asked_again(transcript, once, anew)
    outcomes = _explained(exam, graded, graded.judged.keys() - upstream - credit.keys())
    for task in exam.tasks:
        if task.id in credit:
            judged = graded.judged[task.id]
            outcomes[task.id] = credited(task, judged.outcome, judged.results, credit[task.id])
    return graded.with_outcomes(outcomes)


def _explained(exam: Exam, graded: Graded, tasks: Collection[str]) -> dict[str, Outcome]:
    """Return the outcomes of some tasks with the mistakes that explain them: known ones, or else small edits."""
    outcomes = {}
    for task, judged in graded.judged.items():
        if task not in tasks:
            continue
        outcomes[task] = explain(judged.outcome, judged.results)
        if any(result.finding and result.got is not None for result in judged.results) and task in unproved():
            outcomes[task] = as_if(outcomes[task], judged.results, exam.of_mutants(task))
    return outcomes


def _differences_told(exam: Exam, source: Source, graded: Graded) -> Graded:
    """Flag numerical differentiation in place of backpropagation, or take its points, as the course has it."""
    choice = exam.settings.numerical_gradients
    if choice == "accept":
        return graded
    found = numerical(graded.results, [code for _, code in source.chunks])
    refused = {task: one for task, one in found.items() if choice == "reject" and one.in_source}
    flags = tuple(one.said for task, one in found.items() if task not in refused)
    outcomes = {task: rejected(graded.judged[task].outcome, one.said) for task, one in refused.items()}
    return replace(graded.with_outcomes(outcomes), flags=(*graded.flags, *flags))


def grade_source(worker: Supervisor, source: Source, student_id: str, exam: Exam) -> Verdict:
    """Return the verdict on a submission.

    Raises:
        WorkerBroken: the worker failed; the submission has no verdict.
    """
    started = time.perf_counter()
    session = Session(worker, source)
    graded = follow_up(session, exam, retry(session, exam, first_pass(session, exam)))
    graded = _differences_told(exam, source, graded)
    explained = [with_code(outcome, source) for outcome in graded.outcomes.values()]
    seconds = time.perf_counter() - started
    verdict = reach_verdict(student_id, graded.transcript, explained, exam.settings, seconds)
    notes = verdict.notes + USED_UP if session.spent else verdict.notes
    return replace(verdict, notes=notes, flags=(*verdict.flags, *dict.fromkeys(graded.flags)))
