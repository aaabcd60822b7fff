"""`bptt replay`: one student's wrong answers, to be run again by hand."""

from pathlib import Path
from typing import Any

import click

from autograder.commands.common import FILE, FOLDER, plain_errors, screen, with_submissions, with_unprotected


@click.command()
@click.argument("results", type=FOLDER)
@click.argument("student")
@click.argument("task", required=False)
@click.option("--out", type=FOLDER, required=True, metavar="DIR", help="Folder to make.")
@click.option("--fresh", type=click.IntRange(0, 50), default=0, metavar="N", help="Grade on N other case sets as well.")
@click.option("--seed-secret", "secret_file", type=FILE, help="The secret that RESULTS was graded with.")
@with_submissions
@with_unprotected
def replay(results: Path, student: str, task: str | None, **more: Any) -> None:
    """Make a folder in which a STUDENT's wrong answers, or those to one TASK, can be run again by hand.

    It has the student's code, the inputs and the expected results, and a replay.py that needs numpy alone. With
    --fresh, says whether the marks are the same on other inputs. Nothing in RESULTS changes.
    """
    with plain_errors():
        from autograder.review.replay import Appeal, answer_appeal

        answer_appeal(Appeal(results, student, task, **more), screen())
