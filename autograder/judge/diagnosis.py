"""Which known mistake explains a wrong answer? The simplest that reproduces all replies, right ones included.

A hypothesis is one entry of the bug library, or two that can be made together. It explains the replies
when its faulty function gives the same on every case of the function: the same values, shapes, exceptions
and changed arguments. Where nothing explains them all, each part is explained by itself, by what does not show in
the parts that are right. Nothing is said where nothing explains; where two mistakes do, both are named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.assignment import Mistake
from autograder.judge.mistakes import bugs_of, make_faulty, pairs_of
from autograder.judge.prediction import Prediction, predict
from autograder.judge.seen import in_words
from autograder.judge.values import CaseResult
from autograder.model import tolerance
from autograder.model.cases import Case
from autograder.model.loading import loaded
from autograder.model.verdict import Diagnosis

Array = NDArray[np.float64]

# More explanations than this explain nothing.
MAX_NAMED = 3
# Predictions that are kept one by one, about 1 kB each, and cases of which those of all mistakes or pairs are.
PREDICTIONS, TABLES = 1 << 12, 1 << 7


Explanations = list[tuple[str, ...]]


def diagnose(task: str, results: Sequence[CaseResult]) -> tuple[Diagnosis, ...]:
    """Return what explains the wrong answers of a task, function by function; none where nothing does."""
    functions = loaded().task[task].functions
    found: dict[str, list[str]] = {}  # what is said, and of which functions
    diagnoses: dict[str, Diagnosis] = {}
    for function in functions:
        own = [result for result in results if result.case.call.function == function]
        for named in _explain_function(task, function, own):
            diagnosis = _worded({bug.id: bug for bug in bugs_of(task)}, named)
            diagnoses.setdefault(diagnosis.misconception, diagnosis)
            found.setdefault(diagnosis.misconception, []).append(function)
    if len(functions) == 1:
        return tuple(diagnoses.values())
    return tuple(
        replace(diagnoses[said], misconception=f"in {' and '.join(of)}{' both' * (len(of) > 1)}, {said}")
        for said, of in found.items()
    )


@np.errstate(invalid="ignore")  # inf - inf, where infinities are compared
def _explain_function(task: str, function: str, results: Sequence[CaseResult]) -> list[Explanations]:
    """Return what explains all answers of a function; or else, one after the other, what explains each of its parts."""
    if not _has_wrong_answer(results):
        return []
    if named := _simplest(task, function, results):
        return [named[:MAX_NAMED]]
    groups: dict[tuple[object, ...], list[CaseResult]] = {}
    for result in results:
        groups.setdefault((result.case.part, *result.case.call.kwargs.items()), []).append(result)
    right = [r for group in groups.values() if not any(one.finding for one in group) for r in group]
    found: list[Explanations] = []
    for group in groups.values():
        answered = [result for result in group if result.got is not None]
        if _has_wrong_answer(answered):
            # What explains one part may not show in one that is right. An exception hides nothing.
            named = _simplest(task, function, [*group, *right], results)
            named = named or _simplest(task, function, [*answered, *right], results)
            if len(named) <= MAX_NAMED:
                found.append(named)
    return _joined(found)


def _has_wrong_answer(results: Sequence[CaseResult]) -> bool:
    return any(result.finding is not None and result.got is not None for result in results)


def _joined(parts: list[Explanations]) -> list[Explanations]:
    """Return explanations of parts, each mistake once: of a pair that holds what was said before, the other one."""
    said: list[Explanations] = []
    for named in sorted(filter(None, parts), key=lambda named: len(named[0])):
        known = {bug_id for before in said for ids in before if len(ids) == 1 for bug_id in ids}
        left = list(dict.fromkeys(tuple(bug_id for bug_id in ids if bug_id not in known) for ids in named))
        shorter = [ids for ids in left if len(ids) == min(map(len, left))]
        if all(shorter):
            said.append(shorter)
    return said


@np.errstate(invalid="ignore")
def explanations(task: str, function: str, results: Sequence[CaseResult]) -> Explanations:
    """Return the known mistakes, or else the pairs of them, that reproduce all these replies of one function."""
    return _simplest(task, function, results) if _has_wrong_answer(results) else []


def _simplest(
    task: str, function: str, results: Sequence[CaseResult], whole: Sequence[CaseResult] | None = None
) -> Explanations:
    """Return the mistakes, each alone, that explain all of these answers; else pairs; forms of one mistake once.

    Where they are a part of a whole, no mistake with a memory; and of several forms, what explains most of the whole.
    """
    bugs = {bug.id: bug for bug in bugs_of(task) if bug.function == function}
    usable = {bug.id for bug in bugs.values() if whole is None or bug.shows != "sequence"}
    singles = tuple((bug_id,) for bug_id in bugs if bug_id in usable)
    pairs = tuple(pair for pair in pairs_of(task) if usable.issuperset(pair))
    for hypotheses in (singles, pairs):
        named = list(_explaining(task, function, hypotheses, results))
        if whole is not None and len(named) > 1:
            named.sort(key=lambda ids: -sum(_reproduces(task, function, ids, result) for result in whole))
        if named:
            return _distinct(named, bugs)
    return []


def _explaining(
    task: str, function: str, hypotheses: tuple[tuple[str, ...], ...], results: Sequence[CaseResult]
) -> Iterator[tuple[str, ...]]:
    """Yield the hypotheses that reproduce every reply; one telling case rules out most of them."""
    probe = next(result for result in results if result.finding is not None and result.got is not None)
    remembering = {bug.id for bug in bugs_of(task) if bug.shows == "sequence"}
    near = _near(task, function, hypotheses, probe)
    for ids in hypotheses:
        if not remembering.isdisjoint(ids):
            faulty = make_faulty(task, ids)[function]
            if all(is_predicted(predict(faulty, result.case), result) for result in results):
                yield ids
        elif ids in near and all(_reproduces(task, function, ids, result) for result in results):
            yield ids


def _near(task: str, function: str, hypotheses: tuple[tuple[str, ...], ...], probe: CaseResult) -> set[tuple[str, ...]]:
    """Return the hypotheses that may reproduce a reply, as far as one look at all their answers tells."""
    if probe.got is None or probe.case.at_least is not None or _shapes(probe.got) != _shapes(probe.case.expected):
        return {*hypotheses}
    table = _table(task, function, hypotheses, probe.case)
    error = np.abs(table.answers - _row(probe.got))
    near = np.flatnonzero(~(error > tolerance.TAU * table.scales).any(axis=1))  # nan is near
    return {table.hypotheses[n] for n in near}


class _Table(NamedTuple):
    """The answers of hypotheses to one case, where they have the shapes of the right one."""

    hypotheses: tuple[tuple[str, ...], ...]
    answers: Array  # (hypotheses, values), nan where they are not finite
    scales: Array  # (hypotheses, 1), the largest finite value of each answer


@lru_cache(maxsize=TABLES)
@np.errstate(all="ignore")
def _table(task: str, function: str, hypotheses: tuple[tuple[str, ...], ...], case: Case) -> _Table:
    predicted = {ids: predict(make_faulty(task, ids)[function], case).got for ids in hypotheses}
    rows = {ids: _row(got) for ids, got in predicted.items() if got and _shapes(got) == _shapes(case.expected)}
    answers = np.array([*rows.values()]).reshape(len(rows), _row(case.expected).size)
    answers[~np.isfinite(answers)] = np.nan
    return _Table(tuple(rows), answers, np.nanmax(np.abs(answers), axis=1, initial=0.0, keepdims=True))


def _row(arrays: Sequence[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])


def _shapes(arrays: Sequence[Array]) -> list[tuple[int, ...]]:
    return [array.shape for array in arrays]


@np.errstate(invalid="ignore")
def explains(task: str, diagnosis: Diagnosis, results: Sequence[CaseResult]) -> bool:
    """Return whether one of a diagnosis's explanations reproduces these answers, in the functions that gave them."""
    bugs = {bug.id: bug for bug in bugs_of(task)}

    def form(bug_id: str, function: str) -> str:
        """Return the form that a mistake has in a function, "" where there is none."""
        alike = (bug.id for bug in bugs.values() if bug.misconception == bugs[bug_id].misconception)
        return next((one for one in (bug_id, *alike) if bugs[one].function == function), "")

    def reproduced(ids: tuple[str, ...], result: CaseResult) -> bool:
        function = result.case.call.function
        own = tuple(form(bug_id, function) for bug_id in ids)
        # One that keeps something between calls was found with all answers in their order, or not at all.
        remembers = all(own) and any(bugs[bug_id].shows == "sequence" for bug_id in own)
        return all(own) and (remembers or _reproduces(task, function, own, result))

    return any(all(reproduced(ids, result) for result in results) for ids in diagnosis.bugs)


