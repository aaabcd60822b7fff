"""The pairs of a class for a person to look at: a page with both texts side by side, and a table."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.exports.writing import replacing, safe_cell
from autograder.model.loading import loaded
from autograder.model.text import printable
from autograder.reports.html import render
from autograder.review.similar.pairs import Pair
from autograder.review.similar.text import Lines
from autograder.submissions.notebook import Cells

PAGE, TABLE = "similar.html", "similar.csv"
_MOST_SHOWN = 40  # pairs with their texts; the others stand in the table
_AROUND = 2  # lines before and after what is shared
_LONGEST = 200  # characters of a line
_DEFINED = re.compile(r"(?:async[ \t]+)?def[ \t]+(\w+)")


def write_pairs(results: Path, pairs: Sequence[Pair], chunks: Mapping[str, Cells]) -> None:
    """Write `similar.html` and `similar.csv` into a results folder.

    Raises:
        OSError: a file can't be written.
    """
    shown = [_shown(number, pair, chunks) for number, pair in enumerate(pairs[:_MOST_SHOWN], start=1)]
    page = render("similar.html.j2", pairs=shown, more=len(pairs) - len(shown), students=len(chunks))
    with replacing(results / PAGE) as file:
        file.write(page)
    with replacing(results / TABLE) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("student_a", "student_b", "shared_text", "same_wrong_answers"))
        for pair in pairs:
            names = map(safe_cell, pair.students)
            writer.writerow((*names, f"{pair.text:.2f}", " ".join(pair.answers)))


def pair_lines(pair: Pair) -> list[str]:
    """Say what two students share, for the terminal and the page."""
    lines = []
    if pair.text == 1:
        lines.append("identical texts, names, comments and layout aside")
    elif pair.text:
        lines.append(f"{100 * pair.text:.0f} % of the shorter text is alike")
    for holders in sorted(set(pair.answers.values())):
        tasks = ", ".join(task for task, count in pair.answers.items() if count == holders)
        others = "nobody else gave them" if holders == 2 else f"{holders - 2} more gave them"
        lines.append(f"identical wrong answers to {tasks}, to the last bit ({others})")
    return lines


def title(pair: Pair) -> str:
    """Name the two students."""
    a, b = map(printable, pair.students)
    return f"{a} and {b}"


def _shown(number: int, pair: Pair, chunks: Mapping[str, Cells]) -> dict[str, object]:
    """Return what the template shows of a pair."""
    sides = [
        {"student": printable(student), "passages": _passages(chunks[student], lines, pair.answers)}
        for student, lines in zip(pair.students, pair.lines, strict=True)
    ]
    share = f"{100 * pair.text:.0f} %"
    return {"id": f"pair-{number}", "title": title(pair), "says": pair_lines(pair), "text": share, "sides": sides}


def _passages(chunks: Cells, shared: Lines, tasks: Iterable[str]) -> list[dict[str, object]]:
    """Return the lines that are shared, with some around them, and the functions of these tasks."""
    functions = {function for task in tasks for function in loaded().task[task].functions}
    found: list[dict[str, object]] = []
    for index, (label, code) in enumerate(chunks):
        lines = code.split("\n")
        marked = {number for chunk, number in shared if chunk == index}
        near = {around for one in marked for around in range(one - _AROUND, one + _AROUND + 1)}
        kept = sorted(near.union(_lines_of(functions, lines)))
        stretch: list[int] = []
        for number in (*(one for one in kept if 1 <= one <= len(lines)), 0):
            if stretch and number != stretch[-1] + 1:
                texts = [(printable(lines[one - 1].expandtabs(4), _LONGEST), one in marked) for one in stretch]
                found.append({"label": printable(label), "first_line": stretch[0], "lines": texts})
                stretch = []
            stretch.append(number)
    return found


def _lines_of(functions: Collection[str], lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines of top-level functions, as far as indentation tells."""
    inside = False
    for number, line in enumerate(lines, start=1):
        if line[:1].strip() and line[0] not in ")]}#":
            match = _DEFINED.match(line)
            inside = match is not None and match[1] in functions
        if inside and line.strip():
            yield number
