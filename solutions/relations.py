"""What relations in wrong answers may depend on in this assignment: sizes, activation, reduction and labels."""

from dataclasses import dataclass

import numpy as np

from autograder.judge.relations import Relations, times
from autograder.model.cases import Case
from autograder.model.loading import loaded

from .rnn import Activation, Params, Reduction


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


def facts_of(case: Case) -> CaseFacts:
    """Return what a relation may depend on, read off a case's arguments; sizes that it does not have are 0."""
    names = loaded().parameters(case.call.function)
    given = dict(zip(names, case.call.args, strict=False)) | case.call.kwargs
    params = next((value for value in given.values() if isinstance(value, Params)), None)
    H, D = params.U.shape if params else (0, 0)
    in_time = [value for name in ("X", "dO", "H", "Y_hat") if isinstance(value := given.get(name), np.ndarray)]
    labels = given.get("Y")
    by_class = (given.get("dO"), labels, given.get("o"))  # a class in each place of the last axis
    outputs = next((value for value in by_class if isinstance(value, np.ndarray)), None)
    K = len(params.c) if params else outputs.shape[-1] if outputs is not None else 0
    return CaseFacts(
        T=len(in_time[0]) if in_time else 1,
        D=D,
        H=H,
        K=K,
        activation="identity" if given.get("activation") == "identity" else "tanh",
        reduction="mean" if given.get("reduction") == "mean" else "sum",
        one_hot=bool(isinstance(labels, np.ndarray) and np.isin(labels, (0.0, 1.0)).all()),
        square=params is not None and D == H == K,
    )


RELATIONS = Relations(
    facts=facts_of,
    relations=(
        ("every value is T times too large", times(lambda facts: facts.T)),
        ("every value is T times too small", times(lambda facts: 1 / facts.T)),
        ("every value is K times too large", times(lambda facts: facts.K)),
        ("every value is K times too small", times(lambda facts: 1 / facts.K)),
    ),
    conditions=(
        ('it is right for the "identity" activation only', lambda facts: facts.activation == "identity"),
        ('it is right for the "tanh" activation only', lambda facts: facts.activation == "tanh"),
        ('it is right for the "sum" reduction only', lambda facts: facts.reduction == "sum"),
        ('it is right for the "mean" reduction only', lambda facts: facts.reduction == "mean"),
        ("it is right for one-hot labels only", lambda facts: facts.one_hot),
        ("it is right only where D = H = K", lambda facts: facts.square),
        ("it is right for T = 1 only", lambda facts: facts.T == 1),
    ),
    forgives=lambda facts: facts.T == 1,
)
