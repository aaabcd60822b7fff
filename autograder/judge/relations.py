"""What is seen in wrong answers that no known mistake explains, function by function.

What serves any assignment stands in `seen`; an assignment adds relations and conditions that depend on facts of its
own cases.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.judge.prediction import labelled
from autograder.judge.seen import Condition, Look, Relation, Sample, of_arrays, relations_of, with_looks
from autograder.judge.values import CaseResult, same_answer
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
    looks: Mapping[str, Mapping[str, Mapping[str, Look]]] = field(default_factory=dict)

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
        for sentence in (*_no_difference(function, results), *of_arrays(samples, known.of)):
            yield f"{function}: {sentence}"


def _no_difference(function: str, results: Sequence[CaseResult]) -> Iterator[str]:
    """Yield the options with which a wrong answer is what it is without them, to the same arguments."""
    plain = [one for one in results if one.case.call.function == function and not one.case.call.kwargs]
    for result in results:
        call = result.case.call
        if call.function != function or not call.kwargs or result.finding is None or result.got is None:
            continue
        asked = _arguments(result.case)
        if any(_arguments(other.case) == asked and same_answer(result, other) for other in plain):
            yield f"{' and '.join(call.kwargs)} makes no difference"


def _arguments(case: Case) -> tuple[object, ...]:
    arrays = ((name, array.shape, array.tobytes()) for name, array in labelled(case.call.args).items())
    return *arrays, *(value for value in case.call.args if isinstance(value, int | float | str))


def _samples(result: CaseResult, known: Relations) -> dict[str, Sample]:
    """Return the arrays of an answer by name."""
    case, function = result.case, result.case.call.function
    answer: dict[str, Sample] = {}
    if result.got is None or case.at_least is not None:
        return answer
    for name, expected, got in zip(case.items, case.expected, result.got, strict=True):
        steps = len(expected) if loaded().task_of[function].rows_are_steps and expected.ndim == 2 else 1
        answer[name] = Sample(known.facts(case), expected, got, steps, TAU)
    return with_looks(answer, case.name.removeprefix(f"{function}, "), known.looks.get(function, {}))
