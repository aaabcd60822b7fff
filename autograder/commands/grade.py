"""`bptt grade`: a class into a results folder, once or with --watch until somebody ends it."""

from pathlib import Path
from typing import Any

import click

from autograder.commands.common import FILE, FOLDER, PATH, plain_errors, resumable, screen, with_jobs, with_unprotected


@click.command()
@click.argument("submissions", type=PATH)
@click.option("--out", type=FOLDER, required=True, metavar="RESULTS", help="Folder for everything that comes of it.")
@with_jobs
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on the Dask cluster at this address, such as tcp://host:8786, or on one made here: local.",
)
@click.option("--config", type=FILE, help="TOML file with points, tasks, limits and the seed.")
@click.option("--seed-secret", type=FILE, help="File with a secret, from which each student gets inputs of their own.")
@with_unprotected
@click.option("--student", "students", multiple=True, metavar="ID", help="Grade this one anew, and nobody else.")
@click.option("--regrade", is_flag=True, help="Go on where settings, seed, secret or the kit differ from the last run.")
@click.option("--roster", type=FILE, metavar="FILE", help="CSV file of who is in the course; it is remembered.")
@click.option("--trial", is_flag=True, help="Write feedback without marks to RESULTS/trial, and change no result.")
@click.option("--watch", "watching", is_flag=True, help="Go on grading what is handed in or changed, until Ctrl-C.")
def grade(
    submissions: Path, out: Path, config: Path | None, seed_secret: Path | None, *, watching: bool, **more: Any
) -> None:
    """Grade the folder SUBMISSIONS, or go on where an earlier run stopped.

    Only what is new or changed is graded. The exit status is 0 when every submission has a verdict,
    whatever the marks, 1 when the grader itself failed on one, and 2 when it was asked wrongly.
    """
    with resumable(), plain_errors():
        from autograder.commands.order import Order
        from autograder.commands.run import grade_folder

        order = Order(submissions, out, config=config, secret_file=seed_secret, **more)
        if watching:
            from autograder.commands.watch import watch

            watch(order, screen())
        complete = grade_folder(order, screen())
    raise SystemExit(0 if complete else 1)
