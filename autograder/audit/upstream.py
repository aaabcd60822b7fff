"""What a known mistake costs further down, and how much of that follow-through gives back.

Each is made by a student who is right in everything else, and whose wrappers call their own forward.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from autograder.audit.student import Functions, outcomes_of, results_of
from autograder.cases import CaseSet
from autograder.judge import judge_task
from autograder.judge.bugs import bugs_of, make_faulty
from autograder.judge.follow import UPSTREAM
from autograder.judge.stand_in import StandIn
from autograder.rubric import TASK_BY_ID
from solutions import rnn
from solutions.rnn import Array, Params

#: The functions that others build on, by themselves or through forward.
MADE_IN = ("softmax", "forward", "cross_entropy", "output_error")


class Followed(NamedTuple):
    """Points further down, on some case sets."""

    mistake: str  # "forward: no-b"
    lost: float  # before follow-through
    given_back: float


def audit_upstream(cases: CaseSet) -> Iterator[Followed]:
    """Yield what each known mistake that costs anything further down costs there, and what is given back of that."""
    for task in MADE_IN:
        for bug in bugs_of(task):
            student = _student(task, bug.id)
            results = results_of(student, cases)
            alone = {task: judge_task(TASK_BY_ID[task], results[task], TASK_BY_ID[task].points) for task in UPSTREAM}
            lost = sum(outcome.max_points - outcome.points for outcome in alone.values())
            if lost:
                outcomes = outcomes_of(student, cases)
                kept = sum(outcomes[task].points - outcome.points for task, outcome in alone.items())
                yield Followed(f"{task}: {bug.id}", lost, kept)


def together(found: Iterable[Followed]) -> list[Followed]:
    """Return one for each mistake, the sum over case sets."""
    sums: dict[str, Followed] = {}
    for one in found:
        _, lost, given_back = sums.get(one.mistake, Followed(one.mistake, 0.0, 0.0))
        sums[one.mistake] = Followed(one.mistake, lost + one.lost, given_back + one.given_back)
    return list(sums.values())


def _student(task: str, mistake: str) -> Functions:
    functions: dict[str, Callable[..., Any]] = vars(rnn) | make_faulty(task, [mistake])
    if task == "softmax":
        functions["forward"] = StandIn("forward", of_softmax=(mistake,)).made
    return functions | _wrappers(functions["forward"])


def _wrappers(forward: Callable[..., Any]) -> Mapping[str, Callable[..., Any]]:
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
