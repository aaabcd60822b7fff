"""A verdict as outputs of a notebook's graded cells, from which nbgrader computes the same points.

nbgrader (`utils.determine_grade`) takes the first execute_result that is a number from 0 to the cell's points;
any error or text on stderr is 0, and no result at all is full marks. So each cell gets exactly one result, and
what there is to say stands before it as a display.
"""

from collections.abc import Iterable
from dataclasses import replace

from nbformat import NotebookNode

from autograder.model.loading import loaded
from autograder.model.verdict import Outcome, Verdict
from autograder.nbgrader import BEGIN_HIDDEN, END_HIDDEN, nodes
from autograder.reports import outcome_heading, outcome_lines, summary_lines

#: Where a state stands in the metadata of an output.
MARK = "bptt"

_BY_HAND = "This cell belongs to no task of bptt-kit, which has not run it: its points are to be given by hand."


class Unsettled(Exception):
    """A cell can't be given points, through no fault of the student's; str() says why and what to do."""


def fill(notebook: NotebookNode, verdict: Verdict) -> None:
    """Put the verdict into a notebook: a summary on top, and for each graded cell its points and the reasons.

    The points are the judge's: in nbgrader, what a person set stands beside them.

    Hidden tests are taken out of the cells, since whoever sees the feedback sees these cells.

    Raises:
        Unsettled: there is no mark, or a graded cell is of a task that these settings switch off.
    """
    if verdict.score is None:
        raise Unsettled(f"{verdict.message}: run the same command again")
    for cell in notebook["cells"]:
        cell["source"] = without_hidden(cell["source"])
    judged = _without_hands(verdict)
    for cell in graded_cells(notebook):
        task, most = cell["metadata"]["nbgrader"]["grade_id"], cell["metadata"]["nbgrader"]["points"]
        if task not in loaded().task:
            cell["outputs"] = [nodes.text_output(_BY_HAND, {})]
            continue
        text, state = _reasons(task, verdict)
        mark = {MARK: {"status": verdict.status, "state": state}}
        cell["outputs"] = [nodes.text_output(text, mark), nodes.value_output(earned(task, float(most), judged))]
    summary = nodes.cell("markdown", "\n".join(summary_lines(verdict)).strip())
    summary["id"] = "summary"
    notebook["cells"].insert(0, summary)


def graded_cells(notebook: NotebookNode) -> Iterable[NotebookNode]:
    """Yield the code cells that nbgrader grades by their outputs."""
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and mark.get("grade") and not mark.get("solution"):
            yield cell


def earned(task: str, most: float, verdict: Verdict) -> float:
    """Return what a task earned, of the points that the course gives it.

    Raises:
        Unsettled: the task was not graded.
    """
    outcome = _outcome(task, verdict)
    if outcome is None and any(one.hand is None for one in verdict.tasks):
        raise Unsettled(
            f"the cell {task} has points, but the settings of this run switch the task off: grade with the settings "
            "that the course was made with"
        )
    if outcome is None:
        return 0.0
    # The course may have been given other points than the settings; a share of them is what counts.
    share = outcome.points if outcome.max_points == most else outcome.points / (outcome.max_points or 1) * most
    return min(max(share, 0.0), most)


def without_hidden(source: str) -> str:
    """Return a cell's source without its hidden tests."""
    lines, inside = [], False
    for line in source.split("\n"):
        if BEGIN_HIDDEN.lstrip("# ") in line:
            inside = True
        elif END_HIDDEN.lstrip("# ") in line:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines)


def _without_hands(verdict: Verdict) -> Verdict:
    """Return the verdict with the points that the judge gave."""
    return replace(
        verdict, tasks=tuple(replace(one, points=one.hand.judged or 0.0) if one.hand else one for one in verdict.tasks)
    )


def _outcome(task: str, verdict: Verdict) -> Outcome | None:
    return next((outcome for outcome in verdict.tasks if outcome.task == task), None)


def _reasons(task: str, verdict: Verdict) -> tuple[str, str]:
    """Return what is said of a task, in Markdown, and its state, "" where nothing was run."""
    outcome = _outcome(task, verdict)
    if outcome is None:
        return "\n".join([f"**{loaded().task[task].title}**", "", *summary_lines(verdict)]).strip(), ""
    return "\n".join([f"**{outcome_heading(outcome)}**", "", *outcome_lines(outcome)]).strip(), outcome.state
