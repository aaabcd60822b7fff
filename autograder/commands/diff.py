"""`bptt diff`: whose marks changed between two results folders, and why."""

from pathlib import Path

import click

from autograder.commands.common import FOLDER, plain_errors, screen


@click.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
def diff(old: Path, new: Path) -> None:
    """Say whose marks changed between the results folders OLD and NEW, and why."""
    with plain_errors():
        from autograder.reports import show_changes
        from autograder.results.changes import changes
        from autograder.results.store import FILE_NAME, Store

        both = []
        for results in (old, new):
            with Store(results / FILE_NAME, create=False) as store:
                both.append(store.verdicts())
        show_changes(screen().out, changes(*both), len(both[1]))
