"""The hints of the handout: what known mistakes return on the public cases, so that the self-check can name them.

One number for each reply, and the texts beside it; the faulty functions stay here. With them a student
can tell which mistake a reply looks like, and nothing about the right answer that the public cases do not say.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Mistake
from autograder.handout.public_cases import json_lines
from autograder.judge.digest import BEYOND, CHANGED, RAISED, digest
from autograder.judge.mistakes import bugs_of, make_faulty, pairs_of
from autograder.judge.prediction import labelled, predict
from autograder.model.cases import Array, AtLeast, Case, CaseSet
from autograder.model.loading import loaded
from autograder.model.tolerance import STYLES_AGREE


@cache
def hint_files(name: str, cases: CaseSet) -> dict[str, bytes]:
    """Return `name`.json, the known mistakes of each function, and `name`.npz, what they return.

    A mistake is the number of its family, a clause, a question and a slide.

    For each function: `values`, a row for each mistake and then for each of `pairs`, with the digest of its reply to
    each case; where it answers with infinity, the least number that stands for that. `flags` is of the same shape.
    """
    mistakes: dict[str, list[tuple[int, str, str, str]]] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for function in loaded().task_of:
        shown, pairs, replies = _known(function, cases)
        families = list(dict.fromkeys(bug.family for bug in shown))
        mistakes[function] = [(families.index(bug.family), bug.misconception, bug.question, bug.slide) for bug in shown]
        place = {bug.id: number for number, bug in enumerate(shown)}
        columns = len(replies[0][0]) if replies else 0
        for what, kind, rows in (("values", np.float32, 0), ("flags", np.uint16, 1)):
            table = np.array([reply[rows] for reply in replies], kind)
            arrays[f"{function}/{what}"] = table.reshape(len(replies), columns)
        arrays[f"{function}/pairs"] = np.array([[place[one] for one in pair] for pair in pairs], np.uint8).reshape(
            -1, 2
        )
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return {f"{name}.json": json_lines(mistakes).encode(), f"{name}.npz": file.getvalue()}


_Replies = tuple[list[float], list[int]]  # digests, or what stands for infinity; and flags


def _known(function: str, cases: CaseSet) -> tuple[list[Mistake], list[tuple[str, str]], list[_Replies]]:
    """Return the mistakes that show, the pairs of them that do not look like one alone, and the replies of both."""
    task = loaded().task_of[function].id
    asked = [case for case in cases.of(task) if case.call.function == function]
    right = _replies(getattr(loaded().reference, function), asked)
    rows = {
        bug: _replies(make_faulty(task, [bug.id])[function], asked) for bug in bugs_of(task) if bug.function == function
    }
    shown = {bug.id: reply for bug, reply in rows.items() if not _equal(reply, right)}
    pairs = {
        pair: _replies(make_faulty(task, pair)[function], asked) for pair in pairs_of(task) if shown.keys() >= set(pair)
    }
    kept = [pair for pair, reply in pairs.items() if not any(_equal(reply, shown[one]) for one in pair)]
    return [bug for bug in rows if bug.id in shown], kept, [*shown.values(), *(pairs[pair] for pair in kept)]


def _equal(one: _Replies, other: _Replies) -> bool:
    return one[1] == other[1] and np.allclose(one[0], other[0], STYLES_AGREE, STYLES_AGREE)


def _replies(function: Callable[..., Any], cases: Sequence[Case]) -> _Replies:
    """Ask each case in this order, once: some mistakes remember."""
    answers = [_reply(function, case) for case in cases]
    return [value for value, _ in answers], [flags for _, flags in answers]


def _reply(function: Callable[..., Any], case: Case) -> tuple[float, int]:
    prediction = predict(function, case)
    flags = 0
    if prediction.changed:
        flags = sum(CHANGED << place for place, one in enumerate(labelled(case.call.args)) if one in prediction.changed)
    if prediction.got is None:
        return 0.0, flags | RAISED
    if case.at_least and _accepted(prediction.got[0], case.at_least):
        return _least(function, case, case.at_least), flags | BEYOND
    return _digest(tuple((array.shape, array.tobytes()) for array in prediction.got)), flags


@lru_cache(maxsize=1 << 12)
def _digest(answers: tuple[tuple[tuple[int, ...], bytes], ...]) -> float:
    """Return the digest of arrays, by shape and content: many pairs answer what one of the two does alone."""
    return digest([np.frombuffer(content).reshape(shape) for shape, content in answers])[0]


def _accepted(answer: Array, rule: AtLeast) -> bool:
    """Whether an answer is what the rule accepts, or infinite with the other sign."""
    return answer.shape == () and bool(np.isinf(answer) or answer >= rule.least)


def _least(function: Callable[..., Any], case: Case, rule: AtLeast) -> float:
    """Return what a mistake answers to the arguments of the rule: the least that stands for infinity."""
    (least,) = predict(function, replace(case, call=replace(case.call, args=rule.args))).got or ()
    return float(least)
