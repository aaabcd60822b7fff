"""The class at a glance, as one page of HTML that works offline, and can be read without its script."""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from autograder.model.points import number
from autograder.model.settings import Settings
from autograder.model.text import printable
from autograder.model.verdict import STATUSES, LostBy, Verdict
from autograder.reports.bars import histogram, shares
from autograder.reports.files import FOLDER, file_stem
from autograder.reports.html import render
from autograder.reports.losses import Loss, Misconception
from autograder.reports.overview import Overview, TaskFigures, overview
from autograder.reports.words import safe, words
from autograder.results.absent import Absent

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
class _Student:
    """A name to show and where the feedback is, "" where the page must not lead to it."""

    name: str
    page: str


def write_report(
    path: Path, verdicts: Sequence[Verdict], settings: Settings, absent: Absent | None = None, *, linked: bool = True
) -> None:
    """Write the class page, and beside it the page of what to talk about, to be printed.

    Args:
        path: the file.
        verdicts: of everybody in the class.
        settings: of the run.
        absent: the comparison with the roster, where there is one.
        linked: whether names lead to the feedback pages beside the file, which are called by the ids.

    Raises:
        OSError: a file can't be written.
    """
    path.write_text(class_page(verdicts, settings, absent, linked=linked), encoding="utf-8", newline="\n")
    path.with_name(TALK).write_text(talk_page(verdicts, settings), encoding="utf-8", newline="\n")


def talk_page(verdicts: Sequence[Verdict], settings: Settings) -> str:
    """Return what to talk about in the next lecture, on one sheet of paper: the most frequent mistakes, no names."""
    seen = overview(verdicts, settings)
    mistakes = [_misconception(one, ()) | {"count": len(one.students)} for one in seen.misconceptions[:_ON_ONE_PAGE]]
    page = {"total": _total(verdicts), "handed_in": seen.handed_in, "mistakes": mistakes}
    return render("talk.html.j2", page=page | {"more": len(seen.misconceptions) - len(mistakes)})


def class_page(
    verdicts: Sequence[Verdict], settings: Settings, absent: Absent | None = None, *, linked: bool = True
) -> str:
    """Return the class page; see `write_report`."""
    seen = overview(verdicts, settings)

    def student(student_id: str) -> _Student:
        page = f"{FOLDER}/{quote(file_stem(student_id))}.html" if linked else ""
        return _Student(printable(student_id), page)

    page = {
        "total": _total(verdicts),
        "lines": [_roster_line(absent)] if absent else [],
        "handed_in": seen.handed_in,
        "scores": _scores(seen.scores, settings),
        "score_bins": histogram(seen.scores, settings.max_score) if seen.scores else [],
        "tasks": [_task(task) for task in seen.tasks],
        "talk": TALK if linked else "",
        "lost": _lost(seen.losses, student),
        "late": _late(verdicts),
        "misconceptions": [
            _misconception(one, [student(student_id) for student_id in one.students]) for one in seen.misconceptions
        ],
        "look": [(student(student_id), safe(why)) for student_id, why in seen.look],
        "absent": [(title, people) for title, people in _absent(seen, absent, student) if people],
        "nobody_absent": "Nobody." if absent else "Nobody that is known of: bptt report --roster FILE compares a list.",
        "times": _times(seen.seconds),
        "time_bins": histogram(seen.seconds, max(seen.seconds)) if seen.seconds else [],
        "headings": [
            {"title": "Student", "number": False},
            {"title": "Score", "number": True},
            {"title": "Status", "number": False},
            {"title": "Passed", "number": True},
            {"title": "Seconds", "number": True},
        ],
        "rows": [_row(verdict, student(verdict.student_id)) for verdict in verdicts],
    }
    return render("report.html.j2", script="report.js", page=page)


