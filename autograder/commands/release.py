"""`bptt release`: the handout for students."""

from pathlib import Path

import click

from autograder.commands.common import FILE, FOLDER, plain_errors


@click.command()
@click.option("--out", type=FOLDER, default="assignment", show_default=True, help="Folder to write to.")
@click.option("--config", type=FILE, help="TOML file with points, tasks and sizes, as for bptt grade.")
@click.option("--seed", type=click.IntRange(0, 2**62), help="Of the public cases; in place of the one in the settings.")
@click.option("--check", type=FILE, metavar="SOLUTION", help="Write nothing; run the self-check on this file.")
def release(out: Path, config: Path | None, seed: int | None, check: Path | None) -> None:
    """Make the handout for students, in an empty folder or over an earlier handout.

    With other settings or another seed it is a variant: the public cases and the hints are made anew, and proved.
    Grade with the same --config, so that points, tasks and sizes agree.
    """
    with plain_errors():
        from autograder.cases.case_sets import NoCases
        from autograder.handout.release import HandoutError
        from autograder.handout.release import release as release_handout
        from autograder.model.settings import with_public_seed
        from autograder.model.settings_file import load_settings

        settings = with_public_seed(load_settings(config), seed)
        try:
            if check is not None:
                from autograder.handout.check_solution import check_solution

                raise SystemExit(check_solution(check, settings))
            release_handout(out, settings)
        except (HandoutError, NoCases) as error:
            raise click.UsageError(str(error)) from error
        except OSError as error:
            raise click.ClickException(f"the handout can't be written to {out}: {error}") from error
    click.echo(f"The handout is in {out}: publish that folder, and nothing that lies beside it.")
