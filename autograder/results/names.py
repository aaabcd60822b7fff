"""Look up what a person typed: a student of the class, a task of the run. Pure."""

from collections.abc import Collection

from autograder.assignment import Task
from autograder.cases.secret import RequestError
from autograder.model.loading import loaded
from autograder.model.settings import Settings
from autograder.model.text import near, printable


def known_student(name: str, students: Collection[str]) -> str:
    """Return the id of a student of the class.

    Raises:
        RequestError: nobody has this id; the message names those that come near.
    """
    if name not in students:
        raise RequestError(f"nobody in these results is called {printable(name)}{near(name, students)}")
    return name


def known_task(name: str, settings: Settings) -> Task:
    """Return the task of this id, or the one that this function is part of.

    Raises:
        RequestError: there is no such task, or it is not graded in this run.
    """
    graded = {task.id: task for task in settings.enabled_tasks()}
    task = loaded().task_of.get(name) or loaded().task.get(name)
    if task is None:
        hint = near(name, {*graded, *loaded().task_of}) or f": the tasks are {', '.join(graded)}"
        raise RequestError(f"there is no task {printable(name)}{hint}")
    if task.id not in graded:
        raise RequestError(f"{task.id} is switched off in these results: the tasks are {', '.join(graded)}")
    return graded[task.id]
