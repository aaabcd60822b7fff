"""The bug library and its pairs: faulty answers, made here, that the judge must refuse and name.

Two mistakes are a pair only where they differ, on the cases at hand, from every single mistake and from what
is right. A pair that does not is left out of the diagnoses; one that the judge lets pass is put to the oracle.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograder.assignment import Task
from autograder.audit.tally import Tally
from autograder.audit.trials import trials_of
from autograder.judge import CaseResult, examine_all, explain, judge_task
from autograder.judge.mistakes import alike, bugs_of, make_faulty, pairs_of
from autograder.judge.prediction import Prediction, predict
from autograder.model.cases import Case, CaseSet
from autograder.model.loading import loaded
from autograder.model.replies import RaisedError, Reply, ReplyPart
from autograder.model.verdict import Diagnosis, Outcome

Ids = tuple[str, ...]
Answers = Mapping[str, Prediction]  # by the call's id

# Answers nearer than this, relative to the largest entry, are the same answer.
_SAME = 1e-6
_RAISED = RaisedError("ValueError", "shapes that do not fit", "rnn.py", 1, "", memory=False, inside=True)


def all_pairs() -> tuple[tuple[str, Ids], ...]:
    """Return (task, ids) of every two mistakes that can be made together."""
    return tuple((task.id, pair) for task in loaded().tasks for pair in pairs_of(task.id))


def audit_singles(cases: CaseSet, seed: int) -> Tally:
    """Judge and diagnose every mistake alone."""
    tally = Tally("single mistakes")
    for bug in loaded().mistakes.rows:
        _judge(tally, cases, _Wrong(seed, bug.task, (bug.id,)), ())
    return tally


def audit_pairs(cases: CaseSet, seed: int, pairs: Iterable[tuple[str, Ids]]) -> Tally:
    """Judge and diagnose pairs of mistakes, as far as they are pairs on these cases."""
    tally = Tally("pairs of mistakes")
    singles: dict[str, list[Answers]] = {}
    for task, ids in pairs:
        if task not in singles:
            singles[task] = [answers_of(cases.of(task), task, (bug.id,)) for bug in bugs_of(task)]
        _judge(tally, cases, _Wrong(seed, task, ids), singles[task])
    return tally


class _Wrong(NamedTuple):
    """One wrong answer to a task."""

    seed: int
    task: str
    ids: Ids  # the mistakes in it

    @property
    def name(self) -> str:
        return f"seed {self.seed}, {self.task}: {' + '.join(self.ids)}"


def _judge(tally: Tally, cases: CaseSet, wrong: _Wrong, singles: Iterable[Answers]) -> None:
    """Judge a wrong answer and count what the judge makes of it; what answers as one of `singles` is no pair."""
    task = loaded().task[wrong.task]
    answers = answers_of(cases.of(task.id), task.id, wrong.ids)
    if _first_outcome(task, cases, wrong.ids).state == "pass":
        _count_pass(tally, wrong)
        return
    results = _results(cases.of(task.id), answers)
    outcome = judge_task(task, results, task.points)
    if _others_lost(results, wrong):
        tally.false_rejects += 1
        tally.faults.append(f"{wrong.name} costs a function that is right")
    if any(_same(answers, single) for single in singles):
        tally.left_out += 1
        return
    tally.checked += 1
    tally.wrong_tasks += 1
    _count_names(tally, wrong, explain(outcome, results).diagnoses)


def _first_outcome(task: Task, cases: CaseSet, ids: Ids) -> Outcome:
    """Return what the judge makes of the first questions, which come first and by themselves."""
    asked = cases.first.of(task.id)
    return judge_task(task, _results(asked, answers_of(asked, task.id, ids)), task.points)


def _results(asked: Sequence[Case], answers: Answers) -> tuple[CaseResult, ...]:
    return examine_all(asked, {case.call.id: _reply(case, answers[case.call.id]) for case in asked})


def _count_pass(tally: Tally, wrong: _Wrong) -> None:
    """Count an answer that passed: right after all, as far as the oracle sees, or a false accept."""
    fault = _really_wrong(wrong.task, wrong.ids)
    if fault:
        tally.checked += 1
        tally.wrong_tasks += 1
        tally.false_accepts += 1
        tally.faults.append(f"{wrong.name} passes, and is wrong ({fault})")
    else:
        tally.left_out += 1


def _others_lost(results: Iterable[CaseResult], wrong: _Wrong) -> bool:
    """Whether a function of the task lost marks that has none of these mistakes."""
    faulty = {bug.function for bug in bugs_of(wrong.task) if bug.id in wrong.ids}
    return any(result.finding is not None and result.case.call.function not in faulty for result in results)


def _count_names(tally: Tally, wrong: _Wrong, diagnoses: Iterable[Diagnosis]) -> None:
    done = _equivalents(wrong.task, wrong.ids)
    named = [explanation for diagnosis in diagnoses for explanation in diagnosis.bugs]
    if not named:
        tally.missing += 1
        tally.faults.append(f"{wrong.name} is not named")
    elif any(_equivalents(wrong.task, explanation) == done for explanation in named):
        tally.right += 1
    else:
        tally.wrong += 1
        tally.faults.append(f"{wrong.name} is named {' or '.join(map(' + '.join, named))}")


def _equivalents(task: str, ids: Ids) -> frozenset[tuple[str, ...]]:
    """Return mistakes as far as answers can tell them apart: alike ones, and forms of one misconception, are one."""
    family = {bug.id: bug.family for bug in bugs_of(task)}
    return frozenset(tuple(sorted({family[other] for other in alike(task, bug_id)})) for bug_id in ids)


def answers_of(cases: Iterable[Case], task: str, ids: Ids) -> Answers:
    """Return what mistakes make of cases, asked one after the other."""
    functions: dict[str, Callable[..., Any]] = make_faulty(task, ids)
    return {case.call.id: predict(functions[case.call.function], case) for case in cases}


def _reply(case: Case, answer: Prediction) -> Reply:
    """Return an answer as it would come out of a worker."""
    if answer.got is None:
        return Reply("raised", error=_RAISED)
    container = "" if case.container == "array" else "tuple"
    parts = tuple(ReplyPart(array, "float64") for array in answer.got)
    return Reply("value", container, parts, tuple(sorted(answer.changed)))


def _really_wrong(task: str, ids: Ids) -> str:
    """Return what the oracle has against mistakes that the judge did not see, "" where nothing."""
    trials = {trial.call.id: trial for trial in trials_of(task)}
    asked = [Case(trial.call, "", trial.expected, "tuple" if trial.in_tuple else "array") for trial in trials.values()]
    answers = answers_of(asked, task, ids)
    faults = (trials[case.call.id].fault(_reply(case, answers[case.call.id])) for case in asked)
    return next(filter(None, faults), "")


def _same(some: Answers, others: Answers) -> bool:
    return all(_same_answer(some[call], others[call]) for call in some)


def _same_answer(one: Prediction, other: Prediction) -> bool:
    if one.got is None or other.got is None:
        return one.got is other.got
    if one.changed != other.changed or len(one.got) != len(other.got):
        return False
    for a, b in zip(one.got, other.got, strict=True):
        if a.shape != b.shape:
            return False
        finite = np.isfinite(a) & np.isfinite(b)
        if not np.array_equal(a[~finite], b[~finite], equal_nan=True):
            return False
        scale = np.abs(b[finite]).max(initial=0.0)
        if np.abs(a[finite] - b[finite]).max(initial=0.0) > _SAME * scale:
            return False
    return True