def _total(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(verdict.status for verdict in verdicts)
    statuses = ", ".join(f"{counts[status]} {words(status)}" for status in STATUSES if counts[status])
    return f"{len(verdicts)} students: {statuses or 'none'}"


def _roster_line(absent: Absent) -> str:
    return f"Compared with the roster: {len(absent.nothing)} handed in nothing, {len(absent.strangers)} are not on it."


def _scores(scores: Sequence[float], settings: Settings) -> str:
    if not scores:
        return "No scores yet."
    return (
        f"Mean {statistics.fmean(scores):.1f}, median {statistics.median(scores):.1f}, lowest {number(min(scores))}, "
        f"highest {number(max(scores))} of {number(settings.max_score)}, over {len(scores)} who handed in."
    )


def _task(task: TaskFigures) -> dict[str, object]:
    def share(count: int) -> str:
        return f"{count} ({100 * count / task.count:.0f} %)"

    return {
        "title": task.title,
        "shares": list(zip(("pass", "partial", "lost"), shares((task.passed, task.partial, task.lost)), strict=True)),
        "points": number(task.points),
        "passed": share(task.passed),
        "partial": share(task.partial),
        "lost": share(task.lost),
        "mean": f"{task.mean:.1f}",
        "discrimination": "–" if task.discrimination is None else f"{task.discrimination:.2f}",
    }


def _lost(losses: Sequence[Loss], student: Callable[[str], _Student]) -> list[dict[str, object]]:
    """Return the groups of headings, each with what was lost under it."""
    total = sum(loss.points for loss in losses)

    def figures(points: float) -> dict[str, object]:
        return {"points": number(round(points, 2)), "share": round(100 * points / total)}

    groups = []
    for by, title in _GROUPS.items():
        own = [loss for loss in losses if loss.by == by]
        students = {student_id for loss in own for student_id in loss.students}
        rows = [
            {
                "what": safe(loss.what),
                "tasks": "" if loss.tasks == (loss.what,) else ", ".join(loss.tasks),
                "count": len(loss.students),
                # Those of a known mistake stand below, with what to ask them.
                "students": [] if by == "mistake" else [student(student_id) for student_id in loss.students],
                **figures(loss.points),
            }
            for loss in own
        ]
        if own:
            whole = figures(sum(loss.points for loss in own))
            groups.append({"title": title, "count": len(students), "rows": rows, **whole})
    return groups


def _late(verdicts: Sequence[Verdict]) -> str:
    taken = [verdict.late.lost for verdict in verdicts if verdict.late]
    students = "1 student" if len(taken) == 1 else f"{len(taken)} students"
    return f"Lateness took {number(round(sum(taken), 2))} points more, from {students}." if taken else ""


def _misconception(one: Misconception, students: Sequence[_Student]) -> dict[str, object]:
    return {
        "count": len(students),
        "what": one.diagnosis.misconception,
        "slides": _slides(one.diagnosis.slides),
        "tasks": ", ".join(one.tasks),
        "questions": one.diagnosis.questions,
        "students": students,
    }


def _slides(titles: Sequence[str]) -> str:
    quoted = [f"“{title}”" for title in titles]
    many = "slides" if len(quoted) > 1 else "slide"
    return f"{many} {' and '.join(quoted)}" if quoted else ""


def _times(seconds: Sequence[float]) -> str:
    if not seconds:
        return "Nothing was run."
    slowest = sorted(seconds)
    return (
        f"Median {statistics.median(seconds):.1f} s, 9 of 10 within {slowest[int(0.9 * (len(slowest) - 1))]:.1f} s, "
        f"longest {slowest[-1]:.1f} s, {sum(seconds) / 60:.1f} minutes in all, on one processor."
    )


def _absent(
    seen: Overview, absent: Absent | None, student: Callable[[str], _Student]
) -> list[tuple[str, list[_Student]]]:
    """List who is missing: by the folders, by the roster, and who is not on the roster."""
    lists = [("Nothing handed in, or nothing in it to grade", [student(student_id) for student_id in seen.missing])]
    if absent:
        lists.append(("On the roster, and nothing was handed in", [_Student(safe(who), "") for who in absent.nothing]))
        lists.append(("Graded, and not on the roster", [_Student(safe(who), "") for who in absent.strangers]))
    return lists


def _row(verdict: Verdict, student: _Student) -> dict[str, object]:
    return {
        "student": student,
        "status": words(verdict.status),
        "score": number(verdict.score),
        "passed": str(sum(outcome.state == "pass" for outcome in verdict.tasks)),
        "seconds": f"{verdict.seconds:.1f}" if verdict.seconds else "",
    }
