"""What the formats that fill an instructor's own file have in common."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.exports import TABLE
from autograder.exports.job import Exported, ExportError, ExportJob
from autograder.exports.writing import replacing, why_unmarked
from autograder.model.points import number
from autograder.model.text import printable
from autograder.model.verdict import Verdict
from autograder.results.late import late_line
from autograder.results.matching import Match, Row, match
from autograder.results.sheet import BOM, Sheet, as_number

_PRINTED = 20  # lines about people; where there are more, all are in a file


@dataclass
class Notices:
    """What there is to say about people, under titles."""

    matched: Match
    kept: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    def lists(self) -> list[tuple[str, list[str]]]:
        """Return the lists that are not empty, each with its title."""
        left = (self.matched.students_left, self.matched.rows_left, self.matched.teams)
        students, rows, teams = ([f"{who}: {why}" for who, why in sorted(pairs)] for pairs in left)
        lists = (
            ("Graded, and not in the file", students),
            ("In the file, and not graded", rows),
            ("Maybe team work", teams),
            ("Left as they were, for a word stands there", self.kept),
            ("Left as they were, without a mark", self.unmarked),
            ("Marks that were there and are others now", self.replaced),
            ("Marks after a late penalty", self.late),
        )
        return [(f"{title} ({len(who)}):", [printable(one, 200) for one in who]) for title, who in lists if who]


@dataclass(frozen=True)
class GradeColumn:
    """Where marks go: a column, the rows with students, by their index in the sheet, and the factor for its maximum."""

    column: int
    rows: dict[int, Row]
    factor: float
    commas: bool  # whether the file writes 8,5
    also: Callable[[int, Verdict], None] | None = None  # called with the row and the verdict of each mark


def other_file(sheet: Sheet, name: str, missing: str) -> ExportError:
    """Return the error that says why a file is not the one that the format `name` fills."""
    found = ", ".join(printable(title, 30) for title in sheet.header[:8])
    return ExportError(f"no {missing}, so this is no {TABLE[name].fills} (found: {found}): download it anew")


def scaled(job: ExportJob, maximum: float | None, shown: str) -> tuple[float, list[str]]:
    """Return the factor for marks in a column with this maximum, and a word where it is another than ours.

    Raises:
        ExportError: the marks should be scaled, and the file does not say to what.
    """
    most = job.settings.max_score
    if job.scale:
        if not maximum:
            raise ExportError(f"this column's maximum is {printable(shown) or 'not in the file'}: leave out --scale")
        return maximum / most, [f"Marks out of {number(most)} were scaled to {number(maximum)}"]
    if maximum is None or maximum == most:
        return 1.0, []
    word = f"The column is out of {printable(shown)} points, and the marks are out of {number(most)}"
    return 1.0, [f"{word}: --scale converts them"]


def fill_grades(job: ExportJob, sheet: Sheet, target: GradeColumn) -> Exported:
    """Write the scores into a column, save the sheet as `job.out`, and say who is left on either side."""
    indices = list(target.rows)
    by_id = {verdict.student_id: verdict for verdict in job.verdicts}
    notices = Notices(match(list(by_id), list(target.rows.values())))
    filled = 0
    for student, places in sorted(notices.matched.rows.items()):
        verdict = by_id[student]
        if verdict.score is None:
            notices.unmarked.append(f"{student}: {why_unmarked(verdict)}")
            continue
        filled += sum(_fill(sheet, target, indices[place], verdict, notices) for place in places)
        if verdict.late:
            notices.late.append(f"{student}: {late_line(verdict)}")
    written = f"{filled} marks in column {printable(sheet.header[target.column], 80)!r}: {job.out}"
    return settled(job, notices, written, lambda: _write_sheet(job.out, sheet))


def _fill(sheet: Sheet, target: GradeColumn, row: int, verdict: Verdict, notices: Notices) -> bool:
    """Write a mark as the file writes numbers, unless a word stands there; return whether it was written."""
    mark = number((verdict.score or 0.0) * target.factor)
    before = sheet.cell(row, target.column)
    value = as_number(before)
    if value is None and any(map(str.isalnum, before)):
        notices.kept.append(f"{target.rows[row].shown}: {before} (the mark of {verdict.student_id} is {mark})")
        return False
    if value not in (None, float(mark)):
        notices.replaced.append(f"{verdict.student_id}: {before} became {mark}")
    sheet.fill(row, target.column, mark.replace(".", ",") if target.commas else mark)
    if target.also:
        target.also(row, verdict)
    return True


def _write_sheet(path: Path, sheet: Sheet) -> None:
    """Write a sheet as it was read, with what was filled in."""
    with replacing(path) as file:
        file.write(BOM if sheet.bom else "")
        csv.writer(file, delimiter=sheet.delimiter, lineterminator=sheet.line_end).writerows(sheet.rows)


def settled(job: ExportJob, notices: Notices, written: str, write: Callable[[], object]) -> Exported:
    """Write the file unless nobody is in it, and return what a person has to know.

    Of the lines about people, so many are printed; all are in a file beside the result where there are more.
    """
    marked = {verdict.student_id for verdict in job.verdicts if verdict.score is not None}
    left = marked - notices.matched.rows.keys()
    lists, room = notices.lists(), _PRINTED
    lines: list[str] = []
    for title, people in lists:
        lines += [title, *(f"  {line}" for line in people[:room])]
        room = max(room - len(people), 0)
    if left == marked:
        return Exported("Nothing was written, for no student with a mark has a row in the file", tuple(lines), 2)
    write()
    whole = job.out.with_name(f"{job.out.name}.people.txt")
    if sum(len(people) for _, people in lists) > _PRINTED:
        with replacing(whole) as file:
            file.writelines(f"{line}\n" for title, people in lists for line in (title, *(f"  {one}" for one in people)))
        lines.append(f"These are the first {_PRINTED}; everybody is in {whole}")
    else:
        whole.unlink(missing_ok=True)  # of an earlier export
    return Exported(written, tuple(lines), 1 if left else 0)
