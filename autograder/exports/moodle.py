"""Moodle: the instructor's own offline grading worksheet, with the grade and feedback comments filled.

A worksheet has headers in the language of whoever downloaded it. So the English ones are looked for first, and then
columns by what stands in them and beside them: participants, a grade, the maximum, whether it can be changed.
"""

import re
from collections import Counter
from dataclasses import replace
from html import escape

from autograder.exports.filling import GradeColumn, fill_grades, other_file, scaled
from autograder.exports.job import Exported, ExportError, ExportJob
from autograder.model.points import number
from autograder.model.text import printable
from autograder.model.verdict import Outcome, Verdict
from autograder.reports.words import points, task_title
from autograder.results.late import late_line
from autograder.results.matching import Row
from autograder.results.people import columns_of_people
from autograder.results.sheet import Sheet, as_number, read_sheet

_TEAMS = ("Group", "Gruppe", "Groupe", "Grupo", "Gruppo", "Groep", "Grup")


def write(job: ExportJob) -> Exported:
    """Fill a worksheet: the column `job.column`, or that of the grade. What Moodle checks is left as it is.

    Raises:
        ExportError: the file is no grading worksheet of Moodle's, or it is not plain where the grade is.
        OSError: the result can't be written.
    """
    sheet = read_sheet(job.own_file)
    identifier = _identifier(sheet)
    grade = _grade(job, sheet, identifier)
    rows = _rows(sheet, identifier, grade)
    maximum = Counter(text for row in rows if (text := sheet.cell(row, _maximum(sheet, grade)))).most_common(1)
    shown = maximum[0][0] if maximum else ""
    factor, remarks = scaled(job, as_number(shown), shown)
    comments, commented = _comments(sheet, grade), []

    def comment(row: int, verdict: Verdict) -> None:
        if comments is not None and sheet.fill(row, comments, feedback_comment(verdict)):
            commented.append(rows[row].shown)

    sheet.delimiter = ","  # Moodle reads no other, whatever a spreadsheet has made of the file
    if comments is None:
        remarks.append('No column "Feedback comments": switch that feedback type on in Moodle to hand it back here')
    done = fill_grades(job, sheet, GradeColumn(grade, rows, factor, sheet.has_decimal_commas(grade), comment))
    if commented:
        remarks.append(f"Feedback comments that were there were replaced for {len(commented)} students")
    return replace(done, remarks=(*remarks, *done.remarks))


def _identifier(sheet: Sheet) -> int:
    """Return the column of participants: by its name, or with one word, the same for all, and a number for each."""
    found = sheet.column("Identifier")
    if found is not None:
        return found
    for column in range(len(sheet.header)):
        texts = sheet.below(column)
        before, numbers = {text.rstrip("0123456789") for text in texts}, {text for text in texts if text[-1].isdigit()}
        if len(before) == 1 and any(map(str.isalpha, *before)) and len(numbers) == len(texts):
            return column
    raise other_file(sheet, "moodle", 'column "Identifier" with Participant 1001 and the like')


def _grade(job: ExportJob, sheet: Sheet, identifier: int) -> int:
    """Return the column of the grade: by its name, or before a maximum that is the same for all and then words."""
    if sheet.column("Scale") is not None:
        raise ExportError("this assignment is graded on a scale: give it points in Moodle, and download the file anew")
    wanted = sheet.column(job.column or "Grade")
    if job.column and wanted is None:
        titles = "; ".join(printable(title, 40) for title in sheet.header)
        raise ExportError(f"no column is called {printable(job.column)!r}. In this worksheet: {titles}")
    if wanted is not None:
        if not job.column and sheet.column("Last modified (grade)") is None:
            raise other_file(sheet, "moodle", 'column "Last modified (grade)"')
        return wanted
    fits = [column for column in range(identifier + 1, len(sheet.header) - 2) if _before_maximum(sheet, column)]
    if len(fits) != 1:
        titles = "; ".join(printable(title, 40) for title in sheet.header)
        raise ExportError(f'no column "Grade": say with --column which one has the grades. In this worksheet: {titles}')
    return fits[0]


def _before_maximum(sheet: Sheet, column: int) -> bool:
    grades = [text for text in sheet.below(column) if any(map(str.isalnum, text))]
    maxima, words = set(sheet.below(column + 1)), sheet.below(column + 2)
    known = all(as_number(text) is not None for text in grades) and any(map(str.isalpha, "".join(words[:1])))
    return known and len(maxima) == 1 and (as_number(min(maxima)) or 0) > 0


def _maximum(sheet: Sheet, grade: int) -> int | None:
    by_name = sheet.column("Maximum Grade")
    return by_name if by_name is not None else grade + 1 if _before_maximum(sheet, grade) else None


def _comments(sheet: Sheet, grade: int) -> int | None:
    """Return the column of comments: by its name, or the last one in another language, unless that has dates."""
    last, named = len(sheet.header) - 1, sheet.column("Feedback comments")
    if named is not None or sheet.column("Last modified (grade)") is not None or last < grade + 4:
        return named
    dates = any(text == "-" or re.search(r"\d.*\d{4}", text) for text in sheet.below(last))
    return None if dates else last


def _rows(sheet: Sheet, identifier: int, grade: int) -> dict[int, Row]:
    """Return the students by row."""
    people, team = columns_of_people(sheet, range(identifier + 1, grade), identifier), sheet.column(*_TEAMS)
    rows = {}
    for index in range(1, len(sheet.rows)):
        row, participant = people.row(sheet, index), sheet.cell(index, identifier)
        if row.number:
            shown = f"{' '.join(row.names[:1])} ({participant})".strip()
            rows[index] = replace(row, shown=shown, team=sheet.cell(index, team))
    return rows


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
    if outcome.diagnoses:
        why = f"{outcome.diagnoses[0].misconception}. {' '.join(outcome.diagnoses[0].questions)}"
    else:
        why = printable(outcome.findings[0].summary, 200)
    return f"{task_title(outcome)}: {points(outcome)}. {why}"
