"""Pairs of students, ranked by what they share and few others do. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.review.similar.text import Lines, SharedText, all_runs, fingerprints, same_texts, shared_texts

# Wrong answers that more than so many, or such a share of the class, give alike tell of the task, not of two people.
_FEW, _FEW_SHARE = 3, 0.1
_ANSWER = 0.25  # what the same wrong answers of two alone weigh, beside 1 for the same text
_NOTHING = SharedText(0.0, (frozenset(), frozenset()))


@dataclass(frozen=True)
class Pair:
    """What two students share."""

    students: tuple[str, str]
    text: float  # share of the text, 0 to 1
    lines: tuple[Lines, Lines]  # that are shared: (index of a chunk, number of a line)
    answers: Mapping[str, int]  # by task with the same unexplained wrong answers: how many in the class gave them

    @property
    def weight(self) -> float:
        """By which pairs are ranked."""
        return self.text + sum(_ANSWER / (holders - 1) for holders in self.answers.values())


def similar_pairs(
    texts: Mapping[str, Sequence[str]],
    answers: Mapping[str, Mapping[str, str]],
    given: Iterable[Sequence[str]] = (),
    accepted: Iterable[Sequence[str]] = (),
) -> list[Pair]:
    """Return the pairs of a class that share much, what shares most first.

    Args:
        texts: chunks of code by student.
        answers: by student and task, a hash of the wrong answers that no known mistake explains.
        given: texts that everybody was given.
        accepted: texts that are known to be right: pieces of them tell nothing, but a whole file that is the same does.
    """
    prints = {student: fingerprints(chunks) for student, chunks in texts.items()}
    handout = {run for chunks in given for run in all_runs(chunks)}
    shared = shared_texts(prints, handout | {run for chunks in accepted for run in all_runs(chunks)})
    shared |= same_texts(prints, handout)
    alike = _same_answers(answers, max(_FEW, int(_FEW_SHARE * len(texts))))
    found = []
    for students in {*shared, *alike}:
        text = shared.get(students, _NOTHING)
        found.append(Pair(students, text.share, text.lines, alike.get(students, {})))
    return sorted(found, key=lambda pair: (-pair.weight, pair.students))


def _same_answers(answers: Mapping[str, Mapping[str, str]], few: int) -> dict[tuple[str, str], dict[str, int]]:
    """Map the pairs that gave the same wrong answers, as few did, to these tasks and how many did."""
    holders: dict[tuple[str, str], list[str]] = {}
    for student in sorted(answers):
        for given in answers[student].items():
            holders.setdefault(given, []).append(student)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for (task, _), students in holders.items():
        if len(students) <= few:
            for pair in combinations(students, 2):
                found.setdefault(pair, {})[task] = len(students)
    return found
