"""`bptt forget`: one student's data taken out of results."""

import csv
import shutil
from pathlib import Path

import click

from autograder.commands.common import FOLDER, plain_errors


@click.command()
@click.argument("results", type=FOLDER)
@click.argument("student")
def forget(results: Path, student: str) -> None:
    """Take all that is kept of STUDENT out of RESULTS, pages included."""
    with plain_errors():
        click.echo(_forget(results, student))


def _forget(results: Path, student: str) -> str:
    from autograder.commands.order import TRIAL
    from autograder.commands.outputs import write_results
    from autograder.model.text import printable
    from autograder.nbgrader.by_hand import forget_in_gradebook
    from autograder.reports import remove_feedback
    from autograder.reports.files import FEEDBACK
    from autograder.results.database import writing
    from autograder.results.lock import only_run
    from autograder.results.names import known_student
    from autograder.results.roster import forget_in_roster
    from autograder.results.store import FILE_NAME, Store
    from autograder.review.similar.page import PAGE, TABLE

    with only_run(results, wait=True), Store(results / FILE_NAME) as store:
        known_student(student, {*store.students(), *store.works()})
        forget_in_roster(store, student)
        forget_in_gradebook(store, student)
        store.forget(student)
        with writing(results):
            remove_feedback(results / FEEDBACK, [student])
            shutil.rmtree(results / TRIAL, ignore_errors=True)  # the next one has everybody else again
            for name in (PAGE, TABLE):  # of pairs: they name others as well, and are quickly made anew
                (results / name).unlink(missing_ok=True)
            _forget_files(results, student)
        write_results(results, store)
    return (
        f"{printable(student)} is taken out of {results}. Copies and exports made before still have the marks.\n"
        "Delete what was handed in as well, or the next bptt grade grades it again."
    )


def _forget_files(results: Path, student_id: str) -> None:
    """Take a student's rows out of files.csv."""
    path = results / "files.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if len(row) < 2 or row[1].lstrip("'") != student_id]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
