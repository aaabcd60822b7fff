"""What an assignment draws: from a seed and an attempt to a case set that has all parts, proved or not."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from autograder.assignment import AssignmentError, Unsuitable, Variant
from autograder.cases.limits import Endless, limited
from autograder.model.cases import Case, CaseSet
from autograder.model.loading import in_words, loaded, where

# Of processor time, for all cases of a set to be drawn and answered.
DRAW_SECONDS = 20.0


def draw(seed: int, attempt: int, variant: Variant | None = None) -> CaseSet:
    """Return the case set of an attempt, proved or not.

    Raises:
        Unsuitable: nothing that can be asked came of it.
        AssignmentError: a task or a part of one has no case, or a case is of a part that its task does not have,
            or `draw` raises or does not end.
    """
    rng, variant = np.random.default_rng([attempt, seed]), variant or loaded().variant()
    try:
        with limited(DRAW_SECONDS):
            drawn = _cases(loaded().draw(rng, variant))
    except Endless as error:
        raise AssignmentError(
            f"{where(error, loaded().folder)}: the cases were not drawn and answered within {DRAW_SECONDS:g} s of "
            "processor time; expected a reference and a draw that end"
        ) from None
    except (AssignmentError, Unsuitable):
        raise
    except Exception as error:
        what = in_words(error, loaded().folder)
        raise AssignmentError(
            f"the cases that {loaded().folder.name} draws can't be used: draw raises {what}"
        ) from error
    chosen = {case.task for case in drawn if case.first}
    # Where nobody chose the first questions of a task, all are.
    cases = [case if case.task in chosen else replace(case, first=True) for case in drawn]
    if problems := list(_problems(cases, variant)):
        raise AssignmentError(f"the cases that {loaded().folder.name} draws can't be used: {'; '.join(problems)}")
    cases.sort(key=lambda case: loaded().task[case.task].number)
    return CaseSet(tuple(cases), int(rng.integers(2**62)))


def _cases(drawn: Iterable[object]) -> list[Case]:
    found = list[Case]()
    for case in drawn:
        if not isinstance(case, Case):
            raise TypeError(f"it yields {case!r:.60}, and no case: yield ask(…)")
        found.append(case)
    return found


def _problems(cases: Iterable[Case], variant: Variant) -> Iterator[str]:
    """Say what is missing in the cases, or too much."""
    drawn: dict[str, set[str]] = {task.id: set() for task in loaded().tasks}
    seen: set[str] = set()
    for case in cases:
        drawn[case.task].add(case.part)
        if case.call.id in seen:
            yield f"two cases of {case.task} are called {case.name!r}"
        seen.add(case.call.id)
    for task in map(variant.task, loaded().tasks):
        due = {part.id for part in task.parts}
        if not drawn[task.id]:
            yield f"{task.id} has no case"
            continue
        if missing := sorted(due - drawn[task.id]):
            yield f"{task.id} has no case of its part {', '.join(missing)}"
        if unknown := sorted(drawn[task.id] - due):
            yield f"{task.id} has no part {', '.join(unknown)}: its parts are {', '.join(sorted(due))}"