def _reproduces(task: str, function: str, ids: tuple[str, ...], result: CaseResult) -> bool:
    """Whether a reply is what mistakes without a memory make of the case.

    Students protect the logarithm of 0 each in their own way: where the prediction is infinite, so is any
    number that the same mistakes make of a probability which is as small as a protected 0 may be.
    """
    prediction = _predicted(task, function, ids, result.case)
    if result.case.at_least is not None and prediction.got is not None and np.isinf(prediction.got[0]).all():
        least = _predicted(task, function, ids, _protected(result.case)).got
        if least is None or prediction.changed != result.changed:
            return False
        return _beyond(least[0], prediction.got[0], result)
    return is_predicted(prediction, result)


@lru_cache(maxsize=PREDICTIONS)
def _predicted(task: str, function: str, ids: tuple[str, ...], case: Case) -> Prediction:
    """Return what mistakes without a memory make of a case. Kept: a class is asked the same and errs alike."""
    return predict(make_faulty(task, ids)[function], case)


@lru_cache
def _protected(case: Case) -> Case:
    """Return the case with each 0 and 1 moved by what the dearest protection that is admitted moves it."""
    return replace(case, call=replace(case.call, args=case.at_least.args if case.at_least else case.call.args))


def _beyond(least: Array, infinite: Array, result: CaseResult) -> bool:
    """Whether a reply lies between what protection makes of infinity and infinity itself."""
    (got,) = result.got or (np.zeros(()),)
    if got.shape != infinite.shape:
        return False
    margin = np.sign(infinite) * (got - least)
    return bool(((got == infinite) | (margin >= -tolerance.TAU * np.abs(least))).all())


