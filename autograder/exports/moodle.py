"""Moodle: the instructor's own offline grading worksheet, with Grade and Feedback comments filled."""

from html import escape

from autograder.exports.filling import fill_grades, needed, own_sheet
from autograder.exports.job import Exported, Job
from autograder.late import late_line
from autograder.matching import Row
from autograder.points import number
from autograder.rubric import TASK_BY_ID
from autograder.sheet import Sheet
from autograder.text import printable
from autograder.verdict import Outcome, Verdict

WHAT = "Moodle grading worksheet, downloaded in English"
_IDS = ("Email address", "ID number", "Username")


def write(job: Job) -> Exported:
    """Fill a worksheet. The columns that Moodle checks are left as they are.

    Raises:
        ExportError: the file is no grading worksheet of Moodle's.
        OSError: the result can't be written.
    """
    sheet = own_sheet(job, WHAT)
    identifier, grade = needed(sheet, WHAT, "Identifier"), needed(sheet, WHAT, "Grade")
    needed(sheet, WHAT, "Last modified (grade)")
    name, comments = sheet.column("Full name"), sheet.column("Feedback comments")
    ids = [sheet.column(one) for one in _IDS]
    rows = {}
    for index in range(1, len(sheet.rows)):
        participant = sheet.cell(index, identifier)
        if participant:
            logins = tuple(text for text in (sheet.cell(index, one) for one in ids) if text)
            shown = f"{sheet.cell(index, name)} ({participant})".strip()
            rows[index] = Row(participant.split()[-1], logins, sheet.cell(index, name), shown)
    commented = []

    def comment(row: int, verdict: Verdict) -> None:
        if comments is not None and sheet.fill(row, comments, feedback_comment(verdict)):
            commented.append(rows[row].shown)

    sheet.delimiter = ","  # Moodle reads no other, whatever a spreadsheet has made of the file
    remarks = _scale(sheet, job.settings.max_score)
    if comments is None:
        remarks.append('No column "Feedback comments": switch that feedback type on in Moodle to hand it back here')
    done = fill_grades(job, sheet, rows, grade, comment)
    if commented:
        remarks.append(f"Feedback comments that were there were replaced for {len(commented)} students")
    return Exported(done.written, (*remarks, *done.remarks))


def feedback_comment(verdict: Verdict) -> str:
    """Return the feedback in short as HTML, which is how Moodle keeps comments. Students' text is escaped."""
    lines = [f"{number(verdict.score)} of {number(verdict.max_score)} points."]
    if verdict.late:
        lines.append(f"{late_line(verdict)}.")
    if verdict.message:
        lines.append(printable(verdict.message, 300))
    lines += [_line(outcome) for outcome in verdict.tasks if outcome.findings]
    return "<br>".join(escape(line) for line in lines)


def _line(outcome: Outcome) -> str:
    earned = f"{number(outcome.points)} of {number(outcome.max_points)}"
    if outcome.diagnoses:
        why = f"{outcome.diagnoses[0].misconception}. {' '.join(outcome.diagnoses[0].questions)}"
    else:
        why = printable(outcome.findings[0].summary, 200)
    return f"{TASK_BY_ID[outcome.task].title}: {earned}. {why}"


def _scale(sheet: Sheet, most: float) -> list[str]:
    """Say so where the worksheet's maximum is another than ours."""
    column = sheet.column("Maximum Grade")
    found = {sheet.cell(row, column) for row in range(1, len(sheet.rows))} - {""}
    others = sorted(maximum for maximum in found if not _is(maximum, most))
    if not others:
        return []
    return [f"The maximum grade is {', '.join(map(printable, others[:3]))}, and the marks are out of {number(most)}"]


def _is(text: str, value: float) -> bool:
    try:
        return float(text.replace(",", ".")) == value
    except ValueError:
        return False
