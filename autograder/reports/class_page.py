"""The class at a glance, as one page of HTML that works offline, and can be read without its script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.model.verdict import LostBy, Verdict
from autograder.reports.bars import histogram
from autograder.reports.files import FEEDBACK, file_stem
from autograder.reports.html import render
from autograder.reports.losses import LostPoints, as_if
from autograder.reports.overview import overview
from autograder.reports.sections import sections
from autograder.reports.words import class_total, in_words
from autograder.results.absent import Absent
from autograder.results.made import run_lines

TALK = "what-to-talk-about.html"  # beside the class page
_ON_ONE_PAGE = 8  # mistakes that fit a sheet of paper
_GROUPS: dict[LostBy, str] = {
    "mistake": "Known mistakes",
    "observation": "Seen in the answers, and no known mistake",
    "exception": "Exceptions, and calls that did not end",
    "not_written": "Not written",
    "unexplained": "Unexplained",
}


@dataclass(frozen=True)
class Beside:
    """What a class page says beside the verdicts, where it is known."""

    run: Mapping[str, Any] | None = None  # how the marks were made, as in `run.json`
    absent: Absent | None = None  # the comparison with the roster
    sections: Mapping[str, str] = field(default_factory=dict)  # of the course, by student


_NOTHING = Beside()


def write_report(
    path: Path, verdicts: Sequence[Verdict], settings: Settings, beside: Beside = _NOTHING, *, linked: bool = True
) -> None:
    """Write the class page, and beside it the page of what to talk about, to be printed.

    Args:
        path: the file.
        verdicts: of everybody in the class.
        settings: of the run.
        beside: what there is to say besides.
        linked: whether names lead to the feedback pages beside the file, which are called by the ids.

    Raises:
        OSError: a file can't be written.
    """
    path.write_text(class_page(verdicts, settings, beside, linked=linked), encoding="utf-8", newline="\n")
    path.with_name(TALK).write_text(talk_page(verdicts, settings), encoding="utf-8", newline="\n")


def talk_page(verdicts: Sequence[Verdict], settings: Settings) -> str:
    """Return what to talk about in the next lecture, on one sheet of paper: the most frequent mistakes, no names."""
    seen = overview(verdicts, settings)
    page = {"handed_in": seen.handed_in, "mistakes": seen.misconceptions[:_ON_ONE_PAGE]}
    more = len(seen.misconceptions[_ON_ONE_PAGE:])
    return render("talk.html.j2", page=page | {"total": in_words(class_total(verdicts)), "more": more})


def class_page(
    verdicts: Sequence[Verdict], settings: Settings, beside: Beside = _NOTHING, *, linked: bool = True
) -> str:
    """Return the class page; see `write_report`."""
    seen = overview(verdicts, settings)

    def student(student_id: str) -> tuple[str, str]:
        """Return the name to show, and where the feedback is, "" where the page must not lead to it."""
        page = f"{FEEDBACK}/{quote(file_stem(student_id))}.html" if linked else ""
        return printable(student_id), page

    page = {
        "total": in_words(class_total(verdicts)),
        "seen": seen,
        "most": settings.max_score,
        "score_bins": histogram(seen.scores, settings.max_score) if seen.scores else [],
        "time_bins": histogram(seen.seconds, max(seen.seconds)) if seen.seconds else [],
        "lost": _groups(seen.losses),
        "as_if": as_if(verdicts),
        "sections": sections(verdicts, beside.sections),
        "late": [verdict.late.lost for verdict in verdicts if verdict.late],
        "talk": TALK if linked else "",
        "student": student,
        "absent": beside.absent,
        "made": run_lines(beside.run) if beside.run else [],
        "verdicts": verdicts,
    }
    return render("report.html.j2", script="report.js", page=page)


def _groups(losses: Sequence[LostPoints]) -> list[dict[str, object]]:
    """Return the groups of headings, each with what was lost under it and its share of all that was lost."""
    total = sum(loss.points for loss in losses)
    groups = []
    for by, title in _GROUPS.items():
        own = [loss for loss in losses if loss.by == by]
        points = sum(loss.points for loss in own)
        students = {student_id for loss in own for student_id in loss.students}
        rows = [(loss, round(100 * loss.points / total)) for loss in own]
        if own:
            share = round(100 * points / total)
            # Those of a known mistake stand below, with what to ask them.
            named = by != "mistake"
            groups.append(
                {"title": title, "count": len(students), "points": points, "share": share, "rows": rows, "named": named}
            )
    return groups
