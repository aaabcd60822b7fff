"""`bptt show`: one student's feedback in the terminal."""

from pathlib import Path

import click

from autograder.commands.common import FOLDER, plain_errors


@click.command()
@click.argument("results", type=FOLDER)
@click.argument("student")
@click.argument("task", required=False)
def show(results: Path, student: str, task: str | None) -> None:
    """Show the feedback of one STUDENT in RESULTS: all of it, or that on one TASK."""
    with plain_errors():
        from autograder.review.show import feedback_shown

        click.echo(feedback_shown(results, student, task))
