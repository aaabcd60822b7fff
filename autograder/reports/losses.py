"""Where the points of a class went: every lost mark under exactly one heading. Plain numbers, with no layout."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from autograder.model.loading import loaded
from autograder.model.verdict import Diagnosis, LostBy, Outcome, Verdict, by_state
from autograder.reports.words import in_words


@dataclass(frozen=True)
class Misconception:
    """A known mistake and who shows it."""

    diagnosis: Diagnosis
    tasks: tuple[str, ...]
    students: tuple[str, ...]


@dataclass(frozen=True)
class LostPoints:
    """What was lost by one mistake, one observation, one type of exception; where nothing is named, in one task."""

    by: LostBy
    what: str
    points: float
    tasks: tuple[str, ...]
    students: tuple[str, ...]


class ClassMistakes:
    """The known mistakes of a class. Where several explain an answer equally well, one of them counts.

    That is the one by which the same student's other answers are explained alone, then the one that explains most
    answers of the class alone, then the one that is named most often.
    """

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self._alone: defaultdict[str, set[str]] = defaultdict(set)  # students, by the clause of a mistake
        self._named: Counter[str] = Counter()
        found = [
            (verdict.student_id, outcome.task, diagnosis)
            for verdict in verdicts
            for outcome in verdict.tasks
            for diagnosis in outcome.diagnoses
        ]
        for student, _, diagnosis in found:
            self._named.update(diagnosis.alternatives)
            if len(diagnosis.alternatives) == 1:
                self._alone[diagnosis.alternatives[0]].add(student)
        self._groups: defaultdict[str, list[tuple[str, str, Diagnosis]]] = defaultdict(list)
        for student, task, diagnosis in found:
            self._groups[self._clause(student, diagnosis)].append((student, task, diagnosis))
        self._named_by = {clause: _plainest(group) for clause, group in self._groups.items()}

    def _clause(self, student: str, diagnosis: Diagnosis) -> str:
        alone = self._alone
        return max(
            sorted(diagnosis.alternatives), key=lambda one: (student in alone[one], len(alone[one]), self._named[one])
        )

    def counted(self, student: str, diagnosis: Diagnosis) -> Diagnosis:
        """Return the diagnosis under which a student's diagnosis counts."""
        return self._named_by[self._clause(student, diagnosis)]

    def by_frequency(self) -> tuple[Misconception, ...]:
        """Return each mistake with its tasks and students, the most frequent first."""
        found = [
            Misconception(
                self._named_by[clause],
                tuple(task for task in loaded().task if any(task == one for _, one, _ in group)),
                tuple(dict.fromkeys(student for student, _, _ in group)),
            )
            for clause, group in self._groups.items()
        ]
        return tuple(sorted(found, key=lambda one: (-len(one.students), one.diagnosis.misconception)))


def _plainest(group: Sequence[tuple[str, str, Diagnosis]]) -> Diagnosis:
    found = min((one for _, _, one in group), key=lambda one: (len(one.alternatives), one.misconception))
    return replace(found, misconception="; or: ".join(found.alternatives))  # whichever function it is in


def as_if(verdicts: Sequence[Verdict]) -> dict[str, tuple[str, ...]]:
    """Return which small edits of the reference answer as students do, with these students, the most frequent first."""
    students: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for verdict in verdicts:
        for outcome in verdict.tasks:
            for line in outcome.as_if:
                students[line][verdict.student_id] = None
    return {line: (*names,) for line, names in sorted(students.items(), key=lambda one: (-len(one[1]), one[0]))}


def losses(verdicts: Sequence[Verdict], mistakes: ClassMistakes) -> tuple[LostPoints, ...]:
    """Return what was lost, by heading in their order, the dearest first. All of it together is all that was lost."""
    points: defaultdict[tuple[LostBy, str], float] = defaultdict(float)
    tasks: defaultdict[tuple[LostBy, str], dict[str, None]] = defaultdict(dict)
    students: defaultdict[tuple[LostBy, str], dict[str, None]] = defaultdict(dict)
    for verdict in verdicts:
        for task, heading, lost in _lost(verdict, mistakes):
            points[heading] += lost
            students[heading][verdict.student_id] = None
            if task:
                tasks[heading][task] = None
    order = get_args(LostBy)
    found = [
        LostPoints(
            *heading,
            round(lost, 4),
            tuple(task for task in loaded().task if task in tasks[heading]),
            (*students[heading],),
        )
        for heading, lost in points.items()
    ]
    return tuple(sorted(found, key=lambda one: (order.index(one.by), -one.points, one.what)))


def _lost(verdict: Verdict, mistakes: ClassMistakes) -> Iterator[tuple[str, tuple[LostBy, str], float]]:
    """Yield what a submission lost: the task, the heading, the points. Who was not run has lost all by their status."""
    for outcome in verdict.tasks:
        lost = outcome.max_points - outcome.points
        shares: list[tuple[tuple[LostBy, str], float]] = [
            ((part.lost_by, part.what), part.max_points - part.points)
            for part in outcome.parts
            if part.lost_by and part.points < part.max_points
        ]
        shares = shares or [(_as_a_whole(outcome), 1.0)]
        whole = sum(share for _, share in shares)  # differs from what is lost where a person set the points
        for heading, share in shares:
            if lost > 0:
                yield outcome.task, _worded(outcome, heading, verdict.student_id, mistakes), lost * share / whole
    rest = verdict.max_score - sum(outcome.max_points for outcome in verdict.tasks)
    if rest > 0:
        yield (
            "",
            ("unexplained", "tasks without a verdict")
            if verdict.status == "graded"
            else ("exception", in_words(verdict.status)),
            rest,
        )


def _as_a_whole(outcome: Outcome) -> tuple[LostBy, str]:
    """Return what a task was lost by whose parts lost nothing: a person took its points. Or it has no parts."""
    if outcome.diagnoses:
        return "mistake", outcome.diagnoses[0].misconception
    if outcome.observations:
        return "observation", outcome.observations[0]
    return ("unexplained", "set by hand") if outcome.parts else by_state(outcome.state)


def _worded(outcome: Outcome, heading: tuple[LostBy, str], student: str, mistakes: ClassMistakes) -> tuple[LostBy, str]:
    """Return a heading as the class has it: one of several explanations, an observation without its function."""
    by, what = heading
    if not what:
        return by, outcome.task
    if by == "mistake":
        named = (one for one in outcome.diagnoses if one.misconception == what)
        return by, next((mistakes.counted(student, one).misconception for one in named), what)
    function, _, seen = what.partition(": ")
    return by, seen if function in loaded().task_of else what
