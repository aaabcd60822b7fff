"""Commands on results that are there: report and diff."""

from pathlib import Path

from autograder.commands.run import show_results, writing
from autograder.grading.order import Screen
from autograder.reports import say, show_changes, write_feedback, write_report
from autograder.reports.files import FEEDBACK, REPORT
from autograder.results.absent import compare, read_roster
from autograder.results.anonymous import anonymised
from autograder.results.changes import changes
from autograder.results.lock import is_running
from autograder.results.store import FILE_NAME, Store
from autograder.results.without_details import mark


def report_results(results: Path, screen: Screen, *, roster: Path | None = None, anonymous: bool = False) -> None:
    """Write the pages of a graded class anew, and show its table.

    Args:
        results: where the class was graded into.
        screen: where to show it.
        roster: a CSV file of who is in the course, to compare with.
        anonymous: whether the class page and the table have numbers in place of names. The feedback pages,
            which go to their students, are then left as they are.

    Raises:
        SheetError: the roster can't be read.
        StoreError: nothing was graded into this folder, or it can't be read or written.
    """
    rows = None if roster is None else read_roster(roster)
    with Store(results / FILE_NAME, create=False) as store:
        settings, marks = store.settings(), [mark(verdict) for verdict in store.each()]
        if is_running(results):
            say(screen.log, "A run is grading into this folder: this shows what was graded so far.")
        elif not store.finished:
            say(screen.log, "The last run was interrupted: this shows what was graded so far. Run it again to go on.")
        absent = None if rows is None else compare(rows, [one.student_id for one in marks])
        with writing(results):
            if anonymous:
                marks = anonymised(marks)
                absent = absent and absent.counted()
            else:
                write_feedback(results / FEEDBACK, store.each())
            write_report(results / REPORT, marks, settings, absent, linked=not anonymous)
        show_results(results, marks, settings, store.sandbox, screen)


def diff_results(old: Path, new: Path, screen: Screen) -> None:
    """Show whose marks changed between two results folders, and why.

    Raises:
        StoreError: one of them holds no results, or can't be read.
    """
    both = []
    for results in (old, new):
        with Store(results / FILE_NAME, create=False) as store:
            both.append(store.verdicts())
    show_changes(screen.out, changes(*both), len(both[1]))
