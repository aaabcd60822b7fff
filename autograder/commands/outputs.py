"""What is written and shown of the verdicts that count: grades, pages, how they came, and where everything is."""

import json
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from autograder.exports.csv import write_grades
from autograder.exports.writing import replacing
from autograder.model.settings import Settings
from autograder.model.text import listing
from autograder.model.verdict import Verdict
from autograder.reports import remove_feedback, say, show_class, write_feedback
from autograder.reports.files import FEEDBACK, REPORT
from autograder.reports.pages import write_class_page, write_pages
from autograder.reports.screen import Screen
from autograder.results.database import writing
from autograder.results.made import run_document
from autograder.results.store import Store
from autograder.results.without_details import without_points

GRADES, FILES, RUN = "grades.csv", "files.csv", "run.json"


def write_results(results: Path, store: Store) -> list[Verdict]:
    """Write what is made of the verdicts that count: grades, pages, and how they came; return the marks.

    Raises:
        StoreError: a verdict can't be read, or a file not be written.
    """
    marks = store.marks()
    with writing(results):
        write_grades(results / GRADES, marks, store.settings())
        write_pages(results)
        with replacing(results / RUN) as file:
            file.write(json.dumps(run_document(store), indent=2, ensure_ascii=False) + "\n")
    return marks


def write_trial(results: Path, store: Store, screen: Screen) -> bool:
    """Write the feedback without a word of points, and say where it is; return whether everybody could be graded."""
    with writing(results):
        remove_feedback(results / FEEDBACK, store.gone())
        write_feedback(results / FEEDBACK, map(without_points, store.each()), (".html", ".md"))
    failed = [f"{one.student_id}: {one.message}" for one in store.marks() if one.status == "not_graded"]
    for line in listing("The grader failed on them, so that they got no feedback", failed):
        say(screen.out, line)
    say(screen.out, f"A trial, without marks; the results are as they were. feedback: {results / FEEDBACK}")
    return not failed


def refresh(results: Path, store: Store, students: Collection[str]) -> None:
    """Write anew what shows the marks of these students."""
    with writing(results):
        write_grades(results / GRADES, store.marks(), store.settings())
        write_feedback(results / FEEDBACK, (verdict for verdict in store.each() if verdict.student_id in students))
        write_class_page(results)


def show_results(results: Path, verdicts: Sequence[Verdict], settings: Settings, sandbox: str, screen: Screen) -> None:
    """End with the table and where everything is."""
    show_class(screen.out, verdicts, settings)
    if sandbox:
        say(screen.out, sandbox)
    for what, path in (
        ("grades", results / GRADES),
        ("feedback", results / FEEDBACK),
        ("report", results / REPORT),
        ("files", results / FILES),
    ):
        if path.exists():
            say(screen.out, f"{what + ':':<10}{path}")


def usable_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
