"""One student's verdict as a page of HTML: nothing to load, nothing to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.assignment import loaded
from autograder.model.text import printable
from autograder.model.verdict import Diagnosis, Excerpt, Finding, Outcome, Verdict
from autograder.reports.html import render
from autograder.reports.strip import Strip, strip_of
from autograder.reports.words import first_named, named_before, part, parts, points, safe, sign, total, words
from autograder.results.late import late_line
from autograder.results.standing import hand_line


def feedback_page(verdict: Verdict) -> str:
    """Return the feedback of one student as HTML."""
    return render("feedback.html.j2", page=_page(verdict))


@dataclass(frozen=True)
class _Diagnosis:
    misconception: str
    questions: Sequence[str]
    slides: str
    before: str  # the id of an earlier task whose mistake it is, "" where it is new
    number: int  # of that task


@dataclass(frozen=True)
class _Finding:
    heading: str
    summary: str
    details: Sequence[tuple[str, str]]
    picture: Strip | None


@dataclass(frozen=True)
class _Line:
    text: str
    marked: bool


@dataclass(frozen=True)
class _Code:
    label: str
    first_line: int
    lines: Sequence[_Line]


@dataclass(frozen=True)
class _Task:
    id: str
    title: str
    state: str
    symbol: str
    tone: str
    points: str
    parts: Sequence[str]
    slide: str
    told: bool  # whether there is more to say than the points
    diagnoses: Sequence[_Diagnosis]
    observations: Sequence[str]
    findings: Sequence[_Finding]
    notes: Sequence[str]
    code: Sequence[_Code]


@dataclass(frozen=True)
class _Page:
    student: str
    total: str
    lines: Sequence[str]
    tasks: Sequence[_Task]


def _page(verdict: Verdict) -> _Page:
    by_hand = f"The sum of the tasks: {hand_line(verdict.hand)}" if verdict.hand else ""
    said = dict.fromkeys((by_hand, late_line(verdict), verdict.message, *verdict.notes))  # a message may be a note
    lines = [safe(text) for text in said if text]
    first = first_named(verdict)
    tasks = [_task(outcome, first) for outcome in verdict.tasks]
    return _Page(safe(verdict.student_id), total(verdict), lines, tasks)


def _task(outcome: Outcome, first: Mapping[str, str]) -> _Task:
    task = loaded().task[outcome.task]
    symbol, tone = sign(outcome.state)
    return _Task(
        task.id,
        task.title,
        words(outcome.state),
        symbol,
        tone,
        points(outcome),
        parts(outcome),
        task.slide,
        bool(outcome.findings or outcome.notes or outcome.hand),
        [_diagnosis(diagnosis, named_before(outcome, diagnosis, first)) for diagnosis in outcome.diagnoses],
        [safe(sentence) for sentence in outcome.observations],
        [_finding(outcome, finding) for finding in outcome.findings],
        [safe(note) for note in (*((hand_line(outcome.hand),) if outcome.hand else ()), *outcome.notes)],
        [_code(excerpt) for excerpt in outcome.code],
    )


def _diagnosis(diagnosis: Diagnosis, before: str) -> _Diagnosis:
    misconception = diagnosis.misconception[:1].upper() + diagnosis.misconception[1:]
    number = loaded().task[before].number if before else 0
    return _Diagnosis(misconception, diagnosis.questions, ", ".join(diagnosis.slides), before, number)


def _finding(outcome: Outcome, finding: Finding) -> _Finding:
    details = (("expected", finding.expected), ("got", finding.got), ("where", finding.where))
    return _Finding(
        f"For {part(outcome, finding)}",
        safe(finding.summary),
        [(label, safe(text)) for label, text in details if text],
        strip_of(finding.profile),
    )


def _code(excerpt: Excerpt) -> _Code:
    numbered = enumerate(excerpt.lines, start=excerpt.first_line)
    lines = [_Line(printable(line.expandtabs(4)), number in excerpt.marked) for number, line in numbered]
    return _Code(safe(excerpt.label), excerpt.first_line, lines)
