"""What is seen in wrong answers that no known mistake explains: relations to what was due, and no reasons."""

from collections.abc import Iterator, Sequence

import numpy as np

from autograder.assignment import loaded
from autograder.judge.values import CaseResult
from autograder.model.cases import Case

from .relations import CaseFacts, Sample, fingerprints
from .rnn import Params


def observe(results: Sequence[CaseResult]) -> tuple[str, ...]:
    """Return sentences about the wrong answers of a task, function by function."""
    return tuple(dict.fromkeys(_sentences(results)))


def _sentences(results: Sequence[CaseResult]) -> Iterator[str]:
    for function in dict.fromkeys(result.case.call.function for result in results):
        own = [result for result in results if result.case.call.function == function]
        samples = [
            Sample(facts_of(result.case), result.case.expected[0], result.got[0])
            for result in own
            if result.got is not None and result.case.container == "array" and result.case.at_least is None
        ]
        for sentence in fingerprints(samples):
            yield f"{function}: {sentence}"


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
