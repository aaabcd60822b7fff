"""`bptt grade --watch`: grade what is handed in or changed, until somebody ends it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from autograder.commands.order import Order
from autograder.commands.run import grade_folder
from autograder.nbgrader.layout import course_of
from autograder.reports import say
from autograder.reports.screen import Screen
from autograder.submissions import NoSubmissions

SECONDS = 5.0  # between two looks


def watch(order: Order, screen: Screen, pause: Callable[[float], None] = time.sleep) -> None:
    """Grade now, and again whenever a file of the class has come, changed or gone. Ends by an exception alone.

    Args:
        order: what is graded; what it changes on purpose (`regrade`, `students`) it changes once.
        screen: what a person sees.
        pause: waits for so many seconds.

    Raises:
        What `grade_folder` raises, but for a class in which nobody has handed in anything yet.
    """
    course = course_of(order.folder)
    folder = course.submitted if course else order.folder  # grading writes into a course
    seen: object = None
    while True:
        there = _snapshot(folder)
        if there != seen:
            try:
                grade_folder(order, screen)
                order = replace(order, regrade=False, students=())
            except NoSubmissions as error:
                say(screen.log, f"Nothing to grade yet: {error}")
            seen = there
            say(screen.log, f"Watching {folder}: Ctrl-C ends it.")
        pause(SECONDS)


def _snapshot(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Return what tells whether a file has changed, of each: its path, its time and its size."""
    found = set()
    for path in (folder, *folder.rglob("*")) if folder.is_dir() else (folder,):
        try:
            about = path.lstat()
        except OSError:
            continue  # gone in the meantime
        found.add((str(path), about.st_mtime_ns, about.st_size))
    return frozenset(found)
