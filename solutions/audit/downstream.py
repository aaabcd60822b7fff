"""What a known mistake costs further down, and how much of that follow-through gives back.

Each is made by a student who is right in everything else, and whose wrappers call their own forward.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.audit.student import Functions, outcomes_of, results_of
from autograder.audit.tally import Downstream
from autograder.judge import judge_task
from autograder.judge.mistakes import bugs_of, make_faulty
from autograder.model.cases import CaseSet
from autograder.model.settings import Settings, TaskSettings

from .. import rnn
from ..follow.stand_in import StandIn
from ..rnn import Array, Params
from ..tasks import TASK_BY_ID, TASKS

#: The tasks whose mistakes reach the wrappers. Gradients are given right inputs, whatever the loss.
MADE_IN = ("softmax", "forward")
WRAPPERS = ("one_to_one", "one_to_many", "many_to_one", "many_to_many")
_CONCERNED = (*MADE_IN, *WRAPPERS)


def downstream(cases: CaseSet) -> Iterator[Downstream]:
    """Yield what each known mistake that costs anything further down costs there, and what is given back of that."""
    settings = Settings(tasks={task.id: TaskSettings(enabled=task.id in _CONCERNED) for task in TASKS})
    for task in MADE_IN:
        for bug in bugs_of(task):
            student = _student(task, bug.id)
            results = results_of(student, cases, WRAPPERS)
            alone = [judge_task(TASK_BY_ID[name], own, TASK_BY_ID[name].points) for name, own in results.items()]
            lost = sum(outcome.max_points - outcome.points for outcome in alone)
            if lost:
                outcomes = outcomes_of(student, cases, settings)
                given_back = sum(outcomes[outcome.task].points - outcome.points for outcome in alone)
                yield Downstream(f"{task}: {bug.id}", lost, given_back)


def _student(task: str, mistake: str) -> Functions:
    functions = vars(rnn) | make_faulty(task, [mistake])
    if task == "softmax":
        functions["forward"] = StandIn("forward", of_softmax=(mistake,)).made
    return functions | _wrappers(functions["forward"])


def _wrappers(forward: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """Return the wrappers of somebody who calls a forward pass of their own for each step."""

    def spoken(params: Params, x: Array, h: Array, steps: int, *, feed_back: bool, **mode: Any) -> Iterator[Array]:
        for _ in range(steps):
            H, Y_hat = forward(params, x[None], h.copy(), **mode)
            h, output = H[-1], Y_hat[-1]
            yield output
            x = np.eye(len(output))[output.argmax()] if feed_back else np.zeros_like(x)

    def one_to_one(params: Params, x: Array, h_init: Array, steps: int = 1, **mode: Any) -> Array:
        return np.array(list(spoken(params, x, h_init, steps, feed_back=True, **mode)))

    def one_to_many(params: Params, x: Array, h_init: Array, steps: int, **mode: Any) -> Array:
        return np.array(list(spoken(params, x, h_init, steps, feed_back=False, **mode)))

    def many_to_one(params: Params, X: Array, h_init: Array, **mode: Any) -> Array:
        return np.asarray(forward(params, X, h_init.copy(), **mode)[1][-1])

    def many_to_many(encoder: Params, decoder: Params, X: Array, h_init: Array, *rest: Any, **mode: Any) -> Array:
        start, stop, max_steps = rest
        rows: list[Array] = []
        state = forward(encoder, X, h_init.copy(), **mode)[0][-1]
        for row in spoken(decoder, start, state, max_steps, feed_back=True, **mode):
            rows.append(row)
            if row.argmax() == stop:
                break
        return np.array(rows)

    own = (one_to_one, one_to_many, many_to_one, many_to_many)
    return {function.__name__: np.errstate(all="ignore")(function) for function in own}
