"""What every command does alike: types of arguments, where it writes, how errors that a person can mend end it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from autograder.reports.screen import Screen

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

#: Options of several commands.
with_unprotected = click.option(
    "--unprotected", is_flag=True, help="Go on where this machine gives no protection from student code."
)
with_submissions = click.option(
    "--submissions",
    type=click.Path(path_type=Path, exists=True),
    help="Folder or download of the submissions, where it is no longer where it was graded from.",
)
with_jobs = click.option(
    "--jobs", type=click.IntRange(min=1), help="Processes that grade.  [default: one per processor]"
)

# What a shell reports for a program that Ctrl-C ended.
_INTERRUPTED = 130


def screen() -> "Screen":
    """Return where a command writes."""
    from rich.console import Console

    from autograder.reports.screen import Screen

    return Screen(out=Console(), log=Console(stderr=True))


class _Lines(logging.Handler):
    """Shows what the engine logs, beside all else that is not a result."""

    def emit(self, record: logging.LogRecord) -> None:
        from autograder.reports import say

        say(screen().log, record.getMessage())


def show_logged() -> None:
    """Show from now on what the engine logs: what it is at when that takes long."""
    log = logging.getLogger("autograder")
    log.handlers = [_Lines()]
    log.setLevel(logging.INFO)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show errors that a person can mend as one message; anything else is a bug, and shows its traceback."""
    from autograder.assignment import AssignmentError
    from autograder.cases.case_sets import NoCases
    from autograder.cases.secret import RequestError
    from autograder.model.failures import WorkersFailed
    from autograder.model.settings_file import ConfigError
    from autograder.nbgrader.layout import CourseError
    from autograder.results.sheet import SheetError
    from autograder.results.store import StoreError
    from autograder.sandbox.host.errors import SelfTestFailed, Unprotected
    from autograder.submissions import NoSubmissions

    ours = (AssignmentError, NoCases, ConfigError)
    asked_wrongly = (*ours, RequestError, SheetError, CourseError, NoSubmissions, Unprotected)
    try:
        yield
    except asked_wrongly as error:
        raise click.UsageError(str(error)) from error
    except SelfTestFailed as error:
        raise click.ClickException(f"nothing was run, for the sandbox does not hold: {error}") from error
    except (StoreError, WorkersFailed) as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def resumable() -> Iterator[None]:
    """End on Ctrl-C with what became of the work."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nInterrupted. What was graded is kept: the same command goes on from there.", err=True)
        raise SystemExit(_INTERRUPTED) from None
