"""`bptt mark`: marks by hand, set, listed or taken back."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.commands.common import FILE, FOLDER, plain_errors

if TYPE_CHECKING:
    from autograder.results.marking import Wish


@click.command(context_settings={"ignore_unknown_options": True})  # so that -1 is found to be no mark
@click.argument("results", type=FOLDER)
@click.argument("student", required=False)
@click.argument("task", required=False)
@click.argument("points", required=False)
@click.option("--reason", default="", metavar="TEXT", help="Why; the student reads it.")
@click.option("--by", default="", metavar="NAME", help="Who sets it.  [default: your login name]")
@click.option("--undo", is_flag=True, help="Take back what was set: the judge's mark counts again.")
@click.option("--withhold", is_flag=True, help="Show and export no mark of this student; takes no task.")
@click.option("--from", "file", type=FILE, metavar="FILE.csv", help="Read many: student_id, task, points, reason, by.")
@click.option("--log", "everything", is_flag=True, help="List all that was ever set, taken back or withheld.")
def mark(
    results: Path,
    student: str | None,
    task: str | None,
    points: str | None,
    file: Path | None,
    *,
    withhold: bool,
    everything: bool,
    undo: bool,
    **said: str,
) -> None:
    """Set the POINTS of a STUDENT for a TASK of RESULTS by hand; without a student, list what is set.

    TASK is the id of a task, or total: the sum before a late penalty. A mark by hand survives every later grading,
    and its reason stands in the feedback.
    """
    with plain_errors():
        from autograder.results.marking import Wish, listed_marks, wishes_of
        from autograder.results.standing import WITHHELD

        if file is not None:
            if student:
                raise click.UsageError("--from reads students, tasks and points from the file: leave them out")
            lines = _marked(results, wishes_of(file))
        elif student is None:
            lines = listed_marks(results, everything=everything)
        else:
            if withhold and task:
                raise click.UsageError("--withhold is for the whole mark of a student, and takes no task")
            what = WITHHELD if withhold else task or ""
            if not what or (points is None and not undo and not withhold):
                raise click.UsageError("what is to be set? bptt mark RESULTS STUDENT TASK POINTS --reason TEXT")
            lines = _marked(results, [Wish(student, what, points or "", undo=undo, **said)])
        click.echo("\n".join(lines))


def _marked(results: Path, wishes: "Sequence[Wish]") -> list[str]:
    """Set marks by hand, or take them back; grades and pages follow at once. Return what was done, in lines."""
    from autograder.commands.outputs import refresh
    from autograder.results.lock import only_run
    from autograder.results.marking import marked_lines, set_marks
    from autograder.results.store import FILE_NAME, Store

    with only_run(results, wait=True), Store(results / FILE_NAME) as store:
        entries = set_marks(store, wishes)
        refresh(results, store, {entry.student_id for entry in entries})
        return marked_lines(store, entries)
