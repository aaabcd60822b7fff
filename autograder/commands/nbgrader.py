"""`bptt nbgrader`: the assignment in a course of nbgrader's."""

from pathlib import Path

import click

from autograder.commands.common import FILE, FOLDER, plain_errors


@click.group()
def nbgrader() -> None:
    """Use this assignment with nbgrader."""


@nbgrader.command()
@click.argument("course", type=FOLDER)
@click.option("--config", type=FILE, help="TOML file with points and tasks; the course keeps a copy.")
@click.option("--seed-secret", type=FILE, help="File with the seed secret; the course keeps a copy.")
@click.option("--site", metavar="URL", default="", help="Address of a site of bptt site, for the notebook to link to.")
def init(course: Path, config: Path | None, seed_secret: Path | None, site: str) -> None:
    """Put the assignment into the nbgrader course COURSE, or make one.

    It gets a notebook with solutions, hidden tests and the points of the tasks, and a nbgrader_config.py that
    lets `nbgrader autograde` grade in this kit's sandbox.
    """
    if site and not site.startswith(("https://", "http://")):
        raise click.UsageError(f"{site}: the address of a site begins with https://")
    with plain_errors():
        from autograder.cases.case_sets import NoCases
        from autograder.handout.release import HandoutError

        try:
            from autograder.nbgrader.course import init_course

            click.echo(init_course(course, config, seed_secret, site))
        except (HandoutError, NoCases) as error:
            raise click.UsageError(str(error)) from error
        except ModuleNotFoundError as error:
            raise click.ClickException(f"this needs nbgrader: pip install 'bptt-kit[nbgrader]' ({error})") from error
