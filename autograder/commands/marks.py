"""The commands on single students of a graded class. What a command needs is imported when it runs."""

from pathlib import Path

import click

from autograder.commands.plain_errors import plain_errors

_File = click.Path(path_type=Path, dir_okay=False)
_Folder = click.Path(path_type=Path, file_okay=False)


@click.command(context_settings={"ignore_unknown_options": True})  # so that -1 is found to be no mark
@click.argument("results", type=_Folder)
@click.argument("student", required=False)
@click.argument("task", required=False)
@click.argument("points", required=False)
@click.option("--reason", default="", metavar="TEXT", help="Why; the student reads it.")
@click.option("--by", default="", metavar="NAME", help="Who sets it.  [default: your login name]")
@click.option("--undo", is_flag=True, help="Take back what was set: the judge's mark counts again.")
@click.option("--withhold", is_flag=True, help="Show and export no mark of this student; takes no task.")
@click.option("--from", "file", type=_File, metavar="FILE.csv", help="Read many: student_id, task, points, reason, by.")
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
        from autograder.results.marking import Wish, listed_marks, mark_by_hand, wishes_of
        from autograder.results.standing import WITHHELD

        if file is not None:
            if student:
                raise click.UsageError("--from reads students, tasks and points from the file: leave them out")
            wishes = wishes_of(file)
        elif student is None:
            wishes = []
        else:
            what = WITHHELD if withhold else task or ""
            if not what or (points is None and not undo and not withhold):
                raise click.UsageError("what is to be set? bptt mark RESULTS STUDENT TASK POINTS --reason TEXT")
            wishes = [Wish(student, what, points or "", undo=undo, **said)]
        lines = mark_by_hand(results, wishes) if wishes else listed_marks(results, everything=everything)
        for line in lines:
            click.echo(line)


@click.command()
@click.argument("results", type=_Folder)
@click.argument("student")
def forget(results: Path, student: str) -> None:
    """Take all that is kept of STUDENT out of RESULTS, pages included."""
    with plain_errors():
        from autograder.results.marking import forget as forget_student

        click.echo(forget_student(results, student))
