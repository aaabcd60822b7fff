"""What `bptt grade` leaves in a course: points in the gradebook, and notebooks for the feedback pages.

nbgrader is imported when a course is graded: all else does without.
"""

import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING

from autograder.model.text import printable
from autograder.nbgrader.by_hand import agree, remember
from autograder.nbgrader.layout import CourseError, Layout, notebook_name, submission_in
from autograder.results.store import Store
from autograder.submissions.submission import as_id

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.nbgrader.gradebook import CourseGradebook

_TIMESTAMP = "timestamp.txt"


def open_gradebook(layout: Layout) -> "CourseGradebook | None":
    """Return the course's gradebook; None where nbgrader is not installed.

    Raises:
        CourseError: it can't be opened, or does not know the assignment yet.
    """
    if importlib.util.find_spec("nbgrader") is None:
        return None
    from autograder.nbgrader.gradebook import CourseGradebook

    return CourseGradebook(layout)


def record(layout: Layout, gradebook: "CourseGradebook | None", store: Store) -> list[str]:
    """Write every mark into the gradebook and close it, and every graded notebook into `autograded/`.

    Marks by hand are taken over, from the side on which they were set last to the other. Who could not be graded
    keeps what the gradebook has.

    Returns:
        What was done, in lines for a person to read.

    Raises:
        CourseError: something can't be written, or the settings are not those of the course.
    """
    if gradebook is None:
        return [f"nbgrader is not installed here, so the gradebook of {layout.root} stays as it is"]
    import nbformat

    folders = {as_id(student): student for student in layout.students()}
    marked = {
        one.student_id: folders[one.student_id]
        for one in store.marks()
        if one.student_id in folders and one.status not in ("not_graded", "withheld")
    }
    cells = gradebook.cells(marked.values())
    agreed = agree(store, {student: cells[folder] for student, folder in marked.items()})
    store.add_entries(agreed.entries)
    graded = _graded(gradebook, marked, store)
    gradebook.write(graded, {marked[student]: points for student, points in agreed.points.items()})
    gradebook.close()
    remember(store, agreed.equal)
    try:
        for student, notebook in graded:
            _save(layout, student, nbformat.writes(notebook))
    except OSError as error:
        raise CourseError(f"{error.filename or layout.root} can't be written: {error.strerror}") from error
    late = f". No time can be read from the {_TIMESTAMP} of {', '.join(map(printable, gradebook.timeless))}"
    done = f"Gradebook: the points of {len(graded)} students, in {layout.root}{late if gradebook.timeless else ''}"
    return [*agreed.lines(), done]


def _graded(gradebook: "CourseGradebook", folders: Mapping[str, str], store: Store) -> list[tuple[str, "NotebookNode"]]:
    """Return each student's folder name and notebook, with its points and their reasons in the cells.

    `folders` has the folder of each student who is to be in the gradebook.
    """
    from autograder.nbgrader.outputs import Unsettled, fill
    from autograder.nbgrader.repair import repaired

    layout, limit = gradebook.layout, store.settings().limits.file_bytes
    found = []
    for verdict in store.each():
        student = folders.get(verdict.student_id)
        if student is None:
            continue
        submission = submission_in(student, layout.handed_in(student).parent, limit)
        notebook = repaired(submission.path or layout.handed_in(student), gradebook.known, limit)
        try:
            fill(notebook, verdict)
        except Unsettled as error:
            raise CourseError(str(error)) from error
        found.append((student, notebook))
    return found


def _save(layout: Layout, student: str, text: str) -> None:
    """Write a student's graded notebook in one go, with the time at which it was handed in."""
    folder = layout.autograded(student)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = layout.handed_in(student).with_name(_TIMESTAMP)
    texts = {f"{notebook_name()}.ipynb": text.encode()} | ({_TIMESTAMP: stamp.read_bytes()} if stamp.is_file() else {})
    for name, content in texts.items():
        draft = folder / f".{name}.tmp"  # nbgrader leaves its files read-only, so they are replaced and not written to
        draft.write_bytes(content)
        draft.replace(folder / name)
