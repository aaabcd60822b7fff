"""What is seen in wrong answers that no known mistake explains, function by function.

What serves any assignment stands in `seen`; an assignment adds relations and conditions that depend on facts of its
own cases.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.judge.seen import Condition, Relation, Sample, of_arrays, relations_of, with_looks
from autograder.judge.values import CaseResult
from autograder.model.cases import Case
from autograder.model.loading import loaded
from autograder.model.tolerance import TAU


@dataclass(frozen=True)
class Relations:
    """What an assignment adds: facts of a case, and relations and conditions that depend on them, with sentences."""

    facts: Callable[[Case], Any] = lambda _: None
    relations: tuple[tuple[str, Relation], ...] = ()
    conditions: tuple[tuple[str, Condition], ...] = ()  # "it is right for … only"
    forgives: Condition = lambda _: False  # a case on which many mistakes do not show
    # Where to look if an answer is wrong in which all terms but one are 0: by function, array and case.
    looks: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def of(self, samples: Sequence[Sample]) -> tuple[str, ...]:
        """Return a sentence for every relation that the samples show; none where all are right."""
        return relations_of(samples, self.relations, self.conditions, self.forgives)


def observe(results: Sequence[CaseResult]) -> tuple[str, ...]:
    """Return sentences about the wrong answers of a task, function by function."""
    return tuple(dict.fromkeys(_sentences(results)))


def _sentences(results: Sequence[CaseResult]) -> Iterator[str]:
    known = loaded().relations or Relations()
    for function in dict.fromkeys(result.case.call.function for result in results):
        samples: dict[str, list[Sample]] = {}
        for result in results:
            if result.case.call.function == function:
                for name, sample in _samples(result, known).items():
                    samples.setdefault(name, []).append(sample)
        for sentence in of_arrays(samples, known.of):
            yield f"{function}: {sentence}"


def _samples(result: CaseResult, known: Relations) -> dict[str, Sample]:
    """Return the arrays of an answer by name."""
    case, function = result.case, result.case.call.function
    answer: dict[str, Sample] = {}
    if result.got is None or len(result.got) != len(case.expected) or case.at_least is not None:
        return answer
    for name, expected, got in zip(case.items, case.expected, result.got, strict=True):
        steps = len(expected) if loaded().task_of[function].rows_are_steps and expected.ndim == 2 else 1
        answer[name] = Sample(known.facts(case), expected, got, steps, TAU)
    return with_looks(answer, case.name.removeprefix(f"{function}, "), known.looks.get(function, {}))
