"""One student's verdict as a page of HTML: nothing to load, nothing to run."""

from collections.abc import Mapping

from autograder.model.loading import loaded
from autograder.model.text import printable
from autograder.model.verdict import Excerpt, Outcome, Verdict
from autograder.reports.html import render
from autograder.reports.strip import strip_of
from autograder.reports.words import first_named, in_words, parts, points, remarks_on, sign, summary, total


def feedback_page(verdict: Verdict) -> str:
    """Return the feedback of one student as HTML."""
    first = first_named(verdict)
    tasks = [_task(outcome, first) for outcome in verdict.tasks]
    page: dict[str, object] = {
        "student": verdict.student_id,
        "total": total(verdict),
        "lines": summary(verdict),
        "tasks": tasks,
    }
    page["marks"] = bool(verdict.max_score)
    return render("feedback.html.j2", page=page)


def _task(outcome: Outcome, first: Mapping[str, str]) -> dict[str, object]:
    task = loaded().task[outcome.task]
    symbol, tone = sign(outcome.state)
    return {
        "id": task.id,
        "title": task.title,
        "slide": task.slide,
        "state": in_words(outcome.state),
        "symbol": symbol,
        "tone": tone,
        "points": points(outcome),
        "parts": parts(outcome),
        "told": bool(outcome.findings or outcome.notes or outcome.hand),  # whether there is more to say
        "remarks": [(remark, strip_of(remark.profile)) for remark in remarks_on(outcome, first)],
        "code": [_code(excerpt) for excerpt in outcome.code],
    }


def _code(excerpt: Excerpt) -> dict[str, object]:
    numbered = enumerate(excerpt.lines, start=excerpt.first_line)
    lines = [(printable(line.expandtabs(4)), number in excerpt.marked) for number, line in numbered]
    return {"label": printable(excerpt.label), "first_line": excerpt.first_line, "lines": lines}
