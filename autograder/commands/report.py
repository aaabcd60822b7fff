"""`bptt report`: the pages of results, once more."""

from pathlib import Path

import click

from autograder.commands.common import FILE, FOLDER, plain_errors, screen


@click.command()
@click.argument("results", type=FOLDER)
@click.option("--roster", type=FILE, metavar="FILE", help="CSV file of who is in the course: who handed in nothing?")
@click.option("--anonymous", is_flag=True, help="Numbers in place of names, in the class page and the table.")
def report(results: Path, roster: Path | None, anonymous: bool) -> None:
    """Write the feedback pages and the class page of RESULTS, and show the class."""
    with plain_errors():
        _report(results, roster, anonymous=anonymous)


def _report(results: Path, roster: Path | None, *, anonymous: bool) -> None:
    """Write the pages, and show the table.

    The feedback pages, which go to their students, are left as they are where the rest has no names.
    """
    from autograder.commands.outputs import show_results
    from autograder.reports import say, write_feedback, write_report
    from autograder.reports.class_page import Beside
    from autograder.reports.files import FEEDBACK, REPORT
    from autograder.results.absent import compare, read_roster, sections_of
    from autograder.results.anonymous import anonymised
    from autograder.results.database import writing
    from autograder.results.lock import is_running
    from autograder.results.made import run_document
    from autograder.results.roster import remembered
    from autograder.results.store import FILE_NAME, Store

    rows, shown = None if roster is None else read_roster(roster), screen()
    with Store(results / FILE_NAME, create=False) as store:
        settings, marks = store.settings(), store.marks()
        if is_running(results):
            say(shown.log, "A run is grading into this folder: this shows what was graded so far.")
        elif not store.finished:
            say(shown.log, "The last run was interrupted: this shows what was graded so far. Run it again to go on.")
        ids = [one.student_id for one in marks]
        sections = {} if anonymous else sections_of(rows or remembered(store), ids)  # a small one would name people
        absent = None if rows is None else compare(rows, ids)
        with writing(results):
            if anonymous:
                marks = anonymised(marks)
                absent = absent and absent.counted()
            else:
                write_feedback(results / FEEDBACK, store.each())
            beside = Beside(run_document(store, anonymous=anonymous), absent, sections)
            write_report(results / REPORT, marks, settings, beside, linked=not anonymous)
        show_results(results, marks, settings, store.sandbox, shown)
