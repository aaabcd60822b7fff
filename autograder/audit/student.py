"""What a student gets of whom we have the functions, in this process."""

from collections.abc import Iterable

from autograder.cases.answers import Functions as Functions
from autograder.cases.answers import answered
from autograder.judge import CaseResult, credited, examine_all, explain, judge_task
from autograder.model.cases import CaseSet
from autograder.model.loading import loaded
from autograder.model.settings import Settings
from autograder.model.verdict import Outcome


def results_of(functions: Functions, cases: CaseSet, tasks: Iterable[str]) -> dict[str, tuple[CaseResult, ...]]:
    """Return the results of the cases of these tasks, by task, for a student with these functions."""
    asked = tuple(tasks)
    replies = answered(cases.plan(asked), functions)
    return {task: examine_all(cases.of(task), replies) for task in asked}


def outcomes_of(
    functions: Functions, cases: CaseSet, settings: Settings | None = None, then: Functions | None = None
) -> dict[str, Outcome]:
    """Return the outcome of each task for a student with these functions, follow-through included.

    `then` are the functions in the process of the follow-through, where they are others.
    """
    settings = settings or Settings()
    tasks = settings.enabled_tasks()
    results = results_of(functions, cases, (task.id for task in tasks))
    outcomes = {
        task.id: explain(judge_task(task, results[task.id], settings.points(task.id)), results[task.id])
        for task in tasks
    }
    of = loaded().follow
    follow = of(tasks, cases, results, outcomes) if of else None
    if follow is None:
        return outcomes
    credit = follow.credit(answered(follow.plan, then or functions), outcomes, settings.follow_through.cap)
    return {task.id: credited(task, outcomes[task.id], results[task.id], credit.get(task.id, {})) for task in tasks}
