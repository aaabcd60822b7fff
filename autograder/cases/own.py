"""Questions that the kit draws itself: what a mutant of the reference is asked before it counts as equivalent.

They have other shapes than an assignment's own cases, and other numbers on other scales and with other signs. What
can be seen of an argument is kept: sizes that are equal wherever the function is asked, whole numbers, distributions,
order, and the bounds 0 and 1 or -1 and 1. Where the reference raises or never ends, or its answer is no number of
ordinary size, nothing is asked.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from autograder.assignment import AssignmentError
from autograder.cases.limits import Endless, limited
from autograder.judge.prediction import labelled
from autograder.model.cases import Case, CaseSet, ask
from autograder.model.loading import loaded
from autograder.model.plan import Value, fields_of, is_record

_SMALLEST, _LARGEST = 1e-6, 1e6
_SECONDS = 1.0  # for the reference to answer

# What an axis means: its size in this case, then its sizes in all cases of the function. Axes that are equal in all
# of them mean the same, and stay equal.
Meaning = tuple[int, ...]
Shapes = Mapping[str, tuple[int, ...]]  # by the label of an array


def own_cases(cases: CaseSet) -> Iterator[Case]:
    """Yield other questions like those of a case set; the same ones every time."""
    dice = np.random.default_rng(0)
    for case in cases.cases:
        if case.at_least is None and case.up_to is None:
            for n, changes in enumerate(_changes(case, cases.cases, dice), 1):
                drawn = (_redrawn(case, n, change) for change in changes)
                if other := next(filter(None, drawn), None):
                    yield other


def _changes(case: Case, cases: Iterable[Case], dice: np.random.Generator) -> Iterator[list["_Change"]]:
    """Yield how each question differs from a case; of several ways, the first to which there is an answer is asked."""
    own, meanings = _shapes(case), _meanings(case, cases)
    # An axis of one entry may have one for good.
    old = sorted({meaning for axes in meanings.values() for meaning in axes if meaning[0] > 1})
    other_order = {meaning: 2 + n for n, meaning in enumerate(reversed(old))}
    if any(meaning[0] == size for meaning, size in other_order.items()):
        other_order = {meaning: size + len(old) for meaning, size in other_order.items()}
    larger = {meaning: meaning[0] + 2 + n for n, meaning in enumerate(old)}

    def shaped(sizes: Mapping[Meaning, int]) -> Shapes:
        return {label: tuple(sizes.get(one, one[0]) for one in axes) for label, axes in meanings.items()}

    yield [_Change(0.3, own, False, dice)]
    yield [_Change(1.0, *way, dice) for way in product((shaped(other_order), own), (True, False))]
    yield [_Change(3.0, shapes, False, dice) for shapes in (shaped(larger), own)]


def _shapes(case: Case) -> Shapes:
    return {label: array.shape for label, array in labelled(case.call.args).items()}


def _meanings(case: Case, cases: Iterable[Case]) -> dict[str, tuple[Meaning, ...]]:
    """Return what each axis of each array among a case's arguments means."""
    own = _shapes(case)
    ranks = {label: len(shape) for label, shape in own.items()}
    asked = [_shapes(other) for other in cases if other.call.function == case.call.function]
    alike = [own, *(one for one in asked if {label: len(shape) for label, shape in one.items()} == ranks)]
    return {label: tuple(zip(*(one[label] for one in alike), strict=True)) for label in own}


def _redrawn(case: Case, n: int, change: "_Change") -> Case | None:
    """Return a case with other numbers, if there is an ordinary answer."""
    args = tuple(change.value(value, str(n)) for n, value in enumerate(case.call.args))
    kwargs: dict[str, Any] = case.call.kwargs
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"), limited(_SECONDS):
            other = ask(case.call.function, case.part, case.name, *args, **kwargs)
    except (AssignmentError, Endless):
        return None
    if not all(np.isfinite(item).all() for item in other.expected):
        return None
    if not _SMALLEST < max(other.scales, default=0) < _LARGEST:
        return None
    return replace(other, call=replace(other.call, id=f"{case.call.id}, other numbers {n}"))


def described(case: Case) -> str:
    """Return the arrays among a case's arguments in words: "x of shape (3,) from -1.2 to 0.7"."""
    names = loaded().parameters(case.call.function)
    words = []
    for label, array in labelled(case.call.args).items():
        place, dot, field = label.partition(".")
        bounds = f" from {array.min():.3g} to {array.max():.3g}" if array.size else ""
        words.append(f"{names[int(place)]}{dot}{field} of shape {array.shape}{bounds}")
    return ", ".join(words)


@dataclass(frozen=True)
class _Change:
    """How a question of the kit's own differs from the case that it is made of."""

    scale: float
    shapes: Shapes
    signed: bool  # whether numbers that are never negative in the case may be
    dice: np.random.Generator

    def value(self, value: Value, label: str) -> Any:
        """Return another argument in the place of one."""
        if is_record(value):
            return type(value)(*(self.value(item, f"{label}.{name}") for name, item in fields_of(value).items()))
        if isinstance(value, np.ndarray):
            return self._array(value, self.shapes[label])
        return value * self.dice.uniform(0.5, 1) if isinstance(value, float) else value

    def _array(self, old: Any, shape: tuple[int, ...]) -> Any:
        """Return numbers of a shape of which the same can be said as of the old ones."""
        if not old.size or not np.isfinite(old).all():
            return old
        whole = bool((old == np.round(old)).all()) and old.any()
        rows = old.reshape(-1, old.shape[-1] if old.ndim else 1)
        if old.ndim and (old >= 0).all() and np.allclose(rows.sum(axis=1), 1):
            new = self._distributions(int(np.prod(shape[:-1])), shape[-1], whole=whole)
        elif whole or old.dtype.kind != "f":
            new = self._whole(old, shape)
        elif (old >= 0).all() and old.any() and not (self.signed and old.max() > 1):
            new = self.dice.uniform(size=shape) * (1 if old.max() <= 1 else self.scale * old.max())
        elif (np.abs(old) < 1).all() and old.any():
            new = self.dice.uniform(-1, 1, shape)
        else:
            large = max(1.0, float(np.std(old))) if self.scale > 1 else 1.0
            new = self.scale * large * self.dice.standard_normal(shape)
        if old.ndim == 1 and old.size > 2 and (np.diff(old) > 0).all():
            new = np.sort(new)
        return np.asarray(new, old.dtype).reshape(shape)

    def _distributions(self, count: int, size: int, *, whole: bool) -> Any:
        if whole:
            return np.eye(size)[self.dice.integers(size, size=count)]
        return self.dice.dirichlet(np.ones(size), count)

    def _whole(self, old: Any, shape: tuple[int, ...]) -> Any:
        """Return the old numbers in another order, as many as are asked for; places stay places."""
        if shape == old.shape:
            return self.dice.permuted(old.ravel())
        if old.ndim == 1 and (np.sort(old) == np.arange(old.size)).all():
            return self.dice.permutation(shape[0])
        return self.dice.choice(old.ravel(), size=shape)
