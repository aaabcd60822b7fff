"""What is seen in wrong answers that no known mistake explains, and how explanations are put in words.

The handout gets this file as it is: the self-check and the grader say the same, in the same words.
A relation is said only when it holds in every answer that can speak about it, and in one that is wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sample:
    """One array of one answer: facts about its case, what was due and what came."""

    facts: Any  # as the assignment has them
    expected: Array
    got: Array
    steps: int = 1  # how many steps the rows stand for; 1 where rows are no steps
    tau: float = 1e-6  # how far from what was due is right, relative to its largest entry
    alone: str = ""  # of a case in which all terms but one are 0: what is so there, such as "W is 0"
    look: str = ""  # and where to look if it is wrong; "" where that does not tell
    rests_on: str = ""  # the case without which this one does not tell
    instead: str = ""  # where to look instead if that is wrong and this is right

    @cached_property
    def right(self) -> bool:
        """Whether what came is what was due."""
        return self.agree(self.got, self.expected)

    def agree(self, got: Array, expected: Array) -> bool:
        """Whether two arrays are the same, as the judge has it."""
        if got.shape != expected.shape or not np.isfinite(got).all():
            return False
        return bool(np.abs(got - expected).max(initial=0.0) <= self.tau * np.abs(expected).max(initial=0.0))


# A relation answers for one sample: it holds, it does not, or the sample cannot tell (None).
Relation = Callable[[Sample], bool | None]
Condition = Callable[[Any], bool]
# Where to look if a case with one term alone is wrong. Where its term is made of another: also the case of that,
# without which this one does not tell; and where to look in place of that term if this one is right, or "".
Look = str | tuple[str, str, str]


def relations_of(
    samples: Sequence[Sample],
    relations: Iterable[tuple[str, Relation]],
    conditions: Iterable[tuple[str, Condition]],
    forgives: Condition,
) -> tuple[str, ...]:
    """Return a sentence for every relation that the samples show; none where all are right."""
    held = [sentence for sentence, holds in (*_ANYWHERE, *relations) if _everywhere(holds, samples)]
    placed = [sentence for sentence, holds in _PLACES if _everywhere(holds, samples)]
    met = [sentence for sentence, met in conditions if _only_where(met, samples, forgives)]
    return (*held, *placed, *met, *(() if held else _terms(samples, split=bool(placed or met))))


def with_looks(answer: Mapping[str, Sample], case: str, looks: Mapping[str, Mapping[str, Look]]) -> dict[str, Sample]:
    """Return the arrays of one answer, each with where to look if it is wrong, by array and case.

    An array that is made of a wrong one tells nothing.
    """
    told: dict[str, Sample] = {}
    for name, sample in answer.items():
        known = looks.get(name, {}).get(case, "")
        look, rests_on, instead = (known, "", "") if isinstance(known, str) else known
        alone, tells = case if look else "", all(one.right for one in told.values())
        told[name] = replace(sample, alone=alone, look=look * tells, rests_on=rests_on, instead=instead)
    return told


def _terms(samples: Sequence[Sample], *, split: bool) -> Iterator[str]:
    """Tell which terms are right alone and which are not, also where several mistakes meet.

    `split`: a condition tells right answers from wrong ones already, so it is not how the terms come together.
    """
    alone = [sample for sample in samples if sample.alone]
    wrong = [sample for sample in alone if sample.look and not sample.right]
    of = {sample.alone: sample.look for sample in wrong}
    instead = {of[one.rests_on]: one.instead for one in alone if one.instead and one.right and one.rests_on in of}
    wrong = [sample for sample in wrong if sample.rests_on not in of]
    right = _where(sample.alone for sample in alone if sample.look and sample.right)
    if wrong and right:
        looks = ", and at ".join(dict.fromkeys(instead.get(sample.look, sample.look) for sample in wrong))
        yield f"right where {right}; wrong where {_where(sample.alone for sample in wrong)}: look at {looks}"
    elif wrong:  # the first is the simplest
        yield f"wrong already where {wrong[0].alone}: look at {wrong[0].look}"
    elif not split and alone and all(sample.look for sample in alone) and not all(sample.right for sample in samples):
        yield f"right where {right}: each alone is right, so look at how they come together"


def _where(cases: Iterable[str]) -> str:
    return ", where ".join(dict.fromkeys(cases))


def of_arrays(samples: dict[str, list[Sample]], sentences: Callable[[list[Sample]], tuple[str, ...]]) -> Iterator[str]:
    """Yield what is seen in the arrays of a function, by name: which are right, and what the others show."""
    right = [name for name, own in samples.items() if all(one.right for one in own)]
    wrong = [name for name in samples if name not in right]
    if right and wrong:
        yield f"what is right: {', '.join(right)}; what is not: {', '.join(wrong)}"
    said = {name: sentences(samples[name]) for name in wrong}
    for sentence in dict.fromkeys(sentence for own in said.values() for sentence in own):
        of = [name for name in wrong if sentence in said[name]]
        yield sentence if len(samples) == 1 or of == list(samples) else f"in {' and '.join(of)}, {sentence}"


def in_words(explanations: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return a clause for each explanation, which is one mistake or several: "A, and also C".

    Those with a mistake in common are one clause: "A (or B), and also C".
    """
    shared = [one for one in explanations[0] if all(one in other for other in explanations)]
    others = [[one for one in mistakes if one not in shared] for mistakes in explanations]
    if len(explanations) > 1 and shared and all(len(rest) == 1 for rest in others):
        first, *rest = (one for (one,) in others)
        return (", and also ".join((f"{first} (or {', or '.join(rest)})", *shared)),)
    return tuple(", and also ".join(mistakes) for mistakes in explanations)


