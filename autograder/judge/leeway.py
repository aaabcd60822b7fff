"""What a case admits beside the right answer counts only where all cases of the function are off alike.

A protected logarithm makes each loss smaller by the same guard. What makes one loss smaller and another one not is no
guard, and wrong.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from autograder.judge.values import CaseResult, difference
from autograder.model import tolerance

# Shares of the way to the limit that differ by more than this are not of one guard; rounding makes a twentieth of it.
SPREAD = 0.2


def settled(results: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    """Return the results; what was admitted and is not off as the other answers of the function are is wrong."""
    kept = tuple(results)
    uneven = set(_uneven(kept))
    return tuple(_as_wrong(result) if result.case.call.function in uneven else result for result in kept)


def _uneven(results: Sequence[CaseResult]) -> Iterator[str]:
    shares: dict[str, list[float]] = {}
    for result in results:
        if result.case.up_to is not None and result.finding is None and result.got:
            (expected,), (got,) = result.case.expected, result.got
            whole = expected - result.case.up_to.limit
            share = float(np.vdot(expected - got, whole) / np.vdot(whole, whole))
            shares.setdefault(result.case.call.function, []).append(share)
    yield from (function for function, of in shares.items() if max(of) - min(of) > SPREAD)


def _as_wrong(result: CaseResult) -> CaseResult:
    admitted = result.case.up_to is not None and result.finding is None and result.note
    if not admitted or not result.got:
        return result
    finding = difference(result.case, 0, result.got[0], result.case.expected[0], tolerance.TAU)
    return replace(result, state="fail", finding=finding, note="")
