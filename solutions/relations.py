"""Simple relations between what was due and what came, for wrong replies that no known mistake explains.

A relation is named only when it holds in every case that can speak about it, and in one that is wrong.
It says what was seen, never why.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from autograder.judge.values import close
from autograder.model.tolerance import TAU

from .rnn import Activation, Reduction

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CaseFacts:
    """What a relation may depend on."""

    T: int
    D: int
    H: int
    K: int
    activation: Activation
    reduction: Reduction
    one_hot: bool  # every row of Y is one-hot
    square: bool  # D = H = K


@dataclass(frozen=True, eq=False)
class Sample:
    """One case: what it is like, what was due and what came."""

    facts: CaseFacts
    expected: Array
    got: Array

    @cached_property
    def right(self) -> bool:
        """Whether what came is what was due."""
        return _agree(self.got, self.expected)

    @property
    def steps(self) -> int:
        """How many steps the rows stand for; 1 where rows are no steps."""
        return self.facts.T if self.expected.ndim == 2 and len(self.expected) == self.facts.T else 1


def _agree(got: Array, expected: Array) -> bool:
    return got.shape == expected.shape and close(got, expected, TAU)


def fingerprints(samples: Sequence[Sample]) -> tuple[str, ...]:
    """Return a sentence for every relation that the samples show; none where all are right."""
    relations = [sentence for sentence, holds in _RELATIONS if _everywhere(holds, samples)]
    conditions = [sentence for sentence, condition in _CONDITIONS if _only_where(condition, samples)]
    return (*relations, *conditions)


# A relation answers for one sample: it holds, it does not, or the sample cannot tell (None).
_Relation = Callable[[Sample], bool | None]


def _everywhere(holds: _Relation, samples: Sequence[Sample]) -> bool:
    shown = False
    for sample in samples:
        answer = holds(sample)
        if answer is False:
            return False
        shown = shown or (bool(answer) and not sample.right)
    return shown


def _only_where(condition: Callable[[CaseFacts], bool], samples: Sequence[Sample]) -> bool:
    """Whether the reply is right where the condition is met and wrong elsewhere; T = 1 forgives too much to count."""
    inside = [sample.right for sample in samples if condition(sample.facts)]
    outside = [sample.right for sample in samples if not condition(sample.facts) and sample.facts.T > 1]
    return bool(inside and outside) and all(inside) and not any(outside)


def _times(factor: Callable[[CaseFacts], float]) -> _Relation:
    def holds(sample: Sample) -> bool | None:
        if not np.isfinite(sample.expected).all() or not sample.expected.any():
            return None
        return _agree(sample.got, factor(sample.facts) * sample.expected)

    return holds


def _transposed(sample: Sample) -> bool | None:
    return _agree(sample.got.T, sample.expected) if sample.expected.ndim == 2 else None


def _in_time(relation: Callable[[Array, Array], bool]) -> _Relation:
    """Return a relation between the rows due and the rows that came, of samples that have more steps than one."""

    def holds(sample: Sample) -> bool | None:
        if sample.steps == 1:
            return None
        return sample.got.shape == sample.expected.shape and relation(sample.expected, sample.got)

    return holds


def _right_rows(expected: Array, got: Array) -> list[bool]:
    scale = np.abs(expected).max()
    return [bool(np.abs(g - e).max() <= TAU * scale) for e, g in zip(expected, got, strict=True)]


def _only_row(row: int) -> Callable[[Array, Array], bool]:
    def holds(expected: Array, got: Array) -> bool:
        right = _right_rows(expected, got)
        return right[row] and sum(right) == 1

    return holds


_RELATIONS: tuple[tuple[str, _Relation], ...] = (
    ("every value has the opposite sign", _times(lambda _: -1.0)),
    ("every value is T times too large", _times(lambda facts: facts.T)),
    ("every value is T times too small", _times(lambda facts: 1 / facts.T)),
    ("every value is twice what it should be", _times(lambda _: 2.0)),
    ("every value is half of what it should be", _times(lambda _: 0.5)),
    ("every value is K times too large", _times(lambda facts: facts.K)),
    ("every value is K times too small", _times(lambda facts: 1 / facts.K)),
    ("every value is 1/ln 2 times what it should be", _times(lambda _: 1 / np.log(2))),
    ("every value is 1/ln 10 times what it should be", _times(lambda _: 1 / np.log(10))),
    ("it is the transpose of what it should be", _transposed),
    ("the rows stand one step late", _in_time(lambda expected, got: _agree(got[1:], expected[:-1]))),
    ("the rows stand one step early", _in_time(lambda expected, got: _agree(got[:-1], expected[1:]))),
    ("the rows are in reverse order", _in_time(lambda expected, got: _agree(got[::-1], expected))),
    ("only the first step is right", _in_time(_only_row(0))),
    ("only the last step is right", _in_time(_only_row(-1))),
)

_CONDITIONS: tuple[tuple[str, Callable[[CaseFacts], bool]], ...] = (
    ('it is right for the "identity" activation only', lambda facts: facts.activation == "identity"),
    ('it is right for the "tanh" activation only', lambda facts: facts.activation == "tanh"),
    ('it is right for the "sum" reduction only', lambda facts: facts.reduction == "sum"),
    ('it is right for the "mean" reduction only', lambda facts: facts.reduction == "mean"),
    ("it is right for one-hot labels only", lambda facts: facts.one_hot),
    ("it is right only where D = H = K", lambda facts: facts.square),
    ("it is right for T = 1 only", lambda facts: facts.T == 1),
)