def _everywhere(holds: Relation, samples: Sequence[Sample]) -> bool:
    shown = False
    for sample in samples:
        answer = holds(sample)
        if answer is False:
            return False
        shown = shown or (bool(answer) and not sample.right)
    return shown


def _only_where(met: Condition, samples: Sequence[Sample], forgives: Condition) -> bool:
    """Whether answers are right where the condition is met and wrong elsewhere, but for cases that forgive too much."""
    inside = [sample.right for sample in samples if met(sample.facts)]
    outside = [sample.right for sample in samples if not met(sample.facts) and not forgives(sample.facts)]
    return bool(inside and outside) and all(inside) and not any(outside)


def times(factor: Callable[[Any], float]) -> Relation:
    """Return the relation that every value is so many times what it should be, by facts of the case."""

    def holds(sample: Sample) -> bool | None:
        if not np.isfinite(sample.expected).all() or not sample.expected.any():
            return None
        return sample.agree(sample.got, factor(sample.facts) * sample.expected)

    return holds


def _transposed(sample: Sample) -> bool | None:
    return sample.agree(sample.got.T, sample.expected) if sample.expected.ndim == 2 else None


def _in_time(moved: Callable[[Array], Array], due: Callable[[Array], Array]) -> Relation:
    """Return the relation that some rows that came are some rows that were due, of more steps than one."""

    def holds(sample: Sample) -> bool | None:
        if sample.steps == 1:
            return None
        same_shape = sample.got.shape == sample.expected.shape
        return same_shape and sample.agree(moved(sample.got), due(sample.expected))

    return holds


def _as_far(sample: Sample) -> bool | None:
    """Whether there are more rows than are due, or fewer, and those that both have are right."""
    if sample.right or sample.expected.ndim != 2:
        return None
    rows = min(len(sample.expected), len(sample.got) if sample.got.ndim == 2 else 0)
    more = rows > 0 and len(sample.got) != len(sample.expected)
    return more and sample.agree(sample.got[:rows], sample.expected[:rows])


def _only(right: bool, axis: int, place: int, *, in_time: bool = False) -> Relation:
    """Return the relation that one row or column alone is right, or alone is wrong: the first or the last."""

    def holds(sample: Sample) -> bool | None:
        if sample.expected.ndim != 2 or (sample.steps > 1) != in_time or sample.expected.shape[axis] == 1:
            return None
        if sample.right:
            return None if right else True  # where nothing differs, nothing else does
        if sample.got.shape != sample.expected.shape or not np.isfinite(sample.expected).all():
            return False
        apart = np.abs(sample.got - sample.expected).max(axis=1 - axis)
        rows = (apart <= sample.tau * np.abs(sample.expected).max()) == right
        return bool(rows[place] and rows.sum() == 1)

    return holds


_ANYWHERE: tuple[tuple[str, Relation], ...] = (
    ("every value has the opposite sign", times(lambda _: -1.0)),
    ("every value is twice what it should be", times(lambda _: 2.0)),
    ("every value is half of what it should be", times(lambda _: 0.5)),
    ("every value is 1/ln 2 times what it should be", times(lambda _: 1 / np.log(2))),
    ("every value is 1/ln 10 times what it should be", times(lambda _: 1 / np.log(10))),
    ("it is the transpose of what it should be", _transposed),
    ("the rows stand one step late", _in_time(lambda got: got[1:], lambda expected: expected[:-1])),
    ("the rows stand one step early", _in_time(lambda got: got[:-1], lambda expected: expected[1:])),
    ("the rows are right as far as they go: look at when they end", _as_far),
    ("the rows are in reverse order", _in_time(lambda got: got[::-1], lambda expected: expected)),
)
# Where it is right and where it is wrong, which says nothing of why.
_PLACES: tuple[tuple[str, Relation], ...] = (
    ("only the first step is right", _only(True, 0, 0, in_time=True)),
    ("only the last step is right", _only(True, 0, -1, in_time=True)),
    ("only the first step is wrong", _only(False, 0, 0, in_time=True)),
    ("only the last step is wrong", _only(False, 0, -1, in_time=True)),
    ("only row 0 is wrong", _only(False, 0, 0)),
    ("only the last row is wrong", _only(False, 0, -1)),
    ("only column 0 is wrong", _only(False, 1, 0)),
    ("only the last column is wrong", _only(False, 1, -1)),
)
