"""Was it bad luck with the numbers? The marks of one student on other case sets."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from autograder.assignment import Task
from autograder.grading import Grader, GradingJob
from autograder.model.points import number
from autograder.model.verdict import Verdict
from autograder.submissions import Source

FRESH = "fresh.csv"


def grade_on(seeds: Iterable[int], student: str, source: Source, grader: Grader) -> list[Verdict]:
    """Return the verdict on a submission for the case set of each seed. Nothing is stored."""
    try:
        return [grader.do(GradingJob(student, source, seed, None)).verdict for seed in seeds]
    finally:
        grader.close()


def write_fresh(file: TextIO, rows: Sequence[Verdict], tasks: Sequence[Task], *, whole: bool) -> None:
    """Write the marks, one line for each case set; `whole`: with the sum of all tasks."""
    writer = csv.writer(file, lineterminator="\n")
    sums = ("score", "max_score") if whole else ()
    writer.writerow(("case_set", "status", *sums, *(task.id for task in tasks), "same"))
    for place, verdict in enumerate(rows):
        cells = (number(verdict.score), number(verdict.max_score)) if whole else ()
        same = "yes" if _marks(verdict, tasks) == _marks(rows[0], tasks) else "no"
        name = f"fresh {place}" if place else "own"
        writer.writerow((name, verdict.status, *cells, *_marks(verdict, tasks)[1:], same))


def fresh_line(rows: Sequence[Verdict], tasks: Sequence[Task], *, whole: bool) -> str:
    """Say whether the marks are the same on all case sets."""
    own, *others = rows
    marks = _marks(own, tasks)
    differ = [(place, one) for place, one in enumerate(others, start=1) if _marks(one, tasks) != marks]
    sets = f"{len(others)} other case set{'s' if len(others) > 1 else ''}"
    what = f"{number(own.score)} of {number(own.max_score)}" if whole else f"{tasks[0].id}: {marks[1]}"
    if not differ:
        return f"The marks are the same on all of {sets} as on the student's own: {what}."
    lines = [f"The marks differ on {len(differ)} of {sets} from those on the student's own ({what}):"]
    for place, verdict in differ:
        pairs = zip(tasks, marks[1:], _marks(verdict, tasks)[1:], strict=True)
        changed = [f"{task.id} {now or 'no mark'}, not {was or 'no mark'}" for task, was, now in pairs if was != now]
        lines.append(f"  fresh {place}: {'; '.join(changed) or verdict.status}")
    return "\n".join(lines)


def _marks(verdict: Verdict, tasks: Sequence[Task]) -> tuple[str, ...]:
    """Return the status and the points of each task, "" where it has none."""
    points = {outcome.task: number(outcome.points) for outcome in verdict.tasks}
    return (verdict.status, *(points.get(task.id, "") for task in tasks))
