"""`bptt show`: one student's feedback in the terminal."""

from pathlib import Path

from autograder.model.text import printable
from autograder.model.verdict import Verdict
from autograder.reports import feedback_text, outcome_heading, outcome_lines, summary_lines
from autograder.results.names import known_student, known_task
from autograder.results.store import FILE_NAME, Store


def feedback_shown(results: Path, student: str, task: str | None) -> str:
    """Return the feedback on a student, or on one of their tasks, in Markdown that reads well as plain text.

    Raises:
        RequestError: there is no such student, or no such task.
        StoreError: the results can't be read.
    """
    with Store(results / FILE_NAME, create=False) as store:
        settings, verdicts = store.settings(), {one.student_id: one for one in store.each()}
    verdict = verdicts[known_student(student, verdicts)]
    if task is None:
        return feedback_text(verdict)
    return _one_task(verdict, known_task(task, settings).id)


def _one_task(verdict: Verdict, task: str) -> str:
    heading = f"# {printable(verdict.student_id)}"
    outcome = next((one for one in verdict.tasks if one.task == task), None)
    if outcome is None:  # nothing of this student's was run
        return "\n".join([heading, "", *summary_lines(verdict)])
    return "\n".join([heading, "", f"## {outcome_heading(outcome)}", "", *outcome_lines(outcome), ""])
