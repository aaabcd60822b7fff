"""How verdicts are put on every page: states, points, headings. Text that students control is made printable."""

from collections.abc import Mapping

from autograder.assignment import loaded
from autograder.model.points import number
from autograder.model.text import printable
from autograder.model.verdict import Diagnosis, Finding, Outcome, PartOutcome, State, Verdict

# The longest piece of text that may come from a student, such as an exception's message.
LIMIT = 500

# A sign and a tone for each state; the state itself always stands beside them in words.
_SIGNS: dict[State, tuple[str, str]] = {"pass": ("✓", "pass"), "partial": ("◐", "partial")}
_LOST = ("✗", "lost")


def safe(text: str) -> str:
    """Return a text on one line, with nothing invisible in it, of a length that a page can show."""
    return printable(text, LIMIT)


def words(name: str) -> str:
    """Write a status or a state, such as "not_implemented", in words."""
    return name.replace("_", " ")


def sign(state: State) -> tuple[str, str]:
    """Return the symbol of a state and the name of its tone."""
    return _SIGNS.get(state, _LOST)


def points(outcome: Outcome) -> str:
    """Write what a task earned."""
    return f"{number(outcome.points)} of {number(outcome.max_points)}"


def parts(outcome: Outcome) -> list[str]:
    """Write what each part of a task earned; nothing where the task is its only part."""
    return [_part(part) for part in outcome.parts] if len(outcome.parts) > 1 else []


def _part(part: PartOutcome) -> str:
    symbol, _ = sign("pass" if part.points >= part.max_points else "partial" if part.points else "fail")
    return f"{symbol} {safe(part.title)}: {number(part.points)} of {number(part.max_points)}"


def first_named(verdict: Verdict) -> dict[str, str]:
    """Map each known mistake to the first task that it is named in: further tasks point there."""
    found: dict[str, str] = {}
    for outcome in verdict.tasks:
        for diagnosis in outcome.diagnoses:
            found.setdefault("; ".join(diagnosis.alternatives), outcome.task)
    return found


def named_before(outcome: Outcome, diagnosis: Diagnosis, first: Mapping[str, str]) -> str:
    """Return the id of the earlier task that a mistake was named in, "" where there is none."""
    task = first.get("; ".join(diagnosis.alternatives), outcome.task)
    return task if task != outcome.task else ""


def total(verdict: Verdict) -> str:
    """Write the score of a submission, or that there is none."""
    if verdict.status == "withheld":
        return "No mark is shown for now: it is withheld by a person."
    if verdict.score is None:
        return "No mark: this submission could not be graded, and that is not your fault."
    return f"{number(verdict.score)} of {number(verdict.max_score)} points ({words(verdict.status)})"


def part(outcome: Outcome, finding: Finding) -> str:
    """Write what a finding is about, such as "the tanh network", with the case."""
    parts = {part.id: part.what for part in loaded().task[outcome.task].parts}
    what = safe(parts.get(finding.part, finding.part))
    return f'{what} (case "{safe(finding.case)}")' if finding.case else what
