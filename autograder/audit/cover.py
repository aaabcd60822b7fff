"""Which questions are asked first: few of them, that still show every mistake.

A right answer to the first questions of a task is full marks, so they must be enough by themselves. They are chosen
by a greedy cover over case sets of many seeds. On every one of them, each single mistake of the library, each pair
and each mutant of the reference that any question shows is shown by two of the chosen (by one where there is no
other), and each single mistake by one with the margin that a case set is proved with. The mutants are others than
those that the audit grades.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial

from autograder.audit.bench import Bench
from autograder.audit.mistakes import Ids, all_pairs, answers_of
from autograder.audit.run import spread
from autograder.cases.case_sets import case_set
from autograder.cases.mutants import choosing_mutants
from autograder.cases.proof import shows
from autograder.judge.values import examine
from autograder.model.cases import Case, CaseSet
from autograder.model.loading import loaded
from autograder.model.replies import Reply
from autograder.model.tolerance import BUG_SEEN, BUG_SHOWS
from autograder.sandbox.host.levels import detect

#: So many of the first questions show each mistake.
TWICE = 2

# The task, names of its questions, and how many of them must be among the first.
Need = tuple[str, frozenset[str], int]


def all_needs(seeds: int, jobs: int, on_seed: Callable[[int, int], None]) -> set[Need]:
    """Return what the case sets of the seeds 0, 1, … ask of a choice.

    Args:
        seeds: how many.
        jobs: how many processes.
        on_seed: called with (seeds done, seeds in all) after each.

    Raises:
        WorkerBroken: the worker failed.
    """
    needs: set[Need] = set()
    for done, found in enumerate(spread(detect(), [partial(needs_of, seed=seed) for seed in range(seeds)], jobs), 1):
        needs |= found
        on_seed(done, seeds)
    return needs


def needs_of(bench: Bench, seed: int) -> set[Need]:
    """Return what one case set asks of a choice.

    Raises:
        WorkerBroken: the worker failed.
    """
    cases = bench.exam(seed).cases
    mistakes = of_mistakes(cases, [*((bug.task, (bug.id,)) for bug in loaded().mistakes.rows), *all_pairs()])
    return {*required(cases), *mistakes, *_of_mutants(bench, cases, seed)}


def required(cases: CaseSet) -> Iterator[Need]:
    """Yield what must be asked whatever it shows: what the assignment says, each part, each value of a keyword.

    Changed arguments, and what a function keeps from call to call, are known mistakes.
    """
    kinds: dict[tuple[object, ...], list[Case]] = {}
    keywords: dict[str, set[str]] = {}
    for case in cases.cases:
        keywords.setdefault(case.call.function, set()).update(case.call.kwargs)
    for case in cases.cases:
        if not {case.name, case.call.id}.isdisjoint(loaded().always_first):
            yield _need([case], 1)
        kinds.setdefault((case.call.function, case.part), []).append(case)
        for name in keywords[case.call.function]:
            kinds.setdefault((case.call.function, name, case.call.kwargs.get(name)), []).append(case)
    for alike in kinds.values():
        yield _need(alike, 1)


def of_mistakes(cases: CaseSet, hypotheses: Iterable[tuple[str, Ids]]) -> Iterator[Need]:
    """Yield the needs of mistakes of the library, each as its task and one id, or two that are made together."""
    for task, ids in hypotheses:
        asked = cases.of(task)
        answers = answers_of(asked, task, ids)
        for by, least in ((BUG_SEEN, TWICE), (BUG_SHOWS, 2 - len(ids))):
            shown = [case for case in asked if shows(answers[case.call.id], case, by)]
            if shown and least:
                yield _need(shown, least)


def _of_mutants(bench: Bench, cases: CaseSet, seed: int) -> Iterator[Need]:
    for mutant in choosing_mutants():
        replies = bench.answers(mutant.text, seed)
        for task in loaded().tasks:
            if shown := list(_wrong(cases.of(task.id), replies)):
                yield _need(shown, TWICE)


def _need(shown: Collection[Case], least: int) -> Need:
    names = frozenset(case.name for case in shown)
    return next(iter(shown)).task, names, min(least, len(names))


def _wrong(asked: Iterable[Case], replies: Mapping[str, Reply]) -> Iterator[Case]:
    """Yield the cases with a wrong reply; after a reply that was lost, none was asked."""
    for case in asked:
        if examine(case, replies[case.call.id]).finding is not None:
            yield case
        if replies[case.call.id].kind == "lost":
            return


def chosen(needs: Collection[Need]) -> dict[str, tuple[str, ...]]:
    """Return the names of the first questions of each task."""
    return {task.id: _cover([need[1:] for need in needs if need[0] == task.id]) for task in loaded().tasks}


def unmet(needs: Iterable[Need], first: Mapping[str, Collection[str]]) -> list[Need]:
    """Return the needs that a choice of first questions, by task, does not meet."""
    return [need for need in needs if len(need[1].intersection(first[need[0]])) < need[2]]


def in_use() -> dict[str, tuple[str, ...]]:
    """Return the names of the first questions of each task, as the assignment has them."""
    first = case_set(0).first
    return {task.id: tuple(case.name for case in first.of(task.id)) for task in loaded().tasks}


def _cover(needs: Collection[tuple[frozenset[str], int]]) -> tuple[str, ...]:
    """Return a small set of names that meets all needs: the greedy one, less what turns out to be needless."""
    cover: list[str] = []
    names = {name for shown, _ in needs for name in shown}
    while left := [shown for shown, least in needs if len(shown.intersection(cover)) < least]:
        cover.append(max(names.difference(cover), key=lambda name: (sum(name in shown for shown in left), name)))
    for name in cover[::-1]:
        fewer = [other for other in cover if other != name]
        if all(len(shown.intersection(fewer)) >= least for shown, least in needs):
            cover = fewer
    return tuple(sorted(cover))


def table(choice: Mapping[str, tuple[str, ...]]) -> str:
    """Return a choice as `first_questions.py` has it."""
    lines = ["FIRST: dict[str, tuple[str, ...]] = {"]
    for task, names in choice.items():
        lines += [f'    "{task}": (', *(f'        "{name}",' for name in names), "    ),"]
    return "\n".join([*lines, "}\n"])
