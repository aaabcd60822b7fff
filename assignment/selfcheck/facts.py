"""Facts of a case, and what may be seen in wrong answers that depends on them.

The grader reads this file as well, so that both say the same: it imports no other file of the self-check.
"""

from collections.abc import Iterator, Mapping
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
    axes: int = -1  # of logits
    from_zero: bool = False  # h_init is 0
    zeros: bool = False  # so is an array, or the error of a step: many mistakes do not show
    guarded: tuple[float, ...] = ()  # of a loss: what it is with a guard of the logarithm that is too large


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
        axes=given["o"].ndim if "o" in given else -1,
        from_zero="h_init" in given and not given["h_init"].any(),
        zeros=_zeros(given, params),
        guarded=tuple(_guarded(given["Y_hat"], given["Y"])) if "Y_hat" in given else (),
    )


def _zeros(given: Mapping[str, Any], params: Any) -> bool:
    arrays = [value for value in given.values() if isinstance(value, np.ndarray)]
    arrays += [getattr(params, name) for name in "UWVbc"] if params else []
    return not all(array.any() for array in arrays) or not given.get("dO", np.ones((1, 1))).any(axis=-1).all()


def _guarded(Y_hat: np.ndarray, Y: np.ndarray) -> Iterator[float]:
    """Yield the loss, summed and averaged, with p + ε in the logarithm, or with p clipped."""
    for epsilon in 10.0 ** -np.arange(1, 8):
        for p in (Y_hat + epsilon, np.maximum(Y_hat, epsilon), np.clip(Y_hat, epsilon, 1 - epsilon)):
            loss = -np.sum(Y * np.log(p))
            yield from (loss, loss / len(Y))


def _has_large_guard(sample: Any) -> bool | None:
    if not sample.facts.guarded or sample.expected.shape:
        return None
    return any(sample.agree(sample.got, np.asarray(loss)) for loss in sample.facts.guarded)


def _of_base_2(sample: Any) -> bool | None:
    """Whether 2 has taken the place of e in a softmax; overflow does not tell."""
    if sample.facts.axes < 0 or not np.isfinite(sample.got).all():
        return None
    powers = sample.expected ** np.log(2)
    return bool(sample.agree(sample.got, powers / powers.sum(axis=-1, keepdims=True)))


#: What may hold of every value: a sentence, and whether it is so in an answer.
RELATIONS = (
    ("the powers are those of 2, and not of e", _of_base_2),
    ("the guard in the logarithm is too large: it changes more than what a 0 costs", _has_large_guard),
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
    ("it is right where h_init is 0 only", lambda facts: facts.from_zero),
    ("it is right for one vector only", lambda facts: facts.axes == 1),
    ("it is right for logits with two axes only", lambda facts: facts.axes == 2),
    ("it is right for k = t only", lambda facts: facts.factors == 0),
    ("it is right for k = t and k = t - 1 only", lambda facts: facts.factors in (0, 1)),
)


def forgives(facts: CaseFacts) -> bool:
    """Whether many mistakes do not show on a case: nothing has come through time, or there are zeros."""
    return (facts.T == 1 and facts.axes < 0) or facts.factors == 0 or facts.zeros


_OWN = "what a step adds by itself: V, the slope, and what is multiplied"
_BACK, _FIRST = "what goes back from a step to the one before it", "only step 1 has an error"
_ERRORS: Mapping[str, str | tuple[str, str, str]] = {
    _FIRST: _OWN,
    "W is 0": (_OWN, _FIRST, _BACK),
    "only the last step has an error": (_BACK, _FIRST, "which steps are added up: what the last step adds is right"),
    "all states are 0": (_BACK, _FIRST, ""),
}
_PRODUCT = "the product of the error and the state of one step"
#: Where to look if an answer is wrong in which all terms but one are 0: by function, array and case. What goes back
#: from a step is made of what the step adds: while a step alone is wrong, what is right tells more than what is wrong.
LOOKS: Mapping[str, Mapping[str, Mapping[str, str | tuple[str, str, str]]]] = {
    "forward": {
        "H": {
            "only b and c are not 0": "φ and the term b",
            "only x is not 0": "the term U x_t",
            "only h_init is not 0": "the term W h_{t-1}, and the state that each step starts from",
        },
        "Y_hat": {
            "only b and c are not 0": "softmax and the term c",
            "only x is not 0": "the term V h_t",
            "only h_init is not 0": "the term V h_t",
        },
    },
    "bptt_V": {"result": {_FIRST: _PRODUCT, "only the last step has an error": _PRODUCT}},
    "hidden_jacobian": {
        "result": {
            "W is 1": "the slopes: of which steps, and of which numbers",
            "all states are 0": "W, and how many factors there are",
        }
    },
    "bptt_W": {"result": _ERRORS},
    "bptt_U": {"result": _ERRORS},
    "bptt_b": {"result": _ERRORS},
}
