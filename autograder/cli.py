"""The command `bptt`: arguments in, exit status out. What a command needs is imported when it runs."""

import io
import sys
from pathlib import Path

import click

from autograder import __version__
from autograder.commands.audit import audit
from autograder.commands.common import FOLDER, plain_errors, show_logged
from autograder.commands.demo import demo
from autograder.commands.diff import diff
from autograder.commands.doctor import doctor
from autograder.commands.export import export
from autograder.commands.forget import forget
from autograder.commands.grade import grade
from autograder.commands.mark import mark
from autograder.commands.nbgrader import nbgrader
from autograder.commands.new import new
from autograder.commands.release import release
from autograder.commands.replay import replay
from autograder.commands.report import report
from autograder.commands.show import show
from autograder.commands.similar import similar
from autograder.commands.site import site


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bptt")
@click.option("--assignment", type=FOLDER, metavar="DIR", help="Folder of another assignment than the kit's own.")
def main(assignment: Path | None) -> None:
    """Make, grade and report a programming assignment."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our letters stops no grading
    show_logged()
    if assignment is not None:
        with plain_errors():
            from autograder.model.loading import load

            load(assignment)


for command in (
    audit,
    demo,
    diff,
    doctor,
    export,
    forget,
    grade,
    mark,
    nbgrader,
    new,
    release,
    replay,
    report,
    show,
    similar,
    site,
):
    main.add_command(command)
