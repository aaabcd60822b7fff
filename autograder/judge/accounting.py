"""Where lost points went: each lost part under one heading, and what a mistake costs that was met before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from autograder.judge.diagnosis import explains
from autograder.judge.mistakes import pairs_of
from autograder.judge.values import CaseResult
from autograder.model.loading import loaded
from autograder.model.points import number
from autograder.model.text import printable
from autograder.model.verdict import Diagnosis, LostBy, Outcome, by_state

FOLLOWED = "right for the student's own functions further up"


def accounted(outcome: Outcome, results: Sequence[CaseResult]) -> Outcome:
    """Return the outcome with the reason of each part that these results lost."""
    parts = []
    for part in outcome.parts:
        wrong = [result for result in results if result.case.part == part.id and result.finding is not None]
        by, what = _reason(outcome, wrong) if wrong else (part.lost_by, part.what)
        parts.append(replace(part, lost_by=by, what=what))
    return replace(outcome, parts=tuple(parts))


def _reason(outcome: Outcome, wrong: Sequence[CaseResult]) -> tuple[LostBy, str]:
    """Say what a part was lost by: a mistake explains all, what is seen explains values, an exception itself."""
    functions = {result.case.call.function for result in wrong}
    answered = [result for result in wrong if result.got is not None]
    for answers in filter(None, (wrong, answered)):  # an exception hides no mistake that the others show
        for diagnosis in (*outcome.diagnoses, *_together(outcome)):
            if explains(outcome.task, diagnosis, answers):
                return "mistake", diagnosis.misconception
    seen = [sentence for sentence in outcome.observations if sentence.partition(":")[0] in functions]
    if seen and any(result.got is not None for result in wrong):
        return "observation", seen[0]
    first = next((result for result in wrong if result.state != "fail"), wrong[0])
    return by_state(first.state, printable(first.raised, 60))


def _together(outcome: Outcome) -> Iterator[Diagnosis]:
    """Yield what is named for a task one by one and was made together, under the name of the second."""
    for first, second in combinations(outcome.diagnoses, 2):
        made = [(*a, *b) for a in first.bugs for b in second.bugs]
        pairs = [pair for pair in pairs_of(outcome.task) if any(set(pair) == set(ids) for ids in made)]
        if pairs:
            yield replace(second, bugs=tuple(pairs))


def never_loaded(outcome: Outcome, why: str) -> Outcome:
    """Return the outcome of a task of a file that ended before anything was defined, by this exception or status."""
    absent = (replace(part, lost_by="exception", what=printable(why, 60)) for part in outcome.parts)
    return replace(outcome, parts=tuple(absent))


def paid_once(outcomes: Sequence[Outcome], share: float) -> Iterator[Outcome]:
    """Yield the outcomes of a submission; a single mistake that cost points before costs this share less in each."""
    paid: dict[str, int] = {}  # the clause of a mistake, and the number of the first task that it cost points
    for outcome in outcomes:
        single = {one.misconception: one for one in outcome.diagnoses if all(len(ids) == 1 for ids in one.bugs)}
        lost = {
            part.id: single[part.what].alternatives
            for part in outcome.parts
            if part.what in single and part.points < part.max_points
        }
        before = {
            name: paid[clause] for name, clauses in lost.items() for clause in reversed(clauses) if clause in paid
        }
        yield _given_back(outcome, before, share) if share and before else outcome
        for clause in (clause for clauses in lost.values() for clause in clauses):
            paid.setdefault(clause, loaded().task[outcome.task].number)


def _given_back(outcome: Outcome, before: Mapping[str, int], share: float) -> Outcome:
    """Return the outcome with the share of what these parts lost by a mistake of an earlier task."""
    back = {part.id: share * (part.max_points - part.points) for part in outcome.parts if part.id in before}
    parts = (replace(part, points=round(part.points + back.get(part.id, 0.0), 4)) for part in outcome.parts)
    tasks = " and ".join(f"Task {task}" for task in dict.fromkeys(before.values()))
    given, lost = sum(back.values()), sum(back.values()) / share
    note = f"a mistake of {tasks} again; points given back: {number(given)} of the {number(lost)} that it costs here"
    points = round(outcome.points + sum(back.values()), 4)
    return replace(outcome, state="partial", points=points, parts=tuple(parts), notes=(*outcome.notes, note))
