"""The sections of a course beside each other: plain numbers, with no layout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from autograder.model.verdict import Verdict
from autograder.reports.losses import ClassMistakes, Misconception
from autograder.reports.overview import has_mark


@dataclass(frozen=True)
class SectionFigures:
    """One section, over its students who handed in and have a mark."""

    name: str
    students: int
    mean: float | None
    median: float | None
    mistake: Misconception | None  # the most frequent one


def sections(verdicts: Sequence[Verdict], section: Mapping[str, str]) -> tuple[SectionFigures, ...]:
    """Return the figures of each section, by name; none where all are in one. Who is in none stands last, as "".

    Args:
        verdicts: of the class.
        section: of each student who is in one.
    """
    names = {section.get(verdict.student_id, "") for verdict in verdicts}
    if len(names - {""}) < 2:
        return ()
    found = []
    for name in sorted(names, key=lambda one: (not one, one)):
        own = [one for one in verdicts if section.get(one.student_id, "") == name and has_mark(one)]
        scores = [one.score or 0.0 for one in own]
        mistakes = ClassMistakes(own).by_frequency()
        mean, middle = (fmean(scores), median(scores)) if scores else (None, None)
        found.append(SectionFigures(name, len(own), mean, middle, mistakes[0] if mistakes else None))
    return tuple(found)
