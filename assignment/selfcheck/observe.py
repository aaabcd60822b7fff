"""What is seen in wrong answers that no known mistake explains, as the grader says it."""

from functools import cache
from types import SimpleNamespace

import numpy as np

from .cases import CASES, TOLERANCE, Case, Record
from .extras import EXTRAS
from .hints import asked
from .seen import Sample, of_arrays, relations_of
from .student import Student

# More sentences than these are not read.
_MOST = 3


@cache
def observe(student: Student, function: str) -> tuple[str, ...]:
    """Return sentences about the wrong answers of a function, () where nothing is seen."""
    samples: dict[str, list[Sample]] = {}
    for group in asked(student, function):
        for id_, reply in group.replies.items():
            case = CASES[id_]
            if not reply.arrays or case.at_least is not None:
                continue
            for (name, due), got in zip(case.expected.items(), reply.arrays, strict=True):
                steps = len(due) if case.steps and due.ndim == 2 else 1
                tau = TOLERANCE.float32 if got.dtype == np.float32 else TOLERANCE.float64
                samples.setdefault(name, []).append(Sample(_facts(case), due, got.astype(np.float64), steps, tau))
    seen = of_arrays(samples, _sentences)
    return tuple(dict.fromkeys(seen))[:_MOST]


def _sentences(samples: list[Sample]) -> tuple[str, ...]:
    seen: tuple[str, ...] = relations_of(samples, EXTRAS.relations, EXTRAS.conditions, EXTRAS.forgives)
    return seen


def _facts(case: Case) -> object:
    args = {
        n: SimpleNamespace(**value.arrays) if isinstance(value, Record) else value for n, value in case.args.items()
    }
    return EXTRAS.facts(args | case.kwargs)
