"""What every command does alike: where it writes, and how an error that a person can mend ends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from autograder.grading.order import Screen

# What a shell reports for a program that Ctrl-C ended.
_INTERRUPTED = 130


def screen() -> "Screen":
    """Return where a command writes."""
    from rich.console import Console

    from autograder.grading.order import Screen

    return Screen(out=Console(), log=Console(stderr=True))


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show errors that a person can mend as one message; anything else is a bug, and shows its traceback."""
    from autograder.cases.secret import RequestError
    from autograder.model.failures import WorkersFailed
    from autograder.model.settings import ConfigError
    from autograder.nbgrader.layout import CourseError
    from autograder.results.sheet import SheetError
    from autograder.results.store import StoreError
    from autograder.sandbox.host.failures import SelfTestFailed, Unprotected
    from autograder.submissions import NoSubmissions

    try:
        yield
    except (RequestError, ConfigError, SheetError, CourseError, NoSubmissions, Unprotected) as error:
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
