"""The command `bptt`: arguments in, exit status out. What a command needs is imported when it runs."""

import io
import sys
from pathlib import Path
from typing import Any

import click

from autograder import __version__
from autograder.commands.marks import forget, mark
from autograder.commands.plain_errors import plain_errors, resumable, screen
from autograder.commands.review import replay, show, similar
from autograder.exports import FORMATS

_File = click.Path(path_type=Path, dir_okay=False)
_Folder = click.Path(path_type=Path, file_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bptt")
def main() -> None:
    """Make, grade and report the assignment on RNNs and backpropagation through time."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our letters stops no grading


@main.command()
def demo() -> None:
    """Show the whole job on a bundled class, in ./demo-results."""
    with plain_errors(), resumable():
        from autograder.commands.demo import run_demo

        complete = run_demo(screen())
    raise SystemExit(0 if complete else 1)


@main.command()
@click.option("--out", type=_Folder, default="assignment", show_default=True, help="Folder to write to.")
@click.option("--config", type=_File, help="TOML file with points, tasks and sizes, as for bptt grade.")
@click.option("--seed", type=click.IntRange(0, 2**62), help="Of the public cases; in place of the one in the settings.")
@click.option("--check", type=_File, metavar="SOLUTION", help="Write nothing; run the self-check on this rnn.py.")
def release(out: Path, config: Path | None, seed: int | None, check: Path | None) -> None:
    """Make the handout for students from solutions/, in an empty folder or over an earlier handout.

    With other settings or another seed it is a variant: the public cases and the hints are made anew, and proved.
    Grade with the same --config, so that points, tasks and sizes agree.
    """
    with plain_errors():
        from autograder.cases.case_sets import NoCases
        from autograder.handout.release import HandoutError
        from autograder.handout.release import release as release_handout
        from autograder.model.settings import load_settings, with_public_seed

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
    click.echo(f"The handout is in {out}: publish that folder, and nothing else of this repository.")


@main.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", type=_Folder, required=True, metavar="RESULTS", help="Folder for everything that comes of it.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that grade.  [default: one per processor]")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Grade on the Dask cluster at this address, such as tcp://host:8786, or on one made here: local.",
)
@click.option("--config", type=_File, help="TOML file with points, tasks, limits and the seed.")
@click.option("--seed-secret", type=_File, help="File with a secret, from which each student gets inputs of their own.")
@click.option("--unprotected", is_flag=True, help="Go on where this machine gives no protection from student code.")
@click.option("--student", "students", multiple=True, metavar="ID", help="Grade this one anew, and nobody else.")
@click.option("--regrade", is_flag=True, help="Go on where settings, seed, secret or the kit differ from the last run.")
@click.option("--roster", type=_File, metavar="FILE", help="CSV file of who is in the course; it is remembered.")
@click.option("--watch", "watching", is_flag=True, help="Go on grading what is handed in or changed, until Ctrl-C.")
def grade(
    submissions: Path, out: Path, config: Path | None, seed_secret: Path | None, *, watching: bool, **more: Any
) -> None:
    """Grade the folder SUBMISSIONS, or go on where an earlier run stopped.

    Only what is new or changed is graded. The exit status is 0 when every submission has a verdict,
    whatever the marks, 1 when the grader itself failed on one, and 2 when it was asked wrongly.
    """
    with plain_errors(), resumable():
        from autograder.commands.run import grade_folder
        from autograder.grading.order import Order

        order = Order(submissions, out, config=config, secret_file=seed_secret, **more)
        if watching:
            from autograder.commands.watch import watch

            watch(order, screen())
        complete = grade_folder(order, screen())
    raise SystemExit(0 if complete else 1)


@main.command()
@click.argument("results", type=_Folder, required=False)
def doctor(results: Path | None) -> None:
    """Show what holds student code on this machine, and what to install for more.

    With RESULTS, say whether the results in that folder are whole, or what is damaged and what can be kept.
    The exit status is 1 where there is no protection, the self-test fails, or the results are damaged.
    """
    with plain_errors():
        if results is not None:
            from autograder.results.doctor import examine

            whole, lines = examine(results)
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


@main.command()
@click.argument("results", type=_Folder)
@click.option("--roster", type=_File, metavar="FILE", help="CSV file of who is in the course: who handed in nothing?")
@click.option("--anonymous", is_flag=True, help="Numbers in place of names, in the class page and the table.")
def report(results: Path, roster: Path | None, anonymous: bool) -> None:
    """Write the feedback pages and the class page of RESULTS, and show the class."""
    with plain_errors():
        from autograder.commands.results import report_results

        report_results(results, screen(), roster=roster, anonymous=anonymous)


@main.command()
@click.option("--seeds", type=click.IntRange(min=1), help="Case sets to audit on.  [default: 20, or 1 if quick]")
@click.option("--quick", is_flag=True, help="A sample that takes seconds, not minutes.")
@click.option("--questions", is_flag=True, help="Choose the first questions anew, and print them.")
@click.option("--json", "json_file", type=_File, metavar="FILE", help="Write every count and every fault to FILE.")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that grade.  [default: one per processor]")
def audit(seeds: int | None, quick: bool, questions: bool, json_file: Path | None, jobs: int | None) -> None:
    """Prove the judge on submissions of which the truth is known.

    Grades the reference, every accepted style, every known mistake, pairs of them, and mutants of the reference,
    and counts false rejects, false accepts and wrong diagnoses. The exit status is 1 when a target is missed.

    With --questions, prints the table of the questions that everybody is asked first, as the audit would choose it.
    The exit status is 1 when the table in use falls short.
    """
    from dataclasses import replace

    from autograder.audit import (
        LONG,
        QUICK,
        all_needs,
        chosen,
        in_use,
        report_shares,
        run_audit,
        show_report,
        table,
        unmet,
        write_json,
    )
    from autograder.commands.run import usable_cpus

    shown, size = screen(), QUICK if quick else LONG
    size = size if seeds is None else replace(size, seeds=seeds)
    with report_shares(shown.log) as on_share:
        if questions:
            needs = all_needs(size.seeds, jobs or usable_cpus(), on_share)
            click.echo(table(chosen(needs)))
            missed = unmet(needs, in_use())
            click.echo(f"The table in use misses {len(missed)} of {len(needs)} needs.")
            raise SystemExit(1 if missed else 0)
        report = run_audit(size, jobs or usable_cpus(), on_share)
    show_report(shown.out, report)
    if json_file is not None:
        try:
            write_json(json_file, report)
        except OSError as error:
            raise click.ClickException(f"{json_file} can't be written: {error.strerror}") from error
    raise SystemExit(0 if report.met else 1)


@main.group()
def nbgrader() -> None:
    """Use this assignment with nbgrader."""


@nbgrader.command()
@click.argument("course", type=_Folder)
@click.option("--config", type=_File, help="TOML file with points and tasks; the course keeps a copy.")
@click.option("--seed-secret", type=_File, help="File with the seed secret; the course keeps a copy.")
def init(course: Path, config: Path | None, seed_secret: Path | None) -> None:
    """Put the assignment into the nbgrader course COURSE, or make one.

    It gets source/rnn with solutions, hidden tests and the points of the tasks, and a nbgrader_config.py that
    lets `nbgrader autograde` grade in this kit's sandbox.
    """
    with plain_errors():
        from autograder.nbgrader.course import init_course

        click.echo(init_course(course, config, seed_secret))


@main.command()
@click.argument("old", type=_Folder)
@click.argument("new", type=_Folder)
def diff(old: Path, new: Path) -> None:
    """Say whose marks changed between the results folders OLD and NEW, and why."""
    with plain_errors():
        from autograder.commands.results import diff_results

        diff_results(old, new, screen())


@main.command()
@click.argument("format_name", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("results", type=_Folder, required=False)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File or folder to write.")
@click.option("--fill", type=_File, metavar="FILE", help="Your own gradebook (canvas, nbgrader) or worksheet (moodle).")
@click.option("--column", default="", help="Which column (canvas, moodle) or assignment (nbgrader) to fill.")
@click.option("--for", "system", default="", metavar="SYSTEM", help="canvas, moodle or folders (feedback).")
@click.option("--scale", is_flag=True, help="Scale marks to the column's own maximum (canvas, moodle).")
@click.option("--anonymous", is_flag=True, help="Numbers in place of names and ids.")
@click.option("--force", is_flag=True, help="Write over what is there.")
@click.option("--config", type=_File, help="Settings of the grader (gradescope-autograder).")
@click.option("--seed-secret", type=_File, help="Its secret, as for bptt grade (gradescope-autograder).")
def export(
    format_name: str, results: Path | None, out: Path, fill: Path | None, seed_secret: Path | None, **more: Any
) -> None:
    """Write RESULTS for another program, in a FORMAT.

    The formats are canvas, moodle, gradescope, classroom50, nbgrader, feedback, csv and json.
    canvas, moodle and nbgrader fill a copy of your own file. The exit status is 1 where a student with a mark has no
    row in it, 2 where nobody has. gradescope-autograder takes no RESULTS: its zip grades on Gradescope's own machines.
    """
    with plain_errors():
        from autograder.exports.job import ExportJob, export

        done = export(ExportJob(format_name, results, out, source=fill, secret=seed_secret, **more))
        for line in (*done.remarks, done.written):
            click.echo(line, err=line is not done.written or done.status > 1)
    raise SystemExit(done.status)


for command in (mark, forget, show, replay, similar):
    main.add_command(command)
