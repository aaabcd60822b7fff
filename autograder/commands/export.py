"""`bptt export`: results for another program."""

from pathlib import Path
from typing import Any

import click

from autograder.commands.common import FILE, FOLDER, PATH, plain_errors
from autograder.exports import FORMATS


@click.command()
@click.argument("format_name", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("results", type=FOLDER, required=False)
@click.option("--out", type=PATH, required=True, help="File or folder to write.")
@click.option("--fill", type=FILE, metavar="FILE", help="Your own gradebook (canvas, nbgrader) or worksheet (moodle).")
@click.option("--column", default="", help="Which column (canvas, moodle) or assignment (nbgrader) to fill.")
@click.option("--for", "system", default="", metavar="SYSTEM", help="canvas, moodle or folders (feedback).")
@click.option("--scale", is_flag=True, help="Scale marks to the column's own maximum (canvas, moodle).")
@click.option("--anonymous", is_flag=True, help="Numbers in place of names and ids.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--config", type=FILE, help="Settings of the grader (gradescope-autograder).")
@click.option("--seed-secret", type=FILE, help="Its secret, as for bptt grade (gradescope-autograder).")
def export(
    format_name: str, results: Path | None, out: Path, fill: Path | None, seed_secret: Path | None, **more: Any
) -> None:
    """Write RESULTS for another program, in a FORMAT.

    The formats are canvas, moodle, gradescope, classroom50, nbgrader, feedback, csv and json.
    canvas, moodle and nbgrader fill a copy of your own file. The exit status is 1 where a student with a mark has no
    row in it, 2 where nobody has. gradescope-autograder takes no RESULTS: its zip grades on Gradescope's own machines.
    """
    with plain_errors():
        from autograder.exports.job import ExportJob, write_export

        done = write_export(ExportJob(format_name, results, out, source=fill, secret=seed_secret, **more))
        for line in (*done.remarks, done.written):
            click.echo(line, err=line is not done.written or done.status > 1)
    raise SystemExit(done.status)