def is_predicted(prediction: Prediction, result: CaseResult) -> bool:
    """Whether a reply is what was predicted."""
    if prediction.got is None or result.got is None:
        return prediction.got is None and result.got is None and result.state == "error"
    if prediction.changed != result.changed or len(prediction.got) != len(result.got):
        return False
    return all(_alike(a, b) for a, b in zip(prediction.got, result.got, strict=True))


def _alike(predicted: Array, got: Array) -> bool:
    if predicted.shape != got.shape:
        return False
    error = np.abs(predicted - got).max(initial=0.0)
    if error < np.inf:
        return bool(error <= tolerance.TAU * np.abs(predicted).max(initial=0.0))
    finite = np.isfinite(predicted)  # nan and infinities must be predicted as well
    if not np.array_equal(finite, np.isfinite(got)):
        return False
    scale = np.abs(predicted[finite]).max(initial=0.0)
    return bool(np.abs(predicted[finite] - got[finite]).max(initial=0.0) <= tolerance.TAU * scale)


def _distinct(named: list[tuple[str, ...]], bugs: dict[str, Mistake]) -> list[tuple[str, ...]]:
    """Drop explanations that are only another form of one that is named already."""
    seen: set[frozenset[str]] = set()
    kept = []
    for ids in named:
        families = frozenset(bugs[bug_id].family for bug_id in ids)
        if families not in seen:
            seen.add(families)
            kept.append(ids)
    return kept


def _worded(bugs: dict[str, Mistake], named: list[tuple[str, ...]]) -> Diagnosis:
    said = [[bugs[bug_id].misconception for bug_id in ids] for ids in named]
    texts = tuple(in_words([mistakes])[0] for mistakes in said)
    questions = dict.fromkeys(bugs[bug_id].question for ids in named for bug_id in ids)
    slides = dict.fromkeys(bugs[bug_id].slide for ids in named for bug_id in ids)
    return Diagnosis(tuple(named), "; or: ".join(in_words(said)), tuple(questions), tuple(slides), texts)
