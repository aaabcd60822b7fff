"""`bptt site`: the handout as a static site that runs in the browser."""

import shlex
from pathlib import Path

import click

from autograder.commands.common import FILE, FOLDER, plain_errors


@click.command()
@click.option("--out", type=FOLDER, required=True, help="Folder to write to; an earlier site in it is built anew.")
@click.option("--config", type=FILE, help="TOML file with points, tasks and sizes, as for bptt grade.")
@click.option("--seed", type=click.IntRange(0, 2**62), help="Of the public cases; in place of the one in the settings.")
@click.option("--pyodide", metavar="DIR|URL", help="A folder with Pyodide, or the address of pyodide.js.")
def site(out: Path, config: Path | None, seed: int | None, pyodide: str | None) -> None:
    """Make a site on which students do the assignment with nothing installed.

    Python runs in the browser (JupyterLite); any web server can host the folder. Pyodide, which is Python for
    browsers, comes from its usual address; with --pyodide DIR it is a part of the site, for schools without a network.
    Build a corrected site over the earlier one: a notebook that has changed gets a new name.
    """
    with plain_errors():
        from autograder.cases.case_sets import NoCases
        from autograder.handout.release import HandoutError
        from autograder.handout.site import build_site
        from autograder.model.settings import with_public_seed
        from autograder.model.settings_file import load_settings

        try:
            edition = build_site(out, with_public_seed(load_settings(config), seed), pyodide)
        except (HandoutError, NoCases) as error:
            raise click.UsageError(str(error)) from error
        except OSError as error:
            raise click.ClickException(f"the site can't be written to {out}: {error}") from error
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    click.echo(f"The site is in {out} ({size / 1e6:.0f} MB); it opens {edition.notebook}.")
    serve = f"python3 -m http.server --bind 127.0.0.1 --directory {shlex.quote(str(out))} 8000"
    click.echo(f"Look at it: {serve}, then http://localhost:8000")
    click.echo("Publish that folder on any web server, by https.")
