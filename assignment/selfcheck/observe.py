"""What is seen in wrong answers that no known mistake explains, as the grader says it."""

from functools import cache
from types import SimpleNamespace

import numpy as np

from .cases import CASES, TOLERANCE, Case, Network
from .facts import CONDITIONS, FACTORS, LOOKS, facts_of, forgives
from .hints import explained
from .seen import Sample, of_arrays, relations_of, times, with_looks
from .student import Student

_RELATIONS = tuple((sentence, times(factor)) for sentence, factor in FACTORS)
# More sentences than these are not read.
_MOST = 3


@cache
def observe(student: Student, function: str, part: str) -> tuple[str, ...]:
    """Return sentences about the wrong answers of a part that no hint explains, () where nothing is seen."""
    samples: dict[str, list[Sample]] = {}
    groups = [group for group, hints in explained(student, function) if not hints]
    if not any(group.wrong for group in groups if group.part == part):
        return ()
    for group in groups:
        for id_, reply in group.replies.items():
            case = CASES[id_]
            if not reply.arrays or case.at_least is not None:
                continue
            answer = {}
            for (name, due), got in zip(case.expected.items(), reply.arrays, strict=True):
                steps = len(due) if case.steps and due.ndim == 2 else 1
                tau = TOLERANCE.float32 if got.dtype == np.float32 else TOLERANCE.float64
                answer[name] = Sample(_facts(case), due, got.astype(np.float64), steps, tau)
            for name, sample in with_looks(answer, case.name, LOOKS.get(function, {})).items():
                samples.setdefault(name, []).append(sample)
    seen = of_arrays(samples, lambda own: relations_of(own, _RELATIONS, CONDITIONS, forgives))
    return tuple(dict.fromkeys(seen))[:_MOST]


def _facts(case: Case) -> object:
    args = {
        n: SimpleNamespace(**value.arrays) if isinstance(value, Network) else value for n, value in case.args.items()
    }
    return facts_of(args | case.kwargs)
