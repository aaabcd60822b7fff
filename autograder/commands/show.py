"""`bptt show`: one student's feedback in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.commands.common import FOLDER, plain_errors

if TYPE_CHECKING:
    from autograder.model.verdict import Outcome


@click.command()
@click.argument("results", type=FOLDER)
@click.argument("student")
@click.argument("task", required=False)
def show(results: Path, student: str, task: str | None) -> None:
    """Show the feedback of one STUDENT in RESULTS: all of it, or that on one TASK.

    Where an answer is that of the reference with one small edit, a last line says which; students do not see it.
    """
    with plain_errors():
        click.echo(_feedback(results, student, task))


def _feedback(results: Path, student: str, task: str | None) -> str:
    """Return the feedback in Markdown that reads well as plain text."""
    from autograder.model.text import printable
    from autograder.reports import feedback_text, outcome_heading, outcome_lines, summary_lines
    from autograder.results.names import known_student, known_task
    from autograder.results.store import FILE_NAME, Store

    with Store(results / FILE_NAME, create=False) as store:
        settings, verdicts = store.settings(), {one.student_id: one for one in store.each()}
    verdict = verdicts[known_student(student, verdicts)]
    if task is None:
        return feedback_text(verdict) + "".join(map(_as_if, verdict.tasks))
    asked, heading = known_task(task, settings).id, f"# {printable(verdict.student_id)}"
    outcome = next((one for one in verdict.tasks if one.task == asked), None)
    if outcome is None:  # nothing of this student's was run
        return "\n".join([heading, "", *summary_lines(verdict)])
    return "\n".join([heading, "", f"## {outcome_heading(outcome)}", "", *outcome_lines(outcome), ""]) + _as_if(outcome)


def _as_if(outcome: "Outcome") -> str:
    """Say which small edit of the reference gives the same answers; "" where none does."""
    return "".join(f"\nNot for students: {line}.\n" for line in outcome.as_if)
