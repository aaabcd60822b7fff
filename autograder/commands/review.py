"""The commands for students who ask, and for work that is alike. What a command needs is imported when it runs."""

from pathlib import Path

import click

from autograder.commands.plain_errors import plain_errors, screen

_File = click.Path(path_type=Path, dir_okay=False)
_Folder = click.Path(path_type=Path, file_okay=False)
_UNPROTECTED = "Go on where this machine gives no protection from student code."
_SUBMISSIONS = "Folder or download of the submissions, where it is no longer where it was graded from."


@click.command()
@click.argument("results", type=_Folder)
@click.argument("student")
@click.argument("task", required=False)
def show(results: Path, student: str, task: str | None) -> None:
    """Show the feedback of one STUDENT in RESULTS: all of it, or that on one TASK."""
    with plain_errors():
        from autograder.review.show import shown

        click.echo(shown(results, student, task))


@click.command()
@click.argument("results", type=_Folder)
@click.argument("student")
@click.argument("task", required=False)
@click.option("--out", type=_Folder, required=True, metavar="DIR", help="Folder to make.")
@click.option("--fresh", type=click.IntRange(0, 50), default=0, metavar="N", help="Grade on N other case sets as well.")
@click.option("--seed-secret", type=_File, help="The secret that RESULTS was graded with.")
@click.option("--submissions", type=click.Path(path_type=Path, exists=True), help=_SUBMISSIONS)
@click.option("--unprotected", is_flag=True, help=_UNPROTECTED)
def replay(
    results: Path,
    student: str,
    task: str | None,
    out: Path,
    fresh: int,
    seed_secret: Path | None,
    submissions: Path | None,
    unprotected: bool,
) -> None:
    """Make a folder in which a STUDENT's wrong answers, or those to one TASK, can be run again by hand.

    It has the student's code, the inputs and the expected results, and a replay.py that needs numpy alone. With
    --fresh, says whether the marks are the same on other inputs. Nothing in RESULTS changes.
    """
    with plain_errors():
        from autograder.review.replay import Appeal
        from autograder.review.replay import replay as write_replay

        appeal = Appeal(results, student, task, out, fresh, seed_secret, submissions, unprotected)
        write_replay(appeal, screen())


@click.command()
@click.argument("results", type=_Folder)
@click.option("--submissions", type=click.Path(path_type=Path, exists=True), help=_SUBMISSIONS)
@click.option("--unprotected", is_flag=True, help=_UNPROTECTED)
def similar(results: Path, submissions: Path | None, unprotected: bool) -> None:
    """List pairs of submissions in RESULTS that share what few others do: for you alone, and no proof of anything."""
    with plain_errors():
        from autograder.review.similar.command import find_similar

        find_similar(results, screen(), submissions=submissions, unprotected=unprotected)
