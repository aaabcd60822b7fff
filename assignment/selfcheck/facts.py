"""Facts of a case, and what may be seen in wrong answers that depends on them.

The grader reads this file as well, so that both say the same: it imports no other file of the self-check.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class CaseFacts:
    """What a relation may depend on; sizes that a case does not have are 0."""

    T: int
    D: int
    H: int
    K: int
    activation: str
    reduction: str
    one_hot: bool  # every row of Y is one-hot
    square: bool  # D = H = K
    factors: int = -1  # of a Jacobian: t - k


def facts_of(given: Mapping[str, Any]) -> CaseFacts:
    """Return the facts of a case, read off its arguments by name; a network has its arrays as attributes."""
    params = next((value for value in given.values() if hasattr(value, "U")), None)
    H, D = params.U.shape if params else (0, 0)
    in_time = [value for name in ("X", "dO", "H", "Y_hat") if isinstance(value := given.get(name), np.ndarray)]
    labels = given.get("Y")
    by_class = (given.get("dO"), labels, given.get("o"))  # a class in each place of the last axis
    outputs = next((value for value in by_class if isinstance(value, np.ndarray)), None)
    K = len(params.c) if params else outputs.shape[-1] if outputs is not None else 0
    return CaseFacts(
        T=given.get("steps") or (len(in_time[0]) if in_time else 1),
        D=D,
        H=H,
        K=K,
        activation="identity" if given.get("activation") == "identity" else "tanh",
        reduction="mean" if given.get("reduction") == "mean" else "sum",
        one_hot=bool(isinstance(labels, np.ndarray) and np.isin(labels, (0.0, 1.0)).all()),
        square=params is not None and D == H == K,
        factors=given["t"] - given["k"] if "k" in given else -1,
    )


#: Every value is so many times what it should be.
FACTORS = (
    ("every value is T times too large", lambda facts: facts.T),
    ("every value is T times too small", lambda facts: 1 / facts.T),
    ("every value is K times too large", lambda facts: facts.K),
    ("every value is K times too small", lambda facts: 1 / facts.K),
)
CONDITIONS = (
    ('it is right for "identity" only', lambda facts: facts.activation == "identity"),
    ('it is right for "tanh" only', lambda facts: facts.activation == "tanh"),
    ('it is right for "sum" only', lambda facts: facts.reduction == "sum"),
    ('it is right for "mean" only', lambda facts: facts.reduction == "mean"),
    ("it is right for one-hot labels only", lambda facts: facts.one_hot),
    ("it is right only where D = H = K", lambda facts: facts.square),
    ("it is right for T = 1 only", lambda facts: facts.T == 1),
    ("it is right for k = t only", lambda facts: facts.factors == 0),
    ("it is right for k = t and k = t - 1 only", lambda facts: facts.factors in (0, 1)),
)


def forgives(facts: CaseFacts) -> bool:
    """Whether many mistakes do not show on a case: nothing has come through time."""
    return facts.T == 1 or facts.factors == 0
