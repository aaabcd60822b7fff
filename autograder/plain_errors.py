"""Errors that a person can mend, as one message of a command and its exit status."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show errors that a person can mend as one message; anything else is a bug, and shows its traceback."""
    from autograder.config import ConfigError
    from autograder.failures import WorkersFailed
    from autograder.nbgrader.layout import CourseError
    from autograder.sandbox.failures import SelfTestFailed, Unprotected
    from autograder.secret import RequestError
    from autograder.sheet import SheetError
    from autograder.store import StoreError
    from autograder.submissions import NoSubmissions

    try:
        yield
    except (RequestError, ConfigError, SheetError, CourseError, NoSubmissions, Unprotected) as error:
        raise click.UsageError(str(error)) from error
    except SelfTestFailed as error:
        raise click.ClickException(f"nothing was run, for the sandbox does not hold: {error}") from error
    except (StoreError, WorkersFailed) as error:
        raise click.ClickException(str(error)) from error
