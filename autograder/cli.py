"""The command `bptt`: arguments in, exit status out. What a command needs is imported when it runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder import __version__

if TYPE_CHECKING:
    from autograder.run import Screen

# What a shell reports for a program that Ctrl-C ended.
_INTERRUPTED = 130

_File = click.Path(path_type=Path, dir_okay=False)
_Folder = click.Path(path_type=Path, file_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bptt")
def main() -> None:
    """Make, grade and report the assignment on RNNs and backpropagation through time."""


@main.command()
def demo() -> None:
    """Show the whole job on a bundled class, in ./demo-results."""
    with _plain_errors(), _resumable():
        from autograder.demo import run_demo

        complete = run_demo(_screen())
    raise SystemExit(0 if complete else 1)


@main.command()
@click.option("--out", type=_Folder, default="assignment", show_default=True, help="Folder to write to.")
def release(out: Path) -> None:
    """Make the handout for students from solutions/."""
    from autograder.handout import HandoutError
    from autograder.handout import release as release_handout

    try:
        release_handout(out)
    except HandoutError as error:
        raise click.UsageError(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"the handout can't be written to {out}: {error}") from error
    click.echo(f"The handout is in {out}: publish that folder, and nothing else of this repository.")


@main.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", type=_Folder, required=True, metavar="RESULTS", help="Folder for everything that comes of it.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that grade.  [default: one per processor]")
@click.option("--config", type=_File, help="TOML file with points, tasks, limits and the seed.")
@click.option("--seed-secret", type=_File, help="File with a secret, from which each student gets inputs of their own.")
@click.option("--unprotected", is_flag=True, help="Go on where this machine gives no protection from student code.")
def grade(
    submissions: Path, out: Path, jobs: int | None, config: Path | None, seed_secret: Path | None, unprotected: bool
) -> None:
    """Grade the folder SUBMISSIONS, or go on where an earlier run stopped.

    Only what is new or changed is graded. The exit status is 0 when every submission has a verdict,
    whatever the marks, 1 when the grader itself failed on one, and 2 when it was asked wrongly.
    """
    with _plain_errors(), _resumable():
        from autograder.run import grade_folder

        complete = grade_folder(
            submissions,
            out,
            _screen(),
            jobs=jobs,
            config=config,
            secret_file=seed_secret,
            unprotected=unprotected,
        )
    raise SystemExit(0 if complete else 1)


@main.command()
def doctor() -> None:
    """Show what holds student code on this machine, and what to install for more.

    The exit status is 1 where there is no protection, or where the self-test fails.
    """
    with _plain_errors():
        from autograder.config import Limits
        from autograder.sandbox.levels import detect
        from autograder.sandbox.protect import describe, examination
        from autograder.sandbox.selftest import self_test

        machine = detect()
        for line in examination(machine):
            click.echo(line)
        click.echo(describe(machine, self_test(machine, Limits())))
    raise SystemExit(1 if machine.level == "limits only" else 0)


@main.command()
@click.argument("results", type=_Folder)
def report(results: Path) -> None:
    """Write the feedback pages of RESULTS, and show the class."""
    with _plain_errors():
        from autograder.run import report_results

        report_results(results, _screen())


def _screen() -> "Screen":
    from rich.console import Console

    from autograder.run import Screen

    return Screen(out=Console(), log=Console(stderr=True))


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Show errors that a person can mend as one message; anything else is a bug, and shows its traceback."""
    from autograder.config import ConfigError
    from autograder.run import RequestError
    from autograder.sandbox.failures import SelfTestFailed, Unprotected
    from autograder.store import StoreError
    from autograder.submissions import NoSubmissions

    try:
        yield
    except (RequestError, ConfigError, NoSubmissions, Unprotected) as error:
        raise click.UsageError(str(error)) from error
    except SelfTestFailed as error:
        raise click.ClickException(f"nothing was run, for the sandbox does not hold: {error}") from error
    except StoreError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _resumable() -> Iterator[None]:
    """End on Ctrl-C with what became of the work."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nInterrupted. What was graded is kept: the same command goes on from there.", err=True)
        raise SystemExit(_INTERRUPTED) from None
