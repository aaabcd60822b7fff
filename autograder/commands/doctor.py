"""`bptt doctor`: what holds student code on this machine, and whether results are whole."""

from pathlib import Path

import click

from autograder.commands.common import FOLDER, plain_errors


@click.command()
@click.argument("results", type=FOLDER, required=False)
def doctor(results: Path | None) -> None:
    """Show what holds student code on this machine, and what to install for more.

    With RESULTS, say whether the results in that folder are whole, or what is damaged and what can be kept.
    The exit status is 1 where there is no protection, the self-test fails, or the results are damaged.
    """
    with plain_errors():
        if results is not None:
            from autograder.results.doctor import check_results

            whole, lines = check_results(results)
            click.echo("\n".join(lines))
            raise SystemExit(0 if whole else 1)
        from autograder.model.settings import Limits
        from autograder.sandbox.host.levels import detect
        from autograder.sandbox.host.protect import describe, examination
        from autograder.sandbox.host.selftest import self_test

        machine = detect()
        click.echo("\n".join(examination(machine)))
        click.echo(describe(machine, self_test(machine, Limits())))
    raise SystemExit(1 if machine.level == "limits only" else 0)
