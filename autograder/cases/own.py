"""Questions that the kit draws itself: what a mutant of the reference is asked before it counts as equivalent.

They have the shapes and types of an assignment's own cases and other numbers, on other scales. What can be seen of an
argument is kept: whole numbers, distributions, probabilities and signs. Where the reference raises, or its answer is
no number of ordinary size, nothing is asked.
"""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.assignment import AssignmentError
from autograder.model.cases import Case, CaseSet, ask
from autograder.model.plan import Value, is_record, with_items

_SCALES = (0.3, 1.0, 3.0)
_SMALLEST, _LARGEST = 1e-6, 1e6


def own_cases(cases: CaseSet) -> Iterator[Case]:
    """Yield other questions like those of a case set; the same ones every time."""
    dice = np.random.default_rng(0)
    for case in cases.cases:
        for n, scale in enumerate(_SCALES):
            if case.at_least is None and case.up_to is None and (other := _redrawn(case, n, scale, dice)):
                yield other


def _redrawn(case: Case, n: int, scale: float, dice: np.random.Generator) -> Case | None:
    """Return a case with other numbers, if there is an ordinary answer."""
    args = tuple(_value(value, scale, dice) for value in case.call.args)
    kwargs: dict[str, Any] = case.call.kwargs
    try:
        with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
            other = ask(case.call.function, case.part, case.name, *args, **kwargs)
    except AssignmentError:
        return None
    if not all(np.isfinite(item).all() for item in other.expected):
        return None
    if not _SMALLEST < max(other.scales, default=0) < _LARGEST:
        return None
    return replace(other, call=replace(other.call, id=f"{case.call.id}, other numbers {n + 1}"))


def _value(value: Value, scale: float, dice: np.random.Generator) -> Value:
    if is_record(value):
        return with_items(value, lambda item: _value(item, scale, dice))
    return _array(value, scale, dice) if isinstance(value, np.ndarray) else value


def _array(old: Any, scale: float, dice: np.random.Generator) -> Any:
    """Return other numbers of which the same can be said."""
    if not old.size or not np.isfinite(old).all():
        return old
    whole, rows = bool((old == np.round(old)).all()) and old.any(), old.reshape(-1, old.shape[-1] if old.ndim else 1)
    if old.ndim and (old >= 0).all() and np.allclose(rows.sum(axis=1), 1):
        new = dice.permuted(rows, axis=1) if whole else dice.dirichlet(np.ones(rows.shape[1]), len(rows))
    elif whole or old.dtype.kind != "f":
        new = dice.permuted(old.ravel())
    elif (old >= 0).all() and old.any():
        new = dice.uniform(size=old.shape) * (1 if old.max() <= 1 else scale * old.max())
    elif (np.abs(old) < 1).all() and old.any():
        new = dice.uniform(-1, 1, old.shape)
    else:
        new = scale * dice.standard_normal(old.shape)
    return np.asarray(new, old.dtype).reshape(old.shape)
