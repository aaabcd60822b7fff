"""`bptt similar`: pairs of submissions that share what few others do."""

from pathlib import Path

import click

from autograder.commands.common import FOLDER, plain_errors, screen, with_submissions, with_unprotected


@click.command()
@click.argument("results", type=FOLDER)
@with_submissions
@with_unprotected
def similar(results: Path, submissions: Path | None, unprotected: bool) -> None:
    """List pairs of submissions in RESULTS that share what few others do: for you alone, and no proof of anything."""
    with plain_errors():
        from autograder.review.similar.command import find_similar

        find_similar(results, screen(), submissions=submissions, unprotected=unprotected)
