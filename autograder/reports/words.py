"""How verdicts are worded, on every page and in every export. Text that students control is made printable here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from autograder.model.loading import loaded
from autograder.model.points import number
from autograder.model.text import printable
from autograder.model.verdict import STATUSES, Finding, Outcome, PartOutcome, State, Verdict
from autograder.results.late import late_line
from autograder.results.standing import hand_line

# The longest piece of text that may come from a student, such as an exception's message.
LIMIT = 500

# A sign and a tone for each state; the state itself always stands beside them in words.
_SIGNS: dict[State, tuple[str, str]] = {"pass": ("✓", "pass"), "partial": ("◐", "partial")}
_LOST = ("✗", "lost")


@dataclass(frozen=True)
class Remark:
    """One thing that is said of a task. Each text is on one line and safe to print."""

    kind: Literal["note", "mistake", "seen", "finding"]
    heading: str
    text: str
    details: tuple[tuple[str, str], ...] = ()  # each with its label
    before: str = ""  # the id of an earlier task in which the same mistake was named
    profile: tuple[float, ...] = ()  # of a finding, for the picture of it

    def lines(self, bullet: str = "") -> list[str]:
        """Return the remark as text, with its details on lines below it."""
        below = (f"  {bullet}{label}: {text}" for label, text in self.details)
        return [f"{bullet}{self.heading}: {self.text}", *below]


def remarks_on(outcome: Outcome, first: Mapping[str, str]) -> Iterator[Remark]:
    """Yield what is said of a task beside its state and its points.

    Args:
        outcome: of the task.
        first: the task in which each mistake is named first, where that is said above; see `first_named`.
    """
    for note in (*((hand_line(outcome.hand),) if outcome.hand else ()), *outcome.notes):
        yield Remark("note", "Note", safe(note))
    for diagnosis in outcome.diagnoses:
        before = first.get("; ".join(diagnosis.alternatives), outcome.task)
        text = f"{diagnosis.misconception}."
        details = (*(("Ask yourself", one) for one in diagnosis.questions), ("Slides", ", ".join(diagnosis.slides)))
        if before != outcome.task:
            text, details = f"the same as in Task {loaded().task[before].number} ({before}).", ()
        else:
            before = ""
        yield Remark("mistake", "This looks like a known mistake", text, details, before)
    for sentence in outcome.observations:
        yield Remark("seen", "Seen", f"{safe(sentence)}.")
    for finding in outcome.findings:
        known = (("expected", finding.expected), ("got", finding.got), ("where", finding.where))
        details = tuple((label, safe(text)) for label, text in known if text)
        heading = f"For {_subject(outcome, finding)}"
        yield Remark("finding", heading, safe(finding.summary), details, profile=finding.profile)


def first_named(verdict: Verdict) -> dict[str, str]:
    """Map each known mistake to the first task that it is named in: further tasks point there."""
    found: dict[str, str] = {}
    for outcome in verdict.tasks:
        for diagnosis in outcome.diagnoses:
            found.setdefault("; ".join(diagnosis.alternatives), outcome.task)
    return found


def total(verdict: Verdict) -> str:
    """Write the score of a submission, or that there is none."""
    if verdict.status == "withheld":
        return "No mark is shown for now: it is withheld by a person."
    if verdict.score is None:
        return "No mark: this submission could not be graded, and that is not your fault."
    if not verdict.max_score:
        return f"{in_words(verdict.status).capitalize()}."
    return f"{number(verdict.score)} of {number(verdict.max_score)} points ({in_words(verdict.status)})"


def summary(verdict: Verdict) -> list[str]:
    """Return what is said of a submission as a whole beside its total; a message that is a note, too, is said once."""
    by_hand = f"The sum of the tasks: {hand_line(verdict.hand)}" if verdict.hand else ""
    said = dict.fromkeys((by_hand, late_line(verdict), verdict.message, *verdict.notes))
    return [safe(text) for text in said if text]


def class_total(verdicts: Sequence[Verdict]) -> str:
    """Write how many students there are, and how many of each status."""
    counts = Counter(verdict.status for verdict in verdicts)
    statuses = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    return f"{plural(len(verdicts), 'student')}: {statuses or 'none'}"


def plural(count: int, what: str) -> str:
    """Write a number of things, in the singular where it is 1."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def task_title(outcome: Outcome) -> str:
    """Return the heading of a task."""
    return loaded().task[outcome.task].title


def points(outcome: Outcome) -> str:
    """Write what a task earned; "" where it is worth nothing, as in a trial."""
    if not outcome.max_points:
        return ""
    return f"{number(outcome.points)} of {number(outcome.max_points)}"


def parts(outcome: Outcome) -> list[str]:
    """Write whether each part of a task is right, and what it earned; nothing where the task is its only part."""
    return [_part(part) for part in outcome.parts] if len(outcome.parts) > 1 else []


def safe(text: str) -> str:
    """Return a text on one line, with nothing invisible in it, of a length that a page can show."""
    return printable(text, LIMIT)


def in_words(name: str) -> str:
    """Write a status or a state, such as "not_implemented", in words."""
    return name.replace("_", " ")


def sign(state: State) -> tuple[str, str]:
    """Return the symbol of a state and the name of its tone."""
    return _SIGNS.get(state, _LOST)


def _part(part: PartOutcome) -> str:
    if not part.max_points:
        symbol, _ = sign("fail" if part.lost_by else "pass")
        return f"{symbol} {safe(part.title)}"
    symbol, _ = sign("pass" if part.points >= part.max_points else "partial" if part.points else "fail")
    return f"{symbol} {safe(part.title)}: {number(part.points)} of {number(part.max_points)}"


def _subject(outcome: Outcome, finding: Finding) -> str:
    """Write what a finding is about: the part, with the case."""
    parts = {part.id: part.what for part in loaded().task[outcome.task].parts}
    what = safe(parts.get(finding.part, finding.part))
    return f'{what} (case "{safe(finding.case)}")' if finding.case else what
