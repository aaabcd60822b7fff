"""What is seen in wrong answers that no known mistake explains: simple relations to what was due, and no reasons.

A relation is said only when it holds in every case that can speak about it, and in one that is wrong. What serves any
assignment stands here; an assignment adds relations and conditions that depend on facts of its own cases.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.judge.values import CaseResult, close
from autograder.model.cases import Case
from autograder.model.loading import loaded
from autograder.model.tolerance import TAU

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """One case: facts about it, what was due and what came."""

    facts: Any  # as the assignment's `Relations.facts` gives them
    expected: Array
    got: Array
    steps: int = 1  # how many steps the rows stand for; 1 where rows are no steps

    @cached_property
    def right(self) -> bool:
        """Whether what came is what was due."""
        return agree(self.got, self.expected)


# A relation answers for one sample: it holds, it does not, or the sample cannot tell (None).
Relation = Callable[[Sample], bool | None]


@dataclass(frozen=True)
class Relations:
    """What an assignment adds: facts of a case, and relations and conditions that depend on them, with sentences."""

    facts: Callable[[Case], Any] = lambda _: None
    relations: tuple[tuple[str, Relation], ...] = ()
    conditions: tuple[tuple[str, Callable[[Any], bool]], ...] = ()  # "it is right for … only"
    forgives: Callable[[Any], bool] = lambda _: False  # a case on which many mistakes do not show


def agree(got: Array, expected: Array) -> bool:
    """Whether two arrays are the same, as the judge has it."""
    return got.shape == expected.shape and close(got, expected, TAU)


def observe(results: Sequence[CaseResult]) -> tuple[str, ...]:
    """Return sentences about the wrong answers of a task, function by function."""
    return tuple(dict.fromkeys(_sentences(results)))


def _sentences(results: Sequence[CaseResult]) -> Iterator[str]:
    known = loaded().relations or Relations()
    for function in dict.fromkeys(result.case.call.function for result in results):
        in_time = loaded().task_of[function].rows_are_steps
        samples = []
        for result in results:
            case = result.case
            if case.call.function == function and result.got and case.container == "array" and case.at_least is None:
                expected = case.expected[0]
                steps = len(expected) if in_time and expected.ndim == 2 else 1
                samples.append(Sample(known.facts(case), expected, result.got[0], steps))
        for sentence in relations_of(samples, known):
            yield f"{function}: {sentence}"


def relations_of(samples: Sequence[Sample], known: Relations) -> tuple[str, ...]:
    """Return a sentence for every relation that the samples show; none where all are right."""
    relations = [sentence for sentence, holds in (*_ANYWHERE, *known.relations) if _everywhere(holds, samples)]
    conditions = [sentence for sentence, met in known.conditions if _only_where(met, samples, known.forgives)]
    return (*relations, *conditions)


def _everywhere(holds: Relation, samples: Sequence[Sample]) -> bool:
    shown = False
    for sample in samples:
        answer = holds(sample)
        if answer is False:
            return False
        shown = shown or (bool(answer) and not sample.right)
    return shown


def _only_where(met: Callable[[Any], bool], samples: Sequence[Sample], forgives: Callable[[Any], bool]) -> bool:
    """Whether answers are right where the condition is met and wrong elsewhere, but for cases that forgive too much."""
    inside = [sample.right for sample in samples if met(sample.facts)]
    outside = [sample.right for sample in samples if not met(sample.facts) and not forgives(sample.facts)]
    return bool(inside and outside) and all(inside) and not any(outside)


def times(factor: Callable[[Any], float]) -> Relation:
    """Return the relation that every value is so many times what it should be, by facts of the case."""

    def holds(sample: Sample) -> bool | None:
        if not np.isfinite(sample.expected).all() or not sample.expected.any():
            return None
        return agree(sample.got, factor(sample.facts) * sample.expected)

    return holds


def _transposed(sample: Sample) -> bool | None:
    return agree(sample.got.T, sample.expected) if sample.expected.ndim == 2 else None


def _in_time(relation: Callable[[Array, Array], bool]) -> Relation:
    """Return a relation between the rows due and the rows that came, of samples that have more steps than one."""

    def holds(sample: Sample) -> bool | None:
        if sample.steps == 1:
            return None
        return sample.got.shape == sample.expected.shape and relation(sample.expected, sample.got)

    return holds


def _only_row(row: int) -> Callable[[Array, Array], bool]:
    def holds(expected: Array, got: Array) -> bool:
        scale = np.abs(expected).max()
        right = np.abs(got - expected).max(axis=1) <= TAU * scale
        return bool(right[row] and right.sum() == 1)

    return holds


_ANYWHERE: tuple[tuple[str, Relation], ...] = (
    ("every value has the opposite sign", times(lambda _: -1.0)),
    ("every value is twice what it should be", times(lambda _: 2.0)),
    ("every value is half of what it should be", times(lambda _: 0.5)),
    ("every value is 1/ln 2 times what it should be", times(lambda _: 1 / np.log(2))),
    ("every value is 1/ln 10 times what it should be", times(lambda _: 1 / np.log(10))),
    ("it is the transpose of what it should be", _transposed),
    ("the rows stand one step late", _in_time(lambda expected, got: agree(got[1:], expected[:-1]))),
    ("the rows stand one step early", _in_time(lambda expected, got: agree(got[:-1], expected[1:]))),
    ("the rows are in reverse order", _in_time(lambda expected, got: agree(got[::-1], expected))),
    ("only the first step is right", _in_time(_only_row(0))),
    ("only the last step is right", _in_time(_only_row(-1))),
)
